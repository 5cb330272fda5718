"""The tables of the head-office folder: their columns, and the `datapackage.json` that describes them.

Segments and the merged tables of visits have the same columns, in this order (design.md, The head office); reviews and
corrective actions, which come as statements, are tables of the merge alone. Titles and descriptions are
English in every language of the app: the merge is a pure function of the segments, whoever makes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

PACKAGE_FILE = "datapackage.json"
PACKAGE_FORMAT = 1
"""The version of what `datapackage.json` says under "mshopper"."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its Frictionless type (string, integer, number, boolean, date, datetime) and what it holds."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """One of the tables. `name` stands in a segment's file names, `file` is the merged table's name."""

    name: str
    file: str
    title: str
    description: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()

    @property
    def resource(self) -> str:
        """The table's name in the data package."""
        return self.file.removesuffix(".csv")

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table as written: how many rows (the header apart) and bytes, and the SHA-256 (hex) of the bytes."""

    rows: int
    bytes: int
    sha256: str


Row = Mapping[str, str]
"""A row by column name; every cell is text."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of the four tables, each in the order in which they are to be written."""

    visits: tuple[Row, ...] = ()
    scores: tuple[Row, ...] = ()
    answers: tuple[Row, ...] = ()
    photos: tuple[Row, ...] = ()

    def of(self, table: Table) -> tuple[Row, ...]:
        """The rows of that table."""
        return {"visits": self.visits, "scores": self.scores, "answers": self.answers, "photos": self.photos}[
            table.name
        ]


_VISIT = (
    Column("visit_id", "string", "The visit: a UUID made when it starts."),
    Column("revision", "integer", "The visit's revision, from 1; a correction or a returned visit is the next one."),
)
_QUESTION = (
    Column("question_id", "string", "The question: its id in the form where that is unique, else its path."),
    Column("instance", "string", "Which instance of the repeated sections around it: empty, 2, 2.1 (from 1)."),
)

VISITS = Table(
    "visits",
    "head-office.csv",
    "Visits",
    "A line a visit, at its highest revision; by start, the newest last.",
    (
        *_VISIT,
        Column("plan_id", "string", "The line of plan.csv that asked for the visit; empty where none did."),
        Column("form_id", "string", "The form."),
        Column("form_version", "string", "The form's version, as its author wrote it."),
        Column("form_hash", "string", "SHA-256 (hex) of the form's content."),
        Column("store_id", "string", "The store, as in stores.csv."),
        Column("store_name", "string", "The store's name at the time of the visit."),
        Column("region", "string", "The store's region at the time of the visit."),
        Column("auditor_id", "string", "Who made the visit: the id."),
        Column("auditor", "string", "Who made the visit: the name."),
        Column("channel", "string", "The channel that was tried: store, phone, website, or any other id."),
        Column("planned_for", "string", "The day or days that the visit was planned for (ISO 8601)."),
        Column("started_at", "datetime", "When the visit started (ISO 8601 with offset)."),
        Column("ended_at", "datetime", "When the visit ended (ISO 8601 with offset)."),
        Column("submitted_at", "datetime", "When the visit was submitted (ISO 8601 with offset)."),
        Column("minutes", "number", "From start to end, in minutes."),
        Column("percent", "number", "The score, 0-100 where the form caps it; empty: not scored."),
        Column("earned", "number", "Points earned, weighted by question and section."),
        Column("possible", "number", "Points that could be earned, weighted by question and section."),
        Column("coverage", "number", "Of what could score, the share that was answered, 0-100."),
        Column("verdict", "string", "pass, fail, none (the form sets no mark) or not_scored."),
        Column("grade", "string", "The form's grade for the percentage."),
        Column("criticals", "string", "Ids of the questions with a critical answer, separated by a space."),
        Column("time", "number", "Percentage of the dimension time."),
        Column("quality", "number", "Percentage of the dimension quality."),
        Column("professionalism", "number", "Percentage of the dimension professionalism."),
        Column("efficiency", "number", "Percentage of the dimension efficiency."),
        Column("courtesy", "number", "Percentage of the dimension courtesy."),
        Column(
            "nps", "number", "Net Promoter Score of this visit's answers, -100 to 100; compare it from answers only."
        ),
        Column("csat", "number", "Customer satisfaction of this visit's answers, 0-100; compare it from answers only."),
        Column(
            "ces", "number", "Customer effort of this visit's answers, by its variant; compare it from answers only."
        ),
        Column(
            "spent",
            "number",
            "What was paid: the sum of the money questions called `spent`, else the form's only money question.",
        ),
        Column("currency", "string", "The currency of what was spent."),
        Column("photos", "integer", "How many photos the visit has."),
        Column(
            "flags",
            "string",
            "What is unusual, such as incomplete, or pseudonyms for staff; separated by a space.",
        ),
        Column("status", "string", "submitted, not_done, or what was decided: approved or returned."),
        Column("seal", "string", "The visit's seal: SHA-256 (hex) over all that was submitted."),
        Column("device_id", "string", "The device that recorded the visit."),
    ),
    ("visit_id",),
)

SCORES = Table(
    "scores",
    "head-office-scores.csv",
    "Scores",
    "The parts of each visit's score: sections, dimensions, touchpoints and phases.",
    (
        *_VISIT,
        Column("kind", "string", "section, dimension, touchpoint or phase."),
        Column("id", "string", "Which one: a section's id where it is unique in the form, else its path."),
        Column("instance", "string", "Which instance of a repeated section; empty: all of them together."),
        Column("title", "string", "Its title in the form's default language."),
        Column("percent", "number", "Its percentage; empty: nothing scored."),
        Column("earned", "number", "Points earned, weighted by question."),
        Column("possible", "number", "Points that could be earned, weighted by question."),
    ),
)

ANSWERS = Table(
    "answers",
    "head-office-answers.csv",
    "Answers",
    "A line for each question that was answered, and for each that scores and wasn't.",
    (
        *_VISIT,
        *_QUESTION,
        Column("label", "string", "The question in the form's default language."),
        Column("type", "string", "The question's type, as in the form."),
        Column(
            "variant",
            "string",
            "The variant of a CES, scale of a CSAT, currency of money; pseudonym: no real name.",
        ),
        Column("value", "string", "The answer for machines: choice id, number, ISO 8601, ids separated by a space."),
        Column("text", "string", "The answer in words, in the form's default language."),
        Column("na", "boolean", "Whether the question was answered “not applicable”."),
        Column("comment", "string", "The auditor's comment."),
        Column("earned", "number", "Points earned, before weights; empty where the answer counts nowhere."),
        Column("possible", "number", "Points that could be earned, before weights."),
        Column("seconds", "number", "Seconds spent on the question."),
        Column("photos", "integer", "How many photos the answer has."),
    ),
)

PHOTOS = Table(
    "photos",
    "head-office-photos.csv",
    "Photos",
    "A line a photo.",
    (
        *_VISIT,
        *_QUESTION,
        Column("sha256", "string", "SHA-256 (hex) of the photo as kept."),
        Column("original_sha256", "string", "SHA-256 (hex) of the file that came from the camera."),
        Column(
            "taken_at", "string", "When it was taken, by its EXIF (ISO 8601, with offset where the camera wrote one)."
        ),
        Column("perceptual_hash", "string", "A hash that similar pictures share."),
        Column("caption", "string", "The auditor's caption."),
    ),
)

REVIEWS = Table(
    "reviews",
    "head-office-reviews.csv",
    "Reviews",
    "A line a decision of a supervisor, visit by visit, in the order in which each follows the one before it.",
    (
        *_VISIT,
        Column("number", "integer", "Its place among the visit's decisions, from 1; empty where it doesn't stand."),
        Column(
            "standing",
            "string",
            "stands; other: another decision followed the same one and stands; waiting: the one before hasn't arrived.",
        ),
        Column("decision", "string", "approve, return, correct, dispute, or settle (a dispute's outcome)."),
        Column("reason", "string", "Why."),
        Column("reviewer_id", "string", "Who decided: the id."),
        Column("reviewer", "string", "Who decided: the name."),
        Column("disputed_by", "string", "Who disputes the score for the store."),
        Column("outcome", "string", "Of a settled dispute: confirmed or changed."),
        Column("percent", "number", "The score that was judged or disputed; empty: not scored."),
        Column("percent_after", "number", "Of a settled dispute: the score that stands after it."),
        Column("decided_at", "datetime", "When it was decided (ISO 8601 with offset); it orders nothing."),
        Column("seal", "string", "The seal of the revision that was judged."),
        Column("decision_hash", "string", "The decision: SHA-256 (hex) over all that was signed."),
        Column("previous", "string", "The decision on the visit before it; empty: it is the first."),
        Column("device_id", "string", "The device that signed it."),
    ),
)

ACTIONS = Table(
    "actions",
    "head-office-actions.csv",
    "Corrective actions",
    "A line a corrective action, as it stands.",
    (
        *_VISIT,
        Column("action_id", "string", "The action: a UUID."),
        Column("store_id", "string", "The store."),
        Column("store_name", "string", "The store's name at the time of the visit."),
        Column("form_id", "string", "The form of the visit that found it."),
        *_QUESTION,
        Column("label", "string", "The question in the form's default language."),
        Column("finding", "string", "critical, lost (points) or photo."),
        Column("wanted", "string", "What is to be done."),
        Column("owner", "string", "Who has to do it."),
        Column("due", "date", "Until when (ISO 8601); an open action is late after that day."),
        Column("state", "string", "open or done."),
        Column("reopened", "integer", "How often a later visit found the same again after it had been done."),
        Column("done", "string", "What was done, said last."),
        Column("photo", "string", "SHA-256 (hex) of the photo of what was done, in reviews/<device_id>/."),
        Column("opened_at", "datetime", "When it was opened (ISO 8601 with offset)."),
        Column("changed_at", "datetime", "When it was changed last (ISO 8601 with offset)."),
        Column("reporter", "string", "Who changed it last."),
        Column(
            "device_id", "string", "The device that changed it last; where it was done, the one that has the photo."
        ),
    ),
)

TABLES = (VISITS, SCORES, ANSWERS, PHOTOS)
"""The tables of a segment: what visits are."""

MERGED_TABLES = (*TABLES, REVIEWS, ACTIONS)
"""The merged tables: visits, and what became of them."""

_DIALECT = {
    "csvddfVersion": 1.2,
    "delimiter": ",",
    "doubleQuote": True,
    "lineTerminator": "\r\n",
    "quoteChar": '"',
    "skipInitialSpace": False,
    "header": True,
    "caseSensitiveHeader": True,
}

# Where text could be taken for a formula it has one apostrophe more (`cells`); a reader of the package must know.
_NOTE = (
    "Text that a spreadsheet would take for a formula is preceded by one apostrophe: "
    "readers remove one leading apostrophe from every cell."
)


def datapackage_document(files: Mapping[str, TableFile], about: Mapping[str, Any]) -> dict[str, Any]:
    """The merged tables as a Frictionless Data Package (version 1, profile tabular-data-package).

    `files` has each table's file by the table's name; `about` is what a merge remembers of itself (segments, conflicts).
    """
    return {
        "profile": "tabular-data-package",
        "name": "head-office",
        "title": "Results of all visits",
        "description": "Store visits collected by mshopper. " + _NOTE,
        "resources": [_resource(table, files[table.name]) for table in MERGED_TABLES],
        "mshopper": {"format": PACKAGE_FORMAT, **about},
    }


def _resource(table: Table, file: TableFile) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.resource,
        "title": table.title,
        "description": table.description,
        "path": table.file,
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "dialect": dict(_DIALECT),
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, table.primary_key) for column in table.columns],
        "missingValues": [""],
    }
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    else:
        reference = {"resource": VISITS.resource, "fields": ["visit_id"]}
        schema["foreignKeys"] = [{"fields": ["visit_id"], "reference": reference}]
    return schema


def _field(column: Column, primary_key: Sequence[str]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.description}
    if column.type == "datetime":
        # The standard's default allows UTC only; ours carry the offset of the place.
        field["format"] = "any"
    if column.name in primary_key:
        field["constraints"] = {"required": True}
    return field
