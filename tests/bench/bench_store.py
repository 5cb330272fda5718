"""What a committed answer costs: the store's durable step against a bare SQLite upsert, on the same disk in the same run."""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.model.form import Text
from mshopper.model.record import Store, VisitHeader
from mshopper.store import Database, open_store
from mshopper.store.forms import FormRow

AT = "2026-11-12T10:00:00+01:00"
ROUNDS = 400
QUESTIONS = 60


def run() -> list[tuple[str, float, float | None]]:
    """(what, ratio, limit): the median answer through `db.visits.apply` over the median bare upsert."""
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-store-") as folder:
        bare = _bare(Path(folder) / "bare.sqlite")
        with open_store(Path(folder) / "data", anywhere=True) as database:
            _begin_visit(database)
            ours, theirs = _interleaved(lambda n: _answer(database, n), lambda n: _upsert(bare, n))
        bare.close()
    return [("committed answer (store) / bare upsert", ours / theirs, 3.0)]


def _interleaved(ours: Callable[[int], None], theirs: Callable[[int], None]) -> tuple[float, float]:
    """Median seconds of each, taken in turns, so that a slow moment of the disk meets both."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        for taken, act in zip(times, (ours, theirs), strict=True):
            start = time.perf_counter()
            act(number)
            taken.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])


def _bare(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE answers (question TEXT PRIMARY KEY, value TEXT, comment TEXT, seconds TEXT)")
    return connection


def _upsert(connection: sqlite3.Connection, number: int) -> None:
    connection.execute(
        "INSERT INTO answers VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, "
        "comment = excluded.comment, seconds = excluded.seconds",
        (f"welcome/q{number % QUESTIONS}", str(number), "the queue was long", "12.5"),
    )


def _begin_visit(database: Database) -> None:
    row = FormRow("f" * 64, "store_visit", "2026.1", Text.of("Store visit"), "store_visit.yaml", AT)
    database.forms.add(row, document={}, source=b"")
    store = Store("MI01", "Milano Duomo")
    header = VisitHeader("v1", 1, "in_progress", row.form_id, row.version, row.hash, store, "a1", "Rossi", "d1")
    database.visits.insert(header)


def _answer(database: Database, number: int) -> None:
    answer = Answer(str(number), comment="the queue was long", seconds=Decimal("12.5"))
    change = AnswerChange(answers=(AnswerStep(AnswerKey(f"welcome/q{number % QUESTIONS}"), NO_ANSWER, answer),))
    resume = {"section": "welcome", "question": f"q{number % QUESTIONS}", "scroll": number}
    database.visits.apply("v1", 1, change, at=AT, resume=resume, progress=(number % QUESTIONS, QUESTIONS))


if __name__ == "__main__":
    for what, ratio, limit in run():
        print(f"{what}: {ratio:.2f} (limit {limit})")
