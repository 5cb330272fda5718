"""Who visits which store, by which form and when: some four months up to today, and what is still to be done.

Days are counted back from the day on which the demo is made, so that it looks alive; everything else is always the same.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from mshopper.model.answer import Value
from mshopper.model.record import PlanItem

AUDITORS = (
    ("AU-01", "Marta Brambati"),
    ("AU-02", "Davide Quarantotto"),
    ("AU-03", "Elena Sartorelli"),
    ("AU-04", "Paolo Venchieri"),
    ("AU-05", "Ilaria Zampolini"),
)
"""Id and name; the first is the one whose laptop the demo is."""

OLDEST_DAY = 118
"""How many days back the first visits lie."""

LEVELS: Mapping[str, tuple[float, float]] = {
    "MI-001": (0.90, 0.00),
    "MI-002": (0.78, 0.02),
    "TO-001": (0.85, -0.02),
    "VR-001": (0.87, 0.03),
    "PD-001": (0.74, 0.06),
    "BO-001": (0.93, 0.00),
    "FI-001": (0.86, -0.16),
    "RM-001": (0.77, 0.00),
    "RM-002": (0.60, -0.05),
    "NA-001": (0.58, 0.26),
    "BA-001": (0.70, 0.00),
    "MI-R01": (0.88, 0.00),
    "FI-R01": (0.72, 0.06),
    "BO-S01": (0.86, 0.00),
    "TO-S01": (0.68, 0.06),
    "WEB-01": (0.78, 0.08),
}
"""How good a store is (the share of good answers), and by how much it gains over the whole time."""

_STORES = ("MI-001", "MI-002", "TO-001", "VR-001", "PD-001", "BO-001", "FI-001", "RM-001", "RM-002", "NA-001", "BA-001")

# Form, the stores in turn (one visit each time a store stands there), the usual hours of its visits.
_ROUNDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("store_visit", _STORES + _STORES[:10], ("10:20", "11:45", "15:30", "17:10", "18:05")),
    ("store_standards", ("MI-002", "NA-001", "RM-002", "BO-001", "PD-001", "FI-001"), ("09:25", "14:30")),
    ("mystery_call", ("TO-001", "RM-001", "BO-001", "BA-001", "VR-001"), ("10:10", "16:40")),
    ("exit_interview", ("MI-001", "RM-002", "BO-001", "NA-001", "MI-001", "RM-002"), ("12:15", "17:45", "18:30")),
    ("customer_journey", ("MI-001", "RM-001", "FI-001"), ("20:40",)),
    ("online_purchase", ("WEB-01", "WEB-01", "WEB-01"), ("21:10",)),
    ("restaurant", ("MI-R01", "FI-R01", "MI-R01", "FI-R01"), ("20:00", "13:00")),
    ("branch_service", ("BO-S01", "TO-S01", "TO-S01"), ("10:30", "11:20")),
    ("brand_coherence", ("VR-001", "BA-001", "PD-001"), ("09:50",)),
)

_CALL = "mystery_call"
_DAYS = {"customer_journey": 11, "online_purchase": 26, "brand_coherence": 4}
"""How many days a visit takes that isn't made in one go."""
_MINUTES = {
    "store_visit": 46,
    "store_standards": 84,
    "mystery_call": 17,
    "exit_interview": 7,
    "restaurant": 118,
    "branch_service": 64,
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What is particular about a visit.

    `said` are answers given in any case (None is N/A), `skip` questions left unanswered, `until` the share of questions
    that is come to. With a `reason` it is submitted incomplete; `not_done` is why it was not made. `report`: its PDF is
    among those that the demo writes.
    """

    said: Mapping[str, Value] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()
    until: float = 1.0
    reason: str = ""
    not_done: str = ""
    in_progress: bool = False
    report: bool = False


_RECEIPT = frozenset({"receipt_photo"})
_NO_PHOTO = "Lo scontrino è finito nel cestino all'uscita: l'importo è annotato, la foto manca."
_NO_POWER = "Batteria del portatile esaurita prima della fine: ultime sezioni non ricostruibili con certezza."
_DEARER = {"ad_price": Decimal("24.90"), "web_price": Decimal("24.90"), "store_price": Decimal("27.90")}

_FATES: Mapping[tuple[str, int], Fate] = {
    ("store_visit", 8): Fate(said={"bought": "yes", "receipt": "no", "receipt_photo": None}),
    ("store_visit", 10): Fate(not_done="closed", report=True),
    ("store_visit", 12): Fate(said={"bought": "yes"}, skip=_RECEIPT, reason=_NO_PHOTO),
    ("store_visit", 14): Fate(said={"tried": "yes", "bought": "yes"}, report=True),
    ("store_visit", 17): Fate(said={"bought": "yes", "price_charged": "no"}),
    ("store_visit", 18): Fate(until=0.8, reason=_NO_POWER),
    ("store_standards", 1): Fate(said={"exits_clear": "no"}, report=True),
    ("store_standards", 2): Fate(said={"sells_food": "yes", "extinguishers_faulty": 1}),
    ("mystery_call", 2): Fate(report=True),
    ("mystery_call", 3): Fate(said={"answered": "no"}),
    ("customer_journey", 1): Fate(report=True),
    ("online_purchase", 1): Fate(said={"preticked": "yes", "spent": Decimal("70.30")}, report=True),
    ("restaurant", 1): Fate(said={"allergens": "unknown"}, report=True),
    ("branch_service", 1): Fate(skip=frozenset({"effort"}), reason="Domanda sulla facilità saltata per errore."),
    ("brand_coherence", 1): Fate(said=_DEARER, report=True),
}
"""The visits that are particular: by form, and number from 0."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """One visit: where, by which form, by whom, when it begins and ends. `level` is the share of good answers."""

    name: str
    form_id: str
    store_id: str
    auditor: tuple[str, str]
    started: dt.datetime
    ended: dt.datetime
    level: float
    fate: Fate = Fate()
    plan_id: str = ""


def appointments(today: dt.date) -> tuple[Appointment, ...]:
    """All visits up to `today`, in the order in which they begin."""
    made = [one for form_id, stores, hours in _ROUNDS for one in _round(today, form_id, stores, hours)]
    begun = list(_begun(today))
    done = _in_one_place_at_a_time(sorted(made, key=lambda one: (one.started, one.name)), begun)
    return tuple(sorted([*done, *begun], key=lambda one: (one.started, one.name)))


def _in_one_place_at_a_time(wanted: list[Appointment], begun: list[Appointment]) -> list[Appointment]:
    """The visits with auditors who are free: whoever's turn it is, else the next one."""
    made: list[Appointment] = []
    for one in wanted:
        turn = AUDITORS.index(one.auditor)
        in_turn = (replace(one, auditor=auditor) for auditor in (*AUDITORS[turn:], *AUDITORS[:turn]))
        made.append(next(trial for trial in in_turn if not any(_clash(trial, other) for other in (*made, *begun))))
    return made


def _clash(one: Appointment, other: Appointment) -> bool:
    """Whether one auditor can't make both: they overlap, or are on one day in two cities.

    Visits that take days are made from home, but for an hour here and there.
    """
    if one.auditor != other.auditor or _DAYS.keys() & {one.form_id, other.form_id}:
        return False
    if one.started < other.ended and other.started < one.ended:
        return True
    in_two_cities = one.store_id.partition("-")[0] != other.store_id.partition("-")[0]
    return in_two_cities and one.started.date() == other.started.date() and _CALL not in (one.form_id, other.form_id)


def _round(today: dt.date, form_id: str, stores: tuple[str, ...], hours: tuple[str, ...]) -> Iterator[Appointment]:
    """The visits by one form, spread over the whole time."""
    days = _DAYS.get(form_id, 0)
    for number, store_id in enumerate(stores):
        rng = Random(f"{form_id} {number}")
        spread = OLDEST_DAY - days - 2
        ago = 2 + spread - spread * number // max(len(stores) - 1, 1) + rng.randrange(-2, 3)
        last = _workday(today - dt.timedelta(days=max(2, ago)))
        started = moment(last - dt.timedelta(days=days), hours[number % len(hours)], minutes=rng.randrange(-9, 10))
        length = _MINUTES.get(form_id, 0) + rng.randrange(12)
        level, gain = LEVELS[store_id]
        fate = _FATES.get((form_id, number), Fate())
        yield Appointment(
            name=f"{form_id}-{number + 1}",
            form_id=form_id,
            store_id=store_id,
            auditor=AUDITORS[(number + len(form_id)) % len(AUDITORS)],
            started=started,
            ended=moment(last, "18:50", minutes=length) if days else started + dt.timedelta(minutes=length),
            level=max(0.4, min(0.98, level + gain * (1 - ago / OLDEST_DAY) + rng.uniform(-0.04, 0.04))),
            fate=fate,
            plan_id=_plan_id(form_id, number + 1) if number % 2 == 0 or fate.report else "",
        )


def _begun(today: dt.date) -> Iterator[Appointment]:
    """The visits that the laptop's auditor is in the middle of."""
    for form_id, store_id, ago, clock, until in (
        ("store_visit", "TO-001", 1, "16:10", 0.55),
        ("customer_journey", "BO-001", 5, "11:20", 0.5),
    ):
        started = moment(today - dt.timedelta(days=ago), clock)
        yield Appointment(
            name=f"{form_id}-begun",
            form_id=form_id,
            store_id=store_id,
            auditor=AUDITORS[0],
            started=started,
            ended=started + dt.timedelta(minutes=35),
            level=LEVELS[store_id][0],
            fate=Fate(until=until, in_progress=True),
            plan_id=_plan_id(form_id, 90),
        )


_OPEN = (
    # Form, store, auditor, the days of the window counted from today.
    ("store_visit", "RM-002", "AU-01", -16, -3),
    ("mystery_call", "NA-001", "AU-01", -9, -1),
    ("store_visit", "VR-001", "AU-01", -6, 0),
    ("exit_interview", "MI-002", "", -2, 0),
    ("store_standards", "FI-001", "AU-01", 0, 6),
    ("restaurant", "MI-R01", "AU-01", 1, 10),
    ("store_visit", "NA-001", "AU-03", 2, 12),
    ("branch_service", "BO-S01", "", 4, 18),
)


def plan(today: dt.date) -> tuple[PlanItem, ...]:
    """The plan as head office hands it out: what was made of it, what is late, due today and to come."""
    items = [_planned(one) for one in appointments(today) if one.plan_id]
    for number, (form_id, store_id, auditor_id, first, last) in enumerate(_OPEN, start=1):
        window = [(today + dt.timedelta(days=days)).isoformat() for days in (first, last)]
        items.append(PlanItem(_plan_id(form_id, 50 + number), store_id, form_id, auditor_id, *window))
    return tuple(sorted(items, key=lambda item: item.plan_id))


def _planned(one: Appointment) -> PlanItem:
    until = one.started if one.fate.in_progress else one.ended
    first, last = one.started.date() - dt.timedelta(days=4), until.date() + dt.timedelta(days=3)
    return PlanItem(one.plan_id, one.store_id, one.form_id, one.auditor[0], first.isoformat(), last.isoformat())


def _plan_id(form_id: str, number: int) -> str:
    initials = "".join(word[0] for word in form_id.split("_")).upper()
    return f"{initials}-{number:02d}"


def _workday(day: dt.date) -> dt.date:
    """The day itself, or the Saturday before a Sunday."""
    return day - dt.timedelta(days=1) if day.isoweekday() == 7 else day


def moment(day: dt.date, clock: str, *, minutes: int = 0) -> dt.datetime:
    """A time of that day in the machine's own time zone, with its offset."""
    return (dt.datetime.combine(day, dt.time.fromisoformat(clock)) + dt.timedelta(minutes=minutes)).astimezone()
