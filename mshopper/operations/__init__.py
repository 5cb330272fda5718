"""The use cases, in domain verbs: what screens and commands do, they do through here.

Each takes the Workspace first, keeps what it changes durably, and returns what it changed.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mshopper.operations.settings import Settings, change_settings, is_first_start, settings

if TYPE_CHECKING:
    from mshopper.operations.backups import back_up, daily_backup, list_backups, restore, salvage
    from mshopper.operations.comparing import Comparing, open_comparison
    from mshopper.operations.comparison_exports import (
        comparison_report,
        store_page_name,
        store_pages,
        write_comparison_pdf,
        write_comparison_workbook,
        write_store_page,
        write_store_pages,
    )
    from mshopper.operations.comparison_output import comparison_data, write_comparison_csv
    from mshopper.operations.corrective import (
        action_photo,
        add_action,
        change_action,
        find_action,
        find_finding,
        finish_action,
        found_to_mend,
        list_actions,
        open_action,
        reopen_action,
    )
    from mshopper.operations.exported import export_visit, import_exported, open_exported
    from mshopper.operations.exporting import export_csv, export_reports, export_visits
    from mshopper.operations.findings import Findings
    from mshopper.operations.findings_output import findings_data
    from mshopper.operations.form_pictures import form_picture
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
    from mshopper.operations.listing import ListPreview, preview_again, preview_list, take_list
    from mshopper.operations.planning import (
        PlanEntry,
        QuotaProgress,
        accept_plan,
        export_plan,
        keep_plan_rules,
        load_plan_rules,
        plan_entries,
        propose_plan,
        publish_plan,
        quota_progress,
        read_rules_file,
        read_rules_text,
        rules_text,
        sent_visits,
        withdraw_plan,
    )
    from mshopper.operations.recording import record_visit
    from mshopper.operations.reports import question_words, report_name, write_report
    from mshopper.operations.rescoring import Rescoring, Scored, read_weights, rescore
    from mshopper.operations.reviewing import (
        VisitSeen,
        Waiting,
        findings_seen,
        judged,
        review_queue,
        seen_here,
        seen_in,
        seen_photo,
    )
    from mshopper.operations.reviews import (
        Judged,
        approve_visit,
        correct_with_reason,
        decisions,
        dispute_visit,
        judged_here,
        may_withdraw,
        return_reason,
        return_visit,
        settle_dispute,
        withdraw_decision,
    )
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
    from mshopper.operations.verifying import verify, verify_file, verify_visit, verify_visits
    from mshopper.operations.visits import (
        OpenVisit,
        add_instance,
        answer,
        apply,
        attach_photo,
        caption_photo,
        count_visits,
        duplicate_instance,
        find_visit,
        inverse,
        list_visits,
        live_score,
        open_visit,
        photo_info,
        photo_jpeg,
        remove_instance,
        remove_photo,
        resume,
        save_resume,
        start_visit,
        take_in,
        thumbnail,
    )
    from mshopper.operations.workspace import Workspace, open_workspace, system_clock

# A use case is imported when it is first used: the window must be there before all that it may come to need.
_MODULES = {
    "backups": "back_up daily_backup list_backups restore salvage",
    "comparing": "Comparing open_comparison",
    "comparison_exports": "comparison_report store_page_name store_pages write_comparison_pdf write_comparison_workbook "
    "write_store_page write_store_pages",
    "comparison_output": "comparison_data write_comparison_csv",
    "corrective": "action_photo add_action change_action find_action find_finding finish_action found_to_mend "
    "list_actions open_action reopen_action",
    "exported": "export_visit import_exported open_exported",
    "exporting": "export_csv export_reports export_visits",
    "findings": "Findings",
    "findings_output": "findings_data",
    "form_pictures": "form_picture",
    "forms": "CheckedImport FormInfo find_form form_content form_warnings import_checked import_form list_forms "
    "load_form quoted start_trial",
    "lifecycle": "continue_visit correct_visit delete_draft duplicate_visit duplicate_visits forget_deleted "
    "restore_draft",
    "listing": "ListPreview preview_again preview_list take_list",
    "planning": "PlanEntry QuotaProgress accept_plan export_plan keep_plan_rules load_plan_rules plan_entries "
    "propose_plan publish_plan quota_progress read_rules_file read_rules_text rules_text sent_visits "
    "withdraw_plan",
    "recording": "record_visit",
    "reports": "question_words report_name write_report",
    "rescoring": "Rescoring Scored read_weights rescore",
    "reviewing": "VisitSeen Waiting findings_seen judged review_queue seen_here seen_in seen_photo",
    "reviews": "Judged approve_visit correct_with_reason decisions dispute_visit judged_here may_withdraw "
    "return_reason return_visit settle_dispute withdraw_decision",
    "stores": "add_store find_store import_stores list_stores",
    "submission": "NOT_DONE_KEY NOT_DONE_REASONS IncompleteVisitError mark_not_done missing submit_visit",
    "syncing": "SyncResult SyncState compact erase merge sync sync_state",
    "verifying": "verify verify_file verify_visit verify_visits",
    "visits": "OpenVisit add_instance answer apply attach_photo caption_photo count_visits duplicate_instance "
    "find_visit inverse list_visits live_score open_visit photo_info photo_jpeg remove_instance "
    "remove_photo resume save_resume start_visit take_in thumbnail",
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
    "Comparing",
    "Findings",
    "FormInfo",
    "IncompleteVisitError",
    "Judged",
    "ListPreview",
    "OpenVisit",
    "PlanEntry",
    "QuotaProgress",
    "Rescoring",
    "Scored",
    "Settings",
    "SyncResult",
    "SyncState",
    "VisitSeen",
    "Waiting",
    "Workspace",
    "accept_plan",
    "action_photo",
    "add_action",
    "add_instance",
    "add_store",
    "answer",
    "apply",
    "approve_visit",
    "attach_photo",
    "back_up",
    "caption_photo",
    "change_action",
    "change_settings",
    "compact",
    "comparison_data",
    "comparison_report",
    "continue_visit",
    "correct_visit",
    "correct_with_reason",
    "count_visits",
    "daily_backup",
    "decisions",
    "delete_draft",
    "dispute_visit",
    "duplicate_instance",
    "duplicate_visit",
    "duplicate_visits",
    "erase",
    "export_csv",
    "export_plan",
    "export_reports",
    "export_visit",
    "export_visits",
    "find_action",
    "find_finding",
    "find_form",
    "find_store",
    "find_visit",
    "findings_data",
    "findings_seen",
    "finish_action",
    "forget_deleted",
    "form_content",
    "form_picture",
    "form_warnings",
    "found_to_mend",
    "import_checked",
    "import_exported",
    "import_form",
    "import_stores",
    "inverse",
    "is_first_start",
    "judged",
    "judged_here",
    "keep_plan_rules",
    "list_actions",
    "list_backups",
    "list_forms",
    "list_stores",
    "list_visits",
    "live_score",
    "load_form",
    "load_plan_rules",
    "mark_not_done",
    "may_withdraw",
    "merge",
    "missing",
    "open_action",
    "open_comparison",
    "open_exported",
    "open_visit",
    "open_workspace",
    "photo_info",
    "photo_jpeg",
    "plan_entries",
    "preview_again",
    "preview_list",
    "propose_plan",
    "publish_plan",
    "question_words",
    "quota_progress",
    "quoted",
    "read_rules_file",
    "read_rules_text",
    "read_weights",
    "record_visit",
    "remove_instance",
    "remove_photo",
    "reopen_action",
    "report_name",
    "rescore",
    "restore",
    "restore_draft",
    "resume",
    "return_reason",
    "return_visit",
    "review_queue",
    "rules_text",
    "salvage",
    "save_resume",
    "seen_here",
    "seen_in",
    "seen_photo",
    "sent_visits",
    "settings",
    "settle_dispute",
    "start_trial",
    "start_visit",
    "store_page_name",
    "store_pages",
    "submit_visit",
    "sync",
    "sync_state",
    "system_clock",
    "take_in",
    "take_list",
    "thumbnail",
    "verify",
    "verify_file",
    "verify_visit",
    "verify_visits",
    "withdraw_decision",
    "withdraw_plan",
    "write_comparison_csv",
    "write_comparison_pdf",
    "write_comparison_workbook",
    "write_report",
    "write_store_page",
    "write_store_pages",
]
