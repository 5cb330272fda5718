"""Walking a visit's tree node by node, for the paths that no fixed branch can follow.

A node is a Place: the frame that holds it (of a repeated section, its own) and its path. An axis says both which paths
it may reach, which is asked once when a rule is compiled, and which nodes it reaches. Source: XPath 1.0, section 2.2.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from mshopper.model.rules.grammar import ANY, NODE, NOTHING, TEXT
from mshopper.model.rules.scope import Place
from mshopper.model.rules.shape import Shape
from mshopper.model.rules.values import Atom


def atom(place: Place) -> Atom:
    """A node's value: a question's answer, "" for a section."""
    leaf = place.frame.leaves.get(place.path)
    return leaf.atom if leaf is not None else ""


def is_relevant(place: Place) -> bool:
    """Whether a node is there for rules."""
    leaf = place.frame.leaves.get(place.path)
    return leaf.relevant if leaf is not None else place.frame.relevant.get(place.path, True)


def fits(shape: Shape, path: str, name: str) -> bool:
    """Whether a step's name fits a path."""
    if name == NOTHING:
        return False
    if name == TEXT:
        return shape.is_question(path)
    return name in (ANY, NODE) or shape.is_called(path, name)


def fits_place(shape: Shape, place: Place, name: str) -> bool:
    """Whether a step's name fits a node; `text()` fits only an answered question."""
    return fits(shape, place.path, name) and (name != TEXT or atom(place) != "")


def in_order(shape: Shape, places: Iterable[Place]) -> list[Place]:
    """The nodes in the order of the form, each once."""
    return sorted(dict.fromkeys(places), key=lambda place: _turn(shape, place))


def _turn(shape: Shape, place: Place) -> tuple[tuple[int, int], ...]:
    turns = []
    frame, path = place
    while path:
        is_repeat = shape.is_repeat(path)
        turns.append((shape.ordinal[path], frame.index if is_repeat else 0))
        if is_repeat and frame.parent is not None:
            frame = frame.parent
        path = shape.parent[path]
    return tuple(reversed(turns))


# --- axes


def _itself(_shape: Shape, place: Place) -> list[Place]:
    return [place]


def _children(shape: Shape, place: Place) -> list[Place]:
    frame = place.frame
    found = []
    for path in shape.children.get(place.path, ()):
        if shape.is_repeat(path):
            found += [Place(inner, path) for inner in frame.repeats.get(path, ()) if inner.relevant.get(path, True)]
        elif is_relevant(child := Place(frame, path)):
            found.append(child)
    return found


def _content(shape: Shape, place: Place) -> list[Place]:
    """Children; a question's only child is its text, which is the question itself here."""
    return [place] if shape.is_question(place.path) else _children(shape, place)


def _parents(shape: Shape, place: Place) -> list[Place]:
    if not place.path:
        return []
    frame = place.frame.parent if shape.is_repeat(place.path) else place.frame
    return [Place(frame, shape.parent[place.path])] if frame is not None else []


def _ancestors(shape: Shape, place: Place) -> list[Place]:
    found = _parents(shape, place)
    return [*found, *_ancestors(shape, found[0])] if found else []


def _descendants(shape: Shape, place: Place) -> list[Place]:
    return [deep for child in _children(shape, place) for deep in (child, *_descendants(shape, child))]


def _siblings(shape: Shape, place: Place) -> tuple[list[Place], list[Place]]:
    around = _parents(shape, place)
    if not around:
        return [], []
    everyone = _children(shape, around[0])
    at = everyone.index(place) if place in everyone else len(everyone)
    return everyone[:at][::-1], everyone[at + 1 :]


def _following(shape: Shape, place: Place) -> list[Place]:
    return [
        deep
        for start in (place, *_ancestors(shape, place))
        for sibling in _siblings(shape, start)[1]
        for deep in (sibling, *_descendants(shape, sibling))
    ]


def _preceding(shape: Shape, place: Place) -> list[Place]:
    return [
        deep
        for start in (place, *_ancestors(shape, place))
        for sibling in _siblings(shape, start)[0]
        for deep in reversed((sibling, *_descendants(shape, sibling)))
    ]


def _path_itself(_shape: Shape, path: str) -> Iterator[str]:
    yield path


def _path_children(shape: Shape, path: str) -> Iterator[str]:
    yield from shape.children.get(path, ())


def _path_content(shape: Shape, path: str) -> Iterator[str]:
    yield from (path,) if shape.is_question(path) else shape.children.get(path, ())


def _path_parent(shape: Shape, path: str) -> Iterator[str]:
    if path:
        yield shape.parent[path]


def _path_siblings(shape: Shape, path: str) -> Iterator[str]:
    if path:
        yield from shape.children.get(shape.parent[path], ())


def _all_paths(shape: Shape, _path: str) -> Iterator[str]:
    yield from shape.below("")


def _no_path(_shape: Shape, _path: str) -> Iterator[str]:
    yield from ()


class Axis(NamedTuple):
    """The paths and the nodes that a step may reach; `backwards` counts towards the form's beginning.

    `downwards` axes stay within the instances where they start.
    """

    paths: Callable[[Shape, str], Iterator[str]]
    places: Callable[[Shape, Place], list[Place]]
    backwards: bool = False
    downwards: bool = False


AXES: dict[str, Axis] = {
    "self": Axis(_path_itself, _itself, downwards=True),
    "child": Axis(_path_children, _children, downwards=True),
    "content": Axis(_path_content, _content, downwards=True),
    "parent": Axis(_path_parent, _parents),
    "ancestor": Axis(Shape.above, _ancestors, backwards=True),
    "ancestor-or-self": Axis(
        lambda shape, path: iter((path, *shape.above(path))),
        lambda shape, place: [place, *_ancestors(shape, place)],
        backwards=True,
    ),
    "descendant": Axis(Shape.below, _descendants, downwards=True),
    "descendant-or-self": Axis(
        lambda shape, path: iter((path, *shape.below(path))),
        lambda shape, place: [place, *_descendants(shape, place)],
        downwards=True,
    ),
    "following-sibling": Axis(_path_siblings, lambda shape, place: _siblings(shape, place)[1]),
    "preceding-sibling": Axis(_path_siblings, lambda shape, place: _siblings(shape, place)[0], backwards=True),
    "following": Axis(_all_paths, _following),
    "preceding": Axis(_all_paths, _preceding, backwards=True),
    "attribute": Axis(_no_path, lambda _shape, _place: []),
    "namespace": Axis(_no_path, lambda _shape, _place: []),
}
