"""Where two forms differ, in words: what a conversion could not carry over."""

from collections.abc import Iterator

from mshopper.formfile.problems import short
from mshopper.i18n import _
from mshopper.model.form import Form
from mshopper.model.form_document import form_document


def differences(before: Form, after: Form) -> tuple[str, ...]:
    """A sentence for each thing that `before` says and `after` doesn't, or says otherwise; () where they mean the same."""
    return tuple(_compare(form_document(before), form_document(after), ""))


def _compare(before: object, after: object, where: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _compare(before.get(key), after.get(key), f"{where}.{key}" if where else str(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _compare_lists(before, after, where)
    elif before != after:
        yield _sentence(before, after, where)


def _compare_lists(before: list[object], after: list[object], where: str) -> Iterator[str]:
    """Entries with an id are compared by it, others by their place."""
    left, right = _by_id(before), _by_id(after)
    if left is None or right is None:
        if before != after:
            yield _sentence(before, after, where)
        return
    for name in dict.fromkeys((*left, *right)):
        yield from _compare(left.get(name), right.get(name), f"{where}.{name}")
    if list(left) != list(right) and set(left) == set(right):
        yield _("{where}: the order changes.").format(where=where)


def _by_id(entries: list[object]) -> dict[str, object] | None:
    """Entries by their id (or name); None where they have none, or one stands twice."""
    named = {
        str(entry.get("id") or entry.get("name")) if isinstance(entry, dict) else str(entry): entry for entry in entries
    }
    return named if len(named) == len(entries) and "None" not in named else None


def _sentence(before: object, after: object, where: str) -> str:
    if after is None:
        return _("{where}: {value} can't be said and is left out.").format(where=where, value=_shown(before))
    if before is None:
        return _("{where}: {value} is added.").format(where=where, value=_shown(after))
    return _("{where}: {before} becomes {after}.").format(where=where, before=_shown(before), after=_shown(after))


def _shown(value: object) -> str:
    """A value as a sentence quotes it: a part of the form by its id."""
    if isinstance(value, dict) and "id" in value:
        return f"“{short(value['id'])}”"
    return f"“{short(value)}”"
