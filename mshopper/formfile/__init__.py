"""Form files: YAML, JSON or XLSForm -> Form with every problem located, and a Form as YAML or XLSForm again."""

from mshopper.formfile.problems import FormCheck, Problem
from mshopper.formfile.reading import check_form, check_text, form_schema, read_form, read_form_document
from mshopper.formfile.yaml_form import write_yaml

__all__ = [
    "FormCheck",
    "Problem",
    "check_form",
    "check_text",
    "form_schema",
    "read_form",
    "read_form_document",
    "write_yaml",
]
