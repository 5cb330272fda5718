"""The pictures of a comparison: what each asks of the open tables, the drawing that the PDF has too, and where it leads.

`make` runs on the asking thread and gives plain values; `lead` says which visits stand behind a place of a picture.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from mshopper.i18n import N_, _, speaking
from mshopper.model.comparison import IN_TIME, Filters, Measure
from mshopper.ui.compare.choice import Choice
from mshopper.ui.compare.tables import Opened

if TYPE_CHECKING:
    from mshopper.model.findings import Waiting
    from mshopper.model.scoresheet import Reason
    from mshopper.report.sheet import Chart, Palette

MOST_ROWS = 100
"""Groups that a picture has lines for; the league table has them all."""
_MOST_QUESTIONS = 25
_MOST_HOURS = 3
_MOST_SENTENCES = 4


class Kind(NamedTuple):
    """A picture: its id and its name in English."""

    id: str
    title: str


PICTURES = (
    Kind("heat", N_("Heat map")),
    Kind("journey", N_("Journey")),
    Kind("trend", N_("Trend")),
    Kind("lost", N_("Lost points")),
    Kind("times", N_("Times")),
    Kind("satisfaction", N_("NPS, CSAT, CES")),
    Kind("auditors", N_("Auditors")),
    Kind("flags", N_("Flags")),
)

HEAT_KINDS = ("dimension", "section", "touchpoint", "phase")
TREND_PERIODS = ("month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a picture in points from its top left: what it says, and what it is of."""

    x: float
    top: float
    width: float
    height: float
    label: str
    id: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One drawing of a picture under a heading ("" for none), `top` points from the picture's top."""

    svg: bytes
    top: float
    width: float
    height: float
    heading: str = ""


@dataclass(frozen=True)
class Picture:
    """Drawings one under the other, their places, and what they show in sentences. Without a part there is nothing to draw."""

    parts: tuple[Part, ...] = ()
    places: tuple[Place, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        if not self.parts:
            return 0.0, 0.0
        return max(part.width for part in self.parts), self.parts[-1].top + self.parts[-1].height


@dataclass(frozen=True, slots=True)
class Look:
    """How a picture is drawn: its width in points, in dark colours or light ones, in which language."""

    width: float
    is_dark: bool
    language: str


@dataclass(frozen=True)
class Lead:
    """The visits behind a place: under these filters by this measure, of `visit_ids` only these, or losing at `question`."""

    words: str
    filters: Filters
    measure: Measure
    visit_ids: tuple[str, ...] | None = None
    question: tuple[str, str] | None = None


_HEADING = 26.0
_GAP = 12.0


class _Drawn:
    """A picture in the making."""

    def __init__(self, look: Look) -> None:
        from mshopper.report.sheet import DARK, LIGHT

        self.look = look
        self.palette: Palette = DARK if look.is_dark else LIGHT
        self._parts: list[Part] = []
        self._places: list[Place] = []
        self._sentences: list[str] = []
        self._top = 0.0

    def add(self, draw: "Callable[..., Chart]", found: object, heading: str = "", **wishes: object) -> None:
        """Draw below what is there; a drawing without a place has nothing to show."""
        from mshopper.report.svg import as_svg

        chart = draw(found, self.look.width, self.palette, language=self.look.language, **wishes)
        if not chart.spots:
            return
        top = self._top + (_HEADING if heading else 0)
        width, height = chart.drawing.width, chart.drawing.height
        self._parts.append(Part(as_svg(chart.drawing), top, width, height, heading))
        self._places += [Place(s.x, top + s.top, s.width, s.height, s.label, tuple(s.id)) for s in chart.spots]
        self._top = top + height + _GAP

    def say(self, sentences: "Sequence[str]") -> None:
        """What is shown, the most important first."""
        self._sentences += sentences

    def picture(self) -> Picture:
        """What was drawn."""
        return Picture(tuple(self._parts), tuple(self._places), tuple(self._sentences))


def make(opened: Opened, choice: Choice, look: Look) -> Picture:
    """Ask and draw the chosen picture. Raises HeadOfficeError where the tables can't be read."""

    def draw() -> Picture:
        drawn = _Drawn(look)
        with speaking(look.language):
            _MAKERS[choice.picture](opened, choice, drawn)
        return drawn.picture()

    picture = opened.remembered(("picture", replace(choice, order=None, folder=""), look), draw)
    assert isinstance(picture, Picture)
    return picture


def _filters(opened: Opened, choice: Choice) -> Filters:
    return opened.tables.narrowed(choice.filters, choice.by, choice.group)


def _said(reasons: "Sequence[Reason]") -> list[str]:
    from mshopper.model.finding_words import finding_sentence

    return [finding_sentence(reason) for reason in reasons[:_MOST_SENTENCES]]


def _compared(reasons: "Sequence[Reason]") -> list[str]:
    from mshopper.model.comparison_words import sentence

    return [sentence(reason) for reason in reasons[:_MOST_SENTENCES]]


def _heat(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.report.finding_charts import heat_map

    found = opened.findings.heat_map(by=choice.by, kind=choice.kind, filters=_filters(opened, choice))
    drawn.add(heat_map, found, rows=slice(MOST_ROWS))
    drawn.say(_said(found.sentences))
    if len(found.rows) > MOST_ROWS:
        words = _("The first {n} of {of} are drawn: narrow the comparison, or choose one in the table.")
        drawn.say([words.format(n=MOST_ROWS, of=len(found.rows))])


def _journey(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.report.finding_charts import journey_map

    found = opened.findings.journey(_filters(opened, choice))
    drawn.add(journey_map, found)
    drawn.say(_said(found.sentences))


def _trend(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.report.comparison_charts import trend_chart

    # Lines of time can't go over time: their visits do, as one.
    by = "store" if choice.by in IN_TIME else choice.by
    filters = choice.filters if by == choice.by else _filters(opened, choice)
    group = choice.group if by == choice.by else ""
    found = opened.tables.trends(
        by=by, measure=choice.measure, filters=filters, minimum_n=choice.minimum_n, period=choice.trend_period
    )
    drawn.add(trend_chart, found, group_id=group)
    drawn.say(
        _compared(found.sentences) or [_("Nothing was visited in enough periods to say whether it rises or falls.")]
    )


def _lost(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.model.finding_words import weights_note
    from mshopper.report.finding_charts import lost_points

    found = opened.findings.lost(_filters(opened, choice))
    drawn.add(lost_points, found, rows=slice(_MOST_QUESTIONS))
    drawn.say(_said(found.sentences))
    if found.questions:
        drawn.say([weights_note(found.weights)])


def _times(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.model.finding_words import waiting_title
    from mshopper.report.finding_charts import hours_chart, times_chart

    found = opened.findings.waiting(_filters(opened, choice))
    drawn.add(times_chart, found)
    busiest: list[Waiting] = sorted(found.touchpoints or found.questions, key=lambda one: -one.n)
    for one in busiest[:_MOST_HOURS]:
        hours = [
            each for each in found.by_hour if (each.kind, each.id, each.form_id) == (one.kind, one.id, one.form_id)
        ]
        if any(each.within for each in hours):
            words = _("{what}: in time, by hour of day").format(what=waiting_title(one.kind, one.title))
            drawn.add(hours_chart, hours, words)
    drawn.say(_said(found.sentences))


def _satisfaction(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.model.comparison_words import key_title
    from mshopper.report.finding_charts import metric_bars

    found = opened.findings.satisfaction(_filters(opened, choice), by=choice.by)
    drawn.add(metric_bars, found)
    if not choice.group and len(found.groups) > len(found.metrics):
        drawn.add(metric_bars, found, key_title(choice.by), by_group=True, rows=slice(MOST_ROWS))
    drawn.say(_said(found.sentences))


def _auditors(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.report.believing_charts import auditor_bars

    filters = choice.filters if choice.by == "auditor" else _filters(opened, choice)
    found = opened.tables.auditors(measure=choice.measure, filters=filters)
    drawn.add(auditor_bars, found, rows=slice(MOST_ROWS))
    drawn.say(_compared(found.sentences))


def _flags(opened: Opened, choice: Choice, drawn: _Drawn) -> None:
    from mshopper.model.finding_words import common_sentence, flags_summary
    from mshopper.report.believing_charts import flag_bars

    found = opened.findings.flags_under(_filters(opened, choice))
    drawn.add(flag_bars, found)
    drawn.say([flags_summary(found.visits, len(found.by_visit)), *map(common_sentence, found.common)])


_MAKERS: dict[str, Callable[[Opened, Choice, _Drawn], None]] = {
    "heat": _heat,
    "journey": _journey,
    "trend": _trend,
    "lost": _lost,
    "times": _times,
    "satisfaction": _satisfaction,
    "auditors": _auditors,
    "flags": _flags,
}


def lead(opened: Opened, choice: Choice, place: Place) -> Lead:
    """The visits behind a place of the chosen picture."""
    filters, narrowed = _filters(opened, choice), opened.tables.narrowed
    plain = Lead(place.label, filters, choice.measure)
    first = place.id[0]
    match choice.picture:
        case "heat":
            within = replace(filters) if choice.group else narrowed(filters, choice.by, first)
            return replace(plain, filters=within, measure=Measure(choice.kind, place.id[1]))
        case "journey":
            touchpoint = place.id[1]
            measure = Measure("touchpoint", touchpoint) if touchpoint else Measure("phase", first)
            return replace(plain, measure=measure)
        case "trend":
            within = narrowed(filters, choice.trend_period, place.id[1])
            return replace(plain, filters=within)
        case "lost":
            return replace(plain, question=(first, place.id[1]))
        case "times":
            within = replace(filters, forms=(place.id[2],)) if len(place.id) > 2 and place.id[2] else filters
            hours = (int(place.id[3]),) if len(place.id) > 3 else filters.hours
            return replace(plain, filters=replace(within, hours=hours))
        case "satisfaction":
            return replace(plain, filters=narrowed(filters, choice.by, place.id[2]))
        case "auditors":
            return replace(plain, filters=replace(filters, auditors=(first,)))
    flags = opened.findings.flags_under(filters).by_visit
    raised = tuple(visit_id for visit_id, of_it in flags.items() if any(flag.code == first for flag in of_it))
    return replace(plain, visit_ids=raised)
