"""The plan: which visits are to be made, and what has become of each."""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable
from typing import NamedTuple

from mshopper.model.plan_item import PlanItem
from mshopper.model.plan_progress import PlanVisit
from mshopper.model.text import Text
from mshopper.store.connection import Connection
from mshopper.store.values import read_text

_COLUMNS = "plan_id, store_id, form_id, auditor_id, from_date, to_date"


class PlanRow(NamedTuple):
    """An item of the plan for a list. `visit_id` and `state` are those of the visit made for it; "" without one."""

    item: PlanItem
    store_name: str
    form_title: Text
    visit_id: str
    state: str


class Plan:
    """The plan of one data folder."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def replace(self, items: Iterable[PlanItem]) -> int:
        """Make the plan these items and no others; how many were added, changed or taken away."""
        wanted = {item.plan_id: item for item in items}
        with self._connection.write():
            known = {item.plan_id: item for item in self.all()}
            for plan_id in known.keys() - wanted.keys():
                self._connection.execute("DELETE FROM plan WHERE plan_id = ?", [plan_id])
            changed = [item for plan_id, item in wanted.items() if known.get(plan_id) != item]
            self._put(changed)
        return len(changed) + len(known.keys() - wanted.keys())

    def upsert(self, items: Iterable[PlanItem]) -> None:
        """Add these items, each in place of what was planned under its id."""
        with self._connection.write():
            self._put(items)

    def remove(self, plan_ids: Iterable[str]) -> None:
        """Take these items out of the plan; visits made for them stay."""
        with self._connection.write():
            for plan_id in plan_ids:
                self._connection.execute("DELETE FROM plan WHERE plan_id = ?", [plan_id])

    def get(self, plan_id: str) -> PlanItem | None:
        """The item of that id."""
        row = self._connection.row(f"SELECT {_COLUMNS} FROM plan WHERE plan_id = ?", [plan_id])
        return PlanItem(*row) if row else None

    def all(self) -> list[PlanItem]:
        """Every item, by id."""
        return [PlanItem(*row) for row in self._connection.rows(f"SELECT {_COLUMNS} FROM plan ORDER BY plan_id")]

    def list(self, *, auditor_id: str = "", open_only: bool = False) -> "PlanRows":
        """The plan, what is due first coming first; `auditor_id` keeps that auditor's items and those of nobody.

        `open_only` leaves out what a visit was started for, or was not done.
        """
        rows = self._connection.rows(
            """SELECT p.plan_id, p.store_id, p.form_id, p.auditor_id, p.from_date, p.to_date, coalesce(s.name, ''),
                coalesce((SELECT title FROM forms f WHERE f.form_id = p.form_id ORDER BY number DESC LIMIT 1), '[]'),
                coalesce(r.visit_id, ''), coalesce(r.state, '')
            FROM plan p LEFT JOIN stores s USING (store_id)
                LEFT JOIN revisions r ON r.plan_id = p.plan_id AND r.latest = 1 AND r.plan_id <> ''
            WHERE (:auditor = '' OR p.auditor_id IN ('', :auditor)) AND (:all OR coalesce(r.state, 'planned') = 'planned')
            ORDER BY p.to_date = '', p.to_date, p.from_date, p.plan_id, r.began""",
            {"auditor": auditor_id, "all": not open_only},
        )
        return [PlanRow(PlanItem(*row[:6]), row[6], read_text(row[7]), row[8], row[9]) for row in rows]

    def visits(self) -> "PlanVisits":
        """Every visit by its latest revision, as planning looks at it, those of no plan too."""
        rows = self._connection.rows(
            """SELECT r.visit_id, r.revision, r.state, coalesce(b.state, ''), r.plan_id, r.store_id, r.form_id,
                r.auditor_id, r.day, CASE r.state WHEN 'not_done' THEN r.reason ELSE '' END
            FROM revisions r LEFT JOIN revisions b ON b.visit_id = r.visit_id AND b.revision = r.revision - 1
                AND r.revision > 1
            WHERE r.latest = 1"""
        )
        return [PlanVisit(*row) for row in rows]

    def _put(self, items: Iterable[PlanItem]) -> None:
        for item in items:
            self._connection.execute(
                f"INSERT OR REPLACE INTO plan ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
                (item.plan_id, item.store_id, item.form_id, item.auditor_id, item.from_date, item.to_date),
            )


PlanRows = list[PlanRow]

PlanVisits = list[PlanVisit]
