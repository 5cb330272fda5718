"""Blocks onto pages: what belongs together stays together, a heading never stands alone, and the pages are counted.

The pages are laid out before anything is drawn, so that every footer can say "of how many".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mshopper.model.answer import AnswerKey
from mshopper.report.blocks import Block
from mshopper.report.style import BODY_HEIGHT, TOP, WIDTH

_KEEP = BODY_HEIGHT * 0.45
"""A group no higher than this is never divided."""


@dataclass(frozen=True)
class Bookmark:
    """A place in the document, and its line in the outline where it has a title."""

    target: str
    title: str = ""
    level: int = 0


def question_target(key: AnswerKey) -> str:
    """The place of a question in one instance."""
    return f"question:{key.path}[{key.instance}]"


def section_target(key: AnswerKey) -> str:
    """The place of a section in one instance."""
    return f"section:{key.path}[{key.instance}]"


@dataclass(frozen=True)
class Group:
    """Blocks that belong together, with `space` above; a `heading` stays with what follows it.

    `new_page` begins one, unless the page is still empty. At least `start` points of a divided group stand under its heading.
    """

    blocks: Sequence[Block]
    space: float = 0
    heading: bool = False
    new_page: bool = False
    bookmarks: Sequence[Bookmark] = ()
    start: float = 60.0

    @property
    def height(self) -> float:
        """Of all its blocks."""
        return sum(block.height(WIDTH) for block in self.blocks)


@dataclass(frozen=True)
class Placed:
    """A block or a bookmark on a page, `top` points from the page's top."""

    item: Block | Bookmark
    top: float


Page = list[Placed]


def paginate(groups: Sequence[Group]) -> list[Page]:
    """The groups on as many pages as they need."""
    stacker = _Stacker()
    for index, group in enumerate(groups):
        stacker.add(group, _needed_below(groups, index))
    return stacker.pages


def _needed_below(groups: Sequence[Group], index: int) -> float:
    """How much of what follows must stand on the same page as the group."""
    needed = 0.0
    while groups[index].heading and index + 1 < len(groups):
        index += 1
        following = groups[index]
        if following.new_page:
            return needed
        needed += following.space + (following.height if following.height <= _KEEP else following.start)
    return needed


class _Stacker:
    def __init__(self) -> None:
        self.pages: list[Page] = [[]]
        self._used = 0.0

    @property
    def _room(self) -> float:
        return BODY_HEIGHT - self._used

    def _turn(self) -> None:
        if self.pages[-1]:
            self.pages.append([])
        self._used = 0.0

    def add(self, group: Group, below: float) -> None:
        space = group.space if self.pages[-1] else 0.0
        height = group.height
        whole = height <= _KEEP
        wanted = space + (height if whole else min(height, group.start)) + below
        if (group.new_page or wanted > self._room) and self.pages[-1]:
            self._turn()
            space = 0.0
        self._used += space
        self.pages[-1].extend(Placed(bookmark, TOP + self._used) for bookmark in group.bookmarks)
        for block in group.blocks:
            self._put(block)

    def _put(self, block: Block) -> None:
        left: Block | None = block
        while left is not None:
            height = left.height(WIDTH)
            parts = None if height <= self._room else left.split(WIDTH, self._room)
            if height > self._room and parts is None and self._used:
                self._turn()
                continue
            now, left = parts or (left, None)
            self.pages[-1].append(Placed(now, TOP + self._used))
            self._used += now.height(WIDTH)
            if left is not None:
                self._turn()
