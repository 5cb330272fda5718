"""The settings of a data folder: language, who the auditor is, the head-office folder, looks."""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mshopper.operations.workspace import Workspace

_KEY = "settings"


class Settings(NamedTuple):
    """`language` and `theme` "" follow the system; `last_visit` is the visit open when the app was last used.
    `text_scale` is the size of text on the screens in percent; with `plain_title` the window doesn't say whose it is.
    Encrypted data is locked `lock_after` minutes after the window was last touched; 0 is never.

    `photo_folder` is where a phone or card puts new photos. With `pseudonyms` reports and tables don't name the staff, with
    `auditor_by_id` they don't name the auditor. Visits and photos older than these months are erased; 0 is never.

    With `evidence` a sync sends photos and reports to head office too; with `auto_sync` it begins by itself when the folder
    of `head_office` (a path, or an address without a password) is there.
    """

    language: str = ""
    auditor_id: str = ""
    auditor: str = ""
    head_office: str = ""
    evidence: bool = False
    theme: str = ""
    hide_score: bool = False
    last_visit: str = ""
    text_scale: int = 100
    plain_title: bool = False
    lock_after: int = 15
    photo_folder: str = ""
    pseudonyms: bool = False
    auditor_by_id: bool = False
    retention_months: int = 0
    photo_months: int = 0
    auto_sync: bool = False


def settings(workspace: "Workspace") -> Settings:
    """The settings as they were last changed."""
    kept = workspace.store.settings.get(_KEY, {})
    return Settings(**{name: value for name, value in kept.items() if name in Settings._fields})


def is_first_start(workspace: "Workspace") -> bool:
    """Whether nothing was ever set or visited in this data folder, so that it is time to introduce the app."""
    from mshopper.store.visit_list import VisitFilter

    untouched = not workspace.read_only and not workspace.store.settings.get(_KEY, {})
    return untouched and not workspace.store.visit_list.list(VisitFilter(), 1, 0)


def change_settings(workspace: "Workspace", **changes: Any) -> Settings:
    """Change some settings. Returns all of them. Raises TypeError for an unknown name, ReadOnlyStoreError."""
    from mshopper.store.auditors import Auditor

    changed = Settings(**{**settings(workspace)._asdict(), **changes})
    with workspace.store.write():
        workspace.store.settings.set(_KEY, changed._asdict())
        if "head_office" in changes:
            workspace.store.folders.choose(changed.head_office)
        if changed.auditor_id:
            workspace.store.auditors.upsert(Auditor(changed.auditor_id, changed.auditor))
    return changed
