"""The use cases, in domain verbs: what screens and commands do, they do through here.

Each takes the Workspace first, keeps what it changes durably, and returns what it changed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mshopper.operations.settings import Settings, change_settings, is_first_start, settings

if TYPE_CHECKING:
    from mshopper.operations.backups import back_up, daily_backup, list_backups, restore, salvage
    from mshopper.operations.exporting import export_csv, export_reports
    from mshopper.operations.forms import (
        CheckedImport,
        FormInfo,
        find_form,
        form_content,
        form_warnings,
        import_checked,
        import_form,
        list_forms,
        load_form,
        quoted,
        start_trial,
    )
    from mshopper.operations.lifecycle import (
        continue_visit,
        correct_visit,
        delete_draft,
        duplicate_visit,
        duplicate_visits,
        forget_deleted,
        restore_draft,
    )
    from mshopper.operations.photos import (
        GivenPhoto,
        attach_photo,
        attach_photos,
        caption_photo,
        edit_photo,
        edited_info,
        moving,
        photo_info,
        photo_jpeg,
        remove_photo,
        show_original,
        take_in,
        take_in_all,
        thumbnail,
    )
    from mshopper.operations.recording import record_visit
    from mshopper.operations.reports import question_words, report_name, write_report
    from mshopper.operations.stores import add_store, find_store, import_stores, list_stores
    from mshopper.operations.submission import (
        NOT_DONE_KEY,
        NOT_DONE_REASONS,
        IncompleteVisitError,
        mark_not_done,
        missing,
        submit_visit,
    )
    from mshopper.operations.syncing import SyncResult, SyncState, compact, erase, merge, sync, sync_state
    from mshopper.operations.visits import (
        OpenVisit,
        add_instance,
        answer,
        apply,
        count_visits,
        duplicate_instance,
        find_visit,
        inverse,
        list_visits,
        live_score,
        open_visit,
        remove_instance,
        resume,
        save_resume,
        start_visit,
    )
    from mshopper.operations.watching import FoundPhoto, WatchedFolder, is_photo_new, pass_photos
    from mshopper.operations.workspace import Workspace, open_workspace, system_clock

# A use case is imported when it is first used: the window must be there before all that it may come to need.
_MODULES = {
    "backups": "back_up daily_backup list_backups restore salvage",
    "exporting": "export_csv export_reports",
    "forms": "CheckedImport FormInfo find_form form_content form_warnings import_checked import_form list_forms "
    "load_form quoted start_trial",
    "lifecycle": "continue_visit correct_visit delete_draft duplicate_visit duplicate_visits forget_deleted "
    "restore_draft",
    "photos": "GivenPhoto attach_photo attach_photos caption_photo edit_photo edited_info moving "
    "photo_info photo_jpeg remove_photo show_original take_in take_in_all thumbnail",
    "recording": "record_visit",
    "reports": "question_words report_name write_report",
    "stores": "add_store find_store import_stores list_stores",
    "submission": "NOT_DONE_KEY NOT_DONE_REASONS IncompleteVisitError mark_not_done missing submit_visit",
    "syncing": "SyncResult SyncState compact erase merge sync sync_state",
    "visits": "OpenVisit add_instance answer apply count_visits duplicate_instance find_visit inverse list_visits "
    "live_score open_visit remove_instance resume save_resume start_visit",
    "watching": "FoundPhoto WatchedFolder is_photo_new pass_photos",
    "workspace": "Workspace open_workspace system_clock",
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


__all__ = [
    "NOT_DONE_KEY",
    "NOT_DONE_REASONS",
    "CheckedImport",
    "FormInfo",
    "FoundPhoto",
    "GivenPhoto",
    "IncompleteVisitError",
    "OpenVisit",
    "Settings",
    "SyncResult",
    "SyncState",
    "WatchedFolder",
    "Workspace",
    "add_instance",
    "add_store",
    "answer",
    "apply",
    "attach_photo",
    "attach_photos",
    "back_up",
    "caption_photo",
    "change_settings",
    "compact",
    "continue_visit",
    "correct_visit",
    "count_visits",
    "daily_backup",
    "delete_draft",
    "duplicate_instance",
    "duplicate_visit",
    "duplicate_visits",
    "edit_photo",
    "edited_info",
    "erase",
    "export_csv",
    "export_reports",
    "find_form",
    "find_store",
    "find_visit",
    "forget_deleted",
    "form_content",
    "form_warnings",
    "import_checked",
    "import_form",
    "import_stores",
    "inverse",
    "is_first_start",
    "is_photo_new",
    "list_backups",
    "list_forms",
    "list_stores",
    "list_visits",
    "live_score",
    "load_form",
    "mark_not_done",
    "merge",
    "missing",
    "moving",
    "open_visit",
    "open_workspace",
    "pass_photos",
    "photo_info",
    "photo_jpeg",
    "question_words",
    "quoted",
    "record_visit",
    "remove_instance",
    "remove_photo",
    "report_name",
    "restore",
    "restore_draft",
    "resume",
    "salvage",
    "save_resume",
    "settings",
    "show_original",
    "start_trial",
    "start_visit",
    "submit_visit",
    "sync",
    "sync_state",
    "system_clock",
    "take_in",
    "take_in_all",
    "thumbnail",
    "write_report",
]
