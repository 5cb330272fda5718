"""`mshopper form …` and `mshopper score`: form files without a store."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mshopper.cli import common
from mshopper.errors import MshopperError
from mshopper.i18n import _, format_fixed, format_number, ngettext

if TYPE_CHECKING:
    from mshopper.formfile import FormCheck, FormProfile, Problem
    from mshopper.model.form import Form
    from mshopper.model.scoresheet import ScoreSheet


@click.group("form")
def form_group() -> None:
    """Check and convert form files, and the schema of their language."""


@form_group.command("check")
@click.argument("files", nargs=-1, required=True, type=common.FILE)
@common.json_option
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Find every problem in form FILES, each with its place and remedy."""
    checks = [(path, *_checked(path)) for path in files]
    if as_json:
        common.print_json([_check_data(*one) for one in checks])
    else:
        for path, found, refusal in checks:
            _print_check(path, found)
            if refusal:
                click.echo(refusal, err=True)
        if len(checks) > 1:
            _print_summary([(found, refusal) for _path, found, refusal in checks])
    if any(refusal or found.problems for _path, found, refusal in checks):
        context.exit(1)


def _checked(path: Path) -> tuple["FormCheck", str]:
    """What was found in a file; or why it can't be a form file at all, which mustn't keep the others from their turn."""
    from mshopper.formfile import FormCheck, check_form

    try:
        return check_form(path), ""
    except MshopperError as error:
        return FormCheck(None), str(error)


def _check_data(path: Path, found: "FormCheck", refusal: str) -> dict[str, Any]:
    from mshopper.formfile import profile

    form = found.form
    about = {"id": form.id, "version": form.version, "questions": len(form.questions)} if form else None
    whole = {"file": str(path), "sheet": "", "line": 0, "column": 0, "where": "", "what": refusal, "remedy": ""}
    return {
        "file": str(path),
        "form": about,
        "profile": _profile_data(profile(form)) if form else None,
        "problems": [whole] if refusal else [_problem_data(problem) for problem in found.problems],
        "warnings": [_problem_data(problem) for problem in found.warnings],
    }


def _problem_data(problem: "Problem") -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("file", "sheet", "line", "column", "where", "what", "remedy")}


def _profile_data(about: "FormProfile") -> dict[str, Any]:
    return {
        "sections": about.sections,
        "questions": about.questions,
        "languages": list(about.languages),
        "scored": about.scored,
        "points": {dimension or "-": float(points) for dimension, points in about.points},
        "unreachable": list(about.unreachable),
        "never_offered": [{"question": question, "choice": choice} for question, choice in about.never_offered],
        "without_dimension": list(about.without_dimension),
    }


def _print_check(path: Path, found: "FormCheck") -> None:
    for problem in found.problems:
        click.echo(problem.sentence)
    for warning in found.warnings:
        click.echo(_("warning: {sentence}").format(sentence=warning.sentence))
    if found.problems:
        total = ngettext("{n} problem", "{n} problems", len(found.problems)).format(n=len(found.problems))
        click.echo(f"{path}: {total}")
    elif found.form:
        count = len(found.form.questions)
        sentence = ngettext("{file}: good, {n} question", "{file}: good, {n} questions", count)
        click.echo(sentence.format(file=path, n=count))
        _print_profile(found.form)


def _print_profile(form: "Form") -> None:
    """The form's profile: counts on one line, then points by dimension and what nobody will see."""
    from mshopper.formfile import profile
    from mshopper.model.reasons import dimension_title

    about = profile(form)
    counts = [
        ngettext("{n} section", "{n} sections", about.sections).format(n=about.sections),
        ngettext("{n} question to answer", "{n} questions to answer", about.questions).format(n=about.questions),
        ngettext("{n} scored", "{n} scored", about.scored).format(n=about.scored),
    ]
    if about.languages:
        counts.append(_("languages: {languages}").format(languages=", ".join(about.languages)))
    click.echo("  " + "; ".join(counts))
    for dimension, points in about.points:
        name = dimension_title(form, dimension, form.language) if dimension else _("without a dimension")
        click.echo("  " + _("{dimension}: {points} points").format(dimension=name, points=format_number(points)))
    offered = [f"{question}/{choice}" for question, choice in about.never_offered]
    for sentence, names in (
        (_("never asked, since their rule is always false: {names}"), list(about.unreachable)),
        (_("choices never offered: {names}"), offered),
        (_("score, but in no dimension: {names}"), list(about.without_dimension)),
    ):
        if names:
            click.echo("  " + sentence.format(names=", ".join(names)))


def _print_summary(checks: "list[tuple[FormCheck, str]]") -> None:
    good = sum(not (refusal or found.problems) for found, refusal in checks)
    warnings = sum(len(found.warnings) for found, _refusal in checks)
    line = ngettext("{n} form, {good} without problems", "{n} forms, {good} without problems", len(checks))
    told = ngettext("{n} warning", "{n} warnings", warnings).format(n=warnings)
    click.echo(f"{line.format(n=len(checks), good=good)}; {told}")


@form_group.command("convert")
@click.argument("source", metavar="SRC", type=common.FILE)
@click.argument("target", metavar="DST", type=click.Path(dir_okay=False, path_type=Path))
def convert(source: Path, target: Path) -> None:
    """Convert the form SRC into DST: .yaml, .json or an XLSForm as .xlsx; says what can't be carried over."""
    from mshopper.operations.convert import convert_form

    lost = convert_form(source, target)
    for sentence in lost:
        click.echo(sentence)
    if not lost:
        click.echo(_("{file}: written, nothing is lost.").format(file=target))
        return
    written = ngettext("{file}: written; {n} thing to look at.", "{file}: written; {n} things to look at.", len(lost))
    click.echo(written.format(file=target, n=len(lost)))


@form_group.command("schema")
def schema() -> None:
    """Print the JSON Schema of the YAML form language, for editors."""
    from mshopper.formfile import form_schema

    common.print_json(form_schema())


@click.command("score")
@click.argument("form", type=common.FILE)
@click.argument("answers", type=common.FILE)
@click.option("--at", "at", metavar="TIME", help="The time that rules see, ISO 8601; now by default.")
@common.json_option
def score(form: Path, answers: Path, at: str | None, as_json: bool) -> None:
    """Score ANSWERS (a JSON file) by FORM, without a store."""
    from mshopper.operations.scoring import score_files, sheet_json

    the_form, sheet = score_files(form, answers, at=_moment(at))
    if as_json:
        common.print_json(sheet_json(the_form, sheet))
    else:
        print_sheet(the_form, sheet)


def _moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            _("“{text}” is not a time such as 2026-11-21T10:00:00+01:00.").format(text=text)
        ) from None
    return moment if moment.tzinfo else moment.astimezone()


def print_sheet(form: "Form", sheet: "ScoreSheet") -> None:
    """A score sheet for people: the headline, sections and dimensions, then every line with its reason."""
    from mshopper.model import reasons

    language = common.shown_language(form)
    percent = "–" if sheet.percent is None else f"{format_fixed(sheet.percent, 2)}%"
    headline = [percent, reasons.verdict_text(sheet.verdict), sheet.grade]
    click.echo("  ".join(part for part in headline if part))
    click.echo(f"{format_number(sheet.earned)} / {format_number(sheet.possible)}")
    for hit in sheet.criticals:
        label = form.question_id(hit.path)
        click.echo(f"! {label}: {reasons.effect_sentence(hit, form, language)}")
    for part in sheet.sections:
        click.echo(f"  {reasons.section_title(form, part.id, language)}: {_part_text(part.percent)}")
    for part in sheet.dimensions:
        click.echo(f"  {reasons.dimension_title(form, part.id, language)}: {_part_text(part.percent)}")
    for metric in sheet.metrics:
        click.echo(f"  {reasons.metric_title(metric.id)}: {format_number(metric.value)}")
    for line in sheet.lines:
        if line.status != "unscored":
            points = f"{format_number(line.earned)}/{format_number(line.possible)}"
            where = form.question_id(line.path) + (f" [{line.instance}]" if line.instance else "")
            click.echo(f"  {where}: {points}  {reasons.sentence(line.reason, form, language, line.path)}")


def _part_text(percent: Any) -> str:
    return "–" if percent is None else f"{format_fixed(percent, 2)}%"
