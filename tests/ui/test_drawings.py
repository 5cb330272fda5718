"""The drawings of a comparison on the screen: what QtSvg makes of them is what the PDF shows."""

from io import BytesIO

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QFontDatabase, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from reportlab.graphics import renderPDF
from reportlab.pdfgen.canvas import Canvas

from mshopper.model.findings import HeatCell, HeatMap
from mshopper.report import finding_charts
from mshopper.report.svg import as_svg, font_files

HEAT_MAP = HeatMap(
    "store",
    "dimension",
    tuple((f"s{n}", "Milano “Duomo” 欢迎 −1") for n in range(3)),
    tuple((f"d{n}", "Professionalità e altro" if n % 2 else "Time") for n in range(9)),
    tuple(HeatCell(f"s{n % 3}", f"d{n}", n, 12.0 * n, None, 1, 2) for n in range(9)),
)


def test_the_screen_shows_what_the_paper_does(qapp: QApplication) -> None:
    """A heat map with upright titles, as SVG by QtSvg and as PDF by pdfium: the same picture but for the edges of letters."""
    assert all(QFontDatabase.addApplicationFont(str(file)) >= 0 for file in font_files())
    drawing = finding_charts.heat_map(HEAT_MAP, 480, language="en").drawing
    width, height = int(drawing.width), int(drawing.height)
    image = QImage(width * 2, height * 2, QImage.Format.Format_RGB888)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer = QSvgRenderer(QByteArray(as_svg(drawing)))
    assert renderer.isValid()
    renderer.render(painter)
    painter.end()
    screen = Image.frombytes(
        "RGB", (width * 2, height * 2), bytes(image.constBits()), "raw", "RGB", image.bytesPerLine()
    )

    paper_file = BytesIO()
    canvas = Canvas(paper_file, pagesize=(width, height))
    renderPDF.draw(drawing, canvas, 0, 0)
    canvas.save()
    with pypdfium2.PdfDocument(paper_file.getvalue()) as document:
        paper = document[0].render(scale=2).to_pil().convert("RGB")
    difference = ImageChops.difference(screen, paper.resize(screen.size)).convert("L")
    words_only = ImageChops.difference(screen, Image.new("RGB", screen.size, "white")).convert("L")
    assert ImageStat.Stat(difference).mean[0] < ImageStat.Stat(words_only).mean[0] / 12
    upright = (150, 0, screen.width, 150)
    assert ImageStat.Stat(screen.crop(upright)).mean[0] == pytest.approx(
        ImageStat.Stat(paper.crop(upright)).mean[0], abs=2
    )
