"""Pages into a PDF file: what every document of ours has in common, be it of a visit or of a comparison.

The same groups and facts give the same bytes: dates come from what is told, fonts are cut the same way. `visit_pdf`,
`comparison_pdf` and `store_page` say what stands on the pages.
"""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from mshopper.i18n import _
from mshopper.progress import Progress
from mshopper.report.blocks import Block, Pen
from mshopper.report.fonts import BOLD, REGULAR, Fonts, clean, load
from mshopper.report.pages import Bookmark, Group, Page, paginate
from mshopper.report.style import LINE, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, TINY, WARN, WATERMARK, WIDTH, Type


@dataclass(frozen=True)
class Facts:
    """What a document says of itself, in its properties and on every page.

    `running` stands at the head of each page but the first, `foot` at the foot of all; `stamp` (a "Draft", say) across each.
    `embedded` are files that go along, by name; one at most.
    """

    title: str
    language: str
    author: str = ""
    subject: str = ""
    keywords: str = ""
    written: dt.datetime | None = None
    running: str = ""
    foot: str = ""
    stamp: str = ""
    embedded: tuple[tuple[str, bytes], ...] = ()


def new_fonts() -> Fonts:
    """The fonts of a new document, those that every one has ready."""
    load(REGULAR)
    load(BOLD)
    return Fonts()


def write_document(
    groups: Sequence[Group],
    target: Path | BinaryIO,
    facts: Facts,
    fonts: Fonts,
    *,
    progress: Progress,
    targets: Set[str] = frozenset(),
) -> tuple[str, ...]:
    """Write the groups as PDF; `targets` are places that blocks make themselves. A file is written whole or not at all.

    Returns a warning for each character that no font has. Raises OSError where `target` can't be written, and Cancelled.
    """
    pages = paginate(groups)
    with _replacing(target) if isinstance(target, Path) else contextlib.nullcontext(target) as file:
        _draw(pages, file, facts, fonts, progress, targets)
    return tuple(_missing(char) for char in sorted(fonts.missing))


def _missing(char: str) -> str:
    return _("The character {code} is in none of the report's fonts; its code is printed instead.").format(
        code=f"U+{ord(char):04X}"
    )


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A file beside `target` that takes its place once it is whole, so that a full disk leaves no half report."""
    beside = target.with_name(f"{target.name}.tmp")
    try:
        with beside.open("wb") as file:
            yield file
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _draw(
    pages: Sequence[Page], file: BinaryIO, facts: Facts, fonts: Fonts, progress: Progress, targets: Set[str]
) -> None:
    canvas = Canvas(
        file,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        pageCompression=1,
        invariant=1,
        initialFontName=REGULAR,
        lang=facts.language,
    )
    _describe(canvas, facts)
    for name, data in facts.embedded:
        _embed(canvas, name, data)
    pen = Pen(canvas, fonts, _targets(pages) | targets)
    outline = _Outline(canvas)
    progress.expect(len(pages))
    for number, page in enumerate(pages, 1):
        progress.advance(_("Page {n} of {total}").format(n=number, total=len(pages)))
        _furniture(pen, facts, number, len(pages))
        for placed in page:
            if isinstance(placed.item, Block):
                placed.item.draw(pen, MARGIN, placed.top, WIDTH)
            else:
                outline.add(pen, placed.item, placed.top)
        canvas.showPage()
    canvas.save()


def _embed(canvas: Any, name: str, data: bytes) -> None:
    """Put a file into the document (ISO 32000-1, 7.11.4): readers list it among the attachments."""
    from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress

    document = canvas._doc
    about = PDFDictionary({"Type": PDFName("EmbeddedFile"), "Params": PDFDictionary({"Size": len(data)})})
    stream = PDFStream(about, data, [PDFZCompress])
    file = PDFDictionary(
        {
            "Type": PDFName("Filespec"),
            "F": PDFString(name),
            "UF": PDFString(name),
            "EF": PDFDictionary({"F": document.Reference(stream)}),
        }
    )
    names = PDFDictionary({"Names": PDFArray([PDFString(name), document.Reference(file)])})
    document.Catalog.Names = PDFDictionary({"EmbeddedFiles": document.Reference(names)})


def _targets(pages: Sequence[Page]) -> frozenset[str]:
    return frozenset(placed.item.target for page in pages for placed in page if isinstance(placed.item, Bookmark))


class _Outline:
    """The document's outline; an entry is at most one level deeper than the one before it."""

    def __init__(self, canvas: Any) -> None:
        self._canvas = canvas
        self._level = -1

    def add(self, pen: Pen, bookmark: Bookmark, top: float) -> None:
        pen.place(bookmark.target, top)
        if bookmark.title:
            self._level = min(bookmark.level, self._level + 1)
            self._canvas.addOutlineEntry(as_told(bookmark.title), bookmark.target, self._level, closed=False)


def _describe(canvas: Any, facts: Facts) -> None:
    """The document's own facts: title, author, subject, keywords, dates."""
    canvas.setTitle(as_told(facts.title))
    canvas.setAuthor(as_told(facts.author))
    canvas.setSubject(as_told(facts.subject))
    canvas.setKeywords(as_told(facts.keywords))
    canvas.setCreator("mshopper")
    canvas.setProducer("mshopper")
    stamp = pdf_date(facts.written)
    canvas.setDateFormatter(lambda *_now: stamp)


def as_told(words: str) -> str:
    """`words` for the document's own facts, which are written as UTF-16: half of a surrogate pair has no place there."""
    return clean(words).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def pdf_date(moment: dt.datetime | None) -> str:
    """A moment as PDF writes it (ISO 32000-1, 7.9.4), in its own offset; the year 2000 where none is known."""
    if moment is None:
        return "D:20000101000000Z"
    offset = moment.utcoffset()
    if offset is None:
        return f"D:{moment:%Y%m%d%H%M%S}"
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"D:{moment:%Y%m%d%H%M%S}{'-' if minutes < 0 else '+'}{hours:02d}'{rest:02d}'"


def _furniture(pen: Pen, facts: Facts, number: int, total: int) -> None:
    """What stands on every page: the running header, the footer, and on a draft that it is one."""
    right = 0.0
    if facts.stamp:
        _watermark(pen, facts.stamp)
        right = pen.fonts.width(facts.stamp, TINY.size, bold=True) + 14
        pen.frame(MARGIN + WIDTH - right, 28, right, 14, WARN, radius=3)
        pen.words(facts.stamp, Type(TINY.size, bold=True, colour=WARN), MARGIN + WIDTH - right + 7, 30, right)
    if number > 1:
        pen.words(facts.running, TINY, MARGIN, 30, WIDTH - right - 12)
        pen.box(MARGIN, 45, WIDTH, 0.5, LINE)
    foot = PAGE_HEIGHT - 36
    pages = _("Page {n} of {total}").format(n=number, total=total)
    room = WIDTH * 0.75
    pen.words(facts.foot, TINY, MARGIN, foot, room)
    pen.words(pages, TINY, MARGIN + room, foot, WIDTH - room, right=True)


def _watermark(pen: Pen, words: str) -> None:
    canvas = pen.canvas
    canvas.saveState()
    canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
    canvas.rotate(52)
    canvas.setFillColor(HexColor(WATERMARK))
    canvas.setFont(BOLD, 130)
    canvas.drawCentredString(0, -40, words)
    canvas.restoreState()
