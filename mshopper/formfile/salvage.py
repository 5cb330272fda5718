"""What can still be checked of a form with problems of shape, so that all its problems are told at once.

A key that can't be read is left out of a copy of the data, and a question with such a key is stood in for by a plain one of
the same id, so that references to it hold. Nothing said of what was left out is believed.
"""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from mshopper.formfile import language
from mshopper.formfile.problems import Finding, Location

_FORM_BASICS: dict[str, object] = {"mshopper": 1, "id": "form", "version": "1"}


@dataclass
class Salvage:
    """The keys that could be read, and what is missing from them."""

    keys: language.FormKeys
    stand_ins: set[Location] = field(default_factory=set)
    lost: set[Location] = field(default_factory=set)

    def believes(self, finding: Finding) -> bool:
        """Whether a finding about these keys is one about the file."""
        if (finding.relies_on,) in self.lost:
            return False
        if any(_starts(finding.location, lost) for lost in self.lost):
            return False
        for place in self.stand_ins:
            if _starts(finding.location, place):
                return finding.location[len(place) :] in (("id",), ("when",)) and not finding.warning
        return not (finding.warning and any(_starts(place, finding.location[:-1]) for place in self.stand_ins))


def salvage(data: object, broken: Iterable[Location]) -> Salvage | None:
    """The readable rest of `data`, without what stands at the `broken` locations; None if too little is left."""
    data = copy.deepcopy(data)
    if not isinstance(data, dict):
        return None
    stand_ins: set[Location] = set()
    lost: set[Location] = set()
    for location in broken:
        item, rest = _innermost_item(location)
        node = _at(data, item)
        if item and (not isinstance(node, dict) or "type" in node or "questions" not in node):
            stand_ins.add(item)
        elif isinstance(node, dict) and rest:
            key = str(rest[0])
            node.pop(key, None)
            lost.add((*item, key))
            if key in ("questions", "sections"):
                node[key] = []
            elif not item and key in _FORM_BASICS:
                node[key] = _FORM_BASICS[key]
            elif item and key == "id":
                node[key] = _made_up_id(item)
    for place in stand_ins:
        _put(data, place, _stand_in(_at(data, place), place))
    try:
        return Salvage(language.FormKeys.model_validate(data), stand_ins, lost)
    except ValidationError:
        return None


def _innermost_item(location: Location) -> tuple[Location, Location]:
    """The section or question that `location` lies in, and the way on from there."""
    length = 0
    while len(location) >= length + 2 and location[length] in ("sections", "questions"):
        if not isinstance(location[length + 1], int):
            break
        length += 2
    return location[:length], location[length:]


def _stand_in(item: object, place: Location) -> dict[str, object]:
    known = item if isinstance(item, dict) else {}
    stand_in: dict[str, object] = {"id": known.get("id"), "type": "text"}
    when = known.get("when")
    if isinstance(when, str) and when.strip():
        stand_in["when"] = when
    try:
        language.TextQuestion.model_validate(stand_in)
    except ValidationError:
        stand_in = {"id": _made_up_id(place), "type": "text"}
    return {"questions": [], "id": stand_in["id"]} if len(place) == 2 else stand_in


def _made_up_id(place: Location) -> str:
    """An id that no form has."""
    return "unreadable." + ".".join(str(step) for step in place if isinstance(step, int))


def _at(data: object, location: Location) -> object:
    node = data
    for step in location:
        node = node[step] if isinstance(node, list | dict) else None  # type: ignore[index]
    return node


def _put(data: object, location: Location, value: object) -> None:
    around = _at(data, location[:-1])
    if isinstance(around, list) and isinstance(location[-1], int):
        around[location[-1]] = value


def _starts(location: Location, start: Location) -> bool:
    return location[: len(start)] == start
