"""A Form as YAML in the form language, for an export that a person can go on writing.

Block style, numbers plain, text quoted only where YAML or a reader of YAML 1.2 would take it for something else, and long
texts as literal blocks. Comments of the file that the form came from are not kept.
"""

import re
from collections.abc import Mapping
from fractions import Fraction

import yaml

from mshopper.model.form import Form
from mshopper.model.form_document import decimal_text, form_document

_UNLIMITED = 10**6
"""Columns before a line is folded: never, since a folded text is hard to read and to compare."""

_MISTAKEN = re.compile(
    r"(?:true|false|null|~|[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?|0x[0-9a-f]+|0o[0-7]+|[-+]?\.[0-9]+|"
    r"[-+]?\.inf|\.nan|<<)?",
    re.IGNORECASE,
)
"""Text that YAML takes for a boolean, a number, a merge or nothing at all; `no` and `12:30` are plain text in YAML 1.2."""

_BLOCK = re.compile(r"[^\s][^\t\r\x85\u2028\u2029\ufeff]*\n?")
_TEXT_TAG = "tag:yaml.org,2002:str"
_SHORT = 90


class _Number(str):
    """A number's text, to be written without quotes."""

    __slots__ = ()


def write_yaml(form: Form) -> str:
    """`form` as YAML text that `read_form` reads back to an equal form."""
    document = form_document(form, number=_number)
    return yaml.serialize(_node(document), Dumper=yaml.BaseDumper, allow_unicode=True, width=_UNLIMITED)


def _number(value: Fraction) -> str:
    return _Number(decimal_text(value))


def _node(data: object) -> yaml.Node:
    if isinstance(data, Mapping):
        entries = [(_text(str(key)), _node(value)) for key, value in data.items()]
        return yaml.MappingNode("tag:yaml.org,2002:map", entries, flow_style=_is_short(data))
    if isinstance(data, list):
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [_node(item) for item in data], flow_style=_is_short(data))
    if isinstance(data, bool):
        return _plain("true" if data else "false")
    return _plain(str(data)) if isinstance(data, int | _Number) else _text(str(data))


def _plain(text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode(_TEXT_TAG, text)


def _text(text: str) -> yaml.ScalarNode:
    if _MISTAKEN.fullmatch(text):
        return yaml.ScalarNode(_TEXT_TAG, text, style='"')
    if "\n" in text:
        is_block = _BLOCK.fullmatch(text) and not any(line.endswith(" ") for line in text.split("\n"))
        return yaml.ScalarNode(_TEXT_TAG, text, style="|" if is_block else '"')
    return _plain(text)


def _is_short(data: object) -> bool:
    """Whether a mapping or a list stands on one line in brackets: it holds one level of scalars, and few of them."""
    parts = list(data.values()) if isinstance(data, Mapping) else data
    if not isinstance(parts, list) or any(isinstance(part, Mapping | list) for part in parts):
        return False
    return not any("\n" in str(part) for part in parts) and sum(len(str(part)) + 6 for part in parts) <= _SHORT
