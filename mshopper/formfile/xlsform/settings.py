"""The sheet `settings`: title, id, version, languages, and in our columns how the form scores."""

import re
from dataclasses import dataclass
from pathlib import Path

from mshopper.formfile.xlsform.columns import SETTINGS, Dialect, normal
from mshopper.formfile.xlsform.languages import Languages
from mshopper.formfile.xlsform.names import mended_rule
from mshopper.formfile.xlsform.notes import Notes
from mshopper.formfile.xlsform.scores import Scores, key_value
from mshopper.formfile.xlsform.table import Row, Table, read_table, warn_unused
from mshopper.formfile.xlsform.workbook import Sheet
from mshopper.model.form import Dimension, Form, Text

_DIALECT = Dialect.of(SETTINGS)
_NEEDED = (frozenset(SETTINGS),)

_FORM_KEYS = {
    "mshopper::channel": "channel",
    "mshopper::people": "people",
    "mshopper::dimensions": "dimensions",
}
_SCORING_KEYS = {
    "score::aggregate": "aggregate",
    "score::unanswered": "unanswered",
    "score::cap": "cap",
    "score::pass_mark": "pass_mark",
    "score::grades": "grades",
}


@dataclass
class Settings:
    """The settings' row, if there is one, and the languages it names."""

    row: Row | None
    default_language: str = ""
    languages: tuple[str, ...] = ()


def settings_table(sheet: Sheet | None, notes: Notes) -> Table | None:
    """The settings as a table; those that are written down a column are turned upright."""
    if sheet is None:
        return None
    if table := read_table(sheet, _DIALECT, _NEEDED, notes):
        warn_unused(table, notes)
        return table
    kinds = [_DIALECT.kinds.get(normal(texts[0])) for _number, texts in sheet.rows]
    if not any(kinds):
        return None
    upright = Sheet(sheet.name)
    first = sheet.rows[0][0]
    upright.rows = [
        (first, [texts[0] for _number, texts in sheet.rows]),
        (first + 1, [texts[1] if len(texts) > 1 else "" for _number, texts in sheet.rows]),
    ]
    return read_table(upright, _DIALECT, _NEEDED, notes)


def read_settings(table: Table | None, languages: Languages) -> Settings:
    """The first row of the settings that says anything."""
    row = next(iter(table.rows(languages)), None) if table else None
    if row is None:
        return Settings(None)
    given = key_value("languages", row.get("mshopper::languages"))
    named = tuple(str(name) for name in given) if isinstance(given, list) else ()
    return Settings(row, row.get("default_language"), named)


def form_of(settings: Settings, path: Path, languages: tuple[str, ...], own: list[Dimension], scores: Scores) -> Form:
    """The form with everything but its questions; what the settings don't say comes from the file's name."""
    row = settings.row
    stem = re.sub(r"\s+", "_", path.stem) or "form"
    if row is None:
        return Form(id=stem, version="1", title=Text.of(path.stem), languages=languages)
    form = Form(
        id=re.sub(r"\s+", "_", row.get("form_id")) or stem,
        version=row.get("version") or "1",
        title=row.text("mshopper::title") or row.text("form_title") or Text.of(path.stem),
        languages=languages,
        briefing=row.text("mshopper::briefing"),
        instance_name=mended_rule(row.get("instance_name")),
    )
    data: dict[str, object] = {key: key_value(key, row.get(kind)) for kind, key in _FORM_KEYS.items() if row.get(kind)}
    if own:
        data["dimensions"] = [{"id": one.id, "title": dict(one.title.values)} for one in own]
    scoring = {key: key_value(key, row.get(kind)) for kind, key in _SCORING_KEYS.items() if row.get(kind)}
    if not data and not scoring:
        return form
    columns = {key: kind for kind, key in (_FORM_KEYS | _SCORING_KEYS).items()}
    return scores.form(form, data | ({"scoring": scoring} if scoring else {}), row, columns)
