"""Scores, conditions and the like as cells: the short notations that `scores` reads, and JSON for what they can't say."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from mshopper.model.form import Band, Check, Condition, Critical, Evidence, Text
from mshopper.model.form_document import check_document, critical_document, decimal_text, evidence_document

_SIMPLE = re.compile(r"[\w.+-]+")
_PARAMETER = re.compile(r"[\w.\-:]+")


@dataclass
class Cells:
    """One row being written: (kind, language) -> text. Nothing is put where there is nothing to say."""

    cells: dict[tuple[str, str], str] = field(default_factory=dict)

    def put(self, kind: str, text: str) -> None:
        """A plain cell."""
        if text:
            self.cells[kind, ""] = text

    def number(self, kind: str, value: Fraction | None) -> None:
        """An exact number."""
        if value is not None:
            self.cells[kind, ""] = decimal_text(value)

    def text(self, kind: str, text: Text) -> None:
        """A cell for each language."""
        for language, words in text.values:
            if words:
                self.cells[kind, language] = words

    def media(self, media: Iterable[tuple[str, Text]]) -> None:
        """The files of a row, each kind a column."""
        for kind, name in media:
            self.text(kind, name)


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


def pairs_cell(pairs: Sequence[tuple[str, Fraction]], keys: tuple[str, str] | None = None) -> str:
    """`A=90, B=75`; names that this can't hold in JSON, as a list of mappings with `keys` where they are given."""
    if all(_SIMPLE.fullmatch(name) for name, _value in pairs):
        return ", ".join(f"{name}={decimal_text(value)}" for name, value in pairs)
    if keys is None:
        return _json({name: decimal_text(value) for name, value in pairs})
    return _json([{keys[0]: name, keys[1]: decimal_text(value)} for name, value in pairs])


def bands_cell(bands: Sequence[Band]) -> str:
    """`60=10, 180=5, else=0`."""
    return ", ".join(
        f"{'else' if band.to is None else decimal_text(band.to)}={decimal_text(band.points)}" for band in bands
    )


def checks_cell(checks: Sequence[Check]) -> str:
    """Checks beyond the one that XLSForm has, in JSON."""
    return _json([check_document(check) for check in checks]) if checks else ""


def _condition(condition: Condition) -> str | None:
    """A condition in the short notation; None where that can't say it."""
    if condition.rule:
        return None if "\n" in condition.rule or "=>" in condition.rule else condition.rule
    return ", ".join(condition.answers) if all(_SIMPLE.fullmatch(answer) for answer in condition.answers) else None


def _answer_like_rule(text: str) -> bool:
    return text.startswith((".", "[", "{", '"'))


def conditions_cell(criticals: Sequence[Critical]) -> str:
    """Criticals, a line each: `no`, `no => zero_section`, `. > 600 => cap 50`."""
    lines = []
    for critical in criticals:
        when = _condition(critical.when)
        if when is None or (critical.when.answers and _answer_like_rule(when)) or when != when.strip():
            return _json([critical_document(one) for one in criticals])
        effect = f"cap {decimal_text(critical.cap)}" if critical.cap is not None else critical.effect
        lines.append(when if effect == "fail" else f"{when} => {effect}")
    return "\n".join(lines)


def evidence_cell(evidence: Sequence[Evidence]) -> str:
    """Evidence, a line each: `photos=1 comment=20 when=no`."""
    lines = []
    for one in evidence:
        parts = [f"{key}={value}" for key, value in (("photos", one.photos), ("comment", one.comment)) if value]
        if one.when is not None:
            when = _condition(one.when)
            if when is None or (one.when.answers and _answer_like_rule(when)) or when != when.strip():
                return _json([evidence_document(each) for each in evidence])
            parts.append(f"when={when}")
        lines.append(" ".join(parts))
    return "\n".join(lines)


def parameters_cell(parameters: Iterable[tuple[str, str]]) -> str:
    """`randomize=true seed=5`."""
    return " ".join(f"{name}={value}" for name, value in parameters)
