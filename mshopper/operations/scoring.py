"""Scoring without a store: a form file and an answers file in, a ScoreSheet out, and the sheet as `--json` prints it."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from mshopper.i18n import rounded
from mshopper.model.form import Form
from mshopper.model.scoresheet import Metric, ScoreSheet, Subtotal
from mshopper.operations.answers_file import read_answers
from mshopper.operations.workspace import Clock, system_clock


def score_files(form_path: Path, answers_path: Path, *, at: dt.datetime | None = None) -> tuple[Form, ScoreSheet]:
    """Score the answers by the form. `at` is the time that rules see, with offset; now by default.

    Raises FormProblemsError, MshopperError.
    """
    from mshopper.formfile import read_form
    from mshopper.model.answer import AnswerKey
    from mshopper.model.scoring import score
    from mshopper.model.visit import Visit

    form = read_form(form_path)
    filed = read_answers(answers_path, form)
    clock: Clock = (lambda: at) if at else system_clock
    answers = dict(filed.answers)
    shown: dict[AnswerKey, tuple[str, ...]] = {}
    for key, path in filed.photos:
        shown[key] = (*shown.get(key, ()), str(path))
    for key, photos in shown.items():
        answers[key] = replace(answers[key], photos=photos)
    visit = Visit(form, now=clock, answers=answers, counts=filed.counts)
    visit.apply(visit.defaults())
    return form, score(form, visit)


def sheet_json(form: Form, sheet: ScoreSheet) -> dict[str, Any]:
    """A score sheet as plain data: percentages as numbers at two decimals (None when not scored)."""
    return {
        "percent": number(sheet.percent),
        "earned": number(sheet.earned),
        "possible": number(sheet.possible),
        "coverage": number(sheet.coverage),
        "verdict": sheet.verdict,
        "grade": sheet.grade or None,
        "criticals": list(dict.fromkeys(form.question_id(hit.path) for hit in sheet.criticals)),
        "effects": [
            {
                "question": form.question_id(hit.path),
                "instance": hit.instance,
                "effect": {"cap": number(hit.cap)} if hit.effect == "cap" else hit.effect,
            }
            for hit in sheet.criticals
        ],
        "sections": [{"id": form.question_id(part.id), **_part(part)} for part in sheet.sections],
        "dimensions": {part.id: _part(part) for part in sheet.dimensions},
        "touchpoints": {part.id: _part(part) for part in sheet.touchpoints},
        "phases": {part.id: _part(part) for part in sheet.phases},
        "metrics": metrics_json(sheet.metrics),
        "lines": [
            {
                "question": form.question_id(line.path),
                "instance": line.instance,
                "status": line.status,
                "earned": number(line.earned),
                "possible": number(line.possible),
                "weight": number(line.weight),
                "reason": {"code": line.reason.code, **dict(line.reason.values)},
            }
            for line in sheet.lines
        ],
    }


def metrics_json(metrics: tuple[Metric, ...]) -> dict[str, float | int | None]:
    """NPS, CSAT and CES by name; a form that has one in two variants gets them by variant ("ces:five_top")."""
    kinds = [metric.id for metric in metrics]
    return {
        metric.id if kinds.count(metric.id) == 1 else f"{metric.id}:{metric.variant}": number(metric.value)
        for metric in metrics
    }


def _part(part: Subtotal) -> dict[str, Any]:
    mark = {} if part.pass_mark is None else {"pass_mark": number(part.pass_mark)}
    return {"percent": number(part.percent), "earned": number(part.earned), "possible": number(part.possible), **mark}


def number(value: Fraction | None) -> float | int | None:
    """An exact value as JSON has it: whole, else at two decimals, half away from zero; None stays None."""
    if value is None:
        return None
    shown = rounded(value)
    return int(shown) if shown == shown.to_integral_value() else float(shown)
