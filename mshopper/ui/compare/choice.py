"""What a person has chosen to compare: it outlives the screen, so that coming back finds everything as it was left."""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from mshopper.i18n import _, format_dates
from mshopper.model.comparison import Filters, Measure, Offer
from mshopper.model.comparison_words import group_title
from mshopper.model.outcome import state_text, verdict_text

NARROWINGS = (
    ("store", "stores"),
    ("region", "regions"),
    ("format", "formats"),
    ("form", "form_versions"),
    ("auditor", "auditors"),
    ("channel", "channels"),
    ("weekday", "weekdays"),
    ("hour", "hours"),
    ("verdict", "verdicts"),
    ("status", "statuses"),
)
"""What can be narrowed, in the order shown: the key of the Offer, and the field of Filters."""


@dataclass(frozen=True)
class Choice:
    """Everything chosen. `folder` is the head-office folder, "" for this laptop; `group` is the chosen line, "" for all.

    `picture` is one of `pictures.PICTURES`, `kind` what its columns are. `order` is the league table's: (column, falling), None
    as it comes.
    """

    folder: str = ""
    by: str = "store"
    measure: Measure = field(default_factory=Measure)
    filters: Filters = field(default_factory=Filters)
    minimum_n: int = 1
    period: str = "quarter"
    group: str = ""
    picture: str = "heat"
    kind: str = "dimension"
    trend_period: str = "month"
    order: tuple[int, bool] | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether any filter is set."""
        return self.filters != Filters()


class Chip(NamedTuple):
    """One thing that the comparison is narrowed by: its field of Filters, its value (None for the days), and its words."""

    field: str
    value: object
    words: str


def chips(filters: Filters, offer: Offer | None) -> list[Chip]:
    """What the filters narrow, each a chip."""
    made = []
    if filters.first_day or filters.last_day:
        made.append(Chip("days", None, days_words(filters.first_day, filters.last_day)))
    for key, name in NARROWINGS:
        made += [Chip(name, value, value_words(key, str(value), offer)) for value in getattr(filters, name)]
    return made


def days_words(first: str, last: str) -> str:
    """A span of days, either end of which may be open ("")."""
    import datetime as dt

    if first and last:
        return format_dates(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    day = format_dates(dt.date.fromisoformat(first or last), dt.date.fromisoformat(first or last))
    return _("from {day}").format(day=day) if first else _("until {day}").format(day=day)


def value_words(key: str, value: str, offer: Offer | None) -> str:
    """A value of a filter as people call it."""
    if key == "verdict":
        return verdict_text(value)
    if key == "status":
        return state_text(value)
    title = offer.values.get(key, {}).get(value, value) if offer else value
    return group_title(key, value, title)


def with_value(filters: Filters, name: str, value: object) -> Filters:
    """The filters narrowed to this value too."""
    there = getattr(filters, name)
    added: dict[str, Any] = {name: (*there, value)}
    return filters if value in there else replace(filters, **added)


def without(filters: Filters, chip: Chip) -> Filters:
    """The filters without what the chip says."""
    if chip.field == "days":
        return replace(filters, first_day="", last_day="")
    kept: dict[str, Any] = {chip.field: tuple(value for value in getattr(filters, chip.field) if value != chip.value)}
    return replace(filters, **kept)
