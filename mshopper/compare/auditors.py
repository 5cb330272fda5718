"""Auditor effects: who scores the same stores higher or lower, answers N/A more, takes longer; and how far two of them agree.

A question to ask an auditor, not a verdict on one: what the stores and chance explain is taken off first.
"""
# ruff: noqa: S608 - the names of tables and columns are constants here; values are always parameters

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mshopper.compare.comparison import Asked
from mshopper.compare.forms import FormSets
from mshopper.compare.selection import measured
from mshopper.compare.sentences import apart_sentences
from mshopper.compare.source import Source
from mshopper.compare.sums import Question, where
from mshopper.model.comparison import LEVEL, Agreement, AuditorEffect, AuditorEffects, Proportion
from mshopper.model.scoresheet import Reason
from mshopper.model.severity import MOST_EXACT, Seen, Severity, severities
from mshopper.model.statistics import Mean, benjamini_hochberg, clustered_mean, simple_mean, t_tail, wilson

PAIR_DAYS = 31
"""Two visits to a store say something of the auditors only while the store is the same."""

_CHOICES = ("yes_no", "choice")


def auditor_effects(source: Source, forms: FormSets, asked: Asked) -> AuditorEffects:
    """All auditors under the filters of `asked`. Raises HeadOfficeError where the tables can't be read."""
    found = forms.under(asked.filters)
    compared = found.sets[0] if found.sets else None
    question = Question("auditor", asked.measure, asked.filters, compared if compared and len(found.sets) > 1 else None)
    if asked.measure.kind != "percent":
        source.table("scores")
    cells = _cells(source, question)
    titles, minutes = _about(source, question)
    effects = severities(cells)
    tests = _tests(effects)
    na = _not_applicable(source, question)
    by_auditor: dict[str, list[Seen]] = {}
    for cell in cells:
        by_auditor.setdefault(cell.auditor, []).append(cell)
    auditors = [
        _effect(
            auditor, titles[auditor], own, effects.get(auditor), tests.get(auditor), na.get(auditor), minutes[auditor]
        )
        for auditor, own in by_auditor.items()
    ]
    auditors.sort(key=lambda one: (one.severity is None, -(one.severity or 0.0), one.id))
    made = AuditorEffects(tuple(auditors), _agreement(source, question), compared, found.sets[1:] if compared else ())
    return replace(made, sentences=_sentences(made))


def _cells(source: Source, question: Question) -> list[Seen]:
    relation, parameters = measured(question.measure)
    wanted, values = where(question)
    rows = source.rows(
        "SELECT store_id, auditor_id, count(value), avg(value::DOUBLE), coalesce(var_pop(value::DOUBLE), 0) "
        f"FROM {relation} WHERE {wanted} AND value IS NOT NULL AND auditor_id <> '' GROUP BY ALL "
        "ORDER BY store_id, auditor_id",
        [*parameters, *values],
    )
    return [Seen(store, auditor, n, mean, spread * n) for store, auditor, n, mean, spread in rows]


def _about(source: Source, question: Question) -> tuple[dict[str, str], dict[str, float | None]]:
    """Names, and the median minutes of a visit."""
    wanted, values = where(question)
    rows = source.rows(
        "SELECT auditor_id, max(auditor), median(minutes::DOUBLE) FROM visits "
        f"WHERE {wanted} AND auditor_id <> '' GROUP BY auditor_id",
        values,
    )
    return {row[0]: row[1] or row[0] for row in rows}, {row[0]: row[2] for row in rows}


def _not_applicable(source: Source, question: Question) -> dict[str, Proportion | None]:
    """Of the questions that an auditor's visits hold an answer to, the share that is N/A."""
    wanted, values = where(question)
    answers = source.table("answers")
    rows = source.rows(
        f"SELECT v.auditor_id, count(*), count(*) FILTER (a.na) FROM {answers} a JOIN "
        f"(SELECT visit_id, revision, auditor_id FROM visits WHERE {wanted} AND auditor_id <> '') v "
        "ON v.visit_id = a.visit_id AND v.revision = a.revision GROUP BY v.auditor_id",
        values,
    )
    return {auditor: wilson(na, asked) for auditor, asked, na in rows}


def _tests(effects: Mapping[str, Severity]) -> dict[str, tuple[float, float]]:
    """The p of each effect, and p after Benjamini-Hochberg."""
    tested = {
        auditor: t_tail(one.points / math.sqrt(one.error.variance), one.error.df)
        for auditor, one in effects.items()
        if one.error is not None and one.error.variance > 0
    }
    adjusted = benjamini_hochberg(list(tested.values()))
    return {auditor: (p, p_adjusted) for (auditor, p), p_adjusted in zip(tested.items(), adjusted, strict=True)}


def _effect(
    auditor: str,
    title: str,
    own: Sequence[Seen],
    effect: Severity | None,
    test: tuple[float, float] | None,
    na: Proportion | None,
    minutes: float | None,
) -> AuditorEffect:
    n = sum(cell.n for cell in own)
    raw = math.fsum(cell.n * cell.mean for cell in own) / n
    known = AuditorEffect(auditor, title, n, len(own), raw, na=na, minutes=minutes)
    if effect is None:
        return replace(known, note="not_linked")
    if test is None or effect.error is None:
        return replace(known, severity=effect.points, note="many" if effect.linked >= MOST_EXACT else "no_repeats")
    differs = int(math.copysign(1, effect.points)) if test[1] <= 1 - LEVEL else 0
    return replace(
        known,
        severity=effect.points,
        interval=effect.error.interval(None),
        p=test[0],
        adjusted=test[1],
        differs=differs,
    )


def _agreement(source: Source, question: Question) -> Agreement:
    """How far two auditors in one store agree: visits in pairs, each in one, the first two in time going first."""
    relation, parameters = measured(question.measure)
    wanted, values = where(question)
    rows = source.rows(
        "SELECT store_id, auditor_id, epoch(TRY_CAST(day AS DATE)) // 86400 AS at, visit_id, revision, value::DOUBLE "
        f"FROM {relation} WHERE {wanted} AND value IS NOT NULL AND auditor_id <> '' AND weekday IS NOT NULL "
        "WINDOW near AS (PARTITION BY store_id ORDER BY started_at, visit_id) "
        "QUALIFY lag(auditor_id) OVER near <> auditor_id OR lead(auditor_id) OVER near <> auditor_id "
        "ORDER BY store_id, started_at, visit_id",
        [*parameters, *values],
    )
    pairs = _pairs(rows)
    if not pairs:
        return Agreement(0, PAIR_DAYS)
    apart = [abs(first[5] - second[5]) for first, second in pairs]
    mean = math.fsum(apart) / len(apart)
    estimate = simple_mean(len(apart), mean, math.fsum((one - mean) ** 2 for one in apart))
    known = Agreement(
        len(pairs),
        PAIR_DAYS,
        mean,
        estimate.interval((0.0, math.inf)) if estimate and estimate.variance > 0 else None,
    )
    return _with_kappa(known, _both_answered(source, pairs))


def _pairs(rows: Iterable[tuple[Any, ...]]) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    found = []
    first: tuple[Any, ...] | None = None
    for row in rows:
        if first and first[0] == row[0] and first[1] != row[1] and row[2] - first[2] <= PAIR_DAYS:
            found.append((first, row))
            first = None
        else:
            first = row
    return found


def _both_answered(
    source: Source, pairs: Sequence[tuple[tuple[Any, ...], tuple[Any, ...]]]
) -> list[tuple[int, str, str, str]]:
    """(pair, question, first answer, second answer) for the choices that both gave."""
    answers = source.table("answers")
    return source.rows(
        "WITH pairs AS (SELECT unnest(?::INTEGER[]) AS pair, unnest(?::VARCHAR[]) AS one, unnest(?::BIGINT[]) AS one_r, "
        "unnest(?::VARCHAR[]) AS two, unnest(?::BIGINT[]) AS two_r), "
        f"chosen AS (SELECT * FROM {answers} WHERE type IN {_CHOICES} AND NOT na AND value <> '') "
        "SELECT p.pair, a.question_id, a.value, b.value FROM pairs p "
        "JOIN chosen a ON a.visit_id = p.one AND a.revision = p.one_r "
        "JOIN chosen b ON b.visit_id = p.two AND b.revision = p.two_r "
        "AND b.question_id = a.question_id AND b.instance = a.instance ORDER BY p.pair, a.question_id, a.instance",
        [
            list(range(len(pairs))),
            [first[3] for first, _second in pairs],
            [first[4] for first, _second in pairs],
            [second[3] for _first, second in pairs],
            [second[4] for _first, second in pairs],
        ],
    )


def _with_kappa(known: Agreement, answers: Sequence[tuple[int, str, str, str]]) -> Agreement:
    """Cohen's kappa, chance being reckoned question by question (Educational and Psychological Measurement 20, 1960).

    Its interval is that of the share agreed, over (1 − chance), the answers of one pair of visits counting as alike.
    """
    if not answers:
        return known
    n = len(answers)
    agreed = sum(first == second for _pair, _question, first, second in answers) / n
    chance = _chance(answers)
    known = replace(known, answers=n, agreed=100 * agreed)
    if chance >= 1:
        return known
    by_pair: dict[int, float] = {}
    for pair, _question, first, second in answers:
        by_pair[pair] = by_pair.get(pair, 0.0) + (first == second) - agreed
    estimate = clustered_mean(n, agreed, len(by_pair), math.fsum(away * away for away in by_pair.values()))
    scaled = None
    if estimate and estimate.variance > 0:
        scaled = Mean(n, (agreed - chance) / (1 - chance), estimate.variance / (1 - chance) ** 2, estimate.df)
    return replace(
        known, kappa=(agreed - chance) / (1 - chance), kappa_interval=scaled.interval((-1.0, 1.0)) if scaled else None
    )


def _chance(answers: Sequence[tuple[int, str, str, str]]) -> float:
    """The share of answers that would agree if both chose by chance, each with their own shares of each question."""
    firsts: dict[str, Counter[str]] = {}
    seconds: dict[str, Counter[str]] = {}
    for _pair, question, first, second in answers:
        firsts.setdefault(question, Counter())[first] += 1
        seconds.setdefault(question, Counter())[second] += 1
    expected = math.fsum(
        sum(count * seconds[question][choice] for choice, count in chosen.items()) / chosen.total()
        for question, chosen in firsts.items()
    )
    return expected / len(answers)


def _sentences(made: AuditorEffects) -> tuple[Reason, ...]:
    said = [] if made.auditors else [Reason("no_auditors")]
    for code, sign in (("kinder", 1), ("stricter", -1)):
        found = [one for one in made.auditors if one.differs == sign]
        if found:
            order = sorted(found, key=lambda one: -sign * (one.severity or 0.0))
            names = ", ".join(one.title for one in order[:3]) + (", …" if len(order) > 3 else "")
            said.append(Reason(code, (("n", str(len(found))), ("names", names))))
    linked = [one for one in made.auditors if one.severity is not None]
    if linked and not said:
        said.append(Reason("auditors_alike", (("of", str(len(linked))),)))
    if len(made.auditors) > len(linked):
        said.append(Reason("not_linked", (("n", str(len(made.auditors) - len(linked))),)))
    if made.agreement.difference is not None:
        values = (("n", str(made.agreement.pairs)), ("days", str(made.agreement.days)))
        said.append(Reason("agreement", (*values, ("points", repr(made.agreement.difference)))))
    return (*said, *apart_sentences(made.apart))
