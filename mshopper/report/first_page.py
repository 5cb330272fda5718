"""The head of a visit's report: who, where and when, the score as a picture, what was critical or below its mark.

Takes Contents and gives groups of blocks for `pages`; `breakdown` goes on from here.
"""

from collections.abc import Iterator
from fractions import Fraction

from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.answer import AnswerKey
from mshopper.model.record import FLAG_INCOMPLETE
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.scoring import quotient
from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Rule, Words
from mshopper.report.breakdown import breakdown
from mshopper.report.charts import icon, score_bar
from mshopper.report.contents import Contents
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Bookmark, Group
from mshopper.report.parts import facts_row, heading, signed
from mshopper.report.style import (
    ACCENT,
    BAD,
    BODY,
    FIGURE,
    GOOD,
    HEADING,
    INK,
    KICKER,
    LINE,
    MUTED,
    SMALL,
    STRONG,
    TINY,
    TITLE,
    WARN,
    WIDTH,
    WINDOW,
)
from mshopper.report.text import Span, words_width

_LIMITING = ("cap", "zero_form")
_VERDICTS = {"pass": ("good", GOOD), "fail": ("bad", BAD), "none": ("none", INK), "not_scored": ("none", MUTED)}


def first_page(contents: Contents, fonts: Fonts) -> list[Group]:
    """Everything that stands before the questions."""
    groups = [_title(contents, fonts), _facts(contents, fonts), *_notices(contents, fonts)]
    sheet = contents.sheet
    if sheet is None or contents.is_not_done:
        return groups
    groups.append(_score(contents, fonts, sheet))
    groups += _criticals(contents, fonts, sheet)
    groups += _below_mark(contents, fonts, sheet)
    groups += breakdown(contents, fonts, sheet)
    return groups


def _title(contents: Contents, fonts: Fonts) -> Group:
    store = contents.header.store
    where = " · ".join(part for part in (store.store_id, store.address, store.region, store.format) if part)
    kicker = _("Draft · {form}") if contents.is_draft else "{form}"
    return Group(
        [
            Words.of(fonts, kicker.format(form=contents.form_title), KICKER),
            Gap(3),
            Words.of(fonts, contents.store_name, TITLE),
            Words.of(fonts, where, BODY.in_(MUTED)),
            Gap(12),
            Rule(LINE),
            Gap(10),
        ],
        bookmarks=[Bookmark("top", _("Summary"))],
    )


def _facts(contents: Contents, fonts: Fonts) -> Group:
    header = contents.header
    auditor = " · ".join(part for part in (header.auditor, header.auditor_id) if part)
    version = " · ".join(part for part in (contents.form_title, contents.form.version) if part)
    facts = [
        (_("Date"), contents.date),
        (_("Started"), contents.time(header.started_at)),
        (_("Ended"), contents.time(header.ended_at)),
        (_("Duration"), contents.duration),
        (_("Auditor"), auditor),
        (_("Channel"), reasons.touchpoint_title(header.channel) if header.channel else ""),
        (_("Form and version"), version),
        (_("Planned for"), _planned(contents)),
        (_("Submitted"), contents.time(header.submitted_at)),
        (_("Revision"), str(header.revision) if header.revision > 1 else ""),
    ]
    visit = _("Visit {visit_id}, revision {revision}").format(visit_id=header.visit_id, revision=header.revision)
    return Group([*facts_row(fonts, facts, 4), Words.of(fonts, visit, TINY)])


def _planned(contents: Contents) -> str:
    return contents.time(contents.header.planned_for).removesuffix(", 00:00")


def _notices(contents: Contents, fonts: Fonts) -> Iterator[Group]:
    header = contents.header
    if contents.is_not_done:
        yield _notice(
            fonts,
            "none",
            _("This visit was not done"),
            reasons.not_done_text(header.reason) or _("No reason was given."),
            INK,
        )
        return
    if contents.is_draft:
        said = _("The visit is still being filled in: answers and score may change, and it has no seal.")
        yield _notice(fonts, "warn", _("Draft"), said, WARN)
    if FLAG_INCOMPLETE in header.flags:
        yield _notice(fonts, "warn", _("Submitted although something was missing"), header.reason, WARN)
    elif header.reason and header.revision > 1:
        title = _("Revision {revision}: corrected").format(revision=header.revision)
        yield _notice(fonts, "none", title, header.reason, INK)


def _notice(fonts: Fonts, sign: str, title: str, words: str, colour: str) -> Group:
    blocks: list[Block] = [signed(fonts, sign, [Span(title, bold=True, colour=colour)])]
    if words:
        blocks.append(Words.of(fonts, words, BODY, left=18))
    return Group(blocks, space=14)


def _score(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Group:
    sign, colour = _VERDICTS[sheet.verdict]
    left, inner = 16.0, WIDTH - 32
    number = contents.percent(sheet.percent, sheet.pass_mark)
    figure = FIGURE if sheet.percent is not None else HEADING
    number_width = max(118.0, words_width(fonts, number, figure) + 14)
    verdict = reasons.verdict_text(sheet.verdict) or _("No pass mark")
    column = left + number_width + 8
    room = WIDTH - column - 16
    facts = [Words(fonts, [Span(verdict, bold=True, colour=colour)], HEADING)]
    if sheet.grade:
        facts.append(Words.of(fonts, _("Grade {grade}").format(grade=sheet.grade), STRONG))
    top = Row(
        [
            Cell(left, number_width, [Words.of(fonts, number, figure)]),
            Cell(column, 18, [Figure(icon(sign, 15))]),
            Cell(column + 23, room * 0.42, facts),
            Cell(column + 23 + room * 0.42, room * 0.58 - 23, _score_details(contents, fonts, sheet)),
        ],
        centred=True,
    )
    mark = None if sheet.pass_mark is None else float(sheet.pass_mark)
    percent = None if sheet.percent is None else float(sheet.percent)
    mark_words = ""
    if sheet.pass_mark is not None:
        mark_words = _("Pass mark {mark}").format(mark=contents.percent(sheet.pass_mark))
    bar = score_bar(fonts, inner, percent, mark, mark_words, colour if sheet.verdict in ("pass", "fail") else ACCENT)
    return Group([Row([Cell(0, WIDTH, [Gap(2), top, Gap(4), Figure(bar, left)])], padding=10, card=WINDOW)], space=16)


def _score_details(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> list[Block]:
    told: list[str] = []
    if sheet.percent is None:
        told.append(_("No question that counts was answered or applied."))
    else:
        points = contents.points(sheet.earned, sheet.possible)
        told.append(_("Weighted points: {points}").format(points=points))
        told += _limited(contents, sheet)
    if sheet.coverage is not None:
        said = _("Coverage: {percent} was answered")
        told.append(said.format(percent=contents.percent(sheet.coverage, Fraction(100))))
    if sheet.answered_only:
        told.append(_("Live score: it covers only what is answered so far"))
    return [Words.of(fonts, words, SMALL) for words in told]


def _limited(contents: Contents, sheet: ScoreSheet) -> Iterator[str]:
    """That a critical answer holds the score down, and from where: what the points alone would give.

    Only under `points` is that percentage the quotient of the sheet's own points; under `mean` it isn't on the sheet.
    """
    limits = {hit.cap if hit.effect == "cap" else Fraction(0) for hit in sheet.criticals if hit.effect in _LIMITING}
    if sheet.percent is None or sheet.percent not in limits:
        return
    limit = contents.percent(sheet.percent)
    if contents.form.scoring.aggregate == "mean":
        yield _("Limited to {limit} by a critical answer").format(limit=limit)
        return
    full = quotient(sheet.earned, sheet.possible, cap=contents.form.scoring.cap)
    if full is not None and full > sheet.percent:
        words = _("{percent} by the points, limited to {limit} by a critical answer")
        yield words.format(percent=contents.percent(full, sheet.percent), limit=limit)


def _criticals(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    if not sheet.criticals:
        return
    n = len(sheet.criticals)
    yield heading(fonts, ngettext("{n} critical answer", "{n} critical answers", n).format(n=n), "criticals", 1)
    for hit in sheet.criticals:
        key = AnswerKey(hit.path, hit.instance)
        asked = contents.asked(key)
        spans = [Span(f"{asked.number}  {contents.label(key)}", bold=True)]
        said = " · ".join(part for part in (contents.place(key), contents.answer(asked)) if part)
        yield Group(
            [
                signed(fonts, "bad", spans),
                Words(fonts, [Span(f"{said}. "), Span(contents.effect(hit), bold=True, colour=BAD)], left=18),
                Gap(6),
            ]
        )


def _below_mark(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    failed = [part for part in sheet.sections if part.failed]
    if not failed:
        return
    yield heading(fonts, _("Sections below their mark"))
    for part in failed:
        assert part.pass_mark is not None
        said = _("{percent}, mark {mark}").format(
            percent=contents.percent(part.percent, part.pass_mark), mark=contents.percent(part.pass_mark)
        )
        spans = [Span(f"{contents.title(AnswerKey(part.id))}   ", bold=True), Span(said)]
        yield Group([signed(fonts, "warn", spans), Gap(3)])
