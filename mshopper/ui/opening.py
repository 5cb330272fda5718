"""Files that come to the window from outside, dropped on it or double-clicked: what each is decides where it goes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.i18n import _
from mshopper.ui.desk import Desk
from mshopper.ui.forms_page import form_files

if TYPE_CHECKING:
    from mshopper.ui.navigator import Navigator

VERIFIED = (".mshopper-visit", ".pdf")


def can_open(path: Path) -> bool:
    """Whether the window knows what to do with such a file, by how its name ends."""
    return bool(form_files([str(path)])) or path.suffix.lower() in VERIFIED


def open_files(desk: Desk, navigator: "Navigator", paths: Sequence[Path]) -> None:
    """Take in the forms; with none among them, verify exported visits and reports. What is neither is named."""
    forms = form_files([str(path) for path in paths])
    proofs = [path for path in paths if path.suffix.lower() in VERIFIED]
    if forms:
        navigator.take_forms(forms)
    elif proofs:
        navigator.verify_files(proofs)
    if others := [path.name for path in paths if path not in forms and path not in proofs]:
        sentence = _("mshopper opens forms, exported visits and their PDFs; {names} is none of these.")
        desk.messages.say(sentence.format(names=", ".join(others)), "warn")
