"""The worked examples of published scoring guides, shared beside this checkout, come out as published."""

import json
from typing import Any

from mshopper.formfile import read_form_document
from mshopper.i18n import rounded
from mshopper.model import metrics
from mshopper.model.answer import Answer
from tests.builders import sheet_of
from tests.shared_files import shared_file


def _cases(kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shared_file("scoring_cases.json").read_text(encoding="utf-8"))[kind]
    assert found
    return found


def _sheet(case: dict[str, Any]) -> dict[str, Any]:
    form = read_form_document(case["form"], name=case["name"])
    said = {q: Answer(na=True) if isinstance(a, dict) else a for q, a in case["answers"].items()}
    sheet = sheet_of(form, said)
    return {
        "earned": sheet.earned,
        "possible": sheet.possible,
        "percent": None if sheet.percent is None else float(rounded(sheet.percent)),
        "verdict": sheet.verdict,
        "sections": {s.id: None if s.percent is None else float(rounded(s.percent)) for s in sheet.sections},
    }


def test_score_cases() -> None:
    """Every score case gives what it expects, all of it."""
    for case in _cases("score"):
        found = _sheet(case)
        assert {name: found[name] for name in case["expect"]} == case["expect"], case["name"]


def test_metric_cases() -> None:
    """Every metric case gives what it expects."""
    for case in _cases("metric"):
        variant = {"variant": case["variant"]} if "variant" in case else {}
        result = getattr(metrics, case["metric"])(case["values"], **variant)
        assert float(result) == case["expect"], case["name"]
