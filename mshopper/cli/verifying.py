"""`mshopper verify` and `mshopper rescore`: whether what is kept still says what was sealed, and scores the same."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.i18n import _, format_fixed, ngettext

if TYPE_CHECKING:
    from mshopper.model.verification import Verification
    from mshopper.operations.rescoring import Rescoring, Scored


@click.command("verify")
@click.argument("wanted", metavar="[FILE|ID]…", nargs=-1)
@click.option("--folder", type=common.FOLDER, help="The head-office folder, for a table that lies elsewhere.")
@common.json_option
@common.data_option
@click.pass_context
def verify(
    context: click.Context, wanted: tuple[str, ...], folder: Path | None, as_json: bool, data: Path | None
) -> None:
    """Verify visits by id, PDFs, exported visits, merged tables, head-office folders; by default every visit here.

    Exit 0 where all that could be checked agrees, 1 where something doesn't or can't be read.
    """
    from mshopper import operations as ops
    from mshopper.model.verification_words import as_text

    bad, shown = 0, []
    with common.opened(data) as workspace, common.progress_bar(_("Verifying")) as progress:
        for found in ops.verify(workspace, wanted, office=folder, progress=progress):
            is_bad = bool(found.of("differs"))
            bad += is_bad
            if as_json:
                shown.append(_data(found))
            elif wanted or is_bad:
                click.echo(as_text(found))
            else:
                shown.append({})
    if as_json:
        common.print_json(shown)
    elif not wanted:
        total = len(shown) + bad
        said = ngettext("{n} visit verified, {bad} don't agree.", "{n} visits verified, {bad} don't agree.", total)
        click.echo(said.format(n=total, bad=bad))
    if bad:
        context.exit(1)


def _data(found: "Verification") -> dict[str, Any]:
    from mshopper.model.verification_words import check_sentence

    return {
        "kind": found.kind,
        "name": found.name,
        "visit_id": found.visit_id,
        "revision": found.revision,
        "device_id": found.device_id,
        "agrees": found.agrees,
        "checks": [
            {
                "subject": check.subject,
                "result": check.result,
                "code": check.reason.code,
                "values": dict(check.reason.values),
                "sentence": check_sentence(check),
            }
            for check in found.checks
        ],
    }


@click.command("rescore")
@click.argument("folder", required=False, type=common.FOLDER)
@click.option("--form", type=common.FILE, help="Score the visits of this form by the version in FILE, to compare.")
@click.option("--weights", multiple=True, metavar="ID=WEIGHT", help="Score with this weight of a section or question.")
@common.json_option
@common.data_option
@click.pass_context
def rescore(
    context: click.Context,
    folder: Path | None,
    form: Path | None,
    weights: tuple[str, ...],
    as_json: bool,
    data: Path | None,
) -> None:
    """Score every visit again, here or in the head-office FOLDER; differences are listed, and nothing is kept.

    Exit 1 where a visit scores otherwise by its own form.
    """
    from mshopper import operations as ops

    is_trial = form is not None or bool(weights)
    with common.opened(data) as workspace, common.progress_bar(_("Scoring")) as progress:
        found = ops.rescore(workspace, folder=folder, form=form, weights=ops.read_weights(weights), progress=progress)
    if as_json:
        common.print_json(_rescoring_data(found))
    else:
        _print(found, is_trial)
    if found.different and not is_trial:
        context.exit(1)


def _rescoring_data(found: "Rescoring") -> dict[str, Any]:
    from mshopper.operations.scoring import number

    return {
        "visits": [
            {
                "visit_id": one.visit_id,
                "store": one.store,
                "form_version": one.form_version,
                "percent": [number(percent) for percent in one.percent],
                "verdict": list(one.verdict),
                "differs": one.differs,
                "what": one.what,
            }
            for one in found.visits
        ],
        "left_out": dict(found.left_out),
    }


def _print(found: "Rescoring", is_trial: bool) -> None:
    for one in found.visits if is_trial else found.different:
        click.echo(_line(one))
    total, different = len(found.visits), len(found.different)
    said = ngettext(
        "{n} visit scored again, {different} differ.", "{n} visits scored again, {different} differ.", total
    )
    click.echo(said.format(n=total, different=different))
    for why, number in found.left_out.items():
        click.echo(_("Left out: {n} – {why}").format(n=number, why=why), err=True)


def _line(one: "Scored") -> str:
    from mshopper.model.reasons import verdict_text

    before, after = ("–" if percent is None else format_fixed(percent, 2) for percent in one.percent)
    verdicts = " → ".join(dict.fromkeys(verdict_text(verdict) for verdict in one.verdict if verdict))
    what = f"  {one.what}" if one.what else ""
    return f"{one.visit_id}  {before:>6} → {after:>6}  {verdicts}  {one.store}{what}"
