"""How a report will be printed: its pages as pictures in Qt's own print preview, which prints them too.

PDFium draws the pages: Qt's own PDF module is in a part of PySide6 that is not a part of this app.
"""

from pathlib import Path

import pypdfium2
from PySide6.QtCore import QRect, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QWidget

from mshopper.errors import MshopperError
from mshopper.i18n import _

MOST_DPI = 300
"""Pages are drawn no finer than this, whatever the printer can do: an A4 page is then 26 MB."""

POINTS = 72
"""PDF's units in an inch."""


def preview(path: Path, parent: QWidget) -> None:
    """Show the preview of a PDF until it is closed. Raises MshopperError where the file can't be read."""
    document = opened(path)
    try:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(path.stem)
        width, height = document[0].get_size()
        size = QPageSize(QSizeF(width, height), QPageSize.Unit.Point)
        printer.setPageSize(size)
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        printer.setFullPage(True)
        dialog = QPrintPreviewDialog(printer, parent)
        dialog.setWindowTitle(_("Print preview"))
        dialog.resize(parent.window().size())
        dialog.paintRequested.connect(lambda wanted: draw(document, wanted))
        dialog.exec()
        dialog.deleteLater()
    finally:
        document.close()


def opened(path: Path) -> pypdfium2.PdfDocument:
    """The PDF, open. Raises MshopperError where it can't be read."""
    try:
        return pypdfium2.PdfDocument(path)
    except (OSError, pypdfium2.PdfiumError):
        raise MshopperError(_("{file} can't be read as a PDF.").format(file=path)) from None


def draw(document: pypdfium2.PdfDocument, printer: QPrinter) -> None:
    """Draw the pages that the printer asks for, each as large as the paper allows."""
    first, last = printer.fromPage() or 1, printer.toPage() or len(document)
    painter = QPainter(printer)
    try:
        for n in range(first - 1, min(last, len(document))):
            if n >= first:
                printer.newPage()
            picture = page_image(document, n, min(printer.resolution(), MOST_DPI))
            paper = QRect(0, 0, printer.width(), printer.height())
            size = picture.size().scaled(paper.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRect(paper.topLeft(), size), picture)
    finally:
        painter.end()


def page_image(document: pypdfium2.PdfDocument, page: int, dpi: int) -> QImage:
    """A page, counted from 0, as a picture."""
    bitmap = document[page].render(scale=dpi / POINTS, prefer_bgrx=True)
    image = QImage(bitmap.buffer, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32)
    return image.copy()  # the buffer goes with the bitmap
