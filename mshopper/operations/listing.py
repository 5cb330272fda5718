"""Lists from outside: stores and plans out of somebody's CSV or workbook, looked at before they are taken in.

What a person said about the columns of a list is remembered for the next file with the same titles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _, ngettext
from mshopper.model.plan_item import PlanItem
from mshopper.model.record import Store
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from mshopper.exchange.columns import Listed
    from mshopper.exchange.stores_csv import LineProblem

KINDS = ("stores", "plan")

_COLUMNS = "list_columns"
_SHOWN = 6


@dataclass(frozen=True)
class ListPreview:
    """A list as it would be taken in. `meanings` stand for the columns: a field's name, "+" kept as extra, "" left out.

    `rows` are the first ones as they are written; `lacking` the needed fields that no column means; `problems` what is
    wrong, line by line; `notes` what is good to know; `items` what can be taken, `changed` how many of them are new here
    or differ.
    """

    kind: str
    listed: "Listed"
    meanings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lacking: tuple[str, ...]
    problems: "tuple[LineProblem, ...]"
    notes: tuple[str, ...]
    items: tuple[Store | PlanItem, ...]
    changed: int

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of our fields."""
        return self.listed.kind.fields

    @property
    def required(self) -> tuple[str, ...]:
        """Those that are needed."""
        return self.listed.kind.required


def preview_list(
    workspace: Workspace,
    path: Path,
    kind: str,
    *,
    meanings: Sequence[str] | None = None,
    said: Mapping[str, str] | None = None,
) -> ListPreview:
    """The list of that kind (one of KINDS) in a file, by `meanings`, else as remembered or guessed.

    `said` gives the title of the column that a field stands in. Raises HeadOfficeError where the file can't be read, and
    MshopperError for a field or a column that isn't there.
    """
    from mshopper.exchange.columns import PLAN, STORES, read_listed

    return _preview(workspace, read_listed(path, STORES if kind == "stores" else PLAN), meanings, said)


def preview_again(workspace: Workspace, preview: ListPreview, meanings: Sequence[str]) -> ListPreview:
    """The same list with other meanings, without reading the file again."""
    return _preview(workspace, preview.listed, meanings, None)


def take_list(workspace: Workspace, preview: ListPreview, *, skip: bool = False) -> int:
    """Take in what a preview holds, all or nothing; how many items that are.

    Raises HeadOfficeError where a column lacks or, without `skip`, a line can't be used.
    """
    from mshopper.exchange.columns import need

    need(preview.listed, preview.meanings)
    if preview.problems and not skip:
        raise HeadOfficeError(preview.problems[0].sentence)
    with workspace.store.write():
        workspace.store.stores.upsert([item for item in preview.items if isinstance(item, Store)])
        workspace.store.plan.upsert([item for item in preview.items if isinstance(item, PlanItem)])
        _remember(workspace, preview)
    return len(preview.items)


def _preview(
    workspace: Workspace, listed: "Listed", meanings: Sequence[str] | None, said: Mapping[str, str] | None
) -> ListPreview:
    from mshopper.exchange.stores_csv import plan_of, stores_of

    kind = listed.kind.name
    if meanings is None:
        meanings = listed.meant(said) if said else _remembered(workspace, listed) or listed.guess()
    items: tuple[Store | PlanItem, ...] = ()
    problems: tuple[LineProblem, ...] = ()
    if not listed.lacking(meanings):
        found = stores_of(listed, meanings) if kind == "stores" else plan_of(listed, meanings)
        items, problems = tuple(found.items), found.problems
    return ListPreview(
        kind,
        listed,
        tuple(meanings),
        tuple(tuple(cells) for _line, cells in listed.records[:_SHOWN]),
        listed.lacking(meanings),
        problems,
        _notes(workspace, items),
        items,
        _changed(workspace, items),
    )


def _changed(workspace: Workspace, items: Sequence[Store | PlanItem]) -> int:
    stores = {store.store_id: store for store in workspace.store.stores.all()}
    plan = {item.plan_id: item for item in workspace.store.plan.all()}
    return sum(
        (stores.get(item.store_id) if isinstance(item, Store) else plan.get(item.plan_id)) != item for item in items
    )


def _notes(workspace: Workspace, items: Sequence[Store | PlanItem]) -> tuple[str, ...]:
    planned = [item for item in items if isinstance(item, PlanItem)]
    known = {store.store_id for store in workspace.store.stores.all()}
    strange = {item.store_id for item in planned} - known
    forms = {item.form_id for item in planned} - {info.form_id for info in workspace.store.forms.list()}
    notes = []
    if strange:
        words = ngettext(
            "{n} store of the plan isn't here yet ({names}): import the stores too.",
            "{n} stores of the plan aren't here yet ({names}): import the stores too.",
            len(strange),
        )
        notes.append(words.format(n=len(strange), names=_some(strange)))
    if forms:
        words = _("Forms of the plan that aren't here yet: {names}. Import them, or sync.")
        notes.append(words.format(names=_some(forms)))
    return tuple(notes)


def _some(names: set[str]) -> str:
    first = sorted(names)[:3]
    return ", ".join(first) + (", …" if len(names) > len(first) else "")


def _key(listed: "Listed") -> str:
    return "\x1f".join((listed.kind.name, *listed.titles))


def _remembered(workspace: Workspace, listed: "Listed") -> tuple[str, ...] | None:
    kept = workspace.store.settings.get(_COLUMNS, {}).get(_key(listed))
    return tuple(kept) if kept and len(kept) == len(listed.titles) else None


def _remember(workspace: Workspace, preview: ListPreview) -> None:
    if preview.meanings != preview.listed.guess() or _remembered(workspace, preview.listed):
        kept = workspace.store.settings.get(_COLUMNS, {})
        workspace.store.settings.set(_COLUMNS, {**kept, _key(preview.listed): list(preview.meanings)})
