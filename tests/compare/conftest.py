"""Tables of a head office made of a few rows, open for questions."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from mshopper.compare.source import Source, open_rows
from mshopper.exchange.schema import TABLES
from mshopper.model.plan_item import PlanItem
from mshopper.model.record import Store
from mshopper.operations.comparing import Comparing

SCHEMA = {table.name: {column.name: column.type for column in table.columns} for table in TABLES}
Row = dict[str, str]


def a_visit(store: str, percent: float | str, day: str = "2026-10-05", /, **more: str) -> Row:
    """A submitted visit at ten in the morning; `more` are further cells of head-office.csv."""
    number = next(_NUMBERS)
    return {
        "visit_id": f"v{number:06d}",
        "revision": "1",
        "form_id": "visit",
        "form_version": "1",
        "form_hash": "f" * 64,
        "store_id": store,
        "store_name": f"Store {store}",
        "region": "North",
        "auditor_id": "a1",
        "auditor": "Anna",
        "channel": "store",
        "started_at": f"{day}T10:00:00+02:00",
        "percent": str(percent),
        "earned": str(percent),
        "possible": "100" if str(percent) else "",
        "verdict": "none" if str(percent) else "not_scored",
        "status": "submitted",
    } | more


def _count() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


_NUMBERS = _count()

Opened = Callable[..., Comparing]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens tables of these rows; they are closed at the end."""
    made: list[Comparing] = []

    def open_these(
        visits: Sequence[Row],
        *,
        scores: Sequence[Row] = (),
        answers: Sequence[Row] = (),
        stores: Sequence[Store] = (),
        plan: Sequence[PlanItem] = (),
        today: str = "2026-11-21",
    ) -> Comparing:
        source: Source = open_rows(
            {"visits": visits, "scores": scores, "answers": answers}, SCHEMA, stores=stores, plan=plan
        )
        made.append(Comparing(source, today))
        return made[-1]

    yield open_these
    for tables in made:
        tables.close()
