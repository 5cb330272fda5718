"""Headers of an XLSForm -> columns: which kind, and in which language, whatever the spelling.

The kinds have the standard's own names (`relevant`, `constraint_message`, `guidance_hint`, …); `score::…` and
`mshopper::…` are ours, documented in the sheet `help` of forms/example_scored.xlsx. Spellings were collected from the
standard's documentation and from real forms.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

TRANSLATED = frozenset(
    {
        "label",
        "hint",
        "guidance_hint",
        "constraint_message",
        "required_message",
        "image",
        "audio",
        "video",
        "big-image",
        "form_title",
        "mshopper::repeat_label",
        "mshopper::briefing",
        "mshopper::title",
    }
)
"""Kinds whose header may end in a language."""

MEDIA = ("image", "big-image", "audio", "video")

_COMMON = {
    "label": ("label", "caption", "labels", "question_text", "question_label"),
    "image": ("image", "media:image"),
    "big-image": ("big-image", "big_image", "media:big-image", "media:big_image"),
    "audio": ("audio", "media:audio"),
    "video": ("video", "media:video"),
}

SURVEY = _COMMON | {
    "type": ("type", "command", "question_type", "bind:type_"),
    "name": ("name", "tag", "value", "variable", "variable_name", "question_name", "field_name"),
    "hint": ("hint", "hints"),
    "guidance_hint": ("guidance_hint", "guidance", "hint_guidance"),
    "required": ("required", "bind:required", "mandatory"),
    "required_message": ("required_message", "requiredmsg", "required_msg", "bind:jr:requiredmsg"),
    "relevant": ("relevant", "relevance", "bind:relevant", "relevance_condition", "skip_logic"),
    "constraint": ("constraint", "bind:constraint", "constraints", "validation"),
    "constraint_message": (
        "constraint_message",
        "constraining_message",
        "constraint_msg",
        "constraintmsg",
        "bind:jr:constraintmsg",
        "validation_message",
    ),
    "calculation": ("calculation", "calculate", "bind:calculate", "calculations", "calc"),
    "default": ("default", "default_value", "defaults"),
    "read_only": ("read_only", "readonly", "bind:readonly", "bind:read_only"),
    "appearance": ("appearance", "control:appearance", "body:appearance", "appearances"),
    "choice_filter": ("choice_filter", "choices_filter", "choicefilter"),
    "parameters": ("parameters", "parameter", "params", "body:accuracythreshold_"),
    "trigger": ("trigger", "triggers"),
    "repeat_count": ("repeat_count", "count", "jr:count", "control:jr:count", "body:jr:count", "repeatcount"),
    "disabled": ("disabled", "disable"),
    "list": ("select_from_list_name", "list_name", "kobo--score-choices", "kobo--rank-items", "kobo--matrix_list"),
    "accuracy_threshold": ("accuracy_threshold", "body:accuracythreshold"),
    "mshopper::type": ("mshopper:type",),
    "mshopper::unsupported": ("mshopper:unsupported",),
    "mshopper::style": ("mshopper:style",),
    "mshopper::scale": ("mshopper:scale",),
    "mshopper::variant": ("mshopper:variant",),
    "mshopper::currency": ("mshopper:currency",),
    "mshopper::staff": ("mshopper:staff",),
    "mshopper::min": ("mshopper:min", "mshopper:minimum"),
    "mshopper::max": ("mshopper:max", "mshopper:maximum"),
    "mshopper::checks": ("mshopper:checks",),
    "mshopper::phase": ("mshopper:phase", "score:phase"),
    "mshopper::touchpoint": ("mshopper:touchpoint", "score:touchpoint"),
    "mshopper::repeat_min": ("mshopper:repeat_min",),
    "mshopper::repeat_max": ("mshopper:repeat_max",),
    "mshopper::repeat_label": ("mshopper:repeat_label",),
    "score::points": ("score:points", "score:point"),
    "score::weight": ("score:weight",),
    "score::dimension": ("score:dimension", "score:dimensions"),
    "score::critical": ("score:critical",),
    "score::bands": ("score:bands", "score:band"),
    "score::evidence": ("score:evidence",),
    "score::na": ("score:na", "score:n/a"),
    "score::bonus": ("score:bonus",),
    "score::pass_mark": ("score:pass_mark",),
}

CHOICES = _COMMON | {
    "list_name": ("list_name", "listname", "list", "list_names"),
    "name": ("name", "value", "names", "choice_name", "choice_value"),
    "score": ("score", "score:points", "mshopper:score"),
    "disabled": ("disabled",),
}

SETTINGS = {
    "form_title": ("form_title", "title", "set_form_title", "formtitle"),
    "form_id": ("form_id", "id_string", "set_form_id", "formid"),
    "version": ("version", "form_version"),
    "default_language": ("default_language", "defaultlanguage"),
    "instance_name": ("instance_name", "instancename"),
    "style": ("style",),
    "mshopper::languages": ("mshopper:languages",),
    "mshopper::channel": ("mshopper:channel",),
    "mshopper::briefing": ("mshopper:briefing",),
    "mshopper::title": ("mshopper:title",),
    "mshopper::people": ("mshopper:people",),
    "mshopper::dimensions": ("mshopper:dimensions",),
    "score::aggregate": ("score:aggregate",),
    "score::unanswered": ("score:unanswered",),
    "score::cap": ("score:cap",),
    "score::pass_mark": ("score:pass_mark",),
    "score::grades": ("score:grades",),
}

_UNUSED = {
    "note", "notes", "comment", "comments", "description", "#", "order", "publishable", "minimum_seconds",
    "response_note", "public_key", "submission_url", "allow_choice_duplicates", "sms_keyword", "sms_separator",
    "auto_send", "auto_delete", "xml_root", "logging", "$kuid", "$autoname", "$qpath", "$xpath", "$prev", "_or_other",
    "name_of_translations", "prefix", "delimiter", "hxl", "kuid", "autoplay", "rows", "paper_version", "filter", "bind:type",
}  # fmt: skip
"""Headers that serve the author or another server, and change nothing that a person sees here."""

_SEPARATORS = re.compile(r"\s*:{1,2}\s*")
_IN_BRACKETS = re.compile(r"(.+?)\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]")
_NEAR = 0.84


class Column(NamedTuple):
    """A column: its kind ("" for one of another's), the language of a translated kind, its position from 0, its header."""

    kind: str
    language: str
    at: int
    header: str


@dataclass(frozen=True)
class Dialect:
    """The headers of one sheet: spelling -> kind."""

    kinds: dict[str, str]

    @classmethod
    def of(cls, spellings: dict[str, tuple[str, ...]]) -> "Dialect":
        """From kind -> its spellings."""
        return cls({spelling: kind for kind, all_ in spellings.items() for spelling in all_})

    def column(self, header: str, at: int) -> Column:
        """The column of that header."""
        if kind := self.kinds.get(normal(header)):
            return Column(kind, "", at, header)
        parts = _SEPARATORS.split(header)
        for length in range(len(parts) - 1, 0, -1):
            kind = self.kinds.get(normal(":".join(parts[:length])))
            language = ":".join(parts[length:])
            if kind in TRANSLATED:
                return Column(kind, language, at, header)
        if (match := _IN_BRACKETS.fullmatch(header)) and (kind := self.kinds.get(normal(match[1]))) in TRANSLATED:
            return Column(kind or "", match[2], at, header)
        return Column("", "", at, header)

    def nearest(self, header: str) -> str:
        """The kind that a misspelt header was meant to be; "" where that is not clear."""
        wanted = normal(header)
        if len(wanted) < 4 or wanted in _UNUSED:
            return ""
        near = get_close_matches(wanted, self.kinds, n=1, cutoff=_NEAR)
        return self.kinds[near[0]] if near else ""


def normal(header: str) -> str:
    """A header without what spellings differ in: case, blanks, underscores, one colon or two."""
    return re.sub(r"[\s_]+", "_", _SEPARATORS.sub(":", header.strip()).lower()).strip("_")


def is_unused(header: str) -> bool:
    """Whether a column of this header is known to say nothing to us, so that leaving it out needs no word."""
    return normal(header) in _UNUSED or header.startswith(("#", "$", "_"))
