"""Where a visit's score comes from: dimensions, the customer's journey, metrics, sections, and the points lost.

Takes Contents and its ScoreSheet and gives groups of blocks for `pages`; nothing is scored here.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.answer import AnswerKey
from mshopper.model.form import PHASES, Section
from mshopper.model.scoresheet import Metric, ScoreLine, ScoreSheet, Subtotal
from mshopper.report.blocks import Block, Cell, Figure, Gap, Row, Rule, Words
from mshopper.report.charts import Bar, Stage, dimension_bars, icon, journey_map, small_bar
from mshopper.report.contents import Contents
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group, question_target
from mshopper.report.parts import facts_row, heading
from mshopper.report.style import (
    BAD,
    BODY,
    LINE,
    SMALL,
    STRONG,
    TINY,
    WIDTH,
)
from mshopper.report.text import Span

_MOST_LOST = 5


def breakdown(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    """All of it, in the order of the report."""
    yield from _dimensions(contents, fonts, sheet)
    yield from _journey(contents, fonts, sheet)
    yield from _metrics(contents, fonts, sheet)
    yield from _sections(contents, fonts, sheet)
    yield from _lost(contents, fonts, sheet)


def _metrics(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    if not sheet.metrics:
        return
    yield heading(fonts, _("What the customer says"))
    facts = [
        _said(contents, metric) or (_metric_title(metric), _metric_value(contents, metric)) for metric in sheet.metrics
    ]
    yield Group(facts_row(fonts, facts, 3))


def _said(contents: Contents, metric: Metric) -> tuple[str, str] | None:
    """The title and the answer itself where there is but one: a share of one answer tells less than the answer."""
    asked = contents.single_answer(metric)
    if asked is None:
        return None
    words = contents.answer(asked)
    if metric.id == "nps":
        groups = {-100: _("{answer} (detractor)"), 0: _("{answer} (passive)"), 100: _("{answer} (promoter)")}
        words = groups[int(metric.value)].format(answer=words)
    return reasons.metric_title(metric.id), words


def _metric_title(metric: Metric) -> str:
    n = ngettext("{n} answer", "{n} answers", metric.n).format(n=metric.n)
    return f"{reasons.metric_title(metric.id)} · {n}"


def _metric_value(contents: Contents, metric: Metric) -> str:
    value = contents.number(metric.value)
    match metric.id, metric.variant:
        case ("nps", _variant):
            return _("{value} (from −100 to 100)").format(value=value)
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
        # "Not scored" needs more room than a percentage in some languages, and has no points beside it.
        width = _COLUMNS[3] + _WIDTHS[3] - _COLUMNS[2] if n == 2 and not scored else _WIDTHS[n]
        cells.append(Cell(_COLUMNS[n], width, [Words.of(fonts, words, style, align_right=True, max_lines=1)]))
    if part.pass_mark is not None:
        said = contents.percent(part.pass_mark)
        sign = "none" if not scored else ("bad" if part.failed else "good")
        cells.append(Cell(_COLUMNS[5] + 12, 11, [Figure(icon(sign, 9))]))
        cells.append(Cell(_COLUMNS[5] + 26, _WIDTHS[5] - 26, [Words.of(fonts, said, BODY, max_lines=1)]))
    return Row(cells, centred=True)


def _journey(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    met = _touchpoints_by_phase(sheet.lines)
    if not any(met):
        yield from _touchpoints(contents, fonts, sheet)
        return
    stages, is_whole = [], False
    for phase in (*PHASES, ""):
        if phase in met:
            stage, has_whole = _stage(contents, sheet, phase, met)
            stages.append(stage)
            is_whole = is_whole or has_whole
    yield heading(fonts, _("The customer's journey"), "journey", 1)
    blocks: list[Block] = [Figure(journey_map(fonts, stages, WIDTH))]
    if is_whole:
        said = _("A touchpoint that is met in several phases shows its score over the whole journey.")
        blocks += [Gap(2), Words.of(fonts, said, TINY)]
    yield Group(blocks)


def _touchpoints(contents: Contents, fonts: Fonts, sheet: ScoreSheet) -> Iterator[Group]:
    """Of a form without phases; a single touchpoint would only say the score once more."""
    scored = [part for part in sheet.touchpoints if part.percent is not None]
    if len(scored) < 2:
        return
    yield heading(fonts, _("Touchpoints"), "touchpoints", 1)
    bars = [_bar(contents, part, reasons.touchpoint_title(part.id)) for part in scored]
    yield Group([Figure(dimension_bars(fonts, bars, WIDTH))])


def _stage(contents: Contents, sheet: ScoreSheet, phase: str, met: Mapping[str, Sequence[str]]) -> tuple[Stage, bool]:
    """A phase with its touchpoints, and whether one of them shows its score over the whole journey.

    The sheet has no score of a touchpoint within a phase. Where the phase has no other, the phase's own is that score.
    """
    of_phase = next((part for part in sheet.phases if part.id == phase), None)
    of_touchpoint = {part.id: part for part in sheet.touchpoints}
    touched = [each for each in met[phase] if each]
    is_alone = bool(phase) and len(met[phase]) == 1
    bars = [
        _bar_of(contents, of_phase if is_alone else of_touchpoint.get(each), reasons.touchpoint_title(each))
        for each in touched
    ]
    elsewhere = {each for other, names in met.items() if other != phase for each in names}
    has_whole = not is_alone and any(each in elsewhere for each in touched)
    head = _bar_of(contents, of_phase, reasons.phase_title(phase)) if phase else Bar(_("Outside the phases"), None, "")
    return Stage(head, bars), has_whole


def _bar_of(contents: Contents, part: Subtotal | None, title: str) -> Bar:
    if part is None or part.percent is None:
        return Bar(title, None, "–")
    return Bar(title, float(part.percent), contents.percent(part.percent))


def _touchpoints_by_phase(lines: Sequence[ScoreLine]) -> dict[str, list[str]]:
    """Which touchpoints scored in each phase, in the order of the form; "" for what belongs to none."""
    met: dict[str, list[str]] = {}
    for line in lines:
        if line.status in ("not_relevant", "unscored") or not (line.phase or line.touchpoint):
            continue
        touched = met.setdefault(line.phase, [])
        if line.touchpoint not in touched:
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
        minus = [Span(f"−{contents.number(points)}", bold=True, colour=BAD)]
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
