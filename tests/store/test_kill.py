"""A process that answers and is killed with kill -9, again and again."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mshopper.store import open_store
from tests.store.conftest import HEADER, keep_form, read_form

ROUNDS = 8

# Answers one question after another and says which one is saved, once `apply` has returned.
WRITER = """
import sys
from pathlib import Path
from mshopper.model.answer import NO_ANSWER, Answer, AnswerChange, AnswerKey, AnswerStep
from mshopper.store import open_store

folder, visit_id, first = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with open_store(folder) as db:
    assert not db.read_only
    for n in range(first, first + 100_000):
        answer = Answer(str(n), comment="c" * (n % 700))
        change = AnswerChange(answers=(AnswerStep(AnswerKey(f"q{n}"), NO_ANSWER, answer),))
        db.visits.apply(visit_id, 1, change, at="2026-11-12T10:00:00+01:00", resume={"question": n})
        print(n, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_every_answer_said_to_be_saved_survives_kill_9(folder: Path) -> None:
    """Killed 20 times at random moments: no answer that was reported saved is missing, and the file is sound."""
    with open_store(folder) as db:
        keep_form(db)
        db.visits.insert(HEADER)
    chance = random.Random(20261112)
    said = 0
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", WRITER, str(folder), HEADER.visit_id, str(said + 1)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="ascii") as process:
            assert process.stdout is not None
            for _ in range(chance.randrange(1, 60)):
                process.stdout.readline()
            process.send_signal(signal.SIGKILL)
            lines = process.stdout.read().splitlines()
        with open_store(folder) as db:
            answers = db.visits.record(HEADER.visit_id, form_reader=read_form).answers
            values = sorted(int(str(answer.value)) for answer in answers.values())
            # One more than was said may be there: it was saved, and the process killed before it could say so.
            assert values == list(range(1, len(values) + 1))
            assert len(values) >= max([said, *(int(line) for line in lines)])
            assert db.visits.resume(HEADER.visit_id) == {"question": values[-1]}
            said = len(values)
    with open_store(folder) as db:
        assert db.check() == []
        assert db.journal.verify() is None
        assert said > ROUNDS
