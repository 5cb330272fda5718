"""Comparisons onto paper and into workbooks: what is open is asked once for everything, then written in any language.

The findings of a report are of the visits that its table compares, so that all its pages speak of the same visits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from mshopper.i18n import _
from mshopper.model.comparison import Filters, Measure, Offer, StoreComparison, Trends, VisitLine
from mshopper.model.comparison_report import ComparisonReport, CriticalVisit, Sources, StorePage
from mshopper.model.findings import LostPoints
from mshopper.operations.comparing import Comparing
from mshopper.operations.corrective import list_actions
from mshopper.operations.findings import Findings
from mshopper.operations.reports import file_word, writing_report
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

MOST_VISITS = 1000
"""Of the visits behind a comparison a report holds so many, the newest; the tables have them all."""
_NOT_DONE = ("late", "reopened", "open")
_STEPS = 9
_Found = TypeVar("_Found")


def comparison_report(
    tables: Comparing,
    findings: Findings,
    *,
    by: str = "store",
    measure: Measure | None = None,
    filters: Filters | None = None,
    minimum_n: int = 1,
    period: str = "quarter",
    progress: Progress | None = None,
) -> ComparisonReport:
    """Everything that the documents of a comparison say; `period` is that of the change, trends are by month.

    Raises HeadOfficeError where the tables can't be read, ValueError for an unknown key or period, and Cancelled.
    """
    progress = progress or Progress()
    progress.expect(_STEPS)
    wanted, measure = filters or Filters(), measure or Measure()

    def step(found: _Found) -> _Found:
        progress.advance(_("Comparing"))
        return found

    comparison = step(tables.stores(by=by, measure=measure, filters=wanted, minimum_n=minimum_n, period=period))
    alike = _compared(wanted, comparison)
    return ComparisonReport(
        comparison=comparison,
        trends=step(tables.trends(by=by, measure=measure, filters=wanted, minimum_n=minimum_n)),
        lost=step(findings.lost(alike)),
        heat=step(findings.heat_map(by=by, kind="dimension", filters=alike)),
        journey=step(findings.journey(alike)),
        waiting=step(findings.waiting(alike)),
        satisfaction=step(findings.satisfaction(alike, by=by)),
        visits=tuple(step(tables.visits(by=by, measure=measure, filters=wanted, limit=MOST_VISITS))),
        of=comparison.total.n + comparison.total.unscored,
        sources=step(_sources(tables, findings, comparison, wanted)),
    )


def _compared(filters: Filters, comparison: StoreComparison) -> Filters:
    """The filters narrowed to the form versions whose visits are in the table."""
    if comparison.compared is None:
        return filters
    return replace(filters, form_versions=comparison.compared.form_versions)


def _sources(tables: Comparing, findings: Findings, comparison: StoreComparison, filters: Filters) -> Sources:
    first, last = tables.days(_compared(filters, comparison))
    return Sources(
        folder=tables.folder.name if tables.folder else "",
        generation=tables.generation,
        first_day=first,
        last_day=last,
        filters=filters,
        offer=tables.offer() if (filters, comparison.measure) != (Filters(), Measure()) else Offer(),
        form_titles=findings.form_titles,
    )


def write_comparison_pdf(
    report: ComparisonReport, path: Path, *, language: str, progress: Progress | None = None
) -> tuple[str, ...]:
    """Write the comparison as PDF; returns warnings. Raises MshopperError where the disk refuses, and Cancelled."""
    from mshopper.report.comparison_pdf import write_comparison_pdf as write

    with writing_report(path):
        return write(report, path, language=language, progress=progress or Progress())


def write_comparison_workbook(
    report: ComparisonReport, path: Path, *, language: str, progress: Progress | None = None
) -> None:
    """Write the comparison as an Excel workbook, a sheet a view. Raises MshopperError where the disk refuses, and Cancelled."""
    from mshopper.exchange.view_workbook import write_views
    from mshopper.operations.comparison_sheets import comparison_sheets

    with writing_report(path):
        write_views(path, comparison_sheets(report, language), progress=progress)


def store_pages(
    tables: Comparing,
    findings: Findings,
    workspace: Workspace,
    *,
    store_ids: Sequence[str] = (),
    filters: Filters | None = None,
    progress: Progress | None = None,
) -> Iterator[StorePage]:
    """What to fix first, store by store: of these, or of all that the comparison has. Raises as `comparison_report`."""
    progress = progress or Progress()
    wanted = filters or Filters()
    comparison, trends = tables.stores(filters=wanted), tables.trends(filters=wanted)
    chosen = store_ids or [group.id for group in comparison.groups]
    progress.expect(len(chosen))
    for store_id in chosen:
        yield _store_page(tables, findings, workspace, store_id, comparison, trends, wanted)
        progress.advance(store_id)


def _store_page(
    tables: Comparing,
    findings: Findings,
    workspace: Workspace,
    store_id: str,
    comparison: StoreComparison,
    trends: Trends,
    filters: Filters,
) -> StorePage:
    here = replace(_compared(filters, comparison), stores=(store_id,))
    lost = findings.lost(here)
    visits = tables.visits(group_id=store_id, filters=filters, limit=MOST_VISITS)
    known = tables.source.stores.get(store_id)
    group = next((group for group in comparison.groups if group.id == store_id), None)
    where = (store_id, known.address, known.region, known.format) if known else (store_id,)
    return StorePage(
        store_id=store_id,
        title=(group.title if group else known.name if known else "") or store_id,
        where=" · ".join(part for part in where if part),
        group=group,
        comparison=comparison,
        trend=next((trend for trend in trends.groups if trend.id == store_id), None),
        trends=trends,
        lost=lost,
        waiting=findings.waiting(here),
        criticals=tuple(_criticals(visits, lost)),
        actions=tuple(list_actions(workspace, store_id=store_id, states=_NOT_DONE)),
        today=workspace.clock().date(),
        sources=_sources(tables, findings, comparison, here),
    )


def _criticals(visits: Sequence[VisitLine], lost: LostPoints) -> Iterator[CriticalVisit]:
    """Each critical answer, the newest first, by its label where its question is known."""
    labels = {(one.form_id, one.question_id): one.label for one in lost.questions}
    for visit in visits:
        for name in visit.criticals.split():
            question = name.partition("[")[0]
            label = labels.get((visit.form_id, question), question)
            yield CriticalVisit(visit.started_at[:10], label, visit.auditor)


def write_store_page(page: StorePage, path: Path, *, language: str) -> tuple[str, ...]:
    """Write one store's page as PDF; returns warnings. Raises MshopperError where the disk refuses."""
    from mshopper.report.store_page import write_store_page as write

    with writing_report(path):
        return write(page, path, language=language)


def write_store_pages(
    pages: Iterable[StorePage], folder: Path, *, language: str, progress: Progress | None = None
) -> list[Path]:
    """Write each page into `folder` under a name of its own; the files.

    Raises MshopperError where the disk refuses, and Cancelled with those written kept.
    """
    progress = progress or Progress()
    written = []
    for page in pages:
        path = folder / store_page_name(page)
        write_store_page(page, path, language=language)
        written.append(path)
        progress.advance(path.name, 0)
    return written


def store_page_name(page: StorePage) -> str:
    """A file name that says which store: milano-duomo-mi-001.pdf."""
    names = [file_word(page.title), file_word(page.store_id)]
    return "-".join(dict.fromkeys(name for name in names if name)) + ".pdf"
