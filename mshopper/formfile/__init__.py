"""Form files: YAML, JSON or XLSForm -> Form with every problem located, and a Form as YAML or XLSForm again."""

from mshopper.formfile.differences import differences
from mshopper.formfile.problems import FormCheck, Problem
from mshopper.formfile.profile import FormProfile, profile
from mshopper.formfile.reading import check_form, check_text, form_schema, read_form, read_form_document
from mshopper.formfile.xlsform.export import xlsform_sheets
from mshopper.formfile.xlsform.help import help_sheet
from mshopper.formfile.yaml_form import write_yaml

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
