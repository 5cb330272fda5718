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
    from tempfile import TemporaryDirectory

    from mshopper.exchange.address import Login
    from mshopper.model.form import Form
    from mshopper.model.record import VisitRecord
    from mshopper.model.rules import FormRules
    from mshopper.operations.private import PrivateFolder
    from mshopper.store.cipher import Key

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
    _private: "PrivateFolder | None" = None
    _owns_private: bool = False
    logins: "dict[str, Login]" = field(default_factory=dict, repr=False)
    """By address, the logins of head-office servers that are known in this session; `operations.logins` keeps them."""

    @property
    def folder(self) -> Path:
        """The data folder."""
        return self.store.folder

    def place_for(self, name: str) -> Path:
        """The folder `name` for what is made from the data and can be made again: it may not be there yet.

        It is in the data folder; of an encrypted one, in a private folder that is removed when this workspace closes.
        Raises OSError where that can't be made.
        """
        return (self._private.path if self._private else self.folder) / name

    def temporary_folder(self) -> "TemporaryDirectory[str]":
        """A folder for the time of a block; for an encrypted workspace within its private one."""
        from tempfile import TemporaryDirectory

        return TemporaryDirectory(prefix="mshopper-", dir=self._private.path if self._private else None)

    @property
    def read_only(self) -> bool:
        """Whether another process holds the folder, so that this one may only look."""
        return self.store.read_only

    def now(self) -> str:
        """The time as it is kept: ISO 8601 with offset."""
        return self.clock().isoformat(timespec="milliseconds")

    def reader(self) -> "Workspace":
        """The same folder for a worker thread that only reads."""
        return Workspace(self.store.reader(), self.clock, self._forms, self._private, logins=self.logins)

    def writer(self) -> "Workspace":
        """The same folder for a worker thread that writes too. Raises ReadOnlyStoreError."""
        return Workspace(self.store.writer(), self.clock, self._forms, self._private, logins=self.logins)

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
        if self._private and self._owns_private:
            self._private.close()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def _keep_private(workspace: Workspace) -> None:
    """See that nothing of an encrypted folder is left, or will be left, in clear."""
    from mshopper.operations.encryption import finish_encrypting
    from mshopper.operations.private import PrivateFolder

    workspace._private, workspace._owns_private = PrivateFolder(workspace.folder), True
    if not workspace.read_only:
        assert workspace.store.key is not None
        finish_encrypting(workspace.folder, workspace.store.key)
        workspace._private.forget_former()


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


def open_workspace(
    folder: Path, *, clock: Clock | None = None, anywhere: bool = False, key: "Key | None" = None
) -> Workspace:
    """Open a data folder, made where there is none. Raises StoreError where it can't be used.

    One that the user chose is never made: where it isn't there, its disk isn't. A second process gets it read-only.
    `anywhere` allows a network or synced folder, which can damage the file. An encrypted folder needs its `key`: raises
    LockedStoreError without.
    """
    from mshopper.operations.identity import ensure_device
    from mshopper.operations.shipped import add_shipped_forms

    if folder == paths.chosen_data_folder() and not folder.is_dir():
        raise MshopperError(
            _(
                "The data folder {folder} isn't there. Connect the disk that it is on, or name another by --data."
            ).format(folder=folder)
        )
    workspace = Workspace(open_store(folder, anywhere=anywhere, key=key), clock or system_clock)
    if workspace.store.key is not None:
        _keep_private(workspace)
    if not workspace.read_only:
        try:
            ensure_device(workspace)
            add_shipped_forms(workspace)
            _forget_deleted(workspace)
        except BaseException:
            workspace.close()
            raise
    return workspace
