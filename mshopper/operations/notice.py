"""The notice for the staff that is seen: a text to adapt, which comes with the app."""

from pathlib import Path

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.i18n import _


def notice_text(language: str) -> str:
    """The notice in that language (it, en), as Markdown; in English for any other."""
    folder = paths.resources_folder() / "notice"
    file = folder / f"{language}.md"
    return (file if file.is_file() else folder / "en.md").read_text(encoding="utf-8")


def write_notice(target: Path, language: str) -> Path:
    """Write the notice to `target`, a file, or a folder in which it gets a name. Raises MshopperError."""
    file = target / f"mshopper-notice-{language}.md" if target.is_dir() else target
    try:
        file.write_text(notice_text(language), encoding="utf-8")
    except OSError as error:
        raise MshopperError(
            _("“{file}” can't be written ({reason}): choose another place.").format(
                file=file, reason=error.strerror or error
            )
        ) from None
    return file
