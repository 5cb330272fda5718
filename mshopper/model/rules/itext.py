"""The texts of a form by the ids that the standard's converter gives them, for `jr:itext()`.

Source: pyxform's translations block: `/data/group/question:label` (and hint, guidance_hint, jr:constraintMsg, jr:requiredMsg)
and `list-0`, `list-1`, … for the choices of a list.
"""

import re

from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.rules.shape import ROOT_NAME, Shape

_CHOICE = re.compile(r"(.+)-([0-9]{1,6})")


def text_of_id(form: Form, shape: Shape, text_id: str) -> str | None:
    """The words of that id in the form's language; None where the form has no such text."""
    path, colon, kind = text_id.strip().partition(":")
    if colon and path.startswith("/"):
        place = _place(form, shape, path.strip("/").split("/"))
        text = _text(form.places[place].item, kind) if place else None
        return None if text is None else text.get(form.language)
    found = _CHOICE.fullmatch(text_id.strip())
    return _choice(form, found[1], int(found[2])) if found else None


def _place(form: Form, shape: Shape, steps: list[str]) -> str:
    """The path that steps from the root lead to; "" where they lead nowhere."""
    if len(steps) < 2 or steps[0] not in (ROOT_NAME, form.id):
        return ""
    path = ""
    for step in steps[1:]:
        path = next((child for child in shape.children.get(path, ()) if shape.name(child) == step), "")
        if not path:
            return ""
    return path


def _text(item: Question | Section, kind: str) -> Text | None:
    if isinstance(item, Section):
        return {"label": item.title, "hint": item.hint}.get(kind)
    return {
        "label": item.label,
        "hint": item.hint,
        "guidance_hint": item.guidance,
        "jr:constraintMsg": item.checks[0].message if item.checks else None,
        "jr:requiredMsg": item.required_message,
    }.get(kind)


def _choice(form: Form, name: str, number: int) -> str | None:
    """The label of choice `number` (from 0) of a list that rules read."""
    table = next((table for table in form.tables if table.name == name), None)
    if table is None or number >= len(table.rows) or "label" not in table.columns:
        return None
    return table.rows[number][table.columns.index("label")]
