"""The print preview shows the pages of a visit's PDF, and prints them."""

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog, QPrintPreviewWidget
from PySide6.QtWidgets import QApplication

from mshopper.errors import MshopperError
from mshopper.ui.printing import draw, opened, page_image
from mshopper.ui.visits.page import VisitsPage

from .conftest import WAIT, Person


def test_the_report_of_the_chosen_visit_is_previewed_and_printed(person: Person, tmp_path: Path) -> None:
    """Its keys write the report and show all its pages; what is printed has as many, and the same picture."""
    person.start("store_visit").submit("a trial")
    person.window.go_to_place("visits")
    person.screen(VisitsPage)
    seen: list[int] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QPrintPreviewDialog):
            QTimer.singleShot(20, look)
            return
        seen.append(dialog.findChild(QPrintPreviewWidget).pageCount())
        dialog.reject()

    QTimer.singleShot(20, look)
    person.keys("preview_report")
    person.qtbot.waitUntil(lambda: bool(seen), timeout=WAIT)
    (report,) = (person.workspace.folder / "reports").glob("*.pdf")
    document = opened(report)
    assert seen == [len(document)]
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setFromTo(1, 1)
    draw(document, printer)
    printed = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    assert len(printed) == 1
    drawn, there = page_image(document, 0, 20), page_image(printed, 0, 20)
    dark = [
        sum(each.pixelColor(x, y).lightness() < 128 for x in range(100) for y in range(160)) for each in (drawn, there)
    ]
    assert min(dark) > 100, "both pages have words on them"
    document.close()
    printed.close()


def test_a_file_that_is_no_pdf_is_a_sentence(tmp_path: Path) -> None:
    """It names the file."""
    (tmp_path / "no.pdf").write_text("nothing")
    with pytest.raises(MshopperError, match=r"no\.pdf"):
        opened(tmp_path / "no.pdf")
