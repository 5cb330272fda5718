"""A form's tree as paths in rules see it: implicit sections, which an XLSForm doesn't have, are not there."""

from collections.abc import Iterator
from functools import cached_property

from mshopper.model.form import Form, Question, Section

ROOT_NAME = "data"
"""What an absolute path calls the form, beside the form's own id: `/data/group/question`."""


class Shape:
    """The children and parents of places, "" being the form. Made once for all rules of a form."""

    def __init__(self, form: Form) -> None:
        self.form = form

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The paths right below each section, in the order of the form."""
        found: dict[str, list[str]] = {"": []}
        for path, above in self.parent.items():
            found.setdefault(above, []).append(path)
        return {path: tuple(paths) for path, paths in found.items()}

    @cached_property
    def parent(self) -> dict[str, str]:
        """The section around each place."""
        places = self.form.places
        found: dict[str, str] = {}
        for path, placed in places.items():
            if self.is_implicit(path):
                continue
            above = placed.section_path
            while above and self.is_implicit(above):
                above = places[above].section_path
            found[path] = above
        return found

    @cached_property
    def ordinal(self) -> dict[str, int]:
        """Each place's turn in the form."""
        return {path: index for index, path in enumerate(self.form.places)}

    def is_implicit(self, path: str) -> bool:
        """Whether a section stands in no XLSForm."""
        item = self.form.places[path].item
        return isinstance(item, Section) and item.is_implicit

    def is_question(self, path: str) -> bool:
        """Whether a path is a question's."""
        return path != "" and isinstance(self.form.places[path].item, Question)

    def is_repeat(self, path: str) -> bool:
        """Whether a path is a repeated section's."""
        repeats = self.form.places[path].repeats if path else ()
        return bool(repeats) and repeats[-1] == path

    def name(self, path: str) -> str:
        """What a step calls a place."""
        return path.rpartition("/")[2] if path else ROOT_NAME

    def is_called(self, path: str, name: str) -> bool:
        """Whether a step's name fits a place."""
        return self.name(path) == name or (path == "" and name == self.form.id)

    def below(self, path: str) -> Iterator[str]:
        """All places below one, in the order of the form."""
        for child in self.children.get(path, ()):
            yield child
            yield from self.below(child)

    def above(self, path: str) -> Iterator[str]:
        """The sections around a place, the nearest first, the form ("") last."""
        while path:
            path = self.parent[path]
            yield path
