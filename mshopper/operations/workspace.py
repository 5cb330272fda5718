"""An open data folder, and what the use cases share: the store, a clock, this device, forms read once.

`app` and `cli` open one and hand it to every operation; nothing here is global.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.store import Database, open_store

if TYPE_CHECKING:
    from mshopper.exchange.address import Login
    from mshopper.model.form import Form
    from mshopper.model.record import VisitRecord
    from mshopper.model.rules import FormRules

Clock = Callable[[], dt.datetime]
"""Gives the time, with its offset."""


def system_clock() -> dt.datetime:
    """The machine's time in its own time zone, to the millisecond."""
    now = dt.datetime.now().astimezone()
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass
class Workspace:
    """An open data folder. Use it from the thread that opened it; `reader` and `writer` give a worker its own."""

    store: Database
    clock: Clock = system_clock
    _forms: "dict[str, tuple[Form, FormRules]]" = field(default_factory=dict)
    logins: "dict[str, Login]" = field(default_factory=dict, repr=False)
    """By address, the logins of head-office servers that are known in this session; `operations.logins` keeps them."""

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.store.folder

    @property
    def read_only(self) -> bool:
        """Whether another process holds the folder, so that this one may only look."""
        return self.store.read_only

    def now(self) -> str:
        """The time as it is kept: ISO 8601 with offset."""
        return self.clock().isoformat(timespec="milliseconds")

    def reader(self) -> "Workspace":
        """The same folder for a worker thread that only reads."""
        return Workspace(self.store.reader(), self.clock, self._forms, self.logins)

    def writer(self) -> "Workspace":
        """The same folder for a worker thread that writes too. Raises ReadOnlyStoreError."""
        return Workspace(self.store.writer(), self.clock, self._forms, self.logins)

    def form(self, form_hash: str) -> "tuple[Form, FormRules]":
        """A kept form by its hash, with its rules compiled once. Raises KeyError for an unknown hash."""
        if form_hash not in self._forms:
            self._forms[form_hash] = _with_rules(self.store.forms.document(form_hash), form_hash)
        return self._forms[form_hash]

    def record(self, visit_id: str, revision: int | None = None) -> "VisitRecord":
        """A whole visit, the latest revision by default, with the photos that its answers show.

        Raises MshopperError where there is none.
        """
        header = self.store.visits.header(visit_id, revision)
        form_hash = header.form_hash if header else ""
        record = self.store.visits.record(visit_id, revision, form_reader=lambda _document: self.form(form_hash)[0])
        # While a visit is open, the store also has those that were taken off again, for undo.
        shown = {photo_id for answer in record.answers.values() for photo_id in answer.photos}
        return replace(record, photos=tuple(photo for photo in record.photos if photo.id in shown))

    def require_writable(self) -> None:
        """Raise ReadOnlyStoreError where another process holds the folder, before any work is begun."""
        if self.read_only:
            with self.store.write():
                pass

    def close(self) -> None:
        """Let the folder go."""
        self.store.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _forget_deleted(workspace: Workspace) -> None:
    """Remove what a window that was killed had deleted and kept for undo."""
    if workspace.store.has_deleted:
        from mshopper.operations.lifecycle import forget_deleted

        forget_deleted(workspace)


def _with_rules(document: object, name: str) -> "tuple[Form, FormRules]":
    from mshopper.formfile import read_form_document
    from mshopper.model.rules import compile_form_rules

    form = read_form_document(document, name=name)
    return form, compile_form_rules(form)


def open_workspace(folder: Path, *, clock: Clock | None = None, anywhere: bool = False) -> Workspace:
    """Open a data folder, made where there is none. Raises StoreError where it can't be used.

    One that the user chose is never made: where it isn't there, its disk isn't. A second process gets it read-only.
    `anywhere` allows a network or synced folder, which can damage the file.
    """
    from mshopper.operations.identity import ensure_device
    from mshopper.operations.shipped import add_shipped_forms

    if folder == paths.chosen_data_folder() and not folder.is_dir():
        raise MshopperError(
            _(
                "The data folder {folder} isn't there. Connect the disk that it is on, or name another by --data."
            ).format(folder=folder)
        )
    workspace = Workspace(open_store(folder, anywhere=anywhere), clock or system_clock)
    if not workspace.read_only:
        try:
            ensure_device(workspace)
            add_shipped_forms(workspace)
            _forget_deleted(workspace)
        except BaseException:
            workspace.close()
            raise
    return workspace
