"""A visit scored again, by the form it was filled in with and at the time it was submitted, or by another form.

Calculated values and relevance stay as submission froze them; where the rules of this version give others, it is told.
"""

import datetime as dt

from mshopper.model.form import Form
from mshopper.model.record import VisitRecord
from mshopper.model.rules import FormRules
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.scoring import score
from mshopper.model.visit import Visit


def rescored(record: VisitRecord, rules: FormRules | None = None) -> tuple[ScoreSheet, bool]:
    """The score of a submitted visit, computed anew; and whether its rules give what was frozen."""
    visit = visit_of(record, record.form, rules)
    as_frozen = visit.freeze(record.computed or {}, record.irrelevant or frozenset())
    return score(record.form, visit), as_frozen


def scored_by(record: VisitRecord, form: Form, rules: FormRules | None = None) -> ScoreSheet:
    """What the answers of a visit would score by another form; answers to questions that it doesn't have are left out."""
    return score(form, visit_of(record, form, rules))


def visit_of(record: VisitRecord, form: Form, rules: FormRules | None = None) -> Visit:
    """The living visit of a submitted record by `form`, at the time of its submission."""
    header = record.header
    moment = dt.datetime.fromisoformat(header.submitted_at)
    return Visit(
        form,
        now=lambda: moment,
        visit_id=header.visit_id,
        answers=record.answers,
        counts=record.counts,
        rules=rules,
        started=dt.datetime.fromisoformat(header.started_at) if header.started_at else None,
        preloads=header.preloads,
    )
