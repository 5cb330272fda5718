"""NPS, CSAT and CES on the pages of a comparison, and which dimensions go with them."""

from collections.abc import Iterator

from mshopper.i18n import _, format_number
from mshopper.model.comparison_words import signed
from mshopper.model.finding_words import finding_sentence, metric_name
from mshopper.model.findings import Association, Satisfaction
from mshopper.report.blocks import Block, Figure, Gap, Words
from mshopper.report.comparison_charts import sign_of
from mshopper.report.finding_charts import metric_bars
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Group
from mshopper.report.parts import heading
from mshopper.report.style import BODY, SMALL, SUBHEADING, WIDTH
from mshopper.report.tables import Column, Rows, word_table

_GOES = frozenset(("goes_with", "goes_against", "goes_none", "goes_few"))


def satisfaction(fonts: Fonts, found: Satisfaction, language: str) -> Iterator[Group]:
    """The metrics of all answers with their intervals, then the associations; nothing where none was asked."""
    if not found.metrics:
        return
    yield heading(fonts, _("What customers say"), "metrics")
    how = _("Each on its own scale, with its interval at 95%: NPS from −100 to 100, a mean CES from 1 to 7.")
    chart = metric_bars(found, WIDTH, language=language, fonts=fonts)
    yield Group([Words.of(fonts, how, SMALL), Gap(6), Figure(chart.drawing)], start=chart.drawing.height + 40)
    told = [one for one in found.associations if one.r is not None]
    said = [finding_sentence(reason) for reason in found.sentences if reason.code in _GOES]
    if not told and not said:
        return
    words: list[Block] = [Words.of(fonts, _("What goes with it"), SUBHEADING), Gap(3)]
    words += [Words.of(fonts, sentence, BODY) for sentence in said]
    yield Group([*words, Gap(4)], space=12, heading=bool(told))
    if told:
        columns = [
            Column(_("Metric"), 0, 140),
            Column(_("Goes with"), 146, 160),
            Column("n", 310, 30, right=True),
            Column("r", 346, 40, right=True),
            Column(_("Interval at 95%"), 392, 88, right=True),
            Column("", 484, 14),
        ]
        yield Rows.of(word_table(fonts, columns, [_line(one) for one in told], WIDTH), len(told)).group()


def _line(one: Association) -> list[str]:
    between = ""
    if one.interval is not None:
        between = _("{low} to {high}").format(low=signed(one.interval.low, 2), high=signed(one.interval.high, 2))
    return [
        metric_name(one.metric, one.variant),
        one.title,
        format_number(one.n),
        signed(one.r, 2),
        between,
        sign_of(one.goes_with),
    ]
