"""The `type` cell of an XLSForm row: what it opens, closes or asks, in any of its spellings.

Sources: the XLSForm reference (question types, metadata), the older spellings that the standard's converter still takes, the
types of SurveyCTO's and KoboToolbox's documentation.
"""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class TypeCell:
    """A type cell understood. `role` is begin, end, ask, attach (a file for rules) or unknown.

    `structure` is group or repeat; `type` one of ours; `list_name` the list of choices or the file's name, with its
    `source` (list, file, external); `reason` says why a question became a note (audio, video, file, drawing, vendor).
    """

    role: str
    type: str = ""
    structure: str = ""
    list_name: str = ""
    source: str = ""
    has_other: bool = False
    preload: str = ""
    reason: str = ""
    name: str = ""
    """The standard's own word for the type."""
    meant: str = ""
    """The right spelling, where this one was only near it."""


_PLAIN = {
    "text": ("text", "string", "add text prompt", "q string", "str", "textbox"),
    "integer": ("integer", "int", "add integer prompt", "q int", "number of days in last month", "percentage",
                "number of days in last six months", "number of days in last year", "number"),
    "number": ("decimal", "add decimal prompt", "q decimal", "float", "double"),
    "range": ("range",),
    "date": ("date", "add date prompt", "q date"),
    "time": ("time", "add time prompt", "q time"),
    "datetime": ("datetime", "date time", "add date time prompt", "add datetime prompt", "q date time", "q datetime"),
    "location": ("geopoint", "location", "gps", "q geopoint", "q location", "add location prompt"),
    "photo": ("image", "photo", "q picture", "q image", "add image prompt", "add photo prompt", "picture",
              "annotate", "draw"),
    "signature": ("signature",),
    "barcode": ("barcode", "q barcode", "add barcode prompt", "qrcode", "qr code"),
    "note": ("note", "add note prompt", "q note"),
    "calculate": ("calculate", "calculation", "calculate here", "q calculate", "add calculate prompt"),
    "hidden": ("hidden",),
    "acknowledge": ("acknowledge", "trigger", "q acknowledge", "add acknowledge prompt", "acknowledgement"),
}  # fmt: skip

_UNANSWERABLE = {
    "audio": ("audio", "q audio", "add audio prompt", "background-audio", "background audio", "audio recording"),
    "video": ("video", "q video", "add video prompt"),
    "file": ("file", "add file prompt"),
    "drawing": ("geotrace", "geoshape", "q geotrace", "q geoshape", "osm", "line", "area"),
}

_METADATA = {
    "start": ("start", "start time", "get start time", "starttime"),
    "end": ("end", "end time", "get end time", "endtime"),
    "today": ("today", "get today"),
    "deviceid": ("deviceid", "device id", "imei", "get device id", "uri:deviceid"),
    "username": ("username", "uri:username", "user name"),
    "phonenumber": ("phonenumber", "phone number", "get phone number", "uri:phonenumber"),
    "email": ("email", "uri:email"),
    "simserial": ("simserial", "sim serial", "sim id", "get sim id", "uri:simserial"),
    "subscriberid": ("subscriberid", "subscriber id", "get subscriber id", "uri:subscriberid"),
    "audit": ("audit",),
    "caseid": ("caseid", "case id"),
    "start-geopoint": ("start-geopoint", "start geopoint", "background-geopoint"),
    "enumerator": ("enumerator",),
    "users": ("users",),
}

_VENDOR = re.compile(
    r"(?:audio audit|text audit|speed violations?(?: count| list| audit)?|sensor (?:statistic|stream)|"
    r"speed|comments|enumerator id|last saved|sms|form def version|geo ?fence|instanceid|version|upload).*"
)
_BEGIN_END = re.compile(
    r"(begin|end)\s*(?:of\s+)?(group|repeat|lgroup|looped group|loop|score|rank|kobomatrix|lookup|section)\b(.*)"
)
_ONE = r"(?:select\s*(?:one|1)|single select|select single)"
_MANY = r"(?:select\s*(?:multiple|all that apply|many|multi)|select\s*(?:all|n)|multi(?:ple)? select)"
_SELECT = re.compile(
    rf"(?:add\s+)?(?P<kind>{_ONE}|{_MANY}|select|score\s*row|rank\s*level|(?:odk\s*:\s*)?rank)"
    r"(?:\s+prompt)?(?:\s+(?P<source>external|from\s+file))?(?:\s+(?:from|using))?(?:\s+(?P<list>.*))?",
)
_CASCADING = re.compile(r"cascading\s+select(?:\s+(?P<list>.*))?")
_OTHER = re.compile(r"(?P<list>.*?)[\s,]+(?:or\s*specify\s*other|or\s*other|other\s*specify|or\s*specify)\.?")
_FILE = re.compile(r".+\.(?:csv|xml|geojson|tsv|txt)", re.IGNORECASE)

STANDARD_UNSUPPORTED = frozenset({"audio", "background-audio", "video", "file", "geotrace", "geoshape"})
"""The standard's words for what nobody can answer here; a form is written out with them, so that other tools ask on."""

_STANDARD = {
    "audio": "audio",
    "video": "video",
    "file": "file",
    "background audio": "background-audio",
    "background-audio": "background-audio",
    "q geoshape": "geoshape",
    "geoshape": "geoshape",
    "area": "geoshape",
    "drawing": "geotrace",
}
"""Spelling, or reason, -> the standard's word."""

_WORDS = {spelling: ours for ours, spellings in _PLAIN.items() for spelling in spellings}
_WHY_NOT = {spelling: reason for reason, spellings in _UNANSWERABLE.items() for spelling in spellings}
_PRELOADS = {spelling: name for name, spellings in _METADATA.items() for spelling in spellings}
_KNOWN = [*_WORDS, *_WHY_NOT, *_PRELOADS, "select_one", "select_multiple", "rank", "begin_group", "end_group"]


@lru_cache(maxsize=2048)
def read_type(cell: str) -> TypeCell:
    """What a type cell means; role "unknown" for one that means nothing here."""
    words = " ".join(cell.replace("_", " ").split())
    low = words.lower()
    if low in _WORDS:
        return TypeCell("ask", type=_WORDS[low], name=low)
    if low in _PRELOADS:
        return TypeCell("ask", type="calculate", preload=_PRELOADS[low], name=_PRELOADS[low])
    if low in _WHY_NOT:
        reason = _WHY_NOT[low]
        return TypeCell("ask", type="note", reason=reason, name=_STANDARD.get(low) or _STANDARD[reason])
    if found := _BEGIN_END.fullmatch(low) or _BEGIN_END.fullmatch(
        low.replace("begin ", "begin").replace("end ", "end")
    ):
        return _structure(found, cell)
    if found := _CASCADING.fullmatch(low):
        return TypeCell(
            "ask", type="choice", list_name=_original(cell, found["list"]), source="list", name="select_one"
        )
    if low.startswith(("csv-external", "xml-external", "csv external", "xml external")):
        return TypeCell("attach", name=low[:3])
    found = _SELECT.fullmatch(low)
    if found and not (found["kind"] == "select" and _respelt(low)):
        return _select(found, cell)
    if _VENDOR.fullmatch(low):
        return TypeCell("ask", type="calculate", reason="vendor", name=low)
    if meant := _respelt(low):
        return replace(read_type(meant + cell[len(cell) - len(_tail(cell, meant)) :]), meant=meant)
    if low.split(" ")[0] in _WORDS and "=" in low:  # range parameters once stood in the type's own cell
        return TypeCell("ask", type=_WORDS[low.split(" ")[0]], name=low.split(" ")[0])
    return TypeCell("unknown", name=low)


_RESPELT = ("begin group", "end group", "begin repeat", "end repeat", "select one", "select multiple")
_NEAR = 0.85


def _respelt(low: str) -> str:
    """What groups and selects were meant where their two words are misspelt: a wrong one of these costs most."""
    near = get_close_matches(" ".join(low.split(" ")[:2]), _RESPELT, n=1, cutoff=_NEAR)
    return near[0] if near and near[0].split(" ")[0][:2] == low[:2] else ""


def _tail(cell: str, meant: str) -> str:
    """What follows the two words, blank included: the list of a select, nothing for a group."""
    words = re.match(r"\s*[^\s_]+[\s_]+[^\s_]+", cell)
    return cell[words.end() :] if words and meant.startswith("select") else ""


def _structure(found: re.Match[str], cell: str) -> TypeCell:
    what = found[2]
    structure = "repeat" if what in ("repeat", "lgroup", "looped group", "loop") else "group"
    rest = found[3].strip().removeprefix("over ").strip()
    kobo = what if what in ("score", "rank", "kobomatrix", "loop") else ""
    return TypeCell(found[1], structure=structure, list_name=_original(cell, rest), reason=kobo, name=what)


def _select(found: re.Match[str], cell: str) -> TypeCell:
    kind, rest = found["kind"], (found["list"] or "").strip()
    if "rank" in kind and "level" not in kind:
        ours, name = "ranking", "rank"
    elif re.fullmatch(_MANY, kind):
        ours, name = "choices", "select_multiple"
    else:
        ours, name = "choice", "select_one"
    has_other = False
    if other := _OTHER.fullmatch(rest):
        rest, has_other = other["list"].strip(), True
    source = {"external": "external", "from file": "file"}.get(found["source"] or "", "list")
    if source == "list" and _FILE.fullmatch(rest):
        source = "file"
    reason = "score" if kind.startswith("score") else "rank" if "level" in kind else ""
    return TypeCell(
        "ask",
        type=ours,
        list_name=_original(cell, rest),
        source=source,
        has_other=has_other,
        reason=reason,
        name=f"{name}_{source}" if source != "list" else name,
    )


def _original(cell: str, wanted: str | None) -> str:
    """The part of `cell` that `wanted` is in lower case and with blanks for underscores."""
    if not wanted:
        return ""
    pattern = r"[\s_]+".join(re.escape(word) for word in wanted.split())
    found = None
    for found in re.finditer(pattern, cell, re.IGNORECASE):  # noqa: B007 - the last one is meant
        pass
    return found.group() if found else wanted


def likely_type(cell: str) -> str:
    """A known type that is spelt nearly so; "" where none is."""
    words = " ".join(cell.replace("_", " ").lower().split())
    near = get_close_matches(words.split(" ")[0], _KNOWN, n=1, cutoff=0.7) or get_close_matches(words, _KNOWN, n=1)
    return near[0] if near else ""
