"""Where points are lost: by question, and along the customer's journey. One pass over the answers gives both.

What a question can't earn it can't lose: bonus points that were missed are no loss, and what a critical answer took from a
score is the score's, not the question's.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

from collections.abc import Iterable
from dataclasses import dataclass

from mshopper.compare.known_forms import KnownForms, KnownQuestion
from mshopper.compare.selection import condition
from mshopper.compare.source import Source
from mshopper.model.comparison import Filters
from mshopper.model.findings import (
    NOT_WEIGHED,
    WEIGHED_ALIKE,
    WEIGHED_BY_FORM,
    Journey,
    JourneyCell,
    LostPoints,
    LostQuestion,
    VisitPoints,
)
from mshopper.model.form import PHASES
from mshopper.model.scoresheet import Reason
from mshopper.model.statistics import wilson

_CUSTOMARY = [
    "advertising",
    "search",
    "social",
    "website",
    "app",
    "phone",
    "chat",
    "email",
    "store",
    "branch",
    "restaurant",
    "till",
    "payment",
    "packaging",
    "delivery",
    "return",
    "support",
    "customer_service",
]
"""Touchpoints as customers mostly come to them, for forms that aren't known."""

_MOST_VISITS = 1000


@dataclass(frozen=True, slots=True)
class _Cell:
    """A question of one form version, before weights; `hit` of `n` answers lost something. Bonus counts in `earned` alone."""

    form_id: str
    form_hash: str
    question_id: str
    label: str
    n: int
    hit: int
    earned: float
    possible: float
    lost: float
    known: KnownQuestion


def lost_points(source: Source, forms: KnownForms, filters: Filters) -> LostPoints:
    """The questions that lose points, the most first. Raises HeadOfficeError where the tables can't be read."""
    cells = _cells(source, forms, filters)
    weights = _weights(source, forms, filters, cells)
    weighed = weights == WEIGHED_BY_FORM
    groups: dict[tuple[str, str], list[_Cell]] = {}
    for cell in cells:
        if cell.possible > 0:
            groups.setdefault((cell.form_id, cell.question_id), []).append(cell)
    total = sum(_factor(cell, weighed) * cell.lost for cell in cells)
    questions = [_question(group, weighed, total) for group in groups.values()]
    visits = source.rows(f"SELECT count(*) FROM visits WHERE {condition(filters)[0]}", condition(filters)[1])[0][0]
    ordered = tuple(sorted(questions, key=lambda one: (-one.lost, one.form_id, one.question_id)))
    possible = sum(one.possible for one in questions)
    return LostPoints(ordered, total, possible, visits, weights, _said(ordered, total, weights))


def visits_losing(
    source: Source, filters: Filters, form_id: str, question_id: str, *, limit: int = _MOST_VISITS
) -> tuple[VisitPoints, ...]:
    """The visits behind a question's lost points, the greatest loss first, then the newest."""
    wanted, parameters = condition(filters)
    rows = source.rows(
        "SELECT visit_id, store_name, started_at, sum(a.earned), sum(a.possible) AS out_of, "
        f"sum(greatest(a.possible - a.earned, 0)) AS lost FROM {source.table('answers')} a "
        f"JOIN (SELECT visit_id, revision, store_name, started_at FROM visits WHERE {wanted} AND form_id = ?) v "
        "USING (visit_id, revision) WHERE question_id = ? AND a.possible > 0 GROUP BY ALL HAVING lost > 0 "
        "ORDER BY lost DESC, started_at DESC, visit_id LIMIT ?",
        [*parameters, form_id, question_id, limit],
    )
    return tuple(
        VisitPoints(visit, name, started, float(got), float(out_of))
        for visit, name, started, got, out_of, _lost in rows
    )


def journey(source: Source, forms: KnownForms, filters: Filters) -> Journey:
    """The customer-journey map. Raises HeadOfficeError where the tables can't be read."""
    if _unknown(source, forms, filters):
        return _margins(source, filters)
    return _crossed(_cells(source, forms, filters))


def _cells(source: Source, forms: KnownForms, filters: Filters) -> list[_Cell]:
    wanted, parameters = condition(filters)
    rows = source.rows(
        "SELECT form_id, form_hash, question_id, max(label), count_if(a.possible > 0), "
        "count_if(a.possible > 0 AND a.earned < a.possible), sum(a.earned), sum(a.possible), "
        "sum(CASE WHEN a.possible > 0 THEN greatest(a.possible - a.earned, 0) END) "
        f"FROM {source.table('answers')} a JOIN (SELECT visit_id, revision, form_id, form_hash FROM visits WHERE {wanted}) v "
        "USING (visit_id, revision) WHERE a.possible IS NOT NULL AND a.earned IS NOT NULL GROUP BY ALL",
        parameters,
    )
    return [
        _Cell(
            form_id,
            form_hash,
            question,
            label,
            n,
            int(hit or 0),
            float(earned),
            float(possible),
            float(lost or 0),
            forms.question(form_hash, question),
        )
        for form_id, form_hash, question, label, n, hit, earned, possible, lost in sorted(rows, key=lambda one: one[:3])
    ]


def _unknown(source: Source, forms: KnownForms, filters: Filters) -> list[str]:
    """The hashes of forms that visits were made with and that aren't known here."""
    wanted, parameters = condition(filters)
    found = source.rows(f"SELECT DISTINCT form_hash FROM visits WHERE {wanted}", parameters)
    return sorted(form_hash for (form_hash,) in found if form_hash not in forms.hashes)


def _weights(source: Source, forms: KnownForms, filters: Filters, cells: Iterable[_Cell]) -> str:
    """How points are weighed. Without the form, sums tell: the score's possible points are Σ weight·possible of its answers."""
    unknown = _unknown(source, forms, filters)
    if not unknown:
        return WEIGHED_BY_FORM
    if len(unknown) < len({cell.form_hash for cell in cells}):
        return NOT_WEIGHED
    wanted, parameters = condition(filters)
    rows = source.rows(
        f"SELECT form_hash, sum(possible), count(*) FROM visits WHERE {wanted} AND possible IS NOT NULL GROUP BY ALL",
        parameters,
    )
    said: dict[str, float] = {}
    for cell in cells:
        said[cell.form_hash] = said.get(cell.form_hash, 0.0) + cell.possible
    # Each visit's points are rounded to two decimals, and so is each answer's.
    alike = all(abs(said.get(form_hash, 0.0) - float(total)) <= 0.01 * n for form_hash, total, n in rows)
    return WEIGHED_ALIKE if rows and alike else NOT_WEIGHED


def _factor(cell: _Cell, weighed: bool) -> float:
    return cell.known.weight if weighed else 1.0


def _question(cells: list[_Cell], weighed: bool, total: float) -> LostQuestion:
    """One question over the versions of its form; words and place are those of the version answered most."""
    main = max(cells, key=lambda cell: (cell.n, cell.form_hash))
    lost = sum(_factor(cell, weighed) * cell.lost for cell in cells)
    answers = wilson(sum(cell.hit for cell in cells), sum(cell.n for cell in cells))
    assert answers is not None, "a question with possible points was answered"
    return LostQuestion(
        main.form_id,
        main.question_id,
        main.label or main.question_id,
        sum(cell.n for cell in cells),
        lost,
        sum(_factor(cell, weighed) * cell.possible for cell in cells),
        100 * lost / total if total else 0.0,
        answers,
        main.known.section,
        main.known.phase,
        main.known.touchpoint,
    )


def _said(questions: tuple[LostQuestion, ...], total: float, weights: str) -> tuple[Reason, ...]:
    losing = [one for one in questions if one.lost > 0]
    if not losing:
        return (Reason("lost_nothing" if questions else "lost_unknown"),)
    first = losing[0]
    values = (("question", first.label), ("share", repr(first.share)), ("n", str(first.n)), ("lost", repr(first.lost)))
    said = [Reason("lost_most", values)]
    half, sum_of = 0, 0.0
    for one in losing:
        half, sum_of = half + 1, sum_of + one.lost
        if sum_of >= total / 2:
            break
    if 1 < half < len(losing):
        said.append(Reason("lost_half", (("n", str(half)), ("of", str(len(questions))))))
    if weights == NOT_WEIGHED:
        said.append(Reason("lost_unweighed"))
    return tuple(said)


def _crossed(cells: list[_Cell]) -> Journey:
    """Each touchpoint in each phase, weighed as a touchpoint's score is: by question, not by section."""
    groups: dict[tuple[str, str], list[_Cell]] = {}
    for cell in sorted(cells, key=lambda one: (one.form_id, one.known.place)):
        groups.setdefault((cell.known.phase, cell.known.touchpoint), []).append(cell)
    losses = {key: sum(cell.known.in_section * cell.lost for cell in group) for key, group in groups.items()}
    elsewhere = losses.get(("", ""), 0.0)
    total = sum(losses.values())
    named = {key: group for key, group in groups.items() if key != ("", "")}
    phases = sorted({phase for phase, _touchpoint in named if phase}, key=_phase_order)
    # In the order of the form, phase after phase.
    order = sorted(named, key=lambda key: _phase_order(key[0]))
    touchpoints = tuple(dict.fromkeys(touchpoint for _phase, touchpoint in order if touchpoint))
    made = tuple(
        _journey_cell(
            phase,
            touchpoint,
            sum(cell.n for cell in named[phase, touchpoint]),
            sum(cell.known.in_section * cell.earned for cell in named[phase, touchpoint]),
            sum(cell.known.in_section * cell.possible for cell in named[phase, touchpoint]),
            losses[phase, touchpoint],
            total,
        )
        for phase, touchpoint in order
    )
    return Journey(tuple(phases), touchpoints, made, True, elsewhere, WEIGHED_BY_FORM, _journey_said(made))


def _margins(source: Source, filters: Filters) -> Journey:
    wanted, parameters = condition(filters)
    rows = source.rows(
        f"SELECT kind, id, count(s.percent), sum(s.earned), sum(s.possible), sum(greatest(s.possible - s.earned, 0)) FROM "
        f"{source.table('scores')} s JOIN (SELECT visit_id, revision FROM visits WHERE {wanted}) v USING (visit_id, revision) "
        "WHERE kind IN ('phase', 'touchpoint') AND instance = '' AND s.possible IS NOT NULL GROUP BY ALL",
        parameters,
    )
    totals = {kind: float(sum(row[5] for row in rows if row[0] == kind)) for kind in ("phase", "touchpoint")}
    cells = [
        _journey_cell(
            part if kind == "phase" else "",
            part if kind == "touchpoint" else "",
            n,
            float(got),
            float(out_of),
            float(lost),
            totals[kind],
        )
        for kind, part, n, got, out_of, lost in rows
    ]
    cells.sort(key=lambda one: (not one.phase, _phase_order(one.phase), _touchpoint_order(one.touchpoint)))
    return Journey(
        tuple(cell.phase for cell in cells if cell.phase),
        tuple(cell.touchpoint for cell in cells if cell.touchpoint),
        tuple(cells),
        False,
        weights=WEIGHED_BY_FORM,
        sentences=_journey_said(tuple(cells)),
    )


def _journey_cell(
    phase: str, touchpoint: str, n: int, got: float, out_of: float, lost: float, total: float
) -> JourneyCell:
    percent = 100 * got / out_of if out_of > 0 else None
    return JourneyCell(phase, touchpoint, n, percent, lost, out_of, 100 * lost / total if total else 0.0)


def _journey_said(cells: tuple[JourneyCell, ...]) -> tuple[Reason, ...]:
    """Where a customer loses most, by touchpoint where there is one."""
    losing = [cell for cell in cells if cell.lost > 0 and (cell.touchpoint or not any(one.touchpoint for one in cells))]
    if not losing:
        return (Reason("journey_nothing" if cells else "journey_unknown"),)
    worst = max(losing, key=lambda cell: cell.lost)
    values = {"phase": worst.phase, "touchpoint": worst.touchpoint, "share": repr(worst.share), "n": str(worst.n)}
    return (Reason("journey_most", tuple(values.items())),)


def touchpoint_columns(ids: Iterable[str]) -> list[str]:
    """Touchpoints as a customer mostly comes to them."""
    return sorted(ids, key=_touchpoint_order)


def phase_columns(ids: Iterable[str]) -> list[str]:
    """Phases as a customer lives them."""
    return sorted(ids, key=_phase_order)


def _phase_order(phase: str) -> tuple[int, str]:
    return (PHASES.index(phase) if phase in PHASES else len(PHASES), phase)


def _touchpoint_order(touchpoint: str) -> tuple[int, str]:
    return (_CUSTOMARY.index(touchpoint) if touchpoint in _CUSTOMARY else len(_CUSTOMARY), touchpoint)
