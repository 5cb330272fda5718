"""What came of verifying something: a list of checks, each with what it looked at, what it found, and why.

`operations.verifying` makes a Verification, the command line and the screen print it; `verification_words` puts it in words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from mshopper.model.scoresheet import Reason

AGREES = "agrees"
DIFFERS = "differs"
UNCHECKED = "unchecked"
RESULTS = (AGREES, DIFFERS, UNCHECKED)

SUBJECTS = (
    "journal",
    "answers",
    "photos",
    "facts",
    "form",
    "score",
    "seal",
    "signature",
    "device",
    "parent",
    "state",
    "report",
    "table",
    "segments",
    "file",
)
"""What a check looks at."""

MOST_SAID = 20
"""So many differences of one kind are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `subject` is one of SUBJECTS, `result` one of RESULTS, `reason` says what was found."""

    subject: str
    result: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified and what came of it.

    `kind` is visit, report, exported, table or folder; `name` is the visit's id or the file's or folder's name.
    `device_id` is the device that sealed it, "" where there are several or none.
    """

    kind: str
    name: str
    checks: tuple[Check, ...]
    visit_id: str = ""
    revision: int = 0
    device_id: str = ""

    @property
    def agrees(self) -> bool:
        """Whether something could be checked and nothing differs."""
        results = {check.result for check in self.checks}
        return AGREES in results and DIFFERS not in results

    def of(self, result: str) -> tuple[Check, ...]:
        """The checks that came out so."""
        return tuple(check for check in self.checks if check.result == result)


def agrees(subject: str, code: str, **values: object) -> Check:
    """A check that found what must be there."""
    return Check(subject, AGREES, _reason(code, values))


def differs(subject: str, code: str, **values: object) -> Check:
    """A check that found something else."""
    return Check(subject, DIFFERS, _reason(code, values))


def unchecked(subject: str, code: str, **values: object) -> Check:
    """A check that couldn't be made."""
    return Check(subject, UNCHECKED, _reason(code, values))


def all_differ(subject: str, code: str, names: Iterable[str], value: str) -> list[Check]:
    """A check for each of the first MOST_SAID names, and one that counts the rest."""
    every = list(names)
    said = [differs(subject, code, **{value: name}) for name in every[:MOST_SAID]]
    rest = len(every) - len(said)
    return [*said, differs(subject, "and_more", n=rest)] if rest else said


def _reason(code: str, values: dict[str, object]) -> Reason:
    return Reason(code, tuple((name, str(value)) for name, value in values.items()))
