"""Verifying visits of a data folder: everything is read from it anew, and nothing in it is believed.

Photos are hashed by several threads with connections of their own.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass

from mshopper.errors import FormProblemsError
from mshopper.i18n import _
from mshopper.model.form_document import form_hash
from mshopper.model.record import VisitRecord
from mshopper.model.rules import FormRules
from mshopper.model.sealed import SealedVisit
from mshopper.model.verification import Check, Verification, agrees, differs, unchecked
from mshopper.operations.verifying.keys import KnownKeys
from mshopper.operations.verifying.visit import chain_check, visit_checks
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress
from mshopper.store import Database

UNREADABLE = (ValueError, KeyError, TypeError, ArithmeticError, AttributeError, RecursionError)
"""What reading content that somebody changed by hand comes to."""

_THREADS = max(2, min(4, os.cpu_count() or 1))
_AT_ONCE = 200
"""So many visits have their photos hashed, then are scored: at the same time the two would wait for the interpreter more
than they would win."""


def verify_visit(workspace: Workspace, visit_id: str, progress: Progress | None = None) -> Verification:
    """Verify a visit of this data folder, as it was sealed last. Raises MshopperError where there is none, Cancelled."""
    return next(verify_visits(workspace, [visit_id], progress))


def verify_visits(
    workspace: Workspace, visit_ids: Sequence[str], progress: Progress | None = None
) -> Iterator[Verification]:
    """Verify each of these visits as it was sealed last, one after the other. Raises as `verify_visit`."""
    progress = progress or Progress()
    progress.expect(len(visit_ids))
    # What was read before isn't what lies there: forms are read anew too.
    with closing(workspace.store.reader()) as store:
        own = Workspace(store, workspace.clock)
        keys, forms = KnownKeys.of(own), _Forms(own)
        with _Hasher(store) as hasher:
            journal: Check | None = None
            for begin in range(0, len(visit_ids), _AT_ONCE):
                asked = [_ask(own, hasher, visit_id) for visit_id in visit_ids[begin : begin + _AT_ONCE]]
                journal = journal or _journal(store)  # while the first photos are hashed
                wait(future for one in asked for future in one.hashes.values())
                for one in asked:
                    yield _verified(own, forms, one, journal, keys)
                    progress.advance(_("Verifying"))


def sealed_visit(workspace: Workspace, record: VisitRecord) -> SealedVisit:
    """A visit of this data folder with what proves it."""
    store, header = workspace.store, record.header
    lines = store.imported.lines(header.visit_id, header.revision) or tuple(store.journal.lines(header.visit_id))
    device = store.devices.get(header.device_id)
    return SealedVisit(
        record,
        store.visits.salt(header.visit_id),
        tuple(line for line in lines if line.visit_id == header.visit_id),
        device.public_key.hex() if device else store.imported.public_key(header.visit_id, header.revision),
        store.photos.stored_sha256,
        lambda digest: store.photos.stored_sha256(digest, original=True),
    )


@dataclass(frozen=True)
class _Asked:
    """A visit whose photos are being hashed; `record` is None where it can't be read."""

    visit_id: str
    revision: int
    record: VisitRecord | None
    hashes: dict[tuple[str, bool], "Future[str | None]"]
    reason: str = ""


class _Forms:
    """The forms of the visits, each compiled and hashed once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._digests: dict[str, str] = {}

    def of(self, named: str) -> tuple[FormRules, str]:
        """The rules of the form that is kept under that hash, and the hash that it has."""
        form, rules = self._workspace.form(named)
        if named not in self._digests:
            self._digests[named] = form_hash(form)
        return rules, self._digests[named]


class _Hasher:
    """Threads that hash what is stored, each with a connection of its own."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._local = threading.local()
        self._stopped = False
        self._pool = ThreadPoolExecutor(_THREADS, initializer=self._open)

    def _open(self) -> None:
        self._local.store = self._store.reader()

    def ask(self, digest: str, original: bool) -> "Future[str | None]":
        """The SHA-256 of what is kept under that hash, in time; None where there is nothing."""
        return self._pool.submit(self._hash, digest, original)

    def _hash(self, digest: str, original: bool) -> str | None:
        store: Database = self._local.store
        return None if self._stopped else store.photos.stored_sha256(digest, original=original)

    def __enter__(self) -> "_Hasher":
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped = True
        # A connection is closed by the thread that made it: each gets one of these, since they wait for each other.
        together = threading.Barrier(_THREADS)
        for closed in [self._pool.submit(self._close, together) for _thread in range(_THREADS)]:
            closed.result()
        self._pool.shutdown()

    def _close(self, together: threading.Barrier) -> None:
        together.wait()
        self._local.store.close()


def _ask(workspace: Workspace, hasher: _Hasher, visit_id: str) -> _Asked:
    # What was sealed last: a correction under way has no seal yet.
    headers = workspace.store.visits.revisions(visit_id)
    revision = max((header.revision for header in headers if header.seal), default=0)
    try:
        record = workspace.record(visit_id, revision or None)
    except (*UNREADABLE, FormProblemsError) as error:
        return _Asked(visit_id, revision, None, {}, "form" if isinstance(error, FormProblemsError) else "visit")
    wanted = {(photo.sha256, False) for photo in record.photos} | {
        (photo.original_sha256, True)
        for photo in record.photos
        if workspace.store.photos.has_original(photo.original_sha256)
    }
    return _Asked(visit_id, revision, record, {(digest, kind): hasher.ask(digest, kind) for digest, kind in wanted})


def _verified(workspace: Workspace, forms: "_Forms", asked: _Asked, journal: Check, keys: KnownKeys) -> Verification:
    if asked.record is None:
        unread = differs("form" if asked.reason == "form" else "file", f"{asked.reason}_unreadable")
        return Verification("visit", asked.visit_id, (journal, unread), asked.visit_id, asked.revision)
    header = asked.record.header
    try:
        visit = sealed_visit(workspace, asked.record)
        rules, digest = forms.of(header.form_hash)
        chain = workspace.store.imported.chain(header.visit_id, header.revision)
        hashed = SealedVisit(
            visit.record,
            visit.salt,
            visit.lines,
            visit.public_key,
            lambda digest: asked.hashes[digest, False].result(),
            lambda digest: asked.hashes[digest, True].result() if (digest, True) in asked.hashes else None,
        )
        checks = [
            chain_check(chain, visit) if chain else journal,
            *visit_checks(hashed, rules, digest),
            *_columns(workspace, asked.record),
            *_parent(workspace, asked.record),
            *(keys.checks(header.device_id, visit.public_key) if header.seal else ()),
        ]
    except UNREADABLE:
        checks = [journal, differs("file", "visit_unreadable")]
    return Verification("visit", header.visit_id, tuple(checks), header.visit_id, header.revision, header.device_id)


def _journal(store: Database) -> Check:
    broken = store.journal.verify()
    if broken is not None:
        return differs("journal", "chain_broken", line=broken)
    return agrees("journal", "chain_whole", n=store.journal.count())


def _columns(workspace: Workspace, record: VisitRecord) -> Iterator[Check]:
    """What lists show of the score stands apart, for speed; it must say the same."""
    header = record.header
    rows = workspace.store.visit_list.rows([header.visit_id])
    if not rows or rows[0].revision != header.revision or not header.seal:
        return
    row, sheet = rows[0], record.sheet
    shown = (row.earned, row.possible, row.percent, row.coverage, row.verdict, row.grade, row.criticals)
    kept = (
        (sheet.earned, sheet.possible, sheet.percent, sheet.coverage, sheet.verdict, sheet.grade, len(sheet.criticals))
        if sheet
        else (None, None, None, None, "", "", 0)
    )
    if shown != kept or (row.store_id, row.store_name) != (header.store.store_id, header.store.name):
        yield differs("score", "columns_changed")


def _parent(workspace: Workspace, record: VisitRecord) -> Iterator[Check]:
    """A correction names the seal of the revision before."""
    header = record.header
    if header.revision == 1:
        return
    before = workspace.store.visits.header(header.visit_id, header.revision - 1)
    if before is None:
        yield unchecked("parent", "parent_missing", revision=header.revision - 1)
    elif before.seal == header.parent_seal:
        yield agrees("parent", "parent_agrees", revision=before.revision)
    else:
        yield differs("parent", "parent_changed", revision=before.revision)
