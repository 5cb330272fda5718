"""Verifying what a head office has: segments by hash, signature and published key, merged tables by the segments' rows, scores
by the forms and the published answers.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.verification import MOST_SAID, Check, Verification, agrees, differs, unchecked
from mshopper.operations.identity import is_signature
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.exchange.against import Published, TableComparison
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.schema import Row, Table, Tables
    from mshopper.exchange.segment import Segment
    from mshopper.model.form import Form
    from mshopper.model.rules import FormRules
    from mshopper.operations.workspace import Workspace

FormOf = Callable[[str], "tuple[Form, FormRules] | None"]
"""A form and its rules by its hash."""


def verify_folder(workspace: "Workspace | None", folder: Path, progress: Progress | None = None) -> Verification:
    """Verify a head-office folder: segments, merged tables, scores. Raises HeadOfficeError, Cancelled."""
    from mshopper.exchange.against import published
    from mshopper.exchange.folder import HeadOffice
    from mshopper.exchange.schema import TABLES

    progress = progress or Progress()
    head_office = HeadOffice(folder)
    known = published(head_office, is_signature, progress)
    checks = [*_segments(head_office, known)]
    for table in TABLES:
        if (folder / table.file).is_file():
            checks += _table(folder / table.file, table, known, folder)
    checks += _scores(known, forms_of(workspace, folder), progress)
    return Verification("folder", str(folder), tuple(checks))


def verify_table(
    workspace: "Workspace | None",
    path: Path,
    table: "Table",
    *,
    office: Path | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Verify one merged table, or rows of one, against the head-office folder `office`.

    By default the folder around it, else that of the settings. Raises MshopperError where there is none, Cancelled.
    """
    from mshopper.exchange.against import published
    from mshopper.exchange.folder import HeadOffice
    from mshopper.operations.reaching import chosen_folder

    own = path.resolve().parent
    named = chosen_folder(workspace) if workspace else None
    folder = next((one for one in (office, own, named) if one is not None and (one / "results").is_dir()), None)
    if folder is None:
        sentence = _("“{file}” can only be verified with the head-office folder: name it with --folder.")
        raise MshopperError(sentence.format(file=path.name))
    progress = progress or Progress()
    head_office = HeadOffice(folder)
    known = published(head_office, is_signature, progress)
    whole = folder if own == folder.resolve() and path.name == table.file else None
    checks = [*_segments(head_office, known), *_table(path, table, known, whole)]
    return Verification("table", path.name, tuple(checks))


def _segments(head_office: "HeadOffice", known: "Published") -> Iterator[Check]:
    devices = {segment.device_id for segment in known.segments}
    for problem in known.problems[:MOST_SAID]:
        result = unchecked if problem.code in ("half", "newer", "copy", "foreign", "unreadable") else differs
        yield result("segments", f"segment_{problem.code}", name=problem.name)
    if known.segments:
        yield agrees("segments", "segments_agree", n=len(known.segments), devices=len(devices))
    unpublished = sum(not head_office.device_key(device) for device in devices)
    if unpublished:
        yield unchecked("device", "keys_unpublished", n=unpublished)
    elif devices:
        yield agrees("device", "keys_published", n=len(devices))


def _table(path: Path, table: "Table", known: "Published", folder: Path | None) -> Iterator[Check]:
    from mshopper.exchange.against import compare_table
    from mshopper.exchange.schema import VISITS

    try:
        found = compare_table(path, table, known, folder=folder)
    except (csv.Error, UnicodeDecodeError, KeyError):
        yield differs("table", "table_unreadable", table=path.name)
        return
    wrong = list(_wrong_rows(found))
    yield from wrong[:MOST_SAID]
    if len(wrong) > MOST_SAID:
        yield differs("table", "and_more", n=len(wrong) - MOST_SAID)
    if not wrong:
        yield agrees("table", "rows_agree", table=path.name, n=found.rows)
    if found.unmerged:
        yield unchecked("table", "rows_unmerged", table=path.name, n=found.unmerged)
    if table is VISITS:
        yield unchecked("state", "status_decided")


def _wrong_rows(found: "TableComparison") -> Iterator[Check]:
    name = found.path.name
    for key, what in found.changed.items():
        yield differs("table", "row_changed", table=name, visit=key[0], what=", ".join(what))
    for code, keys in (("row_unknown", found.unknown), ("row_missing", found.missing), ("row_erased", found.erased)):
        for visit_id, _revision in keys:
            yield differs("table", code, table=name, visit=visit_id)


def forms_of(workspace: "Workspace | None", folder: Path) -> FormOf:
    """The forms of a head-office folder and of this data folder, each read once."""
    from mshopper.exchange.folder import HeadOffice
    from mshopper.formfile import read_form
    from mshopper.model.form_document import form_hash
    from mshopper.model.rules import compile_form_rules

    found: dict[str, tuple[Form, FormRules] | None] = {}
    offered = list(HeadOffice(folder).offered().forms)

    def form_of(wanted: str) -> "tuple[Form, FormRules] | None":
        while wanted not in found and offered:
            try:
                form = read_form(offered.pop(0))
            except MshopperError:
                continue
            found[form_hash(form)] = form, compile_form_rules(form)
        if wanted not in found:
            try:
                found[wanted] = workspace.form(wanted) if workspace else None
            except KeyError:
                found[wanted] = None
        return found[wanted]

    return form_of


def published_visits(known: "Published") -> "Iterator[tuple[Segment, Tables]]":
    """The newest published revision of each visit that wasn't erased, with its rows."""
    from mshopper.exchange.schema import TABLES, VISITS, Tables

    newest: dict[str, int] = {}
    for segment in known.segments:
        for row in segment.rows(VISITS):
            newest[row["visit_id"]] = max(newest.get(row["visit_id"], 0), int(row["revision"]))
    done: set[tuple[str, str]] = set()
    for segment in known.segments:
        rows: dict[str, Mapping[tuple[str, str], tuple[Row, ...]]] = {
            table.name: _by_visit(segment.rows(table)) for table in TABLES
        }
        for key, visits in rows[VISITS.name].items():
            if key in done or key[0] in known.erased or int(key[1]) != newest[key[0]]:
                continue
            done.add(key)
            others = [rows[table.name].get(key, ()) for table in TABLES[1:]]
            yield segment, Tables(visits, *others)


def _by_visit(rows: "Iterable[Row]") -> "Mapping[tuple[str, str], tuple[Row, ...]]":
    return {key: tuple(own) for key, own in groupby(rows, key=lambda row: (row["visit_id"], row["revision"]))}


def _scores(known: "Published", form_of: FormOf, progress: Progress) -> Iterator[Check]:
    """Each visit scored again by what its laptop published."""
    good = lacking = 0
    wrong: list[Check] = []
    for _segment, rows in published_visits(known):
        if not (row := rows.visits[0])["percent"] and not row["verdict"]:
            continue  # not done: it has no score
        if (form := form_of(row["form_hash"])) is None:
            lacking += 1
            continue
        if what := score_difference(rows, *form):
            wrong.append(differs("score", "row_score_changed", visit=row["visit_id"], what=what))
        else:
            good += 1
        progress.advance(_("Verifying"), 0)
    yield from wrong[:MOST_SAID]
    if len(wrong) > MOST_SAID:
        yield differs("score", "and_more", n=len(wrong) - MOST_SAID)
    if good:
        yield agrees("score", "rows_score_agrees", n=good)
    if lacking:
        yield unchecked("score", "form_lacking", n=lacking)


def score_difference(rows: "Tables", form: "Form", rules: "FormRules") -> str:
    """What of a published visit scores differently; "" for nothing."""
    from mshopper.operations.verifying.from_rows import differences, record_of, scored_rows

    try:
        again = scored_rows(record_of(rows.visits[0], rows.answers, rows.scores, form), rules)
        found = list(differences(rows, again))
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return _("the answers can't be read")
    return ", ".join(found[:6])
