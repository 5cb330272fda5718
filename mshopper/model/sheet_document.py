"""A ScoreSheet as plain JSON data and back, so that the store keeps a score exactly as it was at submission.

Every Fraction is text, "2600/3" or "80", never a JSON number: no reader can round it on the way.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, cast

from mshopper.model.scoresheet import CriticalHit, Metric, Reason, ScoreLine, ScoreSheet, Subtotal


def fraction_text(value: Fraction | None) -> str | None:
    """An exact fraction as "n/d", or as integer text where the denominator is 1; None stays None."""
    return None if value is None else str(value)


def read_fraction(text: str | None) -> Fraction | None:
    """What `fraction_text` wrote. Raises ValueError for any other text."""
    return None if text is None else _fraction(text)


def _fraction(text: str) -> Fraction:
    """As `Fraction(text)`, which takes four times as long and accepts what isn't ours."""
    numerator, _slash, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))


def sheet_document(sheet: ScoreSheet) -> dict[str, Any]:
    """`sheet` as dicts, lists, text, bool and None, in the order of its own lists."""
    return {
        "rules_version": sheet.rules_version,
        "earned": fraction_text(sheet.earned),
        "possible": fraction_text(sheet.possible),
        "percent": fraction_text(sheet.percent),
        "coverage": fraction_text(sheet.coverage),
        "verdict": sheet.verdict,
        "grade": sheet.grade,
        "pass_mark": fraction_text(sheet.pass_mark),
        "answered_only": sheet.answered_only,
        "criticals": [_critical(hit) for hit in sheet.criticals],
        "sections": [_subtotal(part) for part in sheet.sections],
        "instances": [_subtotal(part) for part in sheet.instances],
        "dimensions": [_subtotal(part) for part in sheet.dimensions],
        "touchpoints": [_subtotal(part) for part in sheet.touchpoints],
        "phases": [_subtotal(part) for part in sheet.phases],
        "metrics": [
            {"id": metric.id, "value": fraction_text(metric.value), "n": str(metric.n), "variant": metric.variant}
            for metric in sheet.metrics
        ],
        "lines": [_line(line) for line in sheet.lines],
    }


def read_sheet(document: Mapping[str, Any]) -> ScoreSheet:
    """The ScoreSheet that `sheet_document` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    return ScoreSheet(
        rules_version=document["rules_version"],
        earned=_fraction(document["earned"]),
        possible=_fraction(document["possible"]),
        percent=read_fraction(document["percent"]),
        coverage=read_fraction(document["coverage"]),
        verdict=document["verdict"],
        grade=document["grade"],
        pass_mark=read_fraction(document["pass_mark"]),
        answered_only=document["answered_only"],
        criticals=tuple(_read_critical(hit) for hit in document["criticals"]),
        sections=_read_subtotals(document["sections"]),
        instances=_read_subtotals(document["instances"]),
        dimensions=_read_subtotals(document["dimensions"]),
        touchpoints=_read_subtotals(document["touchpoints"]),
        phases=_read_subtotals(document["phases"]),
        metrics=tuple(
            Metric(metric["id"], _fraction(metric["value"]), int(metric["n"]), metric["variant"])
            for metric in document["metrics"]
        ),
        lines=tuple(_read_line(line) for line in document["lines"]),
    )


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "values": [list(pair) for pair in reason.values]}


def _read_reason(document: Mapping[str, Any]) -> Reason:
    return Reason(document["code"], tuple((name, value) for name, value in document["values"]))


def _subtotal(part: Subtotal) -> dict[str, Any]:
    return {
        "id": part.id,
        "earned": fraction_text(part.earned),
        "possible": fraction_text(part.possible),
        "percent": fraction_text(part.percent),
        "pass_mark": fraction_text(part.pass_mark),
        "effects": list(part.effects),
    }


def _read_subtotals(documents: object) -> tuple[Subtotal, ...]:
    return tuple(
        Subtotal(
            part["id"],
            _fraction(part["earned"]),
            _fraction(part["possible"]),
            read_fraction(part["percent"]),
            read_fraction(part["pass_mark"]),
            tuple(part["effects"]),
        )
        for part in cast("list[Mapping[str, Any]]", documents)
    )


def _critical(hit: CriticalHit) -> dict[str, Any]:
    return {
        "path": hit.path,
        "instance": hit.instance,
        "effect": hit.effect,
        "cap": fraction_text(hit.cap),
        "reason": _reason(hit.reason),
    }


def _read_critical(document: Mapping[str, Any]) -> CriticalHit:
    return CriticalHit(
        document["path"],
        document["instance"],
        document["effect"],
        read_fraction(document["cap"]),
        _read_reason(document["reason"]),
    )


def _line(line: ScoreLine) -> dict[str, Any]:
    return {
        "path": line.path,
        "instance": line.instance,
        "status": line.status,
        "earned": fraction_text(line.earned),
        "possible": fraction_text(line.possible),
        "weight": fraction_text(line.weight),
        "reason": _reason(line.reason),
        "dimensions": list(line.dimensions),
        "phase": line.phase,
        "touchpoint": line.touchpoint,
    }


def _read_line(document: Mapping[str, Any]) -> ScoreLine:
    return ScoreLine(
        document["path"],
        document["instance"],
        document["status"],
        _fraction(document["earned"]),
        _fraction(document["possible"]),
        _fraction(document["weight"]),
        _read_reason(document["reason"]),
        tuple(document["dimensions"]),
        document["phase"],
        document["touchpoint"],
    )
