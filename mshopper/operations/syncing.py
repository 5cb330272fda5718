"""Sync with a head-office folder: publish what is new, take forms, stores and plan, merge where this device merges.

Repeating it is safe at any moment: a segment is begun in the store before it is written, so that one that was killed
half-way is completed and nothing is published twice. How each sync went is remembered (`list_syncs`).
"""

import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.i18n import _, ngettext
from mshopper.operations.corrective import list_actions, reopen_found_again
from mshopper.operations.erasing import publish_erasures, write_tombstone
from mshopper.operations.evidence import publish_evidence
from mshopper.operations.identity import is_signature, sign, this_device
from mshopper.operations.publishing import publish_all
from mshopper.operations.reaching import Place, Reached, place_name, reach
from mshopper.operations.reviews import follow_decisions
from mshopper.operations.settings import settings
from mshopper.operations.statements import publish_statements, take_statements
from mshopper.operations.taking import Taken, take
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store.syncs import SyncEntry

if TYPE_CHECKING:
    from mshopper.exchange.compact import Compacted
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.merge import MergeReport


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did. `merged` is how many visits the merged tables hold, None where this device doesn't merge.

    `reviews` is how many decisions and steps of actions went; `decided` names the visits held here whose state follows
    from decisions that came in, with that state.

    `taken` says by name what came in, `evidence` how many photos and reports went; `problems` are sentences on what was
    left aside.
    """

    published: int
    taken: Taken
    evidence: int
    merged: int | None
    merged_into: Path | None
    problems: tuple[str, ...] = ()
    reviews: int = 0
    decided: tuple[tuple[str, str], ...] = ()

    @property
    def taken_forms(self) -> int:
        """How many forms came in."""
        return len(self.taken.forms)

    @property
    def taken_stores(self) -> int:
        """How many stores are new or changed."""
        return len(self.taken.stores)

    @property
    def taken_plan(self) -> int:
        """How many lines of the plan are new, changed or gone."""
        return len(self.taken.plan) + len(self.taken.dropped_plan)

    def sentence(self) -> str:
        """What happened, in one sentence."""
        sent = ngettext("{n} visit sent", "{n} visits sent", self.published).format(n=self.published)
        forms = ngettext("{n} form taken", "{n} forms taken", self.taken_forms).format(n=self.taken_forms)
        stores = ngettext("{n} store taken", "{n} stores taken", self.taken_stores).format(n=self.taken_stores)
        parts = [sent, forms, stores]
        if self.taken_plan:
            lines = ngettext("{n} line of the plan changed", "{n} lines of the plan changed", self.taken_plan)
            parts.append(lines.format(n=self.taken_plan))
        if self.reviews:
            said = ngettext("{n} decision or action sent", "{n} decisions and actions sent", self.reviews)
            parts.append(said.format(n=self.reviews))
        if self.evidence:
            files = ngettext("{n} photo or report sent", "{n} photos and reports sent", self.evidence)
            parts.append(files.format(n=self.evidence))
        if self.merged is not None:
            parts.append(ngettext("{n} visit merged", "{n} visits merged", self.merged).format(n=self.merged))
        return ", ".join(parts) + "."

    def changes(self) -> tuple[str, ...]:
        """What came in, a sentence each, by name."""
        said = (
            (_("Forms taken: {names}."), self.taken.forms),
            (_("Stores new or changed: {names}."), self.taken.stores),
            (_("Visits planned or changed: {names}."), self.taken.plan),
            (_("Visits no longer planned: {names}."), self.taken.dropped_plan),
            (_("Visits approved: {names}."), self._in_state("approved")),
            (_("Visits returned to be gone on with: {names}."), self._in_state("returned")),
        )
        return tuple(sentence.format(names=", ".join(names)) for sentence, names in said if names)

    def _in_state(self, state: str) -> tuple[str, ...]:
        return tuple(name for name, said in self.decided if said == state)


@dataclass(frozen=True, slots=True)
class SyncState:
    """What waits to be sent to the chosen folder, and when the last sync with it ended ("" never; ISO 8601).

    `reviews` are decisions and actions.
    """

    to_publish: int
    last_sync: str
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class SyncedOnce:
    """A sync that ended: when it began, with which folder, how many seconds it took, and whether it began by itself.

    `result` is None where it failed; then `problems` says why.
    """

    at: str
    place: str
    seconds: float
    automatic: bool
    result: SyncResult | None
    problems: tuple[str, ...]


def sync_state(workspace: Workspace) -> SyncState:
    """Where sending to the chosen folder (where none is chosen, the one of the last sync) stands."""
    store = workspace.store
    place = store.folders.current()
    folder_id = store.folders.id_of(place)
    waiting = len(store.segments.unpublished(folder_id)), len(store.statements.unpublished(folder_id))
    return SyncState(waiting[0], store.folders.last_sync(place), waiting[1])


def list_syncs(workspace: Workspace, limit: int = 200) -> list[SyncedOnce]:
    """The last syncs, the newest first."""
    return [
        SyncedOnce(one.at, one.place, one.seconds, one.automatic, _read_result(one), one.problems)
        for one in workspace.store.syncs.latest(limit)
    ]


def sync(
    workspace: Workspace,
    folder: Place,
    progress: Progress | None = None,
    *,
    evidence: bool | None = None,
    automatic: bool = False,
) -> SyncResult:
    """Publish, take and merge; with `evidence` (by default as in the settings) photos and reports go too.

    On a server only the laptop that merges there brings here what others published; another doesn't merge.
    Raises HeadOfficeError, ReadOnlyStoreError, Cancelled; what was done stays done.
    """
    workspace.require_writable()
    wanted = settings(workspace).evidence if evidence is None else evidence
    began, at, name = time.monotonic(), workspace.now(), place_name(folder)

    def remember(result: dict[str, Any], problems: tuple[str, ...]) -> None:
        entry = SyncEntry(at, name, round(time.monotonic() - began, 1), automatic, result, problems)
        latest = workspace.store.syncs.latest(1)
        # What begins by itself fails again and again while there is no network: once is enough.
        if not (automatic and not result and latest and (latest[0].place, latest[0].problems) == (name, problems)):
            workspace.store.syncs.add(entry)

    try:
        with reach(workspace, folder, progress or Progress(), evidence=wanted) as there:
            result = _sync(workspace, there, wanted)
    except MshopperError as error:
        remember({}, (str(error),))
        raise
    remember(_result_kept(result), result.problems)
    return result


def _sync(workspace: Workspace, there: Reached, evidence: bool) -> SyncResult:
    from mshopper.exchange.folder import HeadOffice

    progress, device = there.progress, this_device(workspace)
    head_office = HeadOffice.open(there.folder, device_id=device.device_id)
    there.make_folders()
    there.deliver()
    workspace.store.folders.seen(place_name(there.place), head_office.identity())
    publish_erasures(workspace, head_office, lambda: there.deliver("results"))
    published = publish_all(workspace, head_office, progress, lambda: there.deliver("results"))
    files = publish_evidence(workspace, head_office, progress) if evidence else 0
    there.deliver("evidence")
    taken = take(workspace, head_office, progress)
    said, decided = _exchange_reviews(workspace, head_office)
    reviews = publish_statements(workspace, head_office, lambda: there.deliver("reviews"))
    merged: MergeReport | None = None
    if not there.is_remote or head_office.merger() == this_device(workspace).device_id:
        there.fetch_results()
        merged = _merge(workspace, head_office, progress)
    there.deliver()
    workspace.store.folders.seen(place_name(there.place), head_office.identity(), synced_at=workspace.now())
    # What is wrong with a review is said once: the merge has looked at the same files.
    told = (*taken.problems, *said, *(merged.sentences() if merged else ()), *_former_right(workspace, head_office))
    return SyncResult(
        published,
        taken,
        files,
        merged.visits if merged else None,
        merged.target if merged else None,
        tuple(dict.fromkeys(told)),
        reviews,
        decided,
    )


def _exchange_reviews(
    workspace: Workspace, head_office: "HeadOffice"
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Take what was said of visits and follow it: what was left aside, and the visits that changed, with their state."""
    taken = take_statements(workspace, head_office)
    with workspace.store.write():
        changed = follow_decisions(workspace, sorted(taken.visits))
        if taken.steps:
            reopen_found_again(workspace, {action.first.store_id for action in list_actions(workspace)})
    names = []
    for visit_id, state in changed.items():
        header = workspace.store.visits.header(visit_id)
        assert header is not None, "it was changed just now"
        names.append((f"{header.store.name or header.store.store_id} {header.started_at[:10]}", state))
    return taken.problems, tuple(names)


def _result_kept(result: SyncResult) -> dict[str, Any]:
    """A result as JSON; its problems are kept beside it."""
    return {
        **{key: value for key, value in asdict(result).items() if key != "problems"},
        "merged_into": str(result.merged_into) if result.merged_into else None,
    }


def _read_result(entry: SyncEntry) -> SyncResult | None:
    """What `_result_kept` made; another version's fields are left out."""
    if not entry.result:
        return None
    known = {field.name for field in fields(SyncResult)}
    kept = {key: _tuples(value) for key, value in entry.result.items() if key in known}
    parts = {field.name for field in fields(Taken)}
    taken = Taken(**{key: tuple(value) for key, value in entry.result["taken"].items() if key in parts})
    into = kept.get("merged_into")
    return SyncResult(
        **{**kept, "taken": taken, "merged_into": Path(into) if into else None, "problems": entry.problems}
    )


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _former_right(workspace: Workspace, head_office: "HeadOffice") -> tuple[str, ...]:
    """What to do where this computer merged under an identity that it no longer has: its copy may merge now, or nobody."""
    former = {device.device_id for device in workspace.store.devices.all()} - {this_device(workspace).device_id}
    if head_office.merger() not in former:
        return ()
    sentence = _(
        "This computer merged in “{folder}” before it got its present identity: "
        "take over again with “mshopper merge --claim” if it still should."
    )
    return (sentence.format(folder=head_office.folder),)


def merge(
    workspace: Workspace,
    folder: Place,
    *,
    claim: bool = False,
    excel: str = "",
    workbook: bool = False,
    parquet: bool = False,
    progress: Progress | None = None,
) -> "MergeReport":
    """Merge alone, for the head office; `claim` makes this device the one that merges.

    `excel` is a language ("it") whose Excel opens further copies of the tables by a double click; `workbook` adds one
    .xlsx, with sheets named in that language or in Italian, `parquet` the tables for other engines.
    Where another device merges and `claim` isn't given, the tables go into the data folder. Raises HeadOfficeError,
    ReadOnlyStoreError, Cancelled.
    """
    from mshopper.exchange.folder import HeadOffice

    workspace.require_writable()
    progress = progress or Progress()
    with reach(workspace, folder, progress) as there:
        there.fetch_results()
        if not HeadOffice(there.folder).results.is_dir():
            sentence = _("“{folder}” isn't a head-office folder, or it hasn't arrived yet: it has no folder “results”.")
            raise HeadOfficeError(sentence.format(folder=folder))
        device = this_device(workspace)
        head_office = HeadOffice.open(there.folder, device_id=device.device_id)
        if claim:
            head_office.claim(device.device_id)
        report = _merge(workspace, head_office, progress)
        _write_further(report.target, excel, workbook, parquet, progress)
        there.deliver()
    is_mirror = there.is_remote and report.target == there.folder
    return replace(report, place=place_name(folder)) if is_mirror else report


def compact(workspace: Workspace, folder: Place, *, progress: Progress | None = None) -> "Compacted":
    """Take what was erased out of the head-office folder for good: segments, evidence, and every copy of the tables.

    Raises HeadOfficeError where this device doesn't merge there, or something of the last merge isn't in the folder now.
    """
    from mshopper.errors import HeadOfficeError
    from mshopper.exchange.compact import compact as compact_segments
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.merged import forget_generations

    workspace.require_writable()
    if not isinstance(folder, Path):
        sentence = _(
            "Nothing is ever deleted on a server: to take erased visits out of the files of {folder}, connect it as a "
            "drive of this computer and name that."
        )
        raise HeadOfficeError(sentence.format(folder=folder))
    progress = progress or Progress()
    device = this_device(workspace)
    head_office = HeadOffice.open(folder, device_id=device.device_id)
    report = _merge(workspace, head_office, progress)
    if report.missing or report.waiting:
        raise HeadOfficeError(" ".join(report.sentences()))
    done = compact_segments(
        head_office,
        device_id=device.device_id,
        public_key=device.public_key,
        sign=lambda message: sign(device, message),
        verify=is_signature,
        progress=progress,
    )
    report = _merge(workspace, head_office, progress)
    if report.waiting:
        raise HeadOfficeError(" ".join(report.sentences()))
    if report.generation:
        forget_generations(report.target, frozenset({report.generation.name}))
    for language in ("it", "en"):
        _write_further(
            report.target,
            language if (report.target / f"head-office.{language}.csv").exists() else "",
            (report.target / f"head-office.{language}.xlsx").exists(),
            False,
            progress,
            language,
        )
    _write_further(report.target, "", False, (report.target / "tables").exists(), progress)
    return done


def erase(workspace: Workspace, folder: Place, visit_ids: tuple[str, ...]) -> None:
    """Publish that visits are to be forgotten: no merge shows them from now on, whoever holds them.

    The files that hold them stay until `compact`. Raises HeadOfficeError.
    """
    from mshopper.exchange.folder import HeadOffice

    workspace.require_writable()
    with reach(workspace, folder, Progress()) as there:
        head_office = HeadOffice.open(there.folder, device_id=this_device(workspace).device_id)
        write_tombstone(workspace, head_office, visit_ids)
        there.deliver()
    with workspace.store.write():
        for visit_id in visit_ids:
            workspace.store.journal.append("erasure_published", visit_id=visit_id, at=workspace.now())


def _write_further(
    target: Path, excel: str, workbook: bool, parquet: bool, progress: Progress, language: str = ""
) -> None:
    from mshopper.exchange.parquet import write_parquet
    from mshopper.exchange.spreadsheet import write_spreadsheets
    from mshopper.exchange.tables_workbook import write_workbook

    if excel:
        write_spreadsheets(target, excel, progress=progress)
    if workbook:
        write_workbook(target, language or excel or "it", progress=progress)
    if parquet:
        write_parquet(target, progress=progress)


def _merge(workspace: Workspace, head_office: "HeadOffice", progress: Progress) -> "MergeReport":
    from mshopper.exchange.merge import merge as merge_segments

    device = this_device(workspace)
    publish_erasures(workspace, head_office)
    return merge_segments(
        head_office,
        device_id=device.device_id,
        into=workspace.place_for("merged"),
        state=workspace.place_for("merge-state"),
        progress=progress,
        verify=is_signature,
    )
