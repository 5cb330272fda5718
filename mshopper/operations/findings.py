"""Where points are lost, and which visits are unusual: over the same open tables as a comparison.

The tables don't say what forms weigh nor where a question stands on the customer's way, so that the forms are found here: those
kept in the data folder, and those in the head-office folder. For this laptop's own visits, what only it knows (cameras,
places of photos, the journal) is added, so that more can be seen of them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.model.comparison import Filters, FormSet
from mshopper.model.findings import HeatMap, Journey, LostPoints, Satisfaction, VisitPoints, WaitingTimes
from mshopper.model.flags import Flag, Flags
from mshopper.operations.workspace import Workspace

if TYPE_CHECKING:
    from mshopper.compare.facts import Capture, JournalFact, Samples
    from mshopper.compare.known_forms import KnownForms
    from mshopper.model.form import Form
    from mshopper.model.text import Text
    from mshopper.operations.comparing import Comparing

_FORM_FILES = (".yaml", ".yml", ".json", ".xlsx", ".xls", ".ods", ".csv")


class Findings:
    """Questions to open tables (`open_comparison`), which stay the caller's to close. Use it from their thread.

    `folder` is the head-office folder that the tables are of, None for this laptop's own visits. Every question raises
    HeadOfficeError where the tables can't be read.
    """

    def __init__(self, tables: "Comparing", workspace: Workspace, folder: Path | None = None) -> None:
        self._tables = tables
        self._workspace = workspace
        self._folder = folder

    def lost(self, filters: Filters | None = None) -> LostPoints:
        """The questions by points lost, the most first."""
        from mshopper.compare.lost import lost_points

        return lost_points(self._tables.source, self._known, filters or Filters())

    def losing_visits(self, form_id: str, question_id: str, filters: Filters | None = None) -> tuple[VisitPoints, ...]:
        """The visits behind a question's lost points."""
        from mshopper.compare.lost import visits_losing

        return visits_losing(self._tables.source, filters or Filters(), form_id, question_id)

    def heat_map(self, *, by: str = "store", kind: str = "dimension", filters: Filters | None = None) -> HeatMap:
        """Groups against dimensions, sections, touchpoints or phases. Sections are those of the form with the most visits."""
        from mshopper.compare.heat import heat_map

        only = self._leading(filters or Filters()) if kind == "section" else None
        return heat_map(self._tables.source, self._known, filters or Filters(), by=by, kind=kind, only=only)

    def journey(self, filters: Filters | None = None) -> Journey:
        """The customer-journey map: phases against touchpoints."""
        from mshopper.compare.lost import journey

        return journey(self._tables.source, self._known, filters or Filters())

    def waiting(self, filters: Filters | None = None) -> WaitingTimes:
        """Waiting and response times against their targets."""
        from mshopper.compare.waiting import waiting_times

        assert self._known is not None, "the forms' targets stand in a table"
        return waiting_times(self._tables.source, filters or Filters())

    def satisfaction(self, filters: Filters | None = None, *, by: str = "store") -> Satisfaction:
        """NPS, CSAT and CES, and which dimensions go with them in the form with the most visits."""
        from mshopper.compare.satisfaction import satisfaction

        wanted = filters or Filters()
        return satisfaction(self._tables.source, wanted, by=by, forms=self._leading(wanted))

    @property
    def form_titles(self) -> "Mapping[str, Text]":
        """The titles of the forms that are known, by id."""
        return self._known.titles

    @cached_property
    def flags(self) -> Flags:
        """What is unusual about visits, over all of the tables whatever the filters; found out once."""
        from mshopper.compare.flags import all_flags

        samples = _samples()
        capture = None if self._folder else _capture(self._workspace, samples.photos)
        return all_flags(self._tables.source, capture=capture, samples=samples)

    def flags_under(self, filters: Filters) -> Flags:
        """The flags of the visits under these filters."""
        from mshopper.compare.flags import flags_under

        return flags_under(self._tables.source, self.flags, filters)

    def flags_of(self, visit_id: str) -> tuple[Flag, ...]:
        """The flags of one visit."""
        return self.flags.of(visit_id)

    @cached_property
    def _known(self) -> "KnownForms":
        from mshopper.compare.known_forms import KnownForms

        wanted = {row[0] for row in self._tables.source.rows("SELECT DISTINCT form_hash FROM visits")}
        return KnownForms(self._tables.source, _forms(self._workspace, self._folder, wanted))

    def _leading(self, filters: Filters) -> FormSet | None:
        sets = self._tables.forms.under(filters).sets
        return sets[0] if sets else None


def _forms(workspace: Workspace, folder: Path | None, wanted: set[str]) -> "Mapping[str, Form]":
    """The forms of these hashes that are to be found; those of another version, or broken, count as not known."""
    found = {}
    for form_hash in wanted:
        try:
            found[form_hash] = workspace.form(form_hash)[0]
        except KeyError:
            continue
    if folder is not None and wanted - found.keys():
        found |= {form_hash: form for form_hash, form in _forms_in(folder / "forms") if form_hash in wanted}
    return found


def _forms_in(folder: Path) -> "list[tuple[str, Form]]":
    from mshopper.formfile import read_form
    from mshopper.model.form_document import form_hash

    found = []
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in _FORM_FILES)
    except OSError:
        return []
    for path in files:
        try:
            form = read_form(path)
        except (MshopperError, OSError):
            continue
        found.append((form_hash(form), form))
    return found


def _samples() -> "Samples":
    """The demo's photos and words: every demo shows the same ones, and no auditor took or wrote them."""
    from mshopper.compare.facts import Samples

    folder = paths.resources_folder() / "sample"
    photos = frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("photos/*.jpg")))
    words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    return Samples(photos, frozenset(_texts(words)))


def _texts(words: object) -> Iterator[str]:
    if isinstance(words, str):
        yield words
    elif isinstance(words, dict | list):
        for part in words.values() if isinstance(words, dict) else words:
            yield from _texts(part)


def _capture(workspace: Workspace, samples: frozenset[str]) -> "Capture":
    """What this laptop knows of its own visits beyond what it publishes."""
    from mshopper.compare.facts import Capture, PhotoFact
    from mshopper.store.visit_list import VisitFilter

    photos = []
    for visit_id in workspace.store.visits.ids(VisitFilter(states=("submitted", "approved", "returned"))):
        header = workspace.store.visits.header(visit_id)
        assert header is not None, "the list names visits that are there"
        photos += [
            PhotoFact(visit_id, header.revision, one.sha256, one.device, one.latitude, one.longitude)
            for one in workspace.store.photos.of_visit(visit_id)
            if one.original_sha256 not in samples
        ]
    return Capture(tuple(photos), tuple(_journal(workspace)))


def _journal(workspace: Workspace) -> "list[JournalFact]":
    from mshopper.compare.facts import JournalFact

    forms: dict[str, Form | None] = {}
    lines = []
    for line in workspace.store.journal.lines():
        if line.visit_id and line.visit_id not in forms:
            header = workspace.store.visits.header(line.visit_id)
            forms[line.visit_id] = workspace.form(header.form_hash)[0] if header else None
        form = forms.get(line.visit_id)
        questions = tuple(_question_id(form, name) for name in line.data) if line.event == "answered" else ()
        lines.append(JournalFact(line.visit_id, line.revision, line.event, line.at, questions))
    return lines


def _question_id(form: "Form | None", name: str) -> str:
    """The question that a line of the journal names as path[instance]."""
    path = name.partition("[")[0]
    return form.question_id(path) if form is not None and path in form.questions else path
