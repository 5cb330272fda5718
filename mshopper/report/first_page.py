"""The first pages of a visit's report: who, where and when; the score as a picture; what was critical; where it went.

Takes Contents and gives groups of blocks for `pages`.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.answer import AnswerKey
from mshopper.model.form import PHASES, Section
from mshopper.model.record import FLAG_INCOMPLETE
from mshopper.model.scoresheet import Metric, ScoreLine, ScoreSheet, Subtotal
from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Rule, Words
from mshopper.report.charts import Bar, Stage, dimension_bars, icon, journey_map, score_bar, small_bar
from mshopper.report.contents import Contents
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Bookmark, Group, question_target
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

_MOST_LOST = 5
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
    groups += _dimensions(contents, fonts, sheet)
    groups += _sections(contents, fonts, sheet)
    groups += _metrics(contents, fonts, sheet)
    groups += _journey(contents, fonts, sheet)
    groups += _lost(contents, fonts, sheet)
    return groups


def heading(fonts: Fonts, words: str, target: str = "", level: int = 0, *, new_page: bool = False) -> Group:
    """A heading that stays with what follows, and stands in the outline."""
    bookmarks = [Bookmark(target, words, level)] if target else []
    blocks: list[Block] = [Words.of(fonts, words, HEADING), Gap(5)]
    return Group(blocks, space=16, heading=True, new_page=new_page, bookmarks=bookmarks)


def facts_row(fonts: Fonts, facts: Sequence[tuple[str, str]], columns: int) -> list[Block]:
    """Small titles with their values below, in columns; a fact without a value is left out."""
    told = [(title, value) for title, value in facts if value]
    step = WIDTH / columns
    rows: list[Block] = []
    for start in range(0, len(told), columns):
        cells = [
            Cell(step * n, step - 12, [Words.of(fonts, title, TINY), Words.of(fonts, value, BODY, max_lines=5)])
            for n, (title, value) in enumerate(told[start : start + columns])
        ]
        rows += [Row(cells), Gap(7)]
    return rows


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
        (_("Duration"), contents.minutes),
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
    blocks: list[Block] = [_signed(fonts, sign, [Span(title, bold=True, colour=colour)])]
    if words:
        blocks.append(Words.of(fonts, words, BODY, left=18))
    return Group(blocks, space=14)


def _signed(fonts: Fonts, sign: str, spans: Sequence[Span]) -> Row:
    """A line with an icon before it."""
    return Row([Cell(0, 12, [Gap(1), Figure(icon(sign, 10.5))]), Cell(18, WIDTH - 18, [Words(fonts, spans)])])


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
    if sheet.coverage is not None:
        said = _("Coverage: {percent} was answered")
        told.append(said.format(percent=contents.percent(sheet.coverage, Fraction(100))))
    if sheet.answered_only:
        told.append(_("Live score: it covers only what is answered so far"))
    return [Words.of(fonts, words, SMALL) for words in told]


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
                _signed(fonts, "bad", spans),
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
        yield Group([_signed(fonts, "warn", spans), Gap(3)])


def _metrics(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    if not sheet.metrics:
        return
    yield heading(fonts, _("What the customer says"))
    facts = [(_metric_title(metric), _metric_value(contents, metric)) for metric in sheet.metrics]
    yield Group(facts_row(fonts, facts, 3))


def _metric_title(metric: Metric) -> str:
    n = ngettext("{n} answer", "{n} answers", metric.n).format(n=metric.n)
    return f"{reasons.metric_title(metric.id)} · {n}"


def _metric_value(contents: Contents, metric: Metric) -> str:
    value = contents.number(metric.value)
    match metric.id, metric.variant:
        case ("nps", _variant):
            return _("{value} (from -100 to 100)").format(value=value)
        case ("ces", "seven_mean"):
            return _("{value} of 7, mean").format(value=value)
        case _:
            return _("{value}% favourable").format(value=value)


def _dimensions(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    scored = [part for part in sheet.dimensions if part.percent is not None]
    if not scored:
        return
    yield heading(fonts, _("Dimensions"), "dimensions", 1)
    titles = [reasons.dimension_title(contents.form, part.id, contents.language) for part in scored]
    bars = [_bar(contents, part, title) for part, title in zip(scored, titles, strict=True)]
    yield Group([Figure(dimension_bars(fonts, bars, WIDTH))])


def _bar(contents: Contents, part: Subtotal, title: str) -> Bar:
    percent = None if part.percent is None else float(part.percent)
    detail = contents.points(part.earned, part.possible) if part.percent is not None else ""
    return Bar(title, percent, contents.percent(part.percent, fixed=part.percent is not None), detail)


_COLUMNS = (0.0, 166.0, 262.0, 320.0, 396.0, 434.0)
_WIDTHS = (158.0, 84.0, 54.0, 72.0, 32.0, WIDTH - 434.0)


def _sections(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    parts = [part for part in sheet.sections if part.percent is not None or "/" not in part.id]
    if not parts:
        return
    yield heading(fonts, _("Sections"), "sections", 1)
    titles = ("", "", _("Score"), _("Points"), _("Weight"), _("Mark"))
    cells = [
        Cell(x, width, [Words.of(fonts, title, TINY, align_right=0 < n < 5, max_lines=1)])
        for n, (x, width, title) in enumerate(zip(_COLUMNS, _WIDTHS, titles, strict=True))
    ]
    cells[5] = Cell(_COLUMNS[5] + 12, _WIDTHS[5] - 12, cells[5].blocks)
    blocks: list[Block] = [Row(cells), Gap(2), Rule(LINE)]
    for part in parts:
        blocks += [Gap(4), _section_row(contents, fonts, part), Gap(4), Rule(LINE, 0.4)]
    yield Group(blocks)


def _section_row(contents: Contents, fonts: Fonts, part: Subtotal) -> Row:
    section = contents.form.places[part.id].item
    assert isinstance(section, Section)
    depth = part.id.count("/")
    kind = STRONG if depth == 0 else BODY
    name = contents.text(section.title) or section.id
    mark = None if part.pass_mark is None else float(part.pass_mark)
    percent = None if part.percent is None else float(part.percent)
    scored = part.percent is not None
    texts = (
        contents.percent(part.percent, part.pass_mark, fixed=scored),
        contents.points(part.earned, part.possible) if scored else "",
        contents.number(section.weight) if depth == 0 else "",
    )
    cells = [
        Cell(0, _WIDTHS[0], [Words.of(fonts, name, kind, left=12 * depth, max_lines=2)]),
        Cell(_COLUMNS[1], _WIDTHS[1], [Figure(small_bar(_WIDTHS[1], percent, mark))]),
    ]
    for n, words in enumerate(texts, 2):
        style = (STRONG if n == 2 else BODY) if scored else SMALL
        cells.append(Cell(_COLUMNS[n], _WIDTHS[n], [Words.of(fonts, words, style, align_right=True, max_lines=1)]))
    if part.pass_mark is not None:
        said = contents.percent(part.pass_mark)
        sign = "none" if not scored else ("bad" if part.failed else "good")
        cells.append(Cell(_COLUMNS[5] + 12, 11, [Figure(icon(sign, 9))]))
        cells.append(Cell(_COLUMNS[5] + 26, _WIDTHS[5] - 26, [Words.of(fonts, said, BODY, max_lines=1)]))
    return Row(cells, centred=True)


def _journey(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    met = _touchpoints_by_phase(sheet.lines)
    if not met:
        return
    parts = {part.id: part for part in sheet.touchpoints}
    phases = {part.id: part for part in sheet.phases}
    stages = [
        Stage(
            _bar_of(contents, phases.get(phase), reasons.phase_title(phase)),
            [_bar_of(contents, parts.get(each), reasons.touchpoint_title(each)) for each in met[phase]],
        )
        for phase in (*PHASES, "")
        if phase in met
    ]
    yield heading(fonts, _("The customer's journey"), "journey", 1)
    blocks: list[Block] = [Figure(journey_map(fonts, stages, WIDTH))]
    if any(sum(each in touched for touched in met.values()) > 1 for each in parts):
        said = _("A touchpoint that is met in several phases shows its score over the whole journey.")
        blocks += [Gap(2), Words.of(fonts, said, TINY)]
    yield Group(blocks)


def _bar_of(contents: Contents, part: Subtotal | None, title: str) -> Bar:
    if part is None or part.percent is None:
        return Bar(title, None, "–")
    return Bar(title, float(part.percent), contents.percent(part.percent))


def _touchpoints_by_phase(lines: Sequence[ScoreLine]) -> dict[str, list[str]]:
    """Which touchpoints were met in each phase, in the order of the form; phases without one too."""
    met: dict[str, list[str]] = {}
    for line in lines:
        if line.status == "not_relevant" or not (line.phase or line.touchpoint):
            continue
        touched = met.setdefault(line.phase, [])
        if line.touchpoint and line.touchpoint not in touched:
            touched.append(line.touchpoint)
    return met


def _lost(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    lost = [(_lost_points(contents, line), line) for line in sheet.lines]
    worst = sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: -pair[0])[:_MOST_LOST]
    if not worst:
        return
    yield heading(fonts, _("Where points were lost"), "lost", 1)
    for points, line in worst:
        key = AnswerKey(line.path, line.instance)
        asked = contents.asked(key)
        said = " · ".join(part for part in (contents.place(key), contents.answer(asked) or _("Not answered")) if part)
        target = question_target(key)
        minus = [Span(f"–{contents.number(points)}", bold=True, colour=BAD)]
        yield Group(
            [
                Words(
                    fonts,
                    [Span(contents.label(key))],
                    BODY,
                    left=28,
                    right=70,
                    mark=asked.number,
                    aside=minus,
                    link=target,
                ),
                Words.of(fonts, said, SMALL, left=28, right=70),
                Gap(5),
            ]
        )


def _lost_points(contents: Contents, line: ScoreLine) -> Fraction:
    """What a line takes from the visit's earned points: its own weight times that of its top section."""
    section = contents.form.places[line.path].sections[0]
    return (line.possible - line.earned) * line.weight * section.weight
