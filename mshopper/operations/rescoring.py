"""Every visit scored again: by the form it was filled in with, where nothing may differ; or by another, to see what would.

What another form or other weights would give is shown side by side and kept nowhere.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from mshopper.errors import MshopperError
from mshopper.i18n import _
from mshopper.model.form import Form, Question, Section
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.model.record import VisitRecord
    from mshopper.model.rules import FormRules
    from mshopper.model.scoresheet import ScoreSheet


@dataclass(frozen=True, slots=True)
class Scored:
    """A visit's total before and after. `percent` are exact, None where nothing scored; from tables they are rounded."""

    visit_id: str
    store: str
    form_version: str
    percent: tuple[Fraction | None, Fraction | None]
    verdict: tuple[str, str]
    what: str = ""

    @property
    def differs(self) -> bool:
        """Whether the visit scores otherwise."""
        return bool(self.what) or self.percent[0] != self.percent[1] or self.verdict[0] != self.verdict[1]


@dataclass(frozen=True, slots=True)
class Rescoring:
    """What came of it: each visit that was scored again, and how many couldn't be, by a sentence that says why."""

    visits: tuple[Scored, ...]
    left_out: Mapping[str, int]

    @property
    def different(self) -> tuple[Scored, ...]:
        """The visits that score otherwise."""
        return tuple(one for one in self.visits if one.differs)


def rescore(
    workspace: Workspace,
    *,
    folder: Path | None = None,
    form: Path | None = None,
    weights: Mapping[str, Fraction] | None = None,
    progress: Progress | None = None,
) -> Rescoring:
    """Score every submitted visit again: those of this data folder, or the published ones of a head-office folder.

    With `form`, visits of that form's id are scored by the form in this file instead; with `weights` (question or section
    -> weight), by the form with those. Raises MshopperError, FormProblemsError, HeadOfficeError, Cancelled.
    """
    progress = progress or Progress()
    other = _other_form(form) if form else None
    change = _changer(other, weights or {})
    left_out: dict[str, int] = {}
    source = _of_folder(workspace, folder, change, left_out, progress) if folder else None
    found = source or _of_store(workspace, change, left_out, progress)
    return Rescoring(tuple(found), left_out)


Change = Callable[[Form], Form | None]
"""The form to score by instead of a visit's own; None for visits that this isn't about."""


def _other_form(path: Path) -> Form:
    from mshopper.formfile import read_form

    return read_form(path)


def _changer(other: Form | None, weights: Mapping[str, Fraction]) -> Change | None:
    if other is None and not weights:
        return None
    known: dict[int, Form | None] = {}

    def change(form: Form) -> Form | None:
        if other is not None and other.id != form.id:
            return None
        base = other or form
        if id(base) not in known:
            known[id(base)] = with_weights(base, weights)
        return known[id(base)]

    return change


def with_weights(form: Form, weights: Mapping[str, Fraction]) -> Form | None:
    """The form with other weights, by question's or section's id or path; None where it has none of them."""
    paths = {path: weight for name, weight in weights.items() if (path := form.path_of(name)) is not None}
    if weights and not paths:
        return None

    def changed(items: tuple[Question | Section, ...], prefix: str) -> Iterator[Question | Section]:
        for item in items:
            path = f"{prefix}/{item.id}" if prefix else item.id
            own = replace(item, weight=paths[path]) if path in paths else item
            if isinstance(own, Section):
                own = replace(own, items=tuple(changed(own.items, path)))
            yield own

    sections = tuple(one for one in changed(form.sections, "") if isinstance(one, Section))
    return replace(form, sections=sections)


def _of_store(
    workspace: Workspace, change: Change | None, left_out: dict[str, int], progress: Progress
) -> Iterator[Scored]:
    from mshopper.model.scoresheet import RULES_VERSION
    from mshopper.operations.verifying.rescored import rescored, scored_by
    from mshopper.operations.verifying.store import UNREADABLE

    rules_of: dict[int, FormRules] = {}
    sealed = workspace.store.segments.scored()
    progress.expect(len(sealed))
    for visit_id, revision in sealed:
        progress.advance(_("Scoring"))
        try:
            record = workspace.record(visit_id, revision)
            sheet = record.sheet
            if sheet is None:
                continue
            if change is None:
                if sheet.rules_version != RULES_VERSION:
                    _count(left_out, _("scored by the rules of another version of mshopper"))
                    continue
                again, _as_frozen = rescored(record, workspace.form(record.header.form_hash)[1])
                yield _scored(record, sheet, again, _lines(sheet, again))
                continue
            form = change(record.form)
            if form is None:
                _count(left_out, _("made with another form"))
                continue
            yield _scored(record, sheet, scored_by(record, form, _rules(form, rules_of)), "")
        except UNREADABLE:
            _count(left_out, _("can't be read: verify it to see more"))


def _rules(form: Form, known: "dict[int, FormRules]") -> "FormRules":
    from mshopper.model.rules import compile_form_rules

    if id(form) not in known:
        known[id(form)] = compile_form_rules(form)
    return known[id(form)]


def _lines(before: "ScoreSheet", after: "ScoreSheet") -> str:
    """What differs of a score that must not: the questions, or the totals."""
    if before == after:
        return ""
    there = {(line.path, line.instance): line for line in after.lines}
    wrong = [line.path for line in before.lines if there.get((line.path, line.instance)) != line]
    return ", ".join(dict.fromkeys(wrong)) or _("total")


def _scored(record: "VisitRecord", before: "ScoreSheet", after: "ScoreSheet", what: str) -> Scored:
    header = record.header
    return Scored(
        header.visit_id,
        header.store.name or header.store.store_id,
        header.form_version,
        (before.percent, after.percent),
        (before.verdict, after.verdict),
        what,
    )


def _of_folder(
    workspace: Workspace, folder: Path, change: Change | None, left_out: dict[str, int], progress: Progress
) -> Iterator[Scored]:
    from mshopper.exchange.against import published
    from mshopper.exchange.folder import HeadOffice
    from mshopper.model.scoring import score
    from mshopper.operations.identity import is_signature
    from mshopper.operations.verifying.folder import forms_of, published_visits, score_difference
    from mshopper.operations.verifying.from_rows import record_of
    from mshopper.operations.verifying.rescored import visit_of

    known, form_of = published(HeadOffice(folder), is_signature, progress), forms_of(workspace, folder)
    rules_of: dict[int, FormRules] = {}
    for problem in known.problems:
        _count(left_out, problem.sentence)
    for _segment, rows in published_visits(known):
        row = rows.visits[0]
        if not row["verdict"]:
            continue
        if (own := form_of(row["form_hash"])) is None:
            _count(left_out, _("its form isn't in the folder"))
            continue
        form = change(own[0]) if change else own[0]
        if form is None:
            _count(left_out, _("made with another form"))
            continue
        try:
            record = record_of(row, rows.answers, rows.scores, own[0])
            rules = own[1] if form is own[0] else _rules(form, rules_of)
            sheet = score(form, visit_of(record, form, rules))
        except (ValueError, KeyError, ArithmeticError):
            _count(left_out, _("can't be read: verify it to see more"))
            continue
        before = Fraction(row["percent"]) if row["percent"] else None
        what = "" if change else score_difference(rows, *own)
        # A table has two decimals: what rounds to them is the same.
        same = before is not None and sheet.percent is not None and not what and abs(before - sheet.percent) <= _HALF
        percent = before if same else sheet.percent
        yield Scored(
            row["visit_id"],
            row["store_name"] or row["store_id"],
            row["form_version"],
            (before, percent),
            (row["verdict"], sheet.verdict),
            what,
        )
        progress.advance(_("Scoring"), 0)


_HALF = Fraction(1, 200)


def _count(left_out: dict[str, int], why: str) -> None:
    left_out[why] = left_out.get(why, 0) + 1


def read_weights(texts: tuple[str, ...]) -> dict[str, Fraction]:
    """Weights as "welcome=2". Raises MshopperError for anything else."""
    found = {}
    for text in texts:
        name, _mark, number = text.partition("=")
        try:
            found[name.strip()] = Fraction(number.strip()) if len(number) < 20 else Fraction(-1)
        except (ValueError, ZeroDivisionError):
            found[name.strip()] = Fraction(-1)
        if not name.strip() or found[name.strip()] < 0:
            raise MshopperError(_("“{text}” is no weight such as welcome=2.").format(text=text))
    return found
