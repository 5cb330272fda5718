"""A form file as plain data that remembers its lines: what the YAML and JSON readers make and the checks read.

Data are mappings, lists, texts, booleans, None for an empty value and, in JSON only, whole numbers and Decimals. The
position of every key and list item is kept beside its container, so that a location in the data leads to a line.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mshopper.formfile.problems import NOWHERE, Finding, Location, Mark, Problem
from mshopper.i18n import _

DEEPEST = 60
"""Levels of nesting: more than any form needs, and few enough for every recursive reader behind this one."""


@dataclass
class Document:
    """The data of one form file (or of the store: no marks), under the name by which messages call it."""

    name: str
    data: object = None
    marks: dict[int, dict[str | int, Mark]] = field(default_factory=dict)
    start: Mark = NOWHERE

    def problem(self, finding: Finding) -> Problem:
        """The finding with its file, line and column."""
        line, column = finding.mark or self.mark(finding.location)
        return Problem(self.name, line, column, self.where(finding.location), finding.what, finding.remedy)

    def mark(self, location: Location) -> Mark:
        """Where `location` stands; for what is missing, where that around it stands."""
        mark = self.start
        for container, step in self._steps(location):
            mark = self.marks.get(id(container), {}).get(step, mark)
        return mark

    def where(self, location: Location) -> str:
        """`location` in words: `sections.welcome.questions.greeted.points`, items without an id by number from 1."""
        words = []
        steps = list(self._steps(location))
        for container, step in steps:
            if isinstance(container, list) and isinstance(step, int):
                item = container[step] if step < len(container) else None
                name = item.get("id") if isinstance(item, dict) else None
                words.append(name if isinstance(name, str) and name else str(step + 1))
            else:
                words.append(str(step))
        return ".".join(words)

    def real(self, location: Location) -> Location:
        """`location` as it is in the file, where a list of one may be written without the list."""
        return tuple(step for _container, step in self._steps(location))

    def value(self, location: Location) -> object:
        """What stands there; None for what is missing."""
        node = self.data
        for container, step in self._steps(location):
            node = _child(container, step)
        return node

    def _steps(self, location: Location) -> Iterator[tuple[object, str | int]]:
        node = self.data
        for step in location:
            if isinstance(node, dict) and isinstance(step, str):
                yield node, step
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int):
                yield node, step
                node = _child(node, step)
            elif not isinstance(node, dict):
                return


def _child(container: object, step: str | int) -> object:
    if isinstance(container, list) and isinstance(step, int):
        return container[step] if step < len(container) else None
    return container.get(step) if isinstance(container, dict) else None


class UnreadableError(Exception):
    """The file can't be understood from here on, and its finding is noted; caught by the readers."""


@dataclass
class _Open:
    """A container being filled. `key` is the key whose value is due; `keep` False where that value is thrown away."""

    container: dict[str, object] | list[object]
    start: Mark
    key: str | None = None
    mark: Mark = NOWHERE
    keep: bool = True


class DocumentBuilder:
    """Fills a Document from a reader's events, container by container, and finds keys that stand twice.

    A reader calls `key` before each value of a mapping, `open` and `close` around a container, `value` for the rest.
    """

    def __init__(self, name: str) -> None:
        self.document = Document(name)
        self.findings: list[Finding] = []
        self._open: list[_Open] = []

    @property
    def expects_key(self) -> bool:
        """Whether the next thing in the innermost container is a key."""
        return bool(self._open) and isinstance(self._open[-1].container, dict) and self._open[-1].key is None

    @property
    def location(self) -> Location:
        """Where the next value will stand."""
        steps: list[str | int] = []
        for place in self._open:
            if isinstance(place.container, list):
                steps.append(len(place.container))
            elif place.key is not None:
                steps.append(place.key)
        return tuple(steps)

    def find(self, what: str, remedy: str, mark: Mark, *, unreadable: bool = False) -> None:
        """Note a problem at the place now being read."""
        self.findings.append(Finding(self.location, what, remedy, mark=mark, unreadable=unreadable))

    def key(self, name: str, mark: Mark) -> None:
        """The next value's key; a key that stood before in this mapping is a problem, and its value is not kept."""
        top = self._open[-1]
        top.key, top.mark, top.keep = name, mark, name not in top.container
        if not top.keep:
            first = self.document.marks[id(top.container)][name].line
            self.find(
                _("the key `{key}` stands twice (first on line {line})").format(key=name, line=first),
                _("Remove one of them."),
                mark,
            )

    def skip_value(self) -> None:
        """Throw away the value of the key just given."""
        self._open[-1].keep = False

    def value(self, value: object, mark: Mark) -> None:
        """A value, at the place now due."""
        if not self._open:
            self.document.data, self.document.start = value, mark
            return
        top = self._open[-1]
        marks = self.document.marks[id(top.container)]
        if isinstance(top.container, list):
            marks[len(top.container)] = mark
            top.container.append(value)
            return
        assert top.key is not None
        if top.keep:
            marks[top.key] = top.mark
            top.container[top.key] = value
        top.key, top.keep = None, True

    def open(self, container: dict[str, object] | list[object], mark: Mark) -> None:
        """A container begins at the place now due; what comes up to `close` stands in it."""
        if len(self._open) >= DEEPEST:
            self.findings.append(
                Finding((), _("the file nests too deep"), _("Check the indentation and the brackets."), mark=mark)
            )
            raise UnreadableError
        self.document.marks[id(container)] = {}
        self._open.append(_Open(container, mark))

    def close(self) -> None:
        """The innermost container is complete."""
        done = self._open.pop()
        self.value(done.container, done.start)

    def abandon(self) -> None:
        """Nothing more can be read: close what is open, so that findings can say where they stand."""
        while self._open:
            self.close()
