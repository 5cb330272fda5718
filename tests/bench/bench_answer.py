"""What a committed answer costs as the screens give it: `operations.answer` against a bare SQLite upsert, both durable.

Same disk, same run, taken in turns, medians. Ours includes the rules that the answer sets off, the visit's progress, the
salted hash, the journal's line and the header's time. On the shipped in-store visit, and on a form of 300 questions, where
work that grew with the form would show.
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from mshopper import operations as ops
from mshopper.formfile import write_yaml
from mshopper.model.answer import Answer
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.record import Store

LIMIT = 3.0
ROUNDS = 400


def run() -> list[tuple[str, float, float | None]]:
    """(what, ratio, limit) for each form: the median answer through `operations` over the median bare upsert."""
    # In the working folder rather than in the temporary one, which may be memory and never waits for a disk.
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-answer-") as place:
        folder = Path(place)
        bare = _bare(folder / "bare.sqlite")
        form_file = folder / "large.yaml"
        form_file.write_text(write_yaml(_large_form()), encoding="utf-8")
        rows: list[tuple[str, float, float | None]] = []
        with ops.open_workspace(folder / "data", anywhere=True) as workspace:
            ops.add_store(workspace, Store("MI01", "Milano Duomo"))
            for info in (ops.find_form(workspace, "store_visit"), ops.import_form(workspace, form_file)):
                opened = ops.start_visit(workspace, form_hash=info.hash, store_id="MI01")
                for comment, limit in (("", LIMIT), ("the queue was long", None)):
                    answer = _answering(workspace, opened, comment)
                    ours, theirs = _interleaved(answer, lambda number: _upsert(bare, number))
                    told = f"{len(opened.form.questions)} questions{', each with a comment' if comment else ''}"
                    rows.append(
                        (f"committed answer, {told} ({ours * 1000:.2f} ms) / bare upsert", ours / theirs, limit)
                    )
        bare.close()
    return rows


def _large_form() -> Form:
    """300 yes-or-no questions, every tenth of which shows the next."""
    questions = [
        Question(
            f"q{n}", "yes_no", Text.of(f"Question {n}?"), when=f"${{q{n - 1}}} = 'yes'" if n % 10 == 1 and n > 1 else ""
        )
        for n in range(300)
    ]
    parts = tuple(
        Section(f"s{s}", Text.of(f"Section {s}"), items=tuple(questions[s * 30 : s * 30 + 30])) for s in range(10)
    )
    return Form("large", "1", Text.of("Large"), ("en",), sections=parts)


def _answering(workspace: ops.Workspace, opened: ops.OpenVisit, comment: str) -> Callable[[int], None]:
    """Answer one question after the other, around and around, each time anew; a comment goes into the search too."""
    keys = [key for key in opened.visit.keys() if opened.visit.question(key).type == "yes_no"]

    def answer(number: int) -> None:
        value = ("yes", "no")[number // len(keys) % 2]
        said = Answer(value, comment=comment, seconds=Decimal("12.5"))
        ops.answer(workspace, opened, keys[number % len(keys)], said)

    return answer


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
        (f"welcome/q{number % 60}", str(number), "the queue was long", "12.5"),
    )


if __name__ == "__main__":
    for what, ratio, limit in run():
        print(f"{what}: {ratio:.2f} (limit {limit})")
