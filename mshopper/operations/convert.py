"""A form file from one format into the other: YAML for people who write text, XLSForm for those who live in Excel."""

from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.form import Form

_YAML = (".yaml", ".yml")
_JSON = (".json",)
_WORKBOOK = (".xlsx",)


def convert_form(source: Path, target: Path) -> tuple[str, ...]:
    """Read the form in `source`, whatever its format, and write it to `target` in the format of its suffix.

    Returns a sentence for each thing that could not be carried over: what reading skipped, and what the other format can't
    say. Nothing is written if the form can't be used. Raises FormProblemsError and MshopperError.
    """
    from mshopper.formfile import check_form, read_form

    suffix = target.suffix.lower()
    if suffix not in (*_YAML, *_JSON, *_WORKBOOK):
        raise MshopperError(
            _("{file}: name the new file .yaml or .xlsx, so that its format is clear.").format(file=target)
        )
    if target.exists() and source.exists() and target.samefile(source):
        raise MshopperError(_("{file} would be overwritten: give the new file another name.").format(file=target))
    found = check_form(source)
    form = found.form or read_form(source)
    skipped = tuple(warning.sentence for warning in found.warnings)
    if suffix in _WORKBOOK:
        return (*skipped, *_write_workbook(form, target))
    _write_text(form, target, as_json=suffix in _JSON)
    return skipped


def _write_workbook(form: Form, target: Path) -> tuple[str, ...]:
    from mshopper.exchange.workbook import write_workbook
    from mshopper.formfile import help_sheet, xlsform_sheets

    sheets, lost = xlsform_sheets(form)
    write_workbook(target, {**sheets, "help": help_sheet()})
    return lost


def _write_text(form: Form, target: Path, *, as_json: bool) -> None:
    import json

    from mshopper.exchange.files import write_file
    from mshopper.formfile import write_yaml
    from mshopper.model.form_document import form_document

    text = json.dumps(form_document(form), ensure_ascii=False, indent=1) + "\n" if as_json else write_yaml(form)
    write_file(target, text.encode())
