"""The files that lie beside a form: lists that rules and choices read, pictures and sounds of its texts.

ODK keeps them in a folder `<form>-media` beside the workbook; others put them beside it. Names are found whatever their
case, and only there: a name that leads elsewhere finds nothing.
"""

from functools import cached_property
from pathlib import Path


class FilesBeside:
    """The files beside the form at `path`; none where it has no folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def by_name(self) -> dict[str, Path]:
        """Every file by its name in lower case; those of the form's own folder come first."""
        found: dict[str, Path] = {}
        for folder in (self._path.parent / f"{self._path.stem}-media", self._path.parent):
            try:
                entries = sorted(folder.iterdir()) if folder.is_dir() else []
            except OSError:
                continue
            for entry in entries:
                found.setdefault(entry.name.lower(), entry)
        return found

    def find(self, name: str) -> Path | None:
        """The file of that name; a form may write a folder or `jr://images/` before it."""
        found = self.by_name.get(name.strip().replace("\\", "/").rpartition("/")[2].lower())
        return found if found is not None and found.is_file() else None
