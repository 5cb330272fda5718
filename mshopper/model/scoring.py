"""score(form, visit) -> ScoreSheet: the rules of design.md, "Scoring", in exact fractions, each line with its reason.

The only place that computes a score; reports, tables and screens read the sheet. Order: lines, sections, zero_section, cap on
each section, aggregate, cap, {cap: n}, zero_form.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from mshopper.model import metrics
from mshopper.model.answer import AnswerChange, AnswerKey, Value, value_to_data
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
_MEASURED = ("nps", "csat", "ces")
_NUMBER = re.compile(r"\s*-?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})\s*", re.ASCII)


def score(form: Form, visit: Visit, *, answered_only: bool = False) -> ScoreSheet:
    """The score of `visit` by `form`.

    With `answered_only` (the live score while filling in) unanswered questions count nowhere, whatever the form says.
    """
    return _Scoring(form, visit, answered_only=answered_only).sheet()


class LiveScore:
    """The score of what is answered so far, kept up with a visit: a change costs what it touches, not the whole form.

    The sheet is that of `score` with `answered_only`, line for line.
    """

    def __init__(self, form: Form, visit: Visit) -> None:
        self._form, self._visit = form, visit
        self._scoring = _Scoring(form, visit, answered_only=True)

    def follow(self, change: AnswerChange) -> None:
        """Take in what a step changed; each must be told once, in its order."""
        if change.counts or change.recounted:
            self._scoring = _Scoring(self._form, self._visit, answered_only=True)
            return
        keys = {step.key for step in change.answers} | change.recalculated | change.revalidated
        self._scoring.renew(keys | change.appeared | change.vanished)

    def sheet(self) -> ScoreSheet:
        """The score now."""
        return self._scoring.sheet()


class _Scoring:
    """The lines of a visit and their sums, from which a sheet is made."""

    def __init__(self, form: Form, visit: Visit, *, answered_only: bool) -> None:
        self.form, self.visit, self.answered_only = form, visit, answered_only
        self.excludes = answered_only or form.scoring.unanswered == "exclude"
        self.tally = _Tally(form)
        self.lines: dict[AnswerKey, _Weighed] = {}
        self.critical: list[AnswerKey] = []
        self.measured: list[AnswerKey] = []
        for key in visit.keys():
            question = visit.question(key)
            if question.critical:
                self.critical.append(key)
            if question.type in _MEASURED:
                self.measured.append(key)
            self.lines[key] = self._weigh(key)
            self.tally.add(self.lines[key])

    def _weigh(self, key: AnswerKey) -> "_Weighed":
        return _weighed(_line(self.form.questions[key.path], key, self.visit, excludes=self.excludes))

    def renew(self, keys: Iterable[AnswerKey]) -> None:
        """Score these questions again; sections among them are passed over."""
        for key in keys:
            if (before := self.lines.get(key)) is not None:
                self.tally.add(before, sign=-1)
                self.lines[key] = self._weigh(key)
                self.tally.add(self.lines[key])

    def sheet(self) -> ScoreSheet:
        """All that follows from the lines."""
        form, tally, policy = self.form, self.tally, self.form.scoring
        criticals = tuple(_criticals(self.visit, self.critical))
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
            dimensions=_groups(form, tally.dimensions, [d.id for d in form.dimensions]),
            touchpoints=_groups(form, tally.touchpoints, _touchpoints(form)),
            phases=_groups(form, tally.phases, PHASES),
            metrics=_metrics(self.visit, self.measured),
            lines=tuple(weighed.line for weighed in self.lines.values()),
            pass_mark=policy.pass_mark,
            answered_only=self.answered_only,
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

    def add(self, other: "_Weighed | _Sum", sign: int = 1) -> None:
        # Nothing is added where there is nothing: exact fractions are what scoring spends its time on.
        if other.earned:
            self.earned += other.earned * sign if sign < 0 else other.earned
        if other.possible:
            self.possible += other.possible * sign if sign < 0 else other.possible


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
        self.dimensions: dict[str, _Sum] = {}
        self.touchpoints: dict[str, _Sum] = {}
        self.phases: dict[str, _Sum] = {}

    def add(self, weighed: _Weighed, sign: int = 1) -> None:
        """Add a line to its section, to each instance around it and to its groups; with a `sign` of -1 take it out."""
        line = weighed.line
        placed = self.form.questions[line.path]
        self.own.setdefault(placed.section_path, _Sum()).add(weighed, sign)
        numbers = line.instance.split(".") if line.instance else []
        for level, repeat in enumerate(placed.repeats, 1):
            at = ".".join(numbers[:level])
            self.by_instance.setdefault((repeat, at), _Sum()).add(weighed, sign)
        question = placed.item
        assert isinstance(question, Question)
        if not question.scores:
            return
        for sums, names in (
            (self.dimensions, line.dimensions),
            (self.touchpoints, (line.touchpoint,)),
            (self.phases, (line.phase,)),
        ):
            for name in names:
                if name:
                    sums.setdefault(name, _Sum()).add(weighed, sign)
        self._cover(placed, question, line, sign)

    def _cover(self, placed: Placed, question: Question, line: ScoreLine, sign: int) -> None:
        if question.bonus or line.status not in ("scored", "unanswered", "invalid"):
            return
        worth = question.weight * possible_points(question)
        answered = worth if line.status == "scored" else ZERO
        self.covered.setdefault(placed.sections[0].id, _Sum()).add(_Weighed(line, answered, worth), sign)

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


def _groups(form: Form, sums: Mapping[str, _Sum], order: Iterable[str]) -> tuple[Subtotal, ...]:
    """Subtotals by dimension, touchpoint or phase, without section weights; those that no scored question has are absent."""
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


def _criticals(visit: Visit, keys: Iterable[AnswerKey]) -> Iterable[CriticalHit]:
    """Every critical that was hit, once each, at the first instance that hit it."""
    seen: set[tuple[str, int]] = set()
    for key in keys:
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


def _metrics(visit: Visit, keys: Iterable[AnswerKey]) -> tuple[Metric, ...]:
    """NPS, CSAT and CES over the valid answers of this visit, by CSAT scale and CES variant."""
    values: dict[tuple[str, str], list[int]] = {}
    for key in keys:
        question = visit.question(key)
        value = visit.value(key)
        if not isinstance(value, int | Decimal):
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
