"""A comparison as data: JSON for programs, rows for a CSV. The numbers are those of the value, none is rounded."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from mshopper.model.comparison import AuditorEffects, Group, Proportion, StoreComparison, Trends
from mshopper.model.comparison_words import group_title, method_sentences, sentence

_TEST = ("", "_low", "_high", "_p", "_adjusted")
_COLUMNS = (
    *("id", "title", "visits", "stores", "mean", "low", "high", "note", "deviation", "pooled"),
    *("estimate", "estimate_weight", "rank_best", "rank_worst"),
    *(f"difference{part}" for part in _TEST),
    "differs",
    *(f"change{part}" for part in _TEST),
    *("passed", "passed_of", "pass_rate", "pass_low", "pass_high"),
    *("criticals", "criticals_of", "critical_rate", "critical_low", "critical_high"),
    *("unscored", "more_visits"),
)


def comparison_data(found: StoreComparison | Trends | AuditorEffects) -> dict[str, Any]:
    """Everything in it, for JSON: numbers as they are, None for what the data don't allow, and the sentences in words."""
    data: dict[str, Any] = asdict(found)
    if isinstance(found, StoreComparison):
        data["measure"] = str(found.measure)
        data["method"] = list(method_sentences())
        for group, shown in zip(data["groups"], found.groups, strict=True):
            group["needs_visit"] = shown.needs_visit
    data["sentences"] = [
        {"code": reason.code, "values": dict(reason.values), "text": sentence(reason)} for reason in found.sentences
    ]
    return data


def write_comparison_csv(comparison: StoreComparison, path: Path) -> Path:
    """The table as CSV like those of the head office: RFC 4180, UTF-8, dots, text made harmless. Raises HeadOfficeError."""
    from mshopper.exchange.csvfile import table_bytes
    from mshopper.exchange.files import write_file

    data, _file = table_bytes(_COLUMNS, [_row(comparison.by, group) for group in comparison.groups])
    write_file(path, data)
    return path


def _row(by: str, group: Group) -> dict[str, str]:
    difference, change, interval = group.difference, group.change, group.interval
    passed, critical, ranks = group.passed, group.criticals, group.ranks
    cells: dict[str, object] = {
        "id": group.id,
        "title": group_title(by, group.id, group.title),
        "visits": group.n,
        "stores": group.stores,
        "mean": group.mean,
        "low": interval and interval.low,
        "high": interval and interval.high,
        "note": group.note,
        "deviation": group.deviation,
        "pooled": group.pooled,
        "estimate": group.shrunken,
        "estimate_weight": group.weight,
        "rank_best": ranks and ranks[0],
        "rank_worst": ranks and ranks[1],
        "difference": difference and difference.points,
        "difference_low": difference and difference.interval.low,
        "difference_high": difference and difference.interval.high,
        "difference_p": difference and difference.p,
        "difference_adjusted": difference and difference.adjusted,
        "differs": difference and difference.differs,
        "change": change and change.points,
        "change_low": change and change.interval and change.interval.low,
        "change_high": change and change.interval and change.interval.high,
        "change_p": change and change.p,
        "change_adjusted": change and change.adjusted,
        **_share("passed", "pass", passed),
        **_share("criticals", "critical", critical),
        "unscored": group.unscored,
        "more_visits": group.advice and group.advice.more,
    }
    return {name: "" if value is None else str(value) for name, value in cells.items()}


def _share(name: str, short: str, share: Proportion | None) -> dict[str, object]:
    return {
        name: share and share.hits,
        f"{name}_of": share and share.n,
        f"{short}_rate": share and share.share,
        f"{short}_low": share and share.interval.low,
        f"{short}_high": share and share.interval.high,
    }
