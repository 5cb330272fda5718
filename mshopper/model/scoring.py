"""score(form, visit) -> ScoreSheet: the rules of design.md, "Scoring", in exact fractions, each line with its reason.

The only place that computes a score; reports, tables and screens read the sheet. Order: lines, sections, zero_section, cap on
each section, aggregate, cap, {cap: n}, zero_form.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from mshopper.model import metrics
from mshopper.model.answer import AnswerKey, Value, value_to_data
from mshopper.model.form import NUMBER_TYPES, PHASES, Form, Placed, Question, ScoringPolicy, Section
from mshopper.model.scoresheet import (
    RULES_VERSION,
    CriticalHit,
    Metric,
    Reason,
    ScoreLine,
    ScoreSheet,
    Subtotal,
)
from mshopper.model.visit import Visit

ZERO = Fraction(0)
HUNDRED = Fraction(100)
_NUMBER = re.compile(r"\s*-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})\s*", re.ASCII)


def score(form: Form, visit: Visit, *, answered_only: bool = False) -> ScoreSheet:
    """The score of `visit` by `form`.

    With `answered_only` (the live score while filling in) unanswered questions count nowhere, whatever the form says.
    """
    policy = form.scoring
    excludes = answered_only or policy.unanswered == "exclude"
    lines: list[_Weighed] = []
    tally = _Tally(form)
    for key in visit.keys():
        line = _weighed(_line(form.questions[key.path], key, visit, excludes=excludes))
        lines.append(line)
        tally.add(line)
    criticals = tuple(_criticals(visit))
    sections = _Sections(form, tally, criticals)
    subtotals = sections.subtotals()
    earned, possible = sections.visit_points()
    percent = _visit_percent(sections, criticals, earned, possible)
    return ScoreSheet(
        rules_version=RULES_VERSION,
        earned=earned,
        possible=possible,
        percent=percent,
        coverage=tally.coverage(),
        verdict=_verdict(form, percent, criticals, subtotals),
        grade=_grade(policy, percent),
        criticals=criticals,
        sections=subtotals,
        instances=_instances(tally, policy),
        dimensions=_groups(form, lines, lambda line: line.dimensions, [d.id for d in form.dimensions]),
        touchpoints=_groups(form, lines, lambda line: (line.touchpoint,), _touchpoints(form)),
        phases=_groups(form, lines, lambda line: (line.phase,), PHASES),
        metrics=_metrics(visit),
        lines=tuple(weighed.line for weighed in lines),
        pass_mark=policy.pass_mark,
        answered_only=answered_only,
    )


def quotient(earned: Fraction, possible: Fraction, *, cap: bool) -> Fraction | None:
    """Percent of `possible`, kept within 0-100 where `cap`; None where nothing could be earned."""
    if possible == 0:
        return None
    return capped(HUNDRED * earned / possible, cap=cap)


def capped(percent: Fraction, *, cap: bool) -> Fraction:
    """A percentage within 0-100 where `cap` says so."""
    return min(max(percent, ZERO), HUNDRED) if cap else percent


# --- one question


def possible_points(question: Question) -> Fraction:
    """The most that the question can earn before its weight; never below 0."""
    if question.bands:
        highest = question.points if question.points is not None else max(band.points for band in question.bands)
        return max(highest, ZERO)
    if question.points is not None:
        return max(question.points, ZERO)
    points = [choice.points or ZERO for choice in question.choices]
    if question.type == "choices":
        return sum((p for p in points if p > 0), ZERO)
    return max([ZERO, *points])


def earned_points(question: Question, value: Value) -> tuple[Fraction, Reason]:
    """What a valid value earns before the weight, and why."""
    if question.bands:
        number = _as_number(value)
        assert number is not None
        return _by_band(question, number)
    if question.type == "choices":
        chosen = value if isinstance(value, tuple) else ()
        earned = sum((_choice_points(question, choice) for choice in chosen), ZERO)
        return earned, Reason("choices", (("choices", " ".join(chosen)),))
    if question.type in ("yes_no", "choice"):
        return _choice_points(question, str(value)), Reason("choice", (("choice", str(value)),))
    bounds, step = question.scale_bounds, _as_number(value)
    assert bounds is not None
    assert step is not None
    low, high = bounds
    earned = (question.points or ZERO) * (step - low) / (high - low)
    return earned, Reason("scale", (("value", exact_text(step)), ("low", str(low)), ("high", str(high))))


def _choice_points(question: Question, choice_id: str) -> Fraction:
    if question.type == "yes_no" and question.points is not None:
        return question.points if choice_id == "yes" else ZERO
    choice = question.choice(choice_id)
    return (choice.points or ZERO) if choice else ZERO


def _by_band(question: Question, value: Fraction) -> tuple[Fraction, Reason]:
    shown = exact_text(value)
    for band in question.bands:
        if band.to is None:
            return band.points, Reason("band_open", (("value", shown),))
        if value <= band.to:
            return band.points, Reason("band", (("value", shown), ("to", exact_text(band.to))))
    return ZERO, Reason("above_bands", (("value", shown),))


def exact_text(value: Fraction) -> str:
    """A fraction as decimal text where it has one, else as "n/d"."""
    number, denominator, places = value, value.denominator, 0
    while denominator % 2 == 0 or denominator % 5 == 0:
        denominator //= 10 if denominator % 10 == 0 else (2 if denominator % 2 == 0 else 5)
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    while number.denominator != 1:
        number, places = number * 10, places + 1
    digits = str(abs(number.numerator)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if value < 0 else text


def _line(placed: Placed, key: AnswerKey, visit: Visit, *, excludes: bool) -> ScoreLine:
    question = placed.item
    assert isinstance(question, Question)

    def line(status: str, reason: Reason, earned: Fraction = ZERO, possible: Fraction = ZERO) -> ScoreLine:
        return ScoreLine(
            key.path,
            key.instance,
            status,
            earned,
            possible,
            question.weight,
            reason,
            question.dimensions,
            placed.phase,
            placed.touchpoint,
        )

    if not visit.is_relevant(key):
        return line("not_relevant", Reason("not_relevant"))
    if not question.scores:
        return line("unscored", Reason("unscored"))
    if visit.is_na(key):
        return line("na", Reason("na"))
    possible = ZERO if question.bonus else possible_points(question)
    answered, invalid = visit.is_answered(key), visit.is_invalid(key)
    if not answered or invalid or not _can_score(question, visit.value(key)):
        status = "invalid" if answered else "unanswered"
        if excludes:
            return line(status, Reason(f"{status}_excluded"))
        return line(status, Reason(f"{status}_zero"), ZERO, possible)
    earned, reason = earned_points(question, visit.value(key))
    return line("bonus" if question.bonus else "scored", reason, earned, possible)


def _can_score(question: Question, value: Value) -> bool:
    """A calculation may give text, which no band knows unless it reads as a number."""
    return question.type not in NUMBER_TYPES or (bool(question.bands) and _as_number(value) is not None)


def _as_number(value: Value) -> Fraction | None:
    """A value as an exact number; text too, as a calculation may write one (`if(…, '10', '0')`)."""
    if isinstance(value, int | Decimal):
        return Fraction(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value.strip())
    return None


# --- sums


@dataclass
class _Sum:
    earned: Fraction = ZERO
    possible: Fraction = ZERO

    def add(self, other: "_Weighed | _Sum") -> None:
        # Nothing is added where there is nothing: exact fractions are what scoring spends its time on.
        if other.earned:
            self.earned += other.earned
        if other.possible:
            self.possible += other.possible


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A line with w·e and w·p, which several sums share."""

    line: ScoreLine
    earned: Fraction
    possible: Fraction


def _weighed(line: ScoreLine) -> _Weighed:
    return _Weighed(
        line,
        line.weight * line.earned if line.earned else ZERO,
        line.weight * line.possible if line.possible else ZERO,
    )


class _Tally:
    """Weighted points by the section that holds each question, and what of them was answered."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.own: dict[str, _Sum] = {}
        self.by_instance: dict[tuple[str, str], _Sum] = {}
        self.covered: dict[str, _Sum] = {}

    def add(self, weighed: _Weighed) -> None:
        """Add a line to its section and to each instance around it."""
        line = weighed.line
        placed = self.form.questions[line.path]
        self.own.setdefault(placed.section_path, _Sum()).add(weighed)
        numbers = line.instance.split(".") if line.instance else []
        for level, repeat in enumerate(placed.repeats, 1):
            at = ".".join(numbers[:level])
            self.by_instance.setdefault((repeat, at), _Sum()).add(weighed)
        self._cover(placed, line)

    def _cover(self, placed: Placed, line: ScoreLine) -> None:
        question = placed.item
        assert isinstance(question, Question)
        if question.bonus or line.status not in ("scored", "unanswered", "invalid"):
            return
        worth = question.weight * possible_points(question)
        answered = worth if line.status == "scored" else ZERO
        self.covered.setdefault(placed.sections[0].id, _Sum()).add(_Weighed(line, answered, worth))

    def coverage(self) -> Fraction | None:
        """Of the points that were relevant, the share answered, 0-100; None where nothing could score."""
        weight = {section.id: section.weight for section in self.form.sections}
        asked = sum((weight[top] * total.possible for top, total in self.covered.items()), ZERO)
        answered = sum((weight[top] * total.earned for top, total in self.covered.items()), ZERO)
        return HUNDRED * answered / asked if asked else None


@dataclass
class _Sections:
    """Sections with their sums, sub-sections included, after zero_section."""

    form: Form
    tally: _Tally
    criticals: tuple[CriticalHit, ...]
    sums: dict[str, _Sum] = field(default_factory=dict)
    zeroed: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.zeroed = {
            self.form.questions[hit.path].section_path for hit in self.criticals if hit.effect == "zero_section"
        }
        for section in self.form.sections:
            self._sum(section, section.id)

    def _sum(self, section: Section, path: str) -> _Sum:
        total = _Sum()
        total.add(self.tally.own.get(path, _Sum()))
        for item in section.items:
            if isinstance(item, Section):
                total.add(self._sum(item, f"{path}/{item.id}"))
        if path in self.zeroed:
            total.earned = min(total.earned, ZERO)
        self.sums[path] = total
        return total

    def percent(self, path: str) -> Fraction | None:
        """A section's percentage."""
        total = self.sums[path]
        return quotient(total.earned, total.possible, cap=self.form.scoring.cap)

    def subtotals(self) -> tuple[Subtotal, ...]:
        """Every section, in the order of the form."""
        found = []
        for path, placed in self.form.places.items():
            if isinstance(placed.item, Section):
                total = self.sums[path]
                effects = ("zero_section",) if path in self.zeroed else ()
                found.append(
                    Subtotal(path, total.earned, total.possible, self.percent(path), placed.item.pass_mark, effects)
                )
        return tuple(found)

    def visit_points(self) -> tuple[Fraction, Fraction]:
        """Earned and possible of the visit, by the top sections' weights."""
        tops = [(section.weight, self.sums[section.id]) for section in self.form.sections]
        earned = sum((weight * total.earned for weight, total in tops), ZERO)
        return earned, sum((weight * total.possible for weight, total in tops), ZERO)


def _visit_percent(
    sections: _Sections, criticals: Iterable[CriticalHit], earned: Fraction, possible: Fraction
) -> Fraction | None:
    form, policy = sections.form, sections.form.scoring
    if policy.aggregate == "mean":
        scored = [(s.weight, p) for s in form.sections if (p := sections.percent(s.id)) is not None]
        weights = sum((weight for weight, _ in scored), ZERO)
        percent = sum((weight * p for weight, p in scored), ZERO) / weights if weights else None
    else:
        percent = HUNDRED * earned / possible if possible else None
    if percent is None:
        return None
    percent = capped(percent, cap=policy.cap)
    for hit in criticals:
        if hit.effect == "cap" and hit.cap is not None:
            percent = min(percent, hit.cap)
    if any(hit.effect == "zero_form" for hit in criticals):
        percent = min(percent, ZERO)
    return percent


def _instances(tally: _Tally, policy: ScoringPolicy) -> tuple[Subtotal, ...]:
    return tuple(
        Subtotal(
            f"{path}[{instance}]", total.earned, total.possible, quotient(total.earned, total.possible, cap=policy.cap)
        )
        for (path, instance), total in tally.by_instance.items()
    )


def _groups(
    form: Form, lines: Iterable[_Weighed], names: Callable[[ScoreLine], Iterable[str]], order: Iterable[str]
) -> tuple[Subtotal, ...]:
    """Subtotals by dimension, touchpoint or phase, without section weights; those that no scored question has are absent."""
    sums: dict[str, _Sum] = {}
    for weighed in lines:
        question = form.questions[weighed.line.path].item
        if not (isinstance(question, Question) and question.scores):
            continue
        for name in names(weighed.line):
            if name:
                sums.setdefault(name, _Sum()).add(weighed)
    cap = form.scoring.cap
    return tuple(
        Subtotal(
            name, sums[name].earned, sums[name].possible, quotient(sums[name].earned, sums[name].possible, cap=cap)
        )
        for name in order
        if name in sums
    )


def _touchpoints(form: Form) -> list[str]:
    return list(dict.fromkeys(placed.touchpoint for placed in form.places.values() if placed.touchpoint))


# --- criticals, verdict, metrics


def _criticals(visit: Visit) -> Iterable[CriticalHit]:
    """Every critical that was hit, once each, at the first instance that hit it."""
    seen: set[tuple[str, int]] = set()
    for key in visit.keys():
        rules = visit.rules.critical[key.path]
        for index, critical in enumerate(visit.question(key).critical):
            if (key.path, index) in seen or not visit.hits(key, critical.when, rules[index]):
                continue
            seen.add((key.path, index))
            answer = value_to_data(visit.value(key))
            shown = " ".join(answer) if isinstance(answer, list) else answer or ""
            reason = Reason("critical", (("value", shown), ("rule", critical.when.rule)))
            yield CriticalHit(key.path, key.instance, critical.effect, critical.cap, reason)


def _verdict(
    form: Form, percent: Fraction | None, criticals: tuple[CriticalHit, ...], sections: tuple[Subtotal, ...]
) -> str:
    if criticals:
        return "fail"
    if percent is None:
        return "not_scored"
    mark = form.scoring.pass_mark
    if any(section.failed for section in sections) or (mark is not None and percent < mark):
        return "fail"
    has_marks = mark is not None or any(section.pass_mark is not None for section in sections)
    has_criticals = any(
        isinstance(placed.item, Question) and placed.item.critical for placed in form.questions.values()
    )
    return "pass" if has_marks or has_criticals else "none"


def _grade(policy: ScoringPolicy, percent: Fraction | None) -> str:
    if percent is None:
        return ""
    reached = [grade for grade in policy.grades if percent >= grade.from_percent]
    return max(reached, key=lambda grade: grade.from_percent).id if reached else ""


def _metrics(visit: Visit) -> tuple[Metric, ...]:
    """NPS, CSAT and CES over the valid answers of this visit, by CSAT scale and CES variant."""
    values: dict[tuple[str, str], list[int]] = {}
    for key in visit.keys():
        question = visit.question(key)
        value = visit.value(key)
        if question.type not in ("nps", "csat", "ces") or not isinstance(value, int | Decimal):
            continue
        if visit.is_relevant(key) and not visit.is_na(key) and not visit.is_invalid(key):
            variant = {"csat": question.scale or "5", "ces": question.variant or "seven_mean"}.get(question.type, "")
            values.setdefault((question.type, variant), []).append(int(value))
    found = []
    for (kind, variant), answers in sorted(values.items()):
        result = {
            "nps": lambda a, _v: metrics.nps(a),
            "csat": metrics.csat,
            "ces": metrics.ces,
        }[kind](answers, variant)
        assert result is not None
        found.append(Metric(kind, result, len(answers), variant))
    return tuple(found)
