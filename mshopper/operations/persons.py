"""One person in all that this data folder holds: found by name or id, exported, and the visits to erase.

A name is looked for in what names staff, in every other text that was typed, in captions, and among auditors. It is found
where each of its words stands as a word, without regard to case and accents.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.form import Question
from mshopper.model.people import folded, names_staff, words_of
from mshopper.model.reasons import answer_text
from mshopper.model.record import VisitHeader, VisitRecord
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store.mentions import visits_holding


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where somebody stands. `kind` is auditor, staff, answer, comment, caption or reason; `text` what it says."""

    visit_id: str
    revision: int
    kind: str
    where: str
    text: str
    store: str
    day: str
    state: str

    @property
    def kind_text(self) -> str:
        """The kind in words."""
        return {
            "auditor": _("Auditor of the visit"),
            "staff": _("Named as staff"),
            "answer": _("In an answer"),
            "comment": _("In a comment"),
            "caption": _("In a photo's caption"),
            "reason": _("In a reason"),
        }[self.kind]


def find_person(workspace: Workspace, name: str, progress: Progress | None = None) -> list[Mention]:
    """Every place where that person stands, newest visit first. Raises MshopperError without a name."""
    wanted = set(words_of(name))
    if not wanted:
        raise MshopperError(_("Say the name, or the auditor's id."))
    progress = progress or Progress()
    ids = visits_holding(workspace.store, lambda text: wanted <= set(words_of(text)))
    progress.expect(len(ids))
    found: list[Mention] = []
    for visit_id in ids:
        for header in reversed(workspace.store.visits.revisions(visit_id)):
            found += _mentions(workspace.record(visit_id, header.revision), wanted, folded(name))
        progress.advance(_("Searching"))
    return found


def _mentions(record: VisitRecord, wanted: set[str], name: str) -> Iterator[Mention]:
    header = record.header

    def mention(kind: str, where: str, text: str) -> Mention:
        place = header.store.name or header.store.store_id
        return Mention(
            header.visit_id, header.revision, kind, where, text, place, (header.started_at or "")[:10], header.state
        )

    if folded(header.auditor_id) == name or wanted <= set(words_of(header.auditor)):
        yield mention("auditor", "", header.auditor or header.auditor_id)
    if wanted <= set(words_of(header.reason)):
        yield mention("reason", "", header.reason)
    for key, answer in record.answers.items():
        placed = record.form.questions.get(key.path)
        if placed is None or not isinstance(placed.item, Question):
            continue
        words = placed.item.label.get(record.form.language) or placed.item.id
        said = (
            answer_text(placed.item, answer.value, record.form.language)
            if isinstance(answer.value, str | tuple)
            else ""
        )
        if said and wanted <= set(words_of(said)):
            yield mention("staff" if names_staff(placed.item) else "answer", words, said)
        if wanted <= set(words_of(answer.comment)):
            yield mention("comment", words, answer.comment)
    for photo in record.photos:
        if wanted <= set(words_of(photo.caption)):
            yield mention("caption", photo.key.path, photo.caption)


def visits_of(mentions: Sequence[Mention]) -> list[str]:
    """The visits in which the person stands, each once."""
    return list(dict.fromkeys(one.visit_id for one in mentions))


def export_person(workspace: Workspace, name: str, target: Path, progress: Progress | None = None) -> list[Mention]:
    """Write all about a person into the zip `target`: JSON and CSV for machines, HTML to read. Returns the mentions.

    For the auditor of a visit it holds when and where the visit was, and the facts of its photos; words of other people stand
    in it where they name the person. Raises MshopperError where the disk refuses.
    """
    found = find_person(workspace, name, progress)
    as_auditor = {(one.visit_id, one.revision) for one in found if one.kind == "auditor"}
    visits = [_visit(workspace.record(visit_id, revision)) for visit_id, revision in sorted(as_auditor)]
    document = {
        "person": name,
        "made_at": workspace.now(),
        "mentions": [asdict(one) for one in found],
        "visits_as_auditor": visits,
    }
    contents = {
        "person.json": json.dumps(document, ensure_ascii=False, indent=2),
        "person.csv": _csv(found),
        "person.html": _html(name, workspace.now(), found),
    }
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, text in contents.items():
                archive.writestr(file, text.encode("utf-8", "replace"))
    except OSError as error:
        raise MshopperError(
            _("“{file}” can't be written ({reason}): choose another place.").format(
                file=target, reason=error.strerror or error
            )
        ) from None
    _note(workspace, len(found))
    return found


def _note(workspace: Workspace, mentions: int) -> None:
    """Note in the journal that somebody's data was exported, without the name."""
    if not workspace.read_only:
        with workspace.store.write():
            workspace.store.journal.append("person_exported", data={"mentions": str(mentions)}, at=workspace.now())


def _visit(record: VisitRecord) -> dict[str, object]:
    header: VisitHeader = record.header
    names = (
        "visit_id",
        "revision",
        "state",
        "form_id",
        "auditor_id",
        "auditor",
        "started_at",
        "ended_at",
        "submitted_at",
    )
    photos = [
        {name: getattr(photo, name) for name in ("sha256", "taken_at", "device", "latitude", "longitude", "caption")}
        for photo in record.photos
    ]
    store = header.store.name or header.store.store_id
    return {**{name: getattr(header, name) for name in names}, "store": store, "photos": photos}


_COLUMNS = ("day", "store", "visit_id", "revision", "kind", "where", "text", "state")


def _csv(found: Sequence[Mention]) -> str:
    from mshopper.exchange.cells import write_cell

    stream = io.StringIO(newline="")
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(_COLUMNS)
    for one in found:
        table.writerow([write_cell(str(getattr(one, column))) for column in _COLUMNS])
    return stream.getvalue()


def _html(name: str, at: str, found: Sequence[Mention]) -> str:
    title = _("All that is kept about {name}").format(name=name)
    heads = (_("Day"), _("Store"), _("Visit"), _("What"), _("Where"), _("Words"))
    lines = [
        (one.day, one.store, f"{one.visit_id[:8]} ({one.revision})", one.kind_text, one.where, one.text)
        for one in found
    ]
    cells = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>\n" for line in lines)
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    return (
        f'<!doctype html><meta charset="utf-8"><title>{escape(title)}</title>'
        "<style>body{font:15px sans-serif;margin:2em}td,th{text-align:left;vertical-align:top;padding:.3em .8em .3em 0;"
        "border-bottom:1px solid #ccc}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(at)}</p><table><tr>{head}</tr>\n{cells}</table>\n"
    )
