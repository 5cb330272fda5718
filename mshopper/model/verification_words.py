"""A verification in words, in the language shown: what each check looked at, what it found, and what it all comes to."""

from collections.abc import Iterator

from mshopper.i18n import N_, _, format_fixed
from mshopper.model.reasons import verdict_text
from mshopper.model.sheet_document import read_fraction
from mshopper.model.verification import AGREES, DIFFERS, UNCHECKED, Check, Verification

_SUBJECTS = {
    "journal": N_("Journal"),
    "answers": N_("Answers"),
    "photos": N_("Photos"),
    "facts": N_("Photo details"),
    "form": N_("Form"),
    "score": N_("Score"),
    "seal": N_("Seal"),
    "signature": N_("Signature"),
    "device": N_("Device"),
    "parent": N_("Earlier revision"),
    "state": N_("Status"),
    "report": N_("Report"),
    "table": N_("Table"),
    "segments": N_("Published results"),
    "file": N_("Content"),
}

_RESULTS = {AGREES: N_("agrees"), DIFFERS: N_("doesn't agree"), UNCHECKED: N_("not checked")}

_SENTENCES = {
    "and_more": N_("And {n} more."),
    # The journal and the state of a visit
    "chain_whole": N_("Every line follows from the one before it ({n})."),
    "chain_broken": N_("Line {line} was changed, or one before it was changed or removed."),
    "chain_of_visit": N_(
        "The lines of the visit follow from each other up to the seal ({n}); of other visits only hashes are here ({hidden})."
    ),
    "sealing_agrees": N_("Line {line} has the same seal, signature and time."),
    "sealing_missing": N_("No line says that this visit was sealed."),
    "sealing_other": N_("The journal has another seal, signature or time for this revision."),
    "state_changed": N_("The journal says “{said}”, the visit “{kept}”."),
    # Answers, photos, form
    "answers_agree": N_("Each is as the journal's hashes have it ({n})."),
    "answer_changed": N_("“{question}” isn't as the journal's hashes have it."),
    "answers_erased": N_("Erased: only their hashes are left."),
    "photos_none": N_("The visit has none."),
    "photos_agree": N_("The stored pictures are those that were sealed ({n})."),
    "photo_changed": N_("{where}: the stored picture was changed."),
    "photo_missing": N_("{where}: the stored picture isn't there."),
    "photos_erased": N_("Erased: only their hashes are left ({n})."),
    "originals_agree": N_("The files from the camera are those that were sealed ({n})."),
    "original_changed": N_("{where}: the file from the camera was changed."),
    "originals_not_kept": N_("The files from the camera weren't kept, only their hashes ({n})."),
    "facts_agree": N_("Time, camera, place and caption are as the journal's hashes have them ({n})."),
    "facts_changed": N_("{where}: its time, camera, place or caption was changed."),
    "form_agrees": N_("“{form}”, version {version}, is the one that was filled in."),
    "form_changed": N_("The form isn't the one that was filled in: its hash differs."),
    "form_unreadable": N_("The form that was filled in can't be read: it was changed."),
    "form_lacking": N_("The form isn't in the folder, so these visits weren't scored again ({n})."),
    "source_agrees": N_("The form's own file says the same."),
    "source_differs": N_("The form's own file doesn't say the same; the visit doesn't depend on it."),
    # Score
    "score_agrees": N_("Scored again from form and answers, every line is the same to the last digit ({n})."),
    "line_changed": N_("“{question}” scores otherwise when it is scored again."),
    "total_changed": N_("The total is another when it is scored again."),
    "frozen_changed": N_("Calculated values or what was asked aren't what the form's rules give."),
    "columns_changed": N_("The list of visits shows another score or store than the visit has."),
    "score_missing": N_("The visit was submitted, but its score isn't there."),
    "score_rules": N_("It was scored by version {version} of the rules, which this mshopper doesn't have."),
    "score_erased": N_("Not scored again, since answers were erased."),
    "not_done": N_("The visit was not done, so it has none."),
    "rows_score_agrees": N_("Scored again from forms and published answers, each visit is the same ({n})."),
    "row_score_changed": N_("Visit {visit} scores otherwise when it is scored again: {what}."),
    # Seal, signature, device
    "no_seal": N_("The visit wasn't submitted yet, so nothing is sealed."),
    "seal_agrees": N_("Recomputed, it is the same: {seal}."),
    "seal_changed": N_("Recomputed, it is another than {seal}."),
    "seal_header_changed": N_(
        "Recomputed, it is another than {seal}: a time, the store, the auditor, the score or a hash was changed."
    ),
    "seal_erased": N_("It can't be recomputed, since content was erased."),
    "code_agrees": N_("The code has the seal of the visit that is kept here."),
    "code_differs": N_("The code has another seal than revision {revision} that is kept here."),
    "signature_agrees": N_("The device's key signed this seal."),
    "signature_wrong": N_("The signature isn't that of the key over this seal."),
    "no_key": N_("The key of the device isn't known."),
    "key_own": N_("The key is this data folder's own ({device})."),
    "key_published": N_("The key is the one that {device} published to the head office."),
    "key_other": N_("{device} is known here by another key: somebody else signed."),
    "key_carried": N_(
        "The key of {device} comes with the file alone, and anybody could have made one: ask the sender whether it begins"
        " with {key}."
    ),
    "key_unknown": N_("The key of {device} isn't known here."),
    "keys_published": N_("Each signed with the key that it published ({n})."),
    "keys_unpublished": N_("Some published no key: theirs comes with their results alone ({n})."),
    "parent_agrees": N_("It names the seal of revision {revision}."),
    "parent_changed": N_("It names another seal than revision {revision} has."),
    "parent_missing": N_("Revision {revision} isn't here."),
    # PDF
    "information_agrees": N_("What the file says of itself is what was sealed: {percent}."),
    "information_changed": N_("What the file says of itself was changed: {what}."),
    "pages_agree": N_("Printed again from the visit, it is the same in every byte."),
    "pages_differ": N_(
        "Printed again from the visit, it isn't the same file: it was changed, or another version of mshopper printed it."
        " Compare its pages with a report printed here."
    ),
    "pages_unproven": N_("A PDF alone proves its seal and what is sealed, not what stands on its pages."),
    "other_seal_here": N_("The same revision is kept here under another seal."),
    "statement_unreadable": N_("What it says of its seal was changed and can't be read."),
    # Tables and published results
    "segments_agree": N_("Each file has its hash and its device's signature ({n})."),
    "segment_half": N_("“{name}” hasn't arrived completely."),
    "segment_damaged": N_("“{name}” was changed or is damaged."),
    "segment_unreadable": N_("“{name}” can't be opened just now."),
    "segment_newer": N_("“{name}” comes from a newer mshopper."),
    "segment_copy": N_("“{name}” is a copy that a sync program or a person made."),
    "segment_foreign": N_("“{name}” isn't one of mshopper's results."),
    "segment_forged": N_("“{name}” isn't signed by the device it is filed under."),
    "rows_agree": N_("{table}: each row is as a laptop published it ({n})."),
    "row_changed": N_("{table}: visit {visit} isn't as its laptop published it: {what}."),
    "row_unknown": N_("{table}: no laptop published visit {visit}."),
    "row_missing": N_("{table}: visit {visit} was merged and isn't there."),
    "row_erased": N_("{table}: visit {visit} was erased and should not be there."),
    "rows_unmerged": N_("{table}: visits that were published since aren't merged yet ({n})."),
    "table_unreadable": N_("{table} can't be read as a table: it was changed or is damaged."),
    "status_decided": N_("Approved or returned is for supervisors to decide, later than the seal."),
    "visit_unreadable": N_("What is kept of the visit can't be read: it was changed or is damaged."),
}


def subject_text(check: Check) -> str:
    """What was looked at."""
    return _(_SUBJECTS[check.subject])


def result_text(result: str) -> str:
    """How it came out."""
    return _(_RESULTS[result])


def check_sentence(check: Check) -> str:
    """What was found."""
    values = dict(check.reason.values)
    if check.reason.code == "information_agrees":
        percent = read_fraction(values["percent"] or None)
        shown = "–" if percent is None else f"{format_fixed(percent, 2)}%"
        values["percent"] = f"{shown}, {verdict_text(values['verdict'])}" if values["verdict"] != "not_done" else shown
    if check.reason.code == "state_changed":
        from mshopper.model.reasons import state_text

        values |= {name: state_text(values[name]) for name in ("said", "kept")}
    return _(_SENTENCES[check.reason.code]).format(**values)


def summary(found: Verification) -> str:
    """What it all comes to, in a sentence."""
    if found.of(DIFFERS):
        return _("Something doesn't agree.")
    if not found.of(AGREES):
        return _("Nothing could be checked.")
    if found.of(UNCHECKED):
        return _("All that could be checked agrees.")
    return _("All agrees.")


def title(found: Verification) -> str:
    """What was verified."""
    match found.kind:
        case "visit":
            return _("Visit {visit}, revision {revision}").format(visit=found.name, revision=found.revision)
        case "report":
            return _("Report {file}").format(file=found.name)
        case "exported":
            return _("Exported visit {file}").format(file=found.name)
        case "table":
            return _("Table {file}").format(file=found.name)
    return _("Head-office folder {file}").format(file=found.name)


def as_text(found: Verification) -> str:
    """The whole as lines of text, to print or to send on."""
    return "\n".join(_lines(found))


def _lines(found: Verification) -> Iterator[str]:
    yield title(found)
    for check in found.checks:
        yield f"  [{result_text(check.result)}] {subject_text(check)}: {check_sentence(check)}"
    yield f"  {summary(found)}"
