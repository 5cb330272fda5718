"""Findings and flags as data for programs: the numbers are those of the value, none is rounded, and sentences are in words
too."""

from dataclasses import asdict
from typing import Any

from mshopper.model.finding_words import common_sentence, finding_sentence, flag_sentence
from mshopper.model.findings import HeatMap, Journey, LostPoints, Satisfaction, WaitingTimes
from mshopper.model.flags import Flags
from mshopper.model.scoresheet import Reason

Finding = LostPoints | HeatMap | Journey | WaitingTimes | Satisfaction | Flags


def findings_data(found: Finding) -> dict[str, Any]:
    """Everything in it, for JSON."""
    if isinstance(found, Flags):
        return _flags(found)
    data: dict[str, Any] = asdict(found)
    data["sentences"] = [_said(reason, finding_sentence(reason)) for reason in found.sentences]
    return data


def _flags(found: Flags) -> dict[str, Any]:
    return {
        "visits": found.visits,
        "flagged": len(found.by_visit),
        "counts": dict(found.counts),
        "common": [{**asdict(one), "text": common_sentence(one)} for one in found.common],
        "flags": [
            {
                "visit_id": flag.visit_id,
                **_said(flag.reason, flag_sentence(flag.reason)),
                "others": list(flag.others),
                "questions": [{"question_id": question, "instance": instance} for question, instance in flag.questions],
                "photos": list(flag.photos),
            }
            for flags in found.by_visit.values()
            for flag in flags
        ],
    }


def _said(reason: Reason, text: str) -> dict[str, Any]:
    return {"code": reason.code, "values": dict(reason.values), "text": text}
