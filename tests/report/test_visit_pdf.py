"""The visit's report as a reader gets it: rendered and read back by pdfium."""

import dataclasses
import datetime as dt
import importlib.util
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.corrective import ActionStep, actions_of
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.record import VisitRecord
from mshopper.model.review import Decision
from mshopper.model.scoresheet import ScoreSheet
from mshopper.progress import Cancelled, Progress
from mshopper.report.aftermath import Aftermath
from mshopper.report.visit_pdf import write_visit_pdf


def _sample() -> ModuleType:
    spec = importlib.util.spec_from_file_location("report_sample", Path(__file__).with_name("sample.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["report_sample"] = module
    spec.loader.exec_module(module)
    return module


sample = _sample()


def pdf_of(
    record: VisitRecord, photos: dict[str, bytes] | None = None, *, language: str = "en", **options: Any
) -> tuple[bytes, tuple[str, ...]]:
    """The report's bytes and warnings."""
    out = BytesIO()
    warnings = write_visit_pdf(record, out, language=language, photo=(photos or {}).__getitem__, **options)
    return out.getvalue(), warnings


def pages_of(data: bytes) -> list[str]:
    """The text of each page, on one line."""
    with pypdfium2.PdfDocument(data) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return [" ".join(text.split()) for text in texts]


def text_of(data: bytes) -> str:
    """The text of all pages, on one line."""
    return " ".join(pages_of(data))


def changed(record: VisitRecord, key: AnswerKey, answer: Answer) -> VisitRecord:
    """The record with another answer."""
    return dataclasses.replace(record, answers={**record.answers, key: answer})


def with_header(record: VisitRecord, **fields: Any) -> VisitRecord:
    """The record with other fields in its header."""
    return dataclasses.replace(record, header=dataclasses.replace(record.header, **fields))


def test_the_report_says_everything_of_the_visit() -> None:
    """Header, score, verdict, criticals, marks, journey, questions, comments, repeats, photos and seal can all be read."""
    record, photos = sample.sample_record()
    data, warnings = pdf_of(record, photos)
    text = text_of(data)
    sheet = record.sheet
    assert sheet is not None
    for words in (
        "Milano Duomo MI-014 · Corso Vittorio Emanuele II 12, 20122 Milano · Nord-Ovest · flagship",
        "Giulia Bianchi · A-0012",
        "Nov 12, 2026, 10:05",
        "48 minutes",
        "Store visit · 2026.1",
        "69.63% Not passed Grade C",
        "Pass mark 75%",
        "Coverage: 100% was answered",
        "1 critical answer 6 Is there a greeting within 30 seconds of entering?",
        "The score is limited to 70%.",
        "Sections below their mark Welcome 60.83%, mark 70%",
        "36.67% 11 / 30",
        "38.46%",
        "Where points were lost 14 Is the technical answer right and complete? −24",
        "7.5 / 10 ×1.5",
        "Till 1",
        "Till 2",
        "3 questions didn't apply",
        "Thank you: the form ends here.",
        "Coda alla cassa 2: <otto> persone & un solo addetto",
        "Taken: Nov 12, 2026, 10:11",
        f"mshopper verify {record.header.visit_id}",
        "The seal is computed from",
        "Signed with the key of the device.",
        record.header.device_id,
        record.header.seal[:8],
        record.header.seal[-8:],
    ):
        assert words in text, words
    assert "Does the parcel arrive" not in text
    assert warnings == ()


def test_typed_words_are_printed_as_typed() -> None:
    """Markup, ampersands, Greek, Polish, Chinese and emoji are read back as they were typed."""
    record, photos = sample.sample_record(0)
    typed = "<b>bold</b> & <para> &amp; Ελλάδα Żółć gęślą 你好，欢迎光临！カタカナ 한 😀 👍 «città» € ½"
    record = changed(record, AnswerKey("welcome/clean"), Answer("yes", comment=typed))
    data, warnings = pdf_of(with_header(record, auditor="<i>Łukasz</i> & 北京"), photos)
    text = text_of(data)
    assert typed in text
    assert "<i>Łukasz</i> & 北京" in text
    assert warnings == ()


def test_a_character_that_no_font_has_is_printed_as_its_code_and_named() -> None:
    """Hebrew, a new emoji and a lone surrogate stand as codes; each is named once; invisible characters do no harm."""
    record, photos = sample.sample_record(0)
    comment = "prima \u05d0 \U0001f9ff \ud800 \u05d0 dopo\u200b\u202e\x00\x07 fine"
    record = changed(record, AnswerKey("welcome/clean"), Answer("yes", comment=comment))
    data, warnings = pdf_of(record, photos)
    assert "prima U+05D0 U+1F9FF U+D800 U+05D0 dopo fine" in text_of(data)
    assert [code for code in ("U+05D0", "U+1F9FF", "U+D800") if sum(code in said for said in warnings) == 1] == [
        "U+05D0",
        "U+1F9FF",
        "U+D800",
    ]
    assert len(warnings) == 3


def test_the_language_asked_for_is_spoken() -> None:
    """The form's texts, numbers and dates come in the report's language, the form's default where it lacks that."""
    record, photos = sample.sample_record(0)
    italian = text_of(pdf_of(record, photos, language="it")[0])
    assert "Si riceve un saluto entro 30 secondi dall'ingresso?" in italian
    assert "69,63%" in italian
    only_italian = dataclasses.replace(record, form=_without(record.form, "en"))
    text = text_of(pdf_of(only_italian, photos, language="en")[0])
    assert "Si riceve un saluto entro 30 secondi dall'ingresso?" in text
    assert "69.63%" in text


def _without(form: Form, language: str) -> Form:
    def strip(item: Question | Section) -> Question | Section:
        if isinstance(item, Question):
            return dataclasses.replace(item, label=_only(item.label))
        return dataclasses.replace(item, title=_only(item.title), items=tuple(map(strip, item.items)))

    def _only(text: Text) -> Text:
        return Text(tuple(pair for pair in text.values if pair[0] != language))

    sections = tuple(section for section in map(strip, form.sections) if isinstance(section, Section))
    return dataclasses.replace(form, title=_only(form.title), sections=sections, languages=("it",))


def test_labels_come_from_the_caller_where_it_fills_answers_in() -> None:
    """`label` gives a question's words: that is how "${q}" is filled in."""
    record, photos = sample.sample_record(0)
    tills = record.form.sections[3]
    queue = dataclasses.replace(tills.items[0], label=Text.of("Queue of ${cashier}"))
    form = dataclasses.replace(
        record.form,
        sections=(
            *record.form.sections[:3],
            dataclasses.replace(tills, items=(queue, *tills.items[1:])),
            *record.form.sections[4:],
        ),
    )
    record = dataclasses.replace(record, form=form)
    text = text_of(pdf_of(record, photos, label=lambda key: f"Queue of {key.path} {key.instance}")[0])
    assert "Queue of tills/queue 1" in text
    assert "Queue of tills/queue 2" in text
    assert "${" not in text


def test_the_same_visit_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two reports of one visit are equal to the byte, in a file or a stream, and say when the visit was submitted."""
    record, photos = sample.sample_record()
    first, _warnings = pdf_of(record, photos)
    pdf_of(sample.sample_record(1)[0], photos, language="it")
    target = tmp_path / "visit.pdf"
    write_visit_pdf(record, target, language="en", photo=photos.__getitem__)
    assert target.read_bytes() == first
    assert b"D:20261112112000+01'00'" in first
    assert [path.name for path in tmp_path.iterdir()] == ["visit.pdf"]


def test_every_font_is_embedded() -> None:
    """No page needs a font of the reader's machine."""
    record, photos = sample.sample_record()
    data, _warnings = pdf_of(record, photos)
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
                font = pdfium.FPDFTextObj_GetFont(thing.raw)
                assert pdfium.FPDFFont_GetIsEmbedded(font) == 1
    assert b"/Helvetica" not in data
    assert b"/Times" not in data
    for font_name in (b"+NotoSans-Regular", b"+NotoSans-Bold", b"+DroidSansFallback", b"+Symbola"):
        assert font_name in data


def test_every_page_says_which_of_how_many_it_is() -> None:
    """The footer counts the pages; from the second page on, the header names store, form and day."""
    record, photos = sample.sample_record()
    pages = pages_of(pdf_of(record, photos)[0])
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert page.endswith(f"Page {number} of {len(pages)}") or f"Page {number} of {len(pages)}" in page
        assert number == 1 or "Milano Duomo · Store visit · Nov 12, 2026" in page


def test_the_document_describes_itself() -> None:
    """Title, author, subject, keywords with the seal, language, and an outline by section."""
    record, photos = sample.sample_record(2)
    data, _warnings = pdf_of(record, photos, language="it")
    assert b"/Lang (it)" in data
    with pypdfium2.PdfDocument(data) as document:
        facts = document.get_metadata_dict()
        titles = [bookmark.get_title() for bookmark in document.get_toc()]
    assert facts["Title"].startswith("Milano Duomo · Visita in negozio")
    assert facts["Author"] == "Giulia Bianchi"
    assert record.header.visit_id in facts["Subject"]
    assert record.header.seal in facts["Keywords"]
    assert [title for title in ("Accoglienza", "Cassa 1", "Cassa 2", "Dopo la visita") if title in titles] == [
        "Accoglienza",
        "Cassa 1",
        "Cassa 2",
        "Dopo la visita",
    ]


def test_the_qr_code_says_the_seal() -> None:
    """The dark and light squares on the last page are those of mshopper:seal:<visit>:<revision>:<seal>."""
    record, photos = sample.sample_record(0)
    data, _warnings = pdf_of(record, photos)
    header = record.header
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(f"mshopper:seal:{header.visit_id}:{header.revision}:{header.seal}")
    code.make()
    size = code.getModuleCount()
    with pypdfium2.PdfDocument(data) as document:
        image = document[len(document) - 1].render(scale=6).to_pil().convert("L").crop((48 * 6, 0, 166 * 6, 842 * 6))
    dark = [bool(image.crop((0, y, image.width, y + 1)).getextrema()[0] < 80) for y in range(image.height)]
    top, height = _longest_run(dark)
    left = next(x for x in range(image.width) if image.getpixel((x, top + 2)) < 80)
    step = height / size
    found = [
        [image.getpixel((int(left + (x + 0.5) * step), int(top + (y + 0.5) * step))) < 128 for x in range(size)]
        for y in range(size)
    ]
    assert found == [[bool(code.isDark(y, x)) for x in range(size)] for y in range(size)]


def _longest_run(flags: list[bool]) -> tuple[int, int]:
    best, start = (0, 0), None
    for index, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = index
        elif not flag and start is not None:
            best, start = max(best, (start, index - start), key=lambda run: run[1]), None
    return best


def test_a_photo_goes_in_once_and_untouched() -> None:
    """200 photos, each drawn beside its question and in the grid, are embedded once each, byte for byte."""
    record, photos = sample.sample_record(200)
    data, _warnings = pdf_of(record, photos)
    assert all(data.count(content) == 1 for content in photos.values())
    assert data.count(b"/DCTDecode") == 200
    assert sum(map(len, photos.values())) > 0.8 * len(data)


def test_the_grid_takes_the_photos_shape() -> None:
    """Six 4:3 photos fill a page, in rows that are aligned, each in its own shape; upright ones stand in fewer rows."""
    record, photos = sample.sample_record(12)
    data, _warnings = pdf_of(record, photos)
    with pypdfium2.PdfDocument(data) as document:
        grid = [_images(page) for page in document if page.get_textpage().search("Taken:").get_next()]
    assert [len(images) for images in grid] == [6, 6]
    for left, right in zip(grid[0][::2], grid[0][1::2], strict=True):
        assert left[3] == pytest.approx(right[3])
    shapes = [(top - bottom) / (right - left) for left, bottom, right, top in grid[0]]
    assert sorted(shapes) == pytest.approx([0.75] * 4 + [4 / 3] * 2, rel=0.01)
    upright = dataclasses.replace(
        record, photos=tuple(dataclasses.replace(each, width=600, height=800) for each in record.photos)
    )
    with pypdfium2.PdfDocument(pdf_of(upright, photos)[0]) as document:
        assert [len(_images(page)) for page in document if page.get_textpage().search("Taken:").get_next()] == [4, 4, 4]


def _images(page: Any) -> list[tuple[float, float, float, float]]:
    """Left, bottom, right and top of every photo on a page, in the order in which they are drawn."""
    return [image.get_bounds() for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])]


def test_an_erased_photo_leaves_its_place() -> None:
    """A photo without bytes, or with broken ones, is said to be not available; the others are there."""
    record, photos = sample.sample_record(3)
    photos["p0"], photos["p1"] = b"", b"\xff\xd8 nonsense"
    data, _warnings = pdf_of(record, photos)
    assert text_of(data).count("Not available") >= 2
    assert data.count(b"/DCTDecode") == 1


def test_a_visit_that_was_not_done_has_a_reason_and_no_score() -> None:
    """Reason and evidence photos are printed, no percentage, no verdict."""
    record, photos = sample.sample_record(2)
    evidence = tuple(dataclasses.replace(photo, key=AnswerKey("")) for photo in record.photos)
    record = dataclasses.replace(record, answers={}, photos=evidence, sheet=None)
    record = with_header(record, state="not_done", reason="Chiuso per inventario & traslochi")
    data, _warnings = pdf_of(record, photos)
    text = text_of(data)
    assert "This visit was not done Chiuso per inventario & traslochi" in text
    assert "Passed" not in text
    assert "Not passed" not in text
    assert data.count(b"/DCTDecode") == 2
    assert "Not answered" not in text


def test_a_draft_is_marked_on_each_page() -> None:
    """A visit still being filled in says so on every page, and that it has no seal; without a sheet too."""
    record, photos = sample.sample_record(4)
    record = with_header(record, state="in_progress", submitted_at="", ended_at="", seal="", signature="")
    assert record.sheet is not None
    live = dataclasses.replace(record, sheet=dataclasses.replace(record.sheet, answered_only=True))
    for draft in (live, dataclasses.replace(record, sheet=None, irrelevant=None)):
        pages = pages_of(pdf_of(draft, photos)[0])
        assert all("Draft" in page for page in pages)
        assert "This visit has no seal" in pages[-1]
    assert "covers only what is answered so far" in pages_of(pdf_of(live, photos)[0])[0]


def test_a_visit_without_a_score_says_not_scored() -> None:
    """Nothing scored is never 0%."""
    record, photos = sample.sample_record(0)
    sheet = record.sheet
    assert sheet is not None
    unscored = dataclasses.replace(
        sheet,
        percent=None,
        coverage=None,
        verdict="not_scored",
        grade="",
        criticals=(),
        metrics=(),
        **{
            kind: tuple(dataclasses.replace(part, percent=None) for part in getattr(sheet, kind))
            for kind in ("sections", "instances", "dimensions", "touchpoints", "phases")
        },
        lines=tuple(dataclasses.replace(line, status="na", earned=0, possible=0) for line in sheet.lines),
    )
    text = text_of(pdf_of(dataclasses.replace(record, sheet=unscored), photos)[0])
    assert "Not scored" in text
    assert " 0%" not in text


def test_the_mark_itself_is_never_shown_for_what_lies_below_it() -> None:
    """74.996 with a mark of 75 is not rounded to 75."""
    record, photos = sample.sample_record(0)
    sheet = record.sheet
    assert sheet is not None
    almost = dataclasses.replace(sheet, percent=sheet.pass_mark - sample.Fraction(4, 1000))
    assert "74.996%" in text_of(pdf_of(dataclasses.replace(record, sheet=almost), photos)[0])


@pytest.mark.parametrize("aggregate", ["points", "mean"])
def test_a_limited_score_says_so(aggregate: str) -> None:
    """A cap at 70% beside points worth 84.23% says both; of a mean, which isn't on the sheet, only that it is limited."""
    record, photos = sample.sample_record(0)
    sheet = record.sheet
    assert sheet is not None
    assert "by a critical answer" not in text_of(pdf_of(record, photos)[0])  # 69.63% lies below the cap by itself
    limited = dataclasses.replace(
        sheet, percent=sample.Fraction(70), earned=sheet.possible * sample.Fraction(8423, 10000)
    )
    form = dataclasses.replace(record.form, scoring=dataclasses.replace(record.form.scoring, aggregate=aggregate))
    text = text_of(pdf_of(dataclasses.replace(record, sheet=limited, form=form), photos)[0])
    if aggregate == "points":
        assert "84.23% by the points, limited to 70% by a critical answer" in text
    else:
        assert "Limited to 70% by a critical answer" in text
        assert "84.23" not in text


def test_the_journey_needs_phases() -> None:
    """Without phases the touchpoints stand as bars; a single one, which only repeats the score, is left out."""
    record, photos = sample.sample_record(0)
    sheet = record.sheet
    assert sheet is not None
    lines = tuple(dataclasses.replace(line, phase="") for line in sheet.lines)
    flat = dataclasses.replace(sheet, lines=lines, phases=())
    text = pages_of(pdf_of(dataclasses.replace(record, sheet=flat), photos)[0])[0]
    assert "The customer's journey" not in text
    assert "Touchpoints Website 80.00% 20 / 25 Store 69.10%" in text
    single = dataclasses.replace(flat, touchpoints=flat.touchpoints[:1])
    assert "Touchpoints" not in text_of(pdf_of(dataclasses.replace(record, sheet=single), photos)[0])
    some = dataclasses.replace(sheet, lines=(dataclasses.replace(sheet.lines[0], phase=""), *sheet.lines[1:]))
    text = text_of(pdf_of(dataclasses.replace(record, sheet=some), photos)[0])
    assert "The customer's journey Before" in text
    assert "Outside the phases" in text


def test_one_answer_is_shown_as_it_was_given() -> None:
    """NPS and CSAT over one answer are that answer; over several they are the figure, with a true minus sign."""
    record, photos = sample.sample_record(0)
    sheet = record.sheet
    assert sheet is not None
    text = text_of(pdf_of(record, photos)[0])
    assert "CSAT 4 of 5 NPS 9 of 10 (promoter)" in text
    several = tuple(dataclasses.replace(metric, n=4, value=sample.Fraction(-50)) for metric in sheet.metrics)
    text = text_of(pdf_of(dataclasses.replace(record, sheet=dataclasses.replace(sheet, metrics=several)), photos)[0])
    assert "NPS · 4 answers" in text
    assert "−50 (from −100 to 100)" in text


@pytest.mark.parametrize(
    ("ended_at", "language", "days", "took"),
    [
        ("2026-11-12T10:52:30+01:00", "en", "Nov 12, 2026", "48 minutes"),
        ("2026-11-12T12:10:00+01:00", "it", "12 nov 2026", "2 ore e 5 minuti"),
        ("2026-11-23T08:04:00+01:00", "en", "Nov 12 – 23, 2026", "10 days and 22 hours"),
        ("2026-12-05T10:05:00+01:00", "it", "12 nov – 5 dic 2026", "23 giorni"),
    ],
)
def test_a_visit_of_several_days_says_its_first_and_last(ended_at: str, language: str, days: str, took: str) -> None:
    """The date, on the first page and at the head of each page, spans the visit; its duration is in words."""
    record, photos = sample.sample_record(0)
    pages = pages_of(pdf_of(with_header(record, ended_at=ended_at), photos, language=language)[0])
    assert days in pages[0]
    assert took in pages[0]
    assert all(f"{record.form.title.get(language)} · {days}" in page for page in pages[1:])


def _uncapped(sheet: ScoreSheet) -> ScoreSheet:
    parts = {
        kind: tuple(
            dataclasses.replace(part, percent=sample.Fraction(n * 90 - 60))
            for n, part in enumerate(getattr(sheet, kind))
        )
        for kind in ("sections", "instances", "dimensions", "touchpoints", "phases")
    }
    return dataclasses.replace(sheet, percent=sample.Fraction(-20), **parts)


def test_percentages_outside_the_scale_are_drawn() -> None:
    """A form that doesn't cap may score −20% or 120%: the numbers stand, the bars stay inside their track."""
    record, photos = sample.sample_record(0)
    assert record.sheet is not None
    text = text_of(pdf_of(dataclasses.replace(record, sheet=_uncapped(record.sheet)), photos)[0])
    assert "−20%" in text
    assert "210.00%" in text


def _outside(data: bytes) -> list[tuple[int, tuple[float, ...]]]:
    """Text that stands outside the page's margins: its page, and its left, bottom, right and top."""
    found = []
    with pypdfium2.PdfDocument(data) as document:
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            for index in range(text.count_rects()):
                left, bottom, right, top = text.get_rect(index)
                if left < 46 or right > 595.28 - 46 or bottom < 24 or top > 842 - 24:
                    found.append((number, (left, bottom, right, top)))
    return found


def _long(words: Callable[[int], str]) -> VisitRecord:
    record, _photos = sample.sample_record(0)
    section = record.form.sections[1]
    labelled = dataclasses.replace(section.items[2], label=Text.of(words(500)))
    named = dataclasses.replace(
        section, title=Text.of(words(300)), items=(*section.items[:2], labelled, *section.items[3:])
    )
    form = dataclasses.replace(record.form, sections=(record.form.sections[0], named, *record.form.sections[2:]))
    record = dataclasses.replace(record, form=form)
    record = changed(record, AnswerKey("welcome/clean"), Answer("yes", comment=words(5000)))
    store = dataclasses.replace(record.header.store, name=words(120), address=words(300))
    return with_header(record, store=store, auditor=words(200))


@pytest.mark.parametrize("kind", ["words", "unbroken", "Chinese", "missing"])
def test_long_texts_stay_whole_and_inside_the_page(kind: str) -> None:
    """A comment of 5,000 characters, a label of 500 and unbroken words of 300 are all there, and nothing sticks out."""
    words = {
        "words": lambda n: ("parola lunga abbastanza " * n)[:n].strip(),
        "unbroken": lambda n: "X" * n,
        "Chinese": lambda n: "欢" * n,
        "missing": lambda n: "א" * n,
    }[kind]
    data, _warnings = pdf_of(_long(words))
    expected = words(5000).replace(" ", "").replace("א", "U+05D0")
    assert expected in _without_furniture(data)
    assert _outside(data) == []


def _without_furniture(data: bytes) -> str:
    """The body of all pages in one piece, without blanks."""
    with pypdfium2.PdfDocument(data) as document:
        pieces = [page.get_textpage().get_text_bounded(40, 50, 560, 842 - 48) for page in document]
    return "".join("".join(pieces).split()).replace("\ufffe", "")


def test_a_report_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    """Cancelling, or a photo that can't be read, leaves what was there before and nothing beside it."""
    record, photos = sample.sample_record(2)
    target = tmp_path / "visit.pdf"
    target.write_bytes(b"the old report")
    with pytest.raises(Cancelled):
        write_visit_pdf(
            record, target, language="en", photo=photos.__getitem__, progress=Progress(is_cancelled=lambda: True)
        )
    calls = iter([False] * 4)
    progress = Progress(is_cancelled=lambda: next(calls, True))
    with pytest.raises(Cancelled):
        write_visit_pdf(record, target, language="en", photo=photos.__getitem__, progress=progress)
    assert target.read_bytes() == b"the old report"
    assert [path.name for path in tmp_path.iterdir()] == ["visit.pdf"]


def _titled(form: Form, words: str) -> Form:
    """The form with `words` for its title and for those of its second section and question."""
    section = form.sections[1]
    labelled = dataclasses.replace(section.items[1], label=Text.of(words))
    titled = dataclasses.replace(section, title=Text.of(words), items=(section.items[0], labelled, *section.items[2:]))
    return dataclasses.replace(form, title=Text.of(words), sections=(form.sections[0], titled, *form.sections[2:]))


typed = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("<b>&;א😀欢 \n\t\u200d\u202e\x00Aé-"), max_size=80
)


@settings(max_examples=18, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(name="Punto \ud800", comment="\udfff", label="", caption="", answer="", language="it")
@given(name=typed, comment=typed, label=typed, caption=typed, answer=typed, language=st.sampled_from(["it", "en"]))
def test_no_text_breaks_the_report(
    name: str, comment: str, label: str, caption: str, answer: str, language: str
) -> None:
    """Whatever is typed into a name, comment, label, caption or answer, the report opens and nothing sticks out."""
    record, photos = sample.sample_record(1)
    record = dataclasses.replace(
        record, photos=(dataclasses.replace(record.photos[0], caption=caption, taken_at=caption),)
    )
    record = changed(record, AnswerKey("welcome/greeted"), Answer("no", comment=comment, photos=("p0",)))
    record = changed(record, AnswerKey("after/best"), Answer(answer))
    record = dataclasses.replace(record, form=_titled(record.form, label))
    store = dataclasses.replace(record.header.store, name=name, address=label)
    record = with_header(record, store=store, auditor=name, reason=comment, flags=("incomplete",), started_at=caption)
    data, _warnings = pdf_of(record, photos, language=language)
    assert _outside(data) == []


def test_what_became_of_the_visit_is_printed() -> None:
    """Decisions with both scores of a dispute, actions with their state, who and until when, the photo of what was done."""
    record, photos = sample.sample_record(photos=2)
    visit = record.header.visit_id
    about: dict[str, Any] = {"reviewer": "Sara Neri", "created": "2026-11-22T09:00:00+01:00", "percent": "61.50"}
    decisions = [
        Decision("1", visit, 1, "s", "dispute", reason="Pulito alle 15", disputed_by="Direttore", **about),
        Decision("2", visit, 2, "t", "settle", "1", outcome="changed", percent_after="70.00", **about),
        Decision("3", visit, 2, "t", "approve", "2", **about),
    ]
    place: dict[str, Any] = {
        "visit_id": visit,
        "revision": 1,
        "question_id": "floor",
        "instance": "",
        "finding": "lost",
        "store_id": "1",
        "store_name": "Milano",
        "form_id": "f",
        "owner": "Ugo Ferri",
        "created": "2026-11-22T09:00:00+01:00",
    }
    late = ActionStep("a1", "a", "open", label="Floor clean?", due="2026-11-01", note="Sweep twice a day", **place)
    mended = ActionStep("b1", "b", "open", label="Lamps", note="Change them", **place)
    done = ActionStep("b2", "b", "done", label="Lamps", note="Changed", photo="c" * 64, previous="b1", **place)
    actions = list(actions_of([late, mended, done]).values())
    known = Aftermath(decisions, actions, dt.date(2026, 11, 23), lambda _sha256: next(iter(photos.values())))
    said = text_of(pdf_of(record, photos, known=known)[0])
    for words in (
        "Disputed revision 1 · Nov 22, 2026 · Sara Neri Pulito alle 15 Disputed by Direttore. Score disputed: 61.50%.",
        "Dispute: score changed revision 2",
        "Score disputed: 61.50%. Score that stands: 70.00%.",
        "Corrective actions · 1 late Floor clean? Late Lost points · Ugo Ferri · due Nov 1, 2026 To do: Sweep twice a day",
        "Lamps Mended Lost points · Ugo Ferri To do: Change them Mended on Nov 22, 2026: Changed",
    ):
        assert words in said
