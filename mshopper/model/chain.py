"""Chains: statements of several laptops about one thing, each naming the one before it, in the order that no clock decides.

Where two follow the same one, both are kept; the branch that people went on with stands (the longer, of equal ones the lower
hash), whatever arrived first. A later statement that names the other's end has seen it: then it is no conflict any more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Link(Protocol):
    """A statement in a chain: its hash, the hash of the one before it ("" for the first), ends of others it has seen."""

    @property
    def hash(self) -> str: ...

    @property
    def previous(self) -> str: ...

    @property
    def seen(self) -> tuple[str, ...]: ...


L = TypeVar("L", bound=Link)


@dataclass(frozen=True, slots=True)
class Chain(Generic[L]):
    """What stands, from the first on; `others` are kept but don't stand, `waiting` follow one that hasn't arrived.

    `conflicts` are the ends of branches that don't stand and that nobody has seen yet.
    """

    standing: tuple[L, ...] = ()
    others: tuple[L, ...] = ()
    waiting: tuple[L, ...] = ()
    conflicts: tuple[L, ...] = ()

    @property
    def head(self) -> str:
        """The hash that the next statement names as the one before it; "" where it is the first."""
        return self.standing[-1].hash if self.standing else ""


def chain(links: Iterable[L]) -> Chain[L]:
    """Put statements about one thing into their order; the same ones give the same chain however they arrive."""
    by_hash = {link.hash: link for link in links}
    following: dict[str, list[L]] = {}
    for link in by_hash.values():
        following.setdefault(link.previous, []).append(link)
    order = _reached(following)
    heights: dict[str, int] = {}
    for link in reversed(order):
        heights[link.hash] = 1 + max((heights[one.hash] for one in following.get(link.hash, ())), default=0)
    standing: list[L] = []
    at = ""
    while following.get(at):
        best = min(following[at], key=lambda one: (-heights[one.hash], one.hash))
        standing.append(best)
        at = best.hash
    stands, reached = {one.hash for one in standing}, {one.hash for one in order}
    others = _sorted(one for one in order if one.hash not in stands)
    seen = {end for one in standing for end in one.seen}
    return Chain(
        tuple(standing),
        others,
        _sorted(one for one in by_hash.values() if one.hash not in reached),
        tuple(one for one in others if one.hash not in following and one.hash not in seen),
    )


def _reached(following: dict[str, list[L]]) -> list[L]:
    """All that follow from the beginning, none before the one that it follows."""
    order: list[L] = list(following.get("", ()))
    for link in order:
        order += following.get(link.hash, ())
    return order


def _sorted(links: Iterable[L]) -> tuple[L, ...]:
    found: Sequence[L] = sorted(links, key=lambda one: one.hash)
    return tuple(found)
