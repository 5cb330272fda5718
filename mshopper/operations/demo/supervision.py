"""What a supervisor says of the sample visits: decisions, a dispute that goes on and one that ended, corrective actions.

Comes after the visits of `schedule`, counted in days from each; `making` lets all of it happen in the order of time.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from mshopper.model.review import CONFIRMED
from mshopper.operations.corrective import add_action, find_finding, finish_action, found_to_mend, list_actions
from mshopper.operations.demo.samples import Samples
from mshopper.operations.demo.schedule import Appointment, moment
from mshopper.operations.reviews import approve_visit, dispute_visit, judged_here, return_visit, settle_dispute
from mshopper.operations.settings import change_settings
from mshopper.operations.workspace import Workspace

SUPERVISOR = ("SU-01", "Chiara Montefalco")
"""Id and name."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something said of the visit `visit` (its appointment's name), `days` after it ended.

    `kind`: approve, return, dispute, settle, open (an action) or done. `who` disputes, or mends it until `due` days after
    the visit what was found at `question`; `photo` shows that it is done.
    """

    kind: str
    visit: str
    days: int
    words: str = ""
    who: str = ""
    question: str = ""
    due: int = 0
    photo: str = ""


_APPROVED = (
    *(f"store_visit-{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 14, 16)),
    *("store_standards-1", "store_standards-2", "store_standards-3", "store_standards-4"),
    *("restaurant-1", "mystery_call-4", "online_purchase-2", "customer_journey-1"),
)
_STEPS = (
    *(Step("approve", name, 2) for name in _APPROVED),
    Step("return", "store_visit-19", 2, "Mancano le ultime sezioni: completale con gli appunti presi in negozio."),
    Step("dispute", "restaurant-2", 3, "Il menù degli allergeni era sul banco all'ingresso.", who="Il gestore, FI-R01"),
    Step("settle", "restaurant-2", 6, "Il cameriere non l'ha indicato né portato: la valutazione resta."),
    Step("approve", "restaurant-2", 6),
    Step(
        "dispute",
        "store_visit-18",
        4,
        "Il prezzo in cassa è stato corretto il giorno stesso.",
        who="Direttrice, FI-001",
    ),
    Step(
        "open",
        "store_standards-2",
        2,
        "Sgombrare l'uscita di sicurezza e tenerla libera.",
        who="Direttore, NA-001",
        question="exits_clear",
        due=12,
    ),
    Step("done", "store_standards-2", 9, "Uscita sgombrata, merce spostata in magazzino.", photo="fire-exit-2"),
    Step(
        "open",
        "store_standards-3",
        2,
        "Far revisionare l'estintore scaduto.",
        who="Direttrice, RM-002",
        question="extinguishers_faulty",
        due=20,
    ),
    Step(
        "open",
        "mystery_call-4",
        2,
        "Far rispondere al telefono anche nelle ore di punta.",
        who="Vicedirettore, BA-001",
        question="answered",
        due=15,
    ),
    Step("done", "mystery_call-4", 10, "Deviazione al banco quando la linea è occupata."),
    Step(
        "open",
        "store_standards-5",
        2,
        "Riordinare due volte a settimana gli articoli esauriti.",
        who="Capo reparto, PD-001",
        question="out_of_stock",
        due=45,
    ),
)


@dataclass(frozen=True, slots=True)
class SaidLater:
    """A step at its time."""

    at: dt.datetime
    step: Step


def said_later(appointments: Sequence[Appointment]) -> list[SaidLater]:
    """All that is said of those visits, in the order of time."""
    ended = {one.name: one.ended.date() for one in appointments}
    found = [
        SaidLater(moment(ended[step.visit] + dt.timedelta(days=step.days), "09:05", minutes=2 * number), step)
        for number, step in enumerate(_STEPS)
    ]
    return sorted(found, key=lambda said: said.at)


def say(workspace: Workspace, step: Step, visit_id: str, samples: Samples) -> None:
    """Make a step, as the supervisor."""
    change_settings(workspace, auditor_id=SUPERVISOR[0], auditor=SUPERVISOR[1])
    match step.kind:
        case "approve":
            approve_visit(workspace, judged_here(workspace, visit_id))
        case "return":
            return_visit(workspace, judged_here(workspace, visit_id), step.words)
        case "dispute":
            dispute_visit(workspace, judged_here(workspace, visit_id), step.who, step.words)
        case "settle":
            settle_dispute(workspace, judged_here(workspace, visit_id), CONFIRMED, step.words)
        case "open":
            finding = find_finding(found_to_mend(workspace, visit_id), step.question)
            due = workspace.clock().date() + dt.timedelta(days=step.due - step.days)
            add_action(workspace, visit_id, finding, owner=step.who, due=due.isoformat(), note=step.words)
        case "done":
            (action,) = list_actions(workspace, visit_id=visit_id)
            finish_action(workspace, action.id, step.words, samples.photo(step.photo) if step.photo else None)
