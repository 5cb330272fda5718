"""Comparing stores: the tables of a head-office folder or this laptop's own visits, open for questions.

A `Comparing` is what a screen holds while it is open: each change of a filter is one question to tables that are ready.
Nothing here writes anywhere but into the data folder's own cache.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import HeadOfficeError
from mshopper.i18n import _
from mshopper.model.comparison import AuditorEffects, Filters, Measure, Offer, StoreComparison, Trends, VisitLine
from mshopper.model.record import FLAG_ERASED
from mshopper.operations.policy import shown
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.compare.source import Rows, Source, TableFiles
    from mshopper.model.plan_item import PlanItem
    from mshopper.model.record import Store

_CACHE = "compared"
_SHOWN_STATES = ("submitted", "approved", "returned", "not_done")


class Comparing:
    """Tables that stay open while somebody asks one thing after another. Use it from one thread at a time.

    Close it at the end, or use it as a context. Every question raises HeadOfficeError where the tables can't be read.
    `folder` is the head-office folder, None for this laptop's own visits; `generation` names the tables' state (16 hex digits).
    """

    def __init__(self, source: "Source", today: str, folder: Path | None = None, generation: str = "") -> None:
        from mshopper.compare.forms import FormSets

        self.source = source
        self.forms = FormSets(source)
        self.folder = folder
        self.generation = generation
        self._today = today

    def stores(
        self,
        *,
        by: str = "store",
        measure: Measure | None = None,
        filters: Filters | None = None,
        minimum_n: int = 1,
        period: str = "quarter",
    ) -> StoreComparison:
        """The comparison of the groups `by` a key of `model.comparison.KEYS`; ValueError for another."""
        from mshopper.compare.comparison import Asked, compare

        return compare(
            self.source, self.forms, Asked(by, measure or Measure(), filters or Filters(), minimum_n, period)
        )

    def trends(
        self,
        *,
        by: str = "store",
        measure: Measure | None = None,
        filters: Filters | None = None,
        minimum_n: int = 1,
        period: str = "month",
    ) -> Trends:
        """The same groups over time, with the plan's gaps; ValueError for another key or period."""
        from mshopper.compare.comparison import Asked
        from mshopper.compare.trends import trends

        asked = Asked(by, measure or Measure(), filters or Filters(), minimum_n, period)
        return trends(self.source, self.forms, asked, today=self._today)

    def auditors(self, *, measure: Measure | None = None, filters: Filters | None = None) -> AuditorEffects:
        """What auditors' visits have in common, the stores taken into account: a question to ask them."""
        from mshopper.compare.auditors import auditor_effects
        from mshopper.compare.comparison import Asked

        return auditor_effects(self.source, self.forms, Asked("auditor", measure or Measure(), filters or Filters()))

    def visits(
        self,
        *,
        by: str = "store",
        group_id: str = "",
        measure: Measure | None = None,
        filters: Filters | None = None,
        limit: int = 1000,
        offset: int = 0,
        visit_ids: Sequence[str] = (),
    ) -> list[VisitLine]:
        """The visits behind a group's numbers, the newest first; behind the total for no group; of `visit_ids` only these."""
        from mshopper.compare.lines import visits_of

        return visits_of(
            self.source,
            self.forms,
            by=by,
            group_id=group_id,
            measure=measure or Measure(),
            filters=filters or Filters(),
            limit=limit,
            offset=offset,
            visit_ids=visit_ids,
        )

    def narrowed(self, filters: Filters, by: str = "store", group_id: str = "") -> Filters:
        """The filters of what a comparison's group is made of, so that findings are of the same visits: those of the group,
        and where forms mean different things only those of the forms that are compared.
        """
        from mshopper.compare.selection import only

        sets = self.forms.under(filters).sets
        if len(sets) > 1 and by != "form":
            filters = replace(filters, form_versions=sets[0].form_versions)
        return only(filters, by, group_id) if group_id else filters

    def days(self, filters: Filters | None = None) -> tuple[str, str]:
        """The first and the last day of the visits under the filters, ISO; "" where there are none."""
        from mshopper.compare.lines import days_of

        return days_of(self.source, filters or Filters())

    def offer(self) -> Offer:
        """What filters and measures there are to choose from."""
        from mshopper.compare.lines import offer

        return offer(self.source)

    def interrupt(self) -> None:
        """Stop what is being asked, from any thread: whoever asked gets Cancelled."""
        self.source.interrupt()

    def close(self) -> None:
        """Let the tables go."""
        self.source.close()

    def __enter__(self) -> "Comparing":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_comparison(workspace: Workspace, folder: Path | None = None, *, progress: Progress | None = None) -> Comparing:
    """The merged tables of a head-office folder, or without one this laptop's own visits, open for questions.

    Raises HeadOfficeError where nothing was merged there yet or the folder can't be read, and Cancelled.
    """
    generation = _generation(folder) if folder else ""
    return Comparing(open_tables(workspace, folder, progress), workspace.now()[:10], folder, generation)


def open_tables(workspace: Workspace | None, folder: Path | None, progress: Progress | None = None) -> "Source":
    """The merged tables of a head-office folder, or without one this laptop's own visits, to be closed by the caller.

    Raises HeadOfficeError where nothing was merged there yet or the folder can't be read, and Cancelled.
    """
    if folder is not None:
        return _of_folder(workspace, folder)
    if workspace is None:
        raise ValueError("neither a folder nor a workspace")
    return _of_workspace(workspace, progress or Progress())


def _of_folder(workspace: Workspace | None, folder: Path) -> "Source":
    from mshopper.compare.source import open_files

    files, name = _table_files(folder)
    cache = None
    if workspace is not None and not files.is_parquet:
        cache = workspace.place_for(_CACHE) / name
        _forget_others(cache)
    return open_files(files, _schema(), stores=_stores(workspace, folder), plan=_plan(folder), cache=cache)


def _table_files(folder: Path) -> "tuple[TableFiles, str]":
    """The newest tables of the folder, and a name for just these."""
    from mshopper.compare.source import TableFiles
    from mshopper.exchange.merged import generation_name, newest_package, read_merged
    from mshopper.exchange.parquet import parquet_of
    from mshopper.exchange.schema import PACKAGE_FILE, TABLES

    newest = newest_package(folder)
    if newest and (parquet := parquet_of(folder, newest[1])):
        return TableFiles({table.name: parquet / table.name for table in TABLES}, is_parquet=True), ""
    if newest and (merged := read_merged(folder)):
        name = generation_name((merged.folder / PACKAGE_FILE).read_bytes())
        return TableFiles({table.name: merged.path(table) for table in TABLES}, is_parquet=False), name
    sentence = _("“{folder}” holds no complete merged tables: merge first.")
    raise HeadOfficeError(sentence.format(folder=folder))


def _generation(folder: Path) -> str:
    """What names the newest tables of the folder; "" where there are none."""
    from mshopper.exchange.merged import generation_name, newest_package
    from mshopper.exchange.schema import PACKAGE_FILE

    newest = newest_package(folder)
    return generation_name((newest[0] / PACKAGE_FILE).read_bytes()) if newest else ""


def _forget_others(cache: Path) -> None:
    """Remove what was kept of tables that are no longer the newest."""
    if cache.parent.is_dir():
        for other in cache.parent.iterdir():
            if other != cache:
                shutil.rmtree(other, ignore_errors=True)


def _stores(workspace: Workspace | None, folder: Path) -> "list[Store]":
    """The stores of the folder; where head office put none there, those that this laptop knows."""
    from mshopper.exchange.stores_csv import read_stores

    path = folder / "stores.csv"
    if path.is_file():
        return read_stores(path)
    return workspace.store.stores.all() if workspace else []


def _plan(folder: Path) -> "list[PlanItem]":
    from mshopper.exchange.stores_csv import read_plan

    path = folder / "plan.csv"
    return read_plan(path) if path.is_file() else []


def _of_workspace(workspace: Workspace, progress: Progress) -> "Source":
    from mshopper.compare.source import open_rows

    stores = workspace.store.stores.all()
    return open_rows(_rows(workspace, progress), _schema(), stores=stores, plan=workspace.store.plan.all())


def _rows(workspace: Workspace, progress: Progress) -> "Rows":
    """The rows that this laptop publishes, of every visit that was sent in."""
    from mshopper.exchange.rows import tables
    from mshopper.exchange.schema import TABLES
    from mshopper.store.visit_list import VisitFilter

    visits = workspace.store.visits.ids(VisitFilter(states=_SHOWN_STATES))
    progress.expect(len(visits))
    found: dict[str, list[Mapping[str, str]]] = {table.name: [] for table in TABLES}
    for visit_id in visits:
        record = shown(workspace, workspace.record(visit_id))
        if FLAG_ERASED not in record.header.flags:
            made = tables(record)
            for table in TABLES:
                found[table.name].extend(made.of(table))
        progress.advance(_("Reading visits"))
    return found


def _schema() -> dict[str, dict[str, str]]:
    from mshopper.exchange.schema import TABLES

    return {table.name: {column.name: column.type for column in table.columns} for table in TABLES}
