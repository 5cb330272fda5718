"""What became of a visit, in its report: the decisions of supervisors on it, and the corrective actions of its store.

Takes values of the model and gives groups of blocks for `pages`. The actions are those that this visit found, and those of
its store that are still open.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from reportlab.pdfbase.pdfutils import readJPEGInfo

from mshopper.i18n import _, format_date, format_fixed, ngettext
from mshopper.model.answer import AnswerKey
from mshopper.model.corrective import Action, action_state_text, finding_text
from mshopper.model.record import PhotoInfo
from mshopper.model.review import Decision, decision_text
from mshopper.report.blocks import Block, Cell, Figure, Gap, Jpeg, Pen, Row, Words
from mshopper.report.charts import icon
from mshopper.report.contents import Contents, moment_of
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group
from mshopper.report.parts import heading, signed
from mshopper.report.pictures import fitted
from mshopper.report.style import BAD, BODY, GOOD, INK, MUTED, SMALL, WARN, WIDTH
from mshopper.report.text import Span

_LOOKS = {"open": ("warn", WARN), "reopened": ("warn", WARN), "late": ("bad", BAD), "done": ("good", GOOD)}
_DECISIONS = {"approve": "good", "return": "warn", "correct": "warn", "dispute": "warn", "settle": "none"}
_PHOTO = 108.0
"""The longest side of the photo of what was done, in points."""


@dataclass(frozen=True)
class Aftermath:
    """What is known on `today`: decisions in their order, actions as they are to be told, photos by SHA-256 (b"" for none)."""

    decisions: Sequence[Decision]
    actions: Sequence[Action]
    today: dt.date
    photo: Callable[[str], bytes]


@dataclass
class Picture(Block):
    """The photo of what was done, as large as it may be."""

    jpeg: Jpeg
    size: tuple[float, float]

    def height(self, width: float) -> float:  # noqa: ARG002 - it has a size of its own
        return self.size[1]

    def draw(self, pen: Pen, x: float, top: float, width: float) -> None:  # noqa: ARG002
        pen.picture(self.jpeg, x, top, *self.size)


def aftermath(contents: Contents, fonts: Fonts, known: Aftermath) -> Iterator[Group]:
    """Decisions, then actions; nothing where there are neither."""
    if known.decisions:
        yield heading(fonts, _("Review"), "review")
        for decision in known.decisions:
            yield Group([*_decision(contents, fonts, decision), Gap(6)])
    if known.actions:
        late = sum(action.is_late(known.today) for action in known.actions)
        title = _("Corrective actions")
        if late:
            title += " · " + ngettext("{n} late", "{n} late", late).format(n=late)
        yield heading(fonts, title, "actions")
        for action in known.actions:
            yield Group([_action(contents, fonts, action, known), Gap(10)])


def _decision(contents: Contents, fonts: Fonts, decision: Decision) -> Iterator[Block]:
    who = decision.reviewer or decision.reviewer_id
    about = _("revision {revision}").format(revision=decision.revision)
    told = " · ".join(part for part in (about, _day(decision.created, contents.language), who) if part)
    yield signed(fonts, _DECISIONS[decision.kind], [Span(f"{decision_text(decision)}   ", bold=True), Span(told)])
    if decision.reason:
        yield Words.of(fonts, decision.reason, BODY, left=18)
    facts = [_("Disputed by {who}.").format(who=decision.disputed_by)] if decision.disputed_by else []
    if decision.kind in ("dispute", "settle") and decision.percent:
        facts.append(_("Score disputed: {score}%.").format(score=_score(decision.percent)))
    if decision.kind == "settle" and decision.percent_after:
        facts.append(_("Score that stands: {score}%.").format(score=_score(decision.percent_after)))
    if facts:
        yield Words.of(fonts, " ".join(facts), SMALL, left=18)


def _score(text: str) -> str:
    """A score as the tables write it, in the language of the report."""
    number = Decimal(text)
    return format_fixed(number, max(1, -int(number.as_tuple().exponent)))


def _action(contents: Contents, fonts: Fonts, action: Action, known: Aftermath) -> Row:
    state, first, last, done = action.state(known.today), action.first, action.last, action.done
    sign, colour = _LOOKS[state]
    blocks: list[Block] = [
        Words(
            fonts,
            [
                Span(first.label or first.question_id, bold=True),
                Span("   "),
                Span(action_state_text(state), bold=True, colour=colour),
            ],
        )
    ]
    due = _("due {day}").format(day=_day(last.due, contents.language)) if last.due else ""
    blocks.append(
        Words.of(fonts, " · ".join(part for part in (finding_text(first.finding), last.owner, due) if part), SMALL)
    )
    if action.wanted:
        blocks.append(Words.of(fonts, _("To do: {what}").format(what=action.wanted), BODY))
    if done is not None:
        day = _day(done.created, contents.language)
        blocks.append(Words.of(fonts, _("Mended on {day}: {what}").format(day=day, what=done.note), BODY))
    if action.reopened and not action.is_done:
        blocks.append(Words.of(fonts, last.note or _("It was found again."), BODY.in_(colour)))
    if first.visit_id != contents.header.visit_id:
        found = _("Found by the visit of {day}.").format(day=_day(first.created, contents.language))
        blocks.append(Words.of(fonts, found, SMALL.in_(MUTED)))
    picture = _picture(known.photo(done.photo), done.photo) if done is not None and done.photo else None
    right = _PHOTO + 12 if picture else 0
    cells = [Cell(0, 12, [Gap(1), Figure(icon(sign, 10.5))]), Cell(18, WIDTH - 18 - right, blocks)]
    if picture:
        cells.append(Cell(WIDTH - _PHOTO, _PHOTO, [picture]))
    elif done is not None and done.photo:
        blocks.append(Words.of(fonts, _("The photo of it isn't on this computer."), SMALL.in_(INK)))
    return Row(cells)


def _picture(data: bytes, digest: str) -> Picture | None:
    try:
        wide, high = readJPEGInfo(BytesIO(data))[:2]
    except Exception:  # noqa: BLE001 - reportlab raises whatever it stumbles over; then it is no photo
        return None
    shape = PhotoInfo(digest, AnswerKey(""), digest, "", wide, high)
    return Picture(Jpeg(data, digest), fitted(shape, _PHOTO, _PHOTO))


def _day(written: str, language: str) -> str:
    moment = moment_of(written)
    return format_date(moment.date(), language) if moment else ""
