"""The documents of a comparison as readers get them: PDFs by pdfium, the workbook by calamine."""

import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from mshopper import operations as ops
from mshopper.i18n import use_language
from mshopper.model.comparison import Filters
from mshopper.model.comparison_report import ComparisonReport, CriticalVisit
from mshopper.progress import Cancelled, Progress
from mshopper.report.style import MARGIN, PAGE_WIDTH
from tests.compare.conftest import Opened, Row, a_visit
from tests.compare.conftest import opened as opened  # the fixture
from tests.operations.conftest import submitted

Laptop = Callable[[str], ops.Workspace]
LONG = 'Centro "Le Porte — Afragola" 欢迎 <b>Straßenmöbelhausgesellschaftfürinneneinrichtung'


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def chain(stores: int, visits: int, name: str = "Store {n}") -> tuple[list[Row], list[Row], list[Row]]:
    """Visits to stores with five dimensions and eight questions each; every fourth visit has no score."""
    chance = random.Random(7)
    rows: list[Row] = []
    scores: list[Row] = []
    answers: list[Row] = []
    for store in range(stores):
        for number in range(visits):
            percent = f"{min(100.0, max(0.0, chance.gauss(75 - store % 7, 8))):.2f}"
            if visits > 1 and number % 4 == 3:
                percent = ""
            day = f"2026-{chance.randint(1, 11):02}-{chance.randint(1, 28):02}"
            more = {"verdict": "pass" if percent else "not_scored"}
            if percent and chance.random() < 0.2:
                more = {"verdict": "fail", "criticals": "q1"}
            visit = a_visit(f"s{store:03}", percent, day, store_name=name.format(n=store), **more)
            rows.append(visit)
            of = {"visit_id": visit["visit_id"], "revision": "1"}
            part = {**of, "kind": "phase", "percent": "70", "earned": "7", "possible": "10"}
            scores += [{**part, "id": phase} for phase in ("before", "during")]
            part |= {"kind": "dimension", "percent": f"{chance.uniform(20, 100):.2f}"}
            scores += [{**part, "id": own, "title": own.title()} for own in ("time", "quality", "courtesy")]
            asked = {**of, "type": "yes_no", "value": "no", "possible": "9"}
            answers += [
                {**asked, "question_id": f"q{n}", "label": f"Question {n}?", "earned": chance.choice("059")}
                for n in range(8)
            ]
            nps = {"question_id": "nps", "label": "Recommend?", "type": "nps", "value": str(chance.randint(0, 10))}
            answers.append(of | nps)
    return rows, scores, answers


def report_of(opened: Opened, workspace: ops.Workspace, *shape: object) -> ComparisonReport:
    rows, scores, answers = chain(*shape)  # type: ignore[arg-type]
    tables = opened(rows, scores=scores, answers=answers)
    return ops.comparison_report(tables, ops.Findings(tables, workspace))


def pages_of(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


def assert_margins_are_empty(path: Path) -> None:
    """No ink beside the text or below the footer: nothing is clipped or runs over."""
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            image = page.render(scale=1).to_pil().convert("L")
            ink = image.point(lambda value: 255 if value < 200 else 0).getbbox()
            assert ink is not None
            left, top, right, bottom = ink
            assert left >= MARGIN - 2
            assert right <= PAGE_WIDTH - MARGIN + 2
            assert top >= 28
            assert bottom <= 820


@pytest.mark.parametrize(
    ("shape", "most_pages"), [((25, 4), 13), ((1, 1), 3), ((12, 1), 6), ((30, 3, LONG + " {n}"), 13)], ids=str
)
def test_the_pdf_says_what_the_comparison_does(
    opened: Opened, laptop: Laptop, tmp_path: Path, shape: tuple[object, ...], most_pages: int
) -> None:
    """25 stores, one visit, one visit each, long names: every sentence and store is on the pages, twice the same bytes."""
    with laptop("a") as workspace:
        report = report_of(opened, workspace, *shape)
        for language, words in (
            ("it", ("Classifica", "Metodo", "Fonti")),
            ("en", ("League table", "Method", "Sources")),
        ):
            path = tmp_path / f"{language}.pdf"
            warnings = ops.write_comparison_pdf(report, path, language=language)
            assert warnings == ()
            pages = pages_of(path)
            text = " ".join(pages)
            assert all(word in text for word in words)
            assert 2 <= len(pages) <= most_pages
            assert_margins_are_empty(path)
        tight = "".join(text.split())
        for sentence in (*report.sure, *report.unsure, *report.to_fix):
            assert "".join(sentence.split()) in tight, sentence
        for group in report.comparison.groups:
            assert group.title[:8] in text
        again = tmp_path / "again.pdf"
        ops.write_comparison_pdf(report, again, language="en")
    assert again.read_bytes() == path.read_bytes()


def test_filters_and_sources_are_named(laptop: Laptop, tmp_path: Path) -> None:
    """The PDF of a head-office folder names it, the state of its tables, the days, and what the visits were filtered by."""
    office = tmp_path / "office"
    with laptop("a") as workspace:
        for store, wait in (("MI-001", 30), ("MI-001", 90), ("RM-002", 61)):
            submitted(workspace, store, wait=wait)
        ops.sync(workspace, office)
        with ops.open_comparison(workspace, office) as tables:
            findings = ops.Findings(tables, workspace, office)
            report = ops.comparison_report(
                tables, findings, filters=Filters(stores=("MI-001",), first_day="2026-01-01")
            )
            assert report.of == report.comparison.total.n == 2
            assert report.lost.visits == 2
            ops.write_comparison_pdf(report, tmp_path / "c.pdf", language="en")
            text = " ".join(pages_of(tmp_path / "c.pdf"))
    assert tables.generation
    for words in ("office", tables.generation, "Milano Duomo", "Jan 1, 2026", "Nov 21, 2026", "Visit (1)"):
        assert words in text, words


@pytest.mark.parametrize(
    ("language", "sheets"), [("en", "Summary Comparison Visits"), ("it", "Sintesi Confronto Visite")]
)
def test_the_workbook_holds_numbers(opened: Opened, laptop: Laptop, tmp_path: Path, language: str, sheets: str) -> None:
    """Read back: each mean is the value's own double, shares are fractions, days are days, texts stay texts; Excel draws."""
    path = tmp_path / "c.xlsx"
    with laptop("a") as workspace:
        report = report_of(opened, workspace, 12, 4, '=HYPERLINK("x") {n}')
        ops.write_comparison_workbook(report, path, language=language)
        again = tmp_path / "again.xlsx"
        ops.write_comparison_workbook(report, again, language=language)
    assert again.read_bytes() == path.read_bytes()
    book = CalamineWorkbook.from_path(path)
    summary, league, visits = (book.get_sheet_by_name(name).to_python() for name in sheets.split())
    assert len(summary) > 10
    groups = report.comparison.groups
    assert [row[0] for row in league[1:]] == [group.title for group in groups]
    assert [row[4] for row in league[1:]] == [group.mean for group in groups]
    shares = league[0].index({"en": "Passed", "it": "Superata"}[language])
    assert [row[shares] for row in league[1:]] == [
        pytest.approx(group.passed.share / 100) for group in groups if group.passed
    ]
    assert [str(row[1])[:10] for row in visits[1:]] == [line.started_at[:10] for line in report.visits]
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet2.xml").decode()
        assert 'state="frozen"' in sheet
        assert "<autoFilter" in sheet
        assert "<f>" not in sheet
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 3
    assert sum("<c:errBars>" in chart for chart in charts) == 1


def test_a_store_has_one_page(laptop: Laptop, tmp_path: Path) -> None:
    """From two visits to its page: score with its uncertainty, what it loses, its open actions; thirty of each still fit."""
    with laptop("a") as workspace:
        visit = submitted(workspace, "MI-001", wait=90)
        submitted(workspace, "MI-001", wait=30)
        submitted(workspace, "RM-002", wait=30)
        finding = ops.found_to_mend(workspace, visit.header.visit_id)[0]
        ops.add_action(
            workspace, visit.header.visit_id, finding, owner="Anna Verdi", due="2026-11-01", note="Put up a sign"
        )
        with ops.open_comparison(workspace) as tables:
            pages = list(ops.store_pages(tables, ops.Findings(tables, workspace), workspace))
            written = ops.write_store_pages(pages, tmp_path, language="en")
            page = next(page for page in pages if page.store_id == "MI-001")
            full = replace(
                page,
                title=LONG * 3,
                criticals=tuple(CriticalVisit("2026-11-01", LONG * 2, "Anna") for _ in range(30)),
                actions=page.actions * 30,
                lost=replace(page.lost, questions=page.lost.questions * 30),
                waiting=replace(page.waiting, questions=page.waiting.questions * 30),
            )
            ops.write_store_page(full, tmp_path / "full.pdf", language="it")
    assert sorted(path.name for path in written) == ["milano-duomo-mi-001.pdf", "roma-citta-rm-002.pdf"]
    text = pages_of(tmp_path / "milano-duomo-mi-001.pdf")
    assert len(text) == 1
    for words in ("Milano Duomo", "on average over 2 visits", "Wait", "Put up a sign", "Late · Anna Verdi"):
        assert words in text[0], words
    assert len(pages_of(tmp_path / "full.pdf")) == 1
    for path in (*written, tmp_path / "full.pdf"):
        assert_margins_are_empty(path)


def test_cancelling_leaves_no_half_file(opened: Opened, laptop: Laptop, tmp_path: Path) -> None:
    """Stopped while it is gathered or written: no file, and the one that was there stays."""
    stop = Progress(is_cancelled=lambda: True)
    kept = tmp_path / "c.pdf"
    kept.write_bytes(b"before")
    with laptop("a") as workspace:
        rows, scores, answers = chain(3, 2)
        tables = opened(rows, scores=scores, answers=answers)
        findings = ops.Findings(tables, workspace)
        with pytest.raises(Cancelled):
            ops.comparison_report(tables, findings, progress=stop)
        report = ops.comparison_report(tables, findings)
        with pytest.raises(Cancelled):
            ops.write_comparison_pdf(report, kept, language="en", progress=stop)
        with pytest.raises(Cancelled):
            ops.write_comparison_workbook(report, tmp_path / "c.xlsx", language="en", progress=stop)
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".pdf", ".xlsx", ".tmp")] == ["c.pdf"]
    assert kept.read_bytes() == b"before"
