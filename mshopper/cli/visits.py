"""`mshopper visit …` and `mshopper report`: recording, listing, showing and printing visits."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from mshopper.cli import common
from mshopper.cli.forms import print_sheet
from mshopper.i18n import _, current_language, format_fixed, languages, ngettext

STATES = ("in_progress", "submitted", "approved", "returned", "not_done")


@click.group("visit")
def visit_group() -> None:
    """Record, list and show visits."""


@visit_group.command("record")
@click.option("--form", "form", required=True, help="A form's id, or a form file.")
@click.option("--store", "store_id", required=True, help="A store's id.")
@click.option("--answers", required=True, type=common.FILE, help="The answers, a JSON file.")
@click.option("--photo", "photos", multiple=True, metavar="QUESTION=FILE", help="A photo for a question.")
@click.option("--submit", is_flag=True, help="Submit the visit.")
@click.option("--incomplete", "reason", default="", metavar="REASON", help="Submit although something is missing.")
@click.option("--auditor", default="", metavar="ID", help="Who made the visit, if not the auditor of the settings.")
@common.json_option
@common.data_option
def record(
    form: str,
    store_id: str,
    answers: Path,
    photos: tuple[str, ...],
    submit: bool,
    reason: str,
    auditor: str,
    as_json: bool,
    data: Path | None,
) -> None:
    """Record a visit from a file of answers and photos."""
    from mshopper import operations as ops

    if reason and not submit:
        raise click.UsageError(_("--incomplete goes with --submit."))
    with common.opened(data) as workspace:
        try:
            opened = ops.record_visit(
                workspace,
                form=form,
                store_id=store_id,
                answers=answers,
                photos=[_photo(one) for one in photos],
                submit=submit,
                reason=reason,
                auditor=auditor,
            )
        except ops.IncompleteVisitError as error:
            _print_missing(error.sentences)
            raise
        header = opened.header
        if as_json:
            common.print_json(_visit_data(workspace, header.visit_id))
            return
        click.echo(header.visit_id)
        if header.seal:
            click.echo(_("Submitted, sealed {seal}.").format(seal=header.seal))


def _photo(text: str) -> tuple[str, Path]:
    question, mark, file = text.partition("=")
    if not mark or not question or not file:
        raise click.BadParameter(_("“{text}” is not QUESTION=FILE.").format(text=text), param_hint="--photo")
    return question, Path(file)


def _print_missing(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        click.echo(f"  {sentence}", err=True)


@visit_group.command("list")
@click.option(
    "--search", "--text", "text", default="", help="Words of store, auditor, form or comments, or their beginnings."
)
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only visits in this state.")
@click.option("--store", "store_id", default="", metavar="ID", help="Only visits to this store.")
@click.option("--form", "form_id", default="", metavar="ID", help="Only visits by this form.")
@click.option("--auditor", "auditor_id", default="", metavar="ID", help="Only visits by this auditor.")
@click.option(
    "--verdict", default="", type=click.Choice(["", "pass", "fail", "not_scored"]), help="Only visits so judged."
)
@click.option("--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), help="Only visits begun on this day or later.")
@click.option("--to", "to_day", type=click.DateTime(["%Y-%m-%d"]), help="Only visits begun on this day or before.")
@click.option("--limit", default=100, show_default=True, help="At most so many, the newest first.")
@common.json_option
@common.data_option
def list_command(
    text: str,
    states: tuple[str, ...],
    store_id: str,
    form_id: str,
    auditor_id: str,
    verdict: str,
    from_day: dt.datetime | None,
    to_day: dt.datetime | None,
    limit: int,
    as_json: bool,
    data: Path | None,
) -> None:
    """List visits, the newest first."""
    from mshopper import operations as ops
    from mshopper.model.reasons import state_text
    from mshopper.operations.scoring import number

    with common.opened(data) as workspace:
        wanted: dict[str, Any] = {
            "states": states,
            "store_id": store_id,
            "form_id": form_id,
            "auditor_id": auditor_id,
            "text": text,
            "from_day": from_day.date().isoformat() if from_day else "",
            "to_day": to_day.date().isoformat() if to_day else "",
            "verdict": verdict,
        }
        rows = ops.list_visits(workspace, limit=limit, **wanted)
        if as_json:
            common.print_json(
                [
                    {
                        **row._asdict(),
                        "form_title": row.form_title.get(current_language()),
                        **{name: number(getattr(row, name)) for name in ("earned", "possible", "percent", "coverage")},
                    }
                    for row in rows
                ]
            )
            return
        for row in rows:
            percent = "–" if row.percent is None else format_fixed(row.percent, 2)
            click.echo(
                f"{row.visit_id}  {(row.submitted_at or row.started_at)[:16]}  {percent:>6}  "
                f"{state_text(row.state)}  {row.store_name or row.store_id}  {row.form_title.get(current_language())}"
            )
        if not rows and any(wanted.values()):
            click.echo(_("No visit matches."), err=True)
        elif not rows:
            click.echo(_("There are no visits yet: “mshopper visit record” makes one, or the app does."), err=True)


@visit_group.command("correct")
@click.argument("visit_id")
@click.option("--reason", required=True, help="Why the visit is corrected.")
@common.data_option
def correct(visit_id: str, reason: str, data: Path | None) -> None:
    """Begin the next revision of a submitted visit; the app goes on with it."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        header = ops.correct_visit(workspace, ops.find_visit(workspace, visit_id), reason=reason).header
        said = _("Revision {n} of {visit} is begun: “mshopper” goes on with it.")
        click.echo(said.format(n=header.revision, visit=header.visit_id))


@visit_group.command("delete")
@click.argument("visit_ids", nargs=-1, required=True)
@common.data_option
def delete(visit_ids: tuple[str, ...], data: Path | None) -> None:
    """Delete visits, or corrections, that were never submitted, for good."""
    from mshopper import operations as ops

    with common.opened(data) as workspace:
        found = [ops.find_visit(workspace, wanted) for wanted in visit_ids]
        with workspace.store.write():  # all or none
            for visit_id in found:
                ops.delete_draft(workspace, visit_id)
            ops.forget_deleted(workspace)
        click.echo(ngettext("{n} draft was deleted.", "{n} drafts were deleted.", len(found)).format(n=len(found)))


@visit_group.command("show")
@click.argument("visit_id")
@common.json_option
@common.data_option
def show(visit_id: str, as_json: bool, data: Path | None) -> None:
    """Show a visit: its header, answers and score."""
    from mshopper import operations as ops
    from mshopper.model import reasons

    with common.opened(data) as workspace:
        found = ops.find_visit(workspace, visit_id)
        if as_json:
            common.print_json(_visit_data(workspace, found))
            return
        visit = ops.open_visit(workspace, found)
        header, form = visit.header, visit.form
        language = common.shown_language(form)
        click.echo(f"{header.visit_id}  {reasons.state_text(header.state)}  {header.started_at}")
        click.echo(f"{header.store.name or header.store.store_id} · {form.title.get(language)}")
        for key, answer in visit.visit.answers.items():
            if key.path not in form.questions:
                continue
            said = _("N/A") if answer.na else reasons.answer_text(visit.visit.question(key), answer.value, language)
            where = form.question_id(key.path) + (f" [{key.instance}]" if key.instance else "")
            comment = f" — {answer.comment}" if answer.comment else ""
            pictures = ngettext("{n} photo", "{n} photos", len(answer.photos)).format(n=len(answer.photos))
            click.echo(f"  {where}: {said}{comment}" + (f" ({pictures})" if answer.photos else ""))
        sheet = workspace.record(found).sheet
        if sheet:
            print_sheet(form, sheet)


@visit_group.command("export")
@click.argument("visit_id")
@click.option("--out", required=True, type=common.FILE, help="The file, or a folder in which it gets a name.")
@common.data_option
def export(visit_id: str, out: Path, data: Path | None) -> None:
    """Write a submitted visit with all that proves it into one file."""
    from mshopper import operations as ops

    with common.opened(data) as workspace, common.progress_bar(_("Export")) as progress:
        path = ops.export_visit(workspace, ops.find_visit(workspace, visit_id), out, progress=progress)
    click.echo(str(path))


@visit_group.command("import")
@click.argument("file", type=common.FILE)
@common.data_option
def import_command(file: Path, data: Path | None) -> None:
    """Take in an exported visit, which must verify, as the other device's that it is."""
    from mshopper import operations as ops

    with common.opened(data) as workspace, common.progress_bar(_("Import")) as progress:
        header, is_new = ops.import_exported(workspace, file, progress=progress)
    sentence = _("Visit {visit} imported.") if is_new else _("Visit {visit} is here already; nothing changed.")
    click.echo(sentence.format(visit=header.visit_id))


def _visit_data(workspace: Any, visit_id: str) -> dict[str, Any]:
    from mshopper.model.answer import value_to_data
    from mshopper.operations.scoring import sheet_json

    record = workspace.record(visit_id)
    form = record.form
    return {
        **asdict(record.header),
        "answers": [
            {
                "question": form.question_id(key.path) if key.path in form.places else key.path,
                "instance": key.instance,
                "value": value_to_data(answer.value),
                "na": answer.na,
                "comment": answer.comment,
                "photos": list(answer.photos),
                "seconds": None if answer.seconds is None else str(answer.seconds),
            }
            for key, answer in record.answers.items()
        ],
        "photos": [asdict(photo) for photo in record.photos],
        "score": sheet_json(form, record.sheet) if record.sheet else None,
    }


@click.command("report")
@click.argument("visit_ids", nargs=-1, required=True)
@click.option("--out", required=True, type=common.FILE, help="The folder for the PDFs, or one .pdf file.")
@click.option("--lang", type=click.Choice(languages()), help="The report's language; the visit's own by default.")
@common.data_option
def report(visit_ids: tuple[str, ...], out: Path, lang: str | None, data: Path | None) -> None:
    """Write the PDF reports of visits."""
    from mshopper import operations as ops

    if len(visit_ids) > 1 and out.suffix.lower() == ".pdf":
        raise click.UsageError(_("Several reports need a folder: give --out a folder."))
    with common.opened(data) as workspace:
        for wanted in visit_ids:
            found = ops.find_visit(workspace, wanted)
            header = workspace.record(found).header
            language = lang or (header.language if header.language in languages() else current_language())
            with common.progress_bar(_("Report")) as progress:
                path, warnings = ops.write_report(workspace, found, out, language=language, progress=progress)
            click.echo(str(path))
            for warning in warnings:
                click.echo(warning, err=True)
