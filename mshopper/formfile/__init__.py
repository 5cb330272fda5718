"""Form files: YAML, JSON or XLSForm -> Form with every problem located, and a Form as YAML or XLSForm again."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mshopper.formfile.differences import differences
from mshopper.formfile.problems import FormCheck, Problem
from mshopper.formfile.profile import FormProfile, profile
from mshopper.formfile.reading import check_form, check_text, form_schema, read_form, read_form_document

if TYPE_CHECKING:
    from mshopper.formfile.xlsform.export import xlsform_sheets
    from mshopper.formfile.xlsform.help import help_sheet
    from mshopper.formfile.yaml_form import write_yaml

_HOMES = {"write_yaml": "yaml_form", "xlsform_sheets": "xlsform.export", "help_sheet": "xlsform.help"}
"""What writes forms, and the module of each: whoever only opens one doesn't wait for PyYAML."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


__all__ = [
    "FormCheck",
    "FormProfile",
    "Problem",
    "check_form",
    "check_text",
    "differences",
    "form_schema",
    "help_sheet",
    "profile",
    "read_form",
    "read_form_document",
    "write_yaml",
    "xlsform_sheets",
]
