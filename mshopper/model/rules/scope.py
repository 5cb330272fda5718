"""The tree of values that rules read: a frame for the form and one for each instance of a repeat, with a leaf a question.

`visit.Visit` builds and updates it; `compiler` makes closures that take a frame (or, inside a predicate, a `Predicate`).
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mshopper.model.rules.values import Atom


def _no_label(_path: str, _choice: str) -> str:
    return ""


@dataclass(slots=True)
class World:
    """What rules may know besides answers. It comes from the visit, so that the same visit computes the same for ever.

    `now` carries the visit's time zone; `started` is when it began. `tables` are the lists of `instance()` and
    `pulldata()`; `label` gives the words of a choice by question path and choice id.
    `preloads` are what the machine knows (deviceid, username, …), `language` names months and weekdays, `version` is the
    form's.
    """

    now: dt.datetime
    seed: str = ""
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    label: Callable[[str, str], str] = _no_label
    started: dt.datetime | None = None
    preloads: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    version: str = ""
    indexes: dict[tuple[str, str], dict[str, "Row"]] = field(default_factory=dict)

    def row(self, table: str, key: str, value: str) -> "Row":
        """The first row of a list whose column `key` is `value`; {} where there is none."""
        found = self.indexes.get((table, key))
        if found is None:
            rows = self.tables.get(table) or self.tables.get(table.removesuffix(".csv"), ())
            found = self.indexes[table, key] = {row.get(key, ""): row for row in reversed(rows)}
        return found.get(value, {})

    @property
    def zone(self) -> dt.tzinfo:
        """The visit's time zone."""
        return self.now.tzinfo or dt.UTC


class Leaf:
    """A question in one instance: its value as rules see it ("" while it isn't relevant or unanswered)."""

    __slots__ = ("atom", "frame", "path", "relevant")

    def __init__(self, path: str, frame: "Frame") -> None:
        self.path = path
        self.frame = frame
        self.atom: Atom = ""
        self.relevant = True


class Frame:
    """The form (the root, path ""), or one instance of a repeated section.

    `chain` runs from the root to this frame; `index` is the 1-based position among its siblings; `leaves` are the questions
    of this frame but not of deeper repeats; `repeats` the instances of each repeat right below; `relevant` whether each
    section of this frame (its own path included) applies. `instance` is the instance path: "" for the form, "2" or "2.1" in
    repeats.
    """

    __slots__ = ("chain", "index", "instance", "leaves", "parent", "path", "relevant", "repeats", "world")

    def __init__(self, path: str, parent: "Frame | None", index: int, world: World) -> None:
        self.path = path
        self.parent = parent
        self.index = index
        self.world = world
        self.chain: tuple[Frame, ...] = (*parent.chain, self) if parent else (self,)
        self.instance = ".".join(str(frame.index) for frame in self.chain[1:])
        self.leaves: dict[str, Leaf] = {}
        self.repeats: dict[str, list[Frame]] = {}
        self.relevant: dict[str, bool] = {}

    @property
    def current(self) -> "Frame":
        """Where the rule stands; the frame itself outside predicates."""
        return self


Row = Mapping[str, str]
"""A row of a list (`instance('x')/root/item`): column -> text."""


class Place(NamedTuple):
    """A node of the form's tree: a question, section or the form (path ""), in the frame that holds it."""

    frame: Frame
    path: str


Node = Place | Row
"""What a path can find."""


class Predicate:
    """Where the condition in `[…]` is evaluated: one node of several, at a position; `current` is where the rule stands."""

    __slots__ = ("chain", "current", "node", "position", "size", "world")

    def __init__(self, node: Node, current: Frame, *, position: int = 1, size: int = 1) -> None:
        self.node = node
        self.current = current
        self.position = position
        self.size = size
        self.chain = node.frame.chain if isinstance(node, Place) else current.chain
        self.world = current.world
