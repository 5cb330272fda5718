"""A comparison in words, in the language that `i18n` speaks: titles of keys, measures and periods, sentences, methods.

`compare` and `operations` hand over codes and values; screens, commands and exports say them through here, so that all of them
use the same words.
"""

import datetime as dt
from collections.abc import Callable
from fractions import Fraction

from mshopper.i18n import _, current_language, format_date, format_dates, format_fixed, format_number, ngettext
from mshopper.model.comparison import Filters, Group, Interval, Measure, Offer, StoreComparison
from mshopper.model.outcome import state_text, verdict_text
from mshopper.model.scoresheet import Reason


def key_title(by: str) -> str:
    """What the groups of a comparison are: Store, Region, …"""
    return {
        "store": _("Store"),
        "region": _("Region"),
        "format": _("Format"),
        "auditor": _("Auditor"),
        "form": _("Form"),
        "channel": _("Channel"),
        "weekday": _("Weekday"),
        "hour": _("Hour of day"),
        "month": _("Month"),
        "quarter": _("Quarter"),
        "year": _("Year"),
    }[by]


def counted(by: str, n: int) -> str:
    """How many groups: 3 stores, 1 region."""
    words = {
        "store": ngettext("{n} store", "{n} stores", n),
        "region": ngettext("{n} region", "{n} regions", n),
        "format": ngettext("{n} format", "{n} formats", n),
        "auditor": ngettext("{n} auditor", "{n} auditors", n),
        "form": ngettext("{n} form", "{n} forms", n),
        "channel": ngettext("{n} channel", "{n} channels", n),
        "weekday": ngettext("{n} weekday", "{n} weekdays", n),
        "hour": ngettext("{n} hour of day", "{n} hours of day", n),
        "month": ngettext("{n} month", "{n} months", n),
        "quarter": ngettext("{n} quarter", "{n} quarters", n),
        "year": ngettext("{n} year", "{n} years", n),
    }[by]
    return words.format(n=format_number(n))


def group_title(by: str, group_id: str, title: str = "") -> str:
    """A group as people call it: weekdays by name, hours as a range, periods in words; else its title."""
    if by == "weekday" and group_id.isdecimal() and 1 <= int(group_id) <= 7:
        from babel.dates import get_day_names

        name: str = get_day_names("wide", "stand-alone", locale=current_language())[int(group_id) - 1]
        return name[:1].upper() + name[1:]
    if by == "hour" and group_id.isdecimal():
        return f"{int(group_id):02d}–{int(group_id) + 1:02d}"
    if by in ("month", "quarter", "year"):
        return period_title(group_id)
    return title or group_id


def period_title(name: str) -> str:
    """A period as `Span` names it: November 2026, quarter 4 of 2026, 2026, 3–20 October 2026."""
    first, slash, last = name.partition("/")
    try:
        if slash:
            return format_dates(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        year, _dash, part = name.partition("-")
        if part.startswith("Q"):
            return _("{year}, quarter {number}").format(year=year, number=part[1:])
        if part:
            from babel.dates import format_date as shaped

            month: str = shaped(dt.date(int(year), int(part), 1), "LLLL y", locale=current_language())
            return month[:1].upper() + month[1:]
    except ValueError:
        return name
    return name


def period_mark(name: str) -> str:
    """A period in a few characters, for an axis: Nov 26, Q4 2026, 2026; of a span its first day."""
    first, slash, _last = name.partition("/")
    try:
        from babel.dates import format_date as shaped

        if slash:
            day: str = shaped(dt.date.fromisoformat(first), "d MMM", locale=current_language())
            return day
        year, _dash, part = name.partition("-")
        if part.startswith("Q"):
            return _("Q{number} {year}").format(number=part[1:], year=year)
        if part:
            month: str = shaped(dt.date(int(year), int(part), 1), "LLL yy", locale=current_language())
            return month
    except ValueError:
        return name
    return name


def measure_title(measure: Measure, title: str = "") -> str:
    """What is compared; `title` is that of the part of the visit, else its id stands for it."""
    if measure.kind == "percent":
        return _("Score")
    kind = {
        "dimension": _("Dimension"),
        "section": _("Section"),
        "touchpoint": _("Touchpoint"),
        "phase": _("Phase"),
    }[measure.kind]
    return f"{kind}: {title or measure.id}"


def points(value: float | None, decimals: int = 1) -> str:
    """A percentage or a number of points; a dash for none."""
    return "–" if value is None else format_fixed(Fraction(value), decimals)


def signed(value: float | None, decimals: int = 1) -> str:
    """Points with their sign; a dash for none."""
    if value is None:
        return "–"
    text = format_fixed(Fraction(value), decimals)
    return text if value < 0 or not any(digit in text for digit in "123456789") else f"+{text}"


def interval_text(interval: Interval | None) -> str:
    """Both ends of an interval; "" for none."""
    if interval is None:
        return ""
    return _("{low} to {high}").format(low=points(interval.low), high=points(interval.high))


def note_text(note: str) -> str:
    """Why a group has no interval; "" where it has one."""
    return {
        "one_visit": _("one visit: tells nothing yet"),
        "all_equal": _("all equal"),
        "stores_equal": _("all its stores are equal"),
        "no_score": _("no score"),
        "not_comparable": _("not comparable"),
    }.get(note, "")


_FILTERED = {
    "stores": "store",
    "regions": "region",
    "formats": "format",
    "auditors": "auditor",
    "forms": "form",
    "channels": "channel",
    "weekdays": "weekday",
    "hours": "hour",
    "months": "month",
}


def filter_facts(filters: Filters, offer: Offer) -> list[tuple[str, str]]:
    """What narrows the visits, as titles with their values; nothing where all visits count."""
    facts = []
    for name, key in _FILTERED.items():
        titles = offer.values.get(key, {})
        said = [group_title(key, str(value), titles.get(str(value), "")) for value in getattr(filters, name)]
        facts.append((key_title(key), ", ".join(said)))
    facts.append((_("Form version"), ", ".join(filters.form_versions)))
    facts.append((_("From"), _day(filters.first_day)))
    facts.append((_("To"), _day(filters.last_day)))
    facts.append((_("Verdict"), ", ".join(verdict_text(one) or _("No pass mark") for one in filters.verdicts)))
    facts.append((_("Status"), ", ".join(map(state_text, filters.statuses))))
    return [(title, value) for title, value in facts if value]


def _day(iso: str) -> str:
    return format_date(dt.date.fromisoformat(iso)) if iso else ""


def sentence(reason: Reason) -> str:
    """What a comparison shows, in a sentence for somebody who knows shops and no statistics."""
    return _SENTENCES[reason.code](reason)


def store_sentences(group: Group | None, comparison: StoreComparison) -> list[str]:
    """What the visits allow to say of one store among the others: its score, its place, its change, what is missing."""
    if group is None or group.mean is None:
        return [_("No visit to this store is among those compared.")]
    visits = ngettext("{n} visit", "{n} visits", group.n).format(n=format_number(group.n))
    said = [_store_score(group, visits)]
    if group.difference is not None:
        said.append(
            {
                1: _("It is better than the other stores, beyond chance."),
                -1: _("It is worse than the other stores, beyond chance."),
            }.get(group.difference.differs, _("That it differs from the other stores can't be told from chance."))
        )
    if group.ranks is not None:
        place = _("Among {of} stores it may be anything from place {best} to place {worst}.")
        if group.ranks[0] == group.ranks[1]:
            place = _("Among {of} stores it has place {best}.")
        said.append(place.format(of=len(comparison.groups), best=group.ranks[0], worst=group.ranks[1]))
    if group.change is not None and group.change.direction:
        risen = _("Since {earlier} it has risen by {points} points, beyond chance.")
        fallen = _("Since {earlier} it has fallen by {points} points, beyond chance.")
        words = risen if group.change.direction > 0 else fallen
        change = points(abs(group.change.points))
        said.append(words.format(earlier=period_title(group.change.earlier), points=change))
    if group.advice is not None and group.advice.more:
        more = ngettext(
            "{n} more visit would tell to within {half} points.",
            "{n} more visits would tell to within {half} points.",
            group.advice.more,
        )
        said.append(more.format(n=format_number(group.advice.more), half=points(group.advice.half_width, 0)))
    return said


def _store_score(group: Group, visits: str) -> str:
    if group.interval is None:
        words = _("{mean} over {visits} ({note}).")
        return words.format(mean=points(group.mean), visits=visits, note=note_text(group.note))
    words = _("{mean} on average over {visits}; the true average is likely {low} to {high} (interval at 95%).")
    return words.format(
        mean=points(group.mean), visits=visits, low=points(group.interval.low), high=points(group.interval.high)
    )


def _say_total(reason: Reason) -> str:
    n = int(reason.get("n"))
    stores = counted("store", int(reason.get("stores")))
    start = ngettext(
        "{n} visit to {stores} scores {mean} on average",
        "{n} visits to {stores} score {mean} on average",
        n,
    ).format(n=format_number(n), stores=stores, mean=points(float(reason.get("mean"))))
    if reason.code == "total":
        return _("{start}; the true average is likely {low} to {high} (interval at 95%).").format(
            start=start, low=points(float(reason.get("low"))), high=points(float(reason.get("high")))
        )
    return f"{start} ({note_text(reason.code.removeprefix('total_'))})."


def _say_above(reason: Reason) -> str:
    n = int(reason.get("n"))
    words = ngettext(
        "{groups} of {of} is better than the rest, beyond chance: {names}.",
        "{groups} of {of} are better than the rest, beyond chance: {names}.",
        n,
    )
    return _filled(words, reason)


def _say_below(reason: Reason) -> str:
    n = int(reason.get("n"))
    words = ngettext(
        "{groups} of {of} is worse than the rest, beyond chance: {names}.",
        "{groups} of {of} are worse than the rest, beyond chance: {names}.",
        n,
    )
    return _filled(words, reason)


def _say_could_be_first(reason: Reason) -> str:
    words = ngettext(
        "{groups} of {of} could be the best: the visits don't tell which.",
        "{groups} of {of} could be the best: the visits don't tell which.",
        int(reason.get("n")),
    )
    return _filled(words, reason)


def _say_changed(reason: Reason) -> str:
    n = int(reason.get("n"))
    if reason.code == "risen":
        words = ngettext(
            "{groups} has risen from {earlier} to {later}, beyond chance: {names}.",
            "{groups} have risen from {earlier} to {later}, beyond chance: {names}.",
            n,
        )
    else:
        words = ngettext(
            "{groups} has fallen from {earlier} to {later}, beyond chance: {names}.",
            "{groups} have fallen from {earlier} to {later}, beyond chance: {names}.",
            n,
        )
    return _filled(words, reason)


def _say_all_changed(reason: Reason) -> str:
    words = {
        "all_risen": _("Over all, the mean has risen by {points} points from {earlier} to {later} ({low} to {high})."),
        "all_fallen": _(
            "Over all, the mean has fallen by {points} points from {earlier} to {later} ({low} to {high})."
        ),
        "all_same": _(
            "Over all, no change can be told from {earlier} to {later}: {points} points, but anything from {low} to {high} "
            "would fit."
        ),
    }[reason.code]
    value = float(reason.get("points"))
    return words.format(
        points=signed(value) if reason.code == "all_same" else points(abs(value)),
        low=signed(float(reason.get("low"))),
        high=signed(float(reason.get("high"))),
        earlier=period_title(reason.get("earlier")),
        later=period_title(reason.get("later")),
    )


def _say_need(reason: Reason) -> str:
    more = int(reason.get("more"))
    visits = ngettext("{n} more visit", "{n} more visits", more).format(n=format_number(more))
    words = ngettext(
        "{groups} needs more visits before anything can be said to within {half} points: about {visits}.",
        "{groups} need more visits before anything can be said to within {half} points: up to {visits} each.",
        int(reason.get("n")),
    )
    return _filled(words, reason, visits=visits)


def _say_apart(reason: Reason) -> str:
    n = int(reason.get("n"))
    return ngettext(
        "{n} visit made with the form “{form}” ({versions}) isn't in this table: its score means something else. Choose that "
        "form to compare it.",
        "{n} visits made with the form “{form}” ({versions}) aren't in this table: their scores mean something else. Choose "
        "that form to compare them.",
        n,
    ).format(n=format_number(n), form=reason.get("form"), versions=reason.get("versions"))


def _say_apart_many(reason: Reason) -> str:
    n = int(reason.get("n"))
    return ngettext(
        "{n} visit made with {forms} isn't in this table: its score means something else. Choose a form to compare it.",
        "{n} visits made with {forms} aren't in this table: their scores mean something else. Choose a form to compare them.",
        n,
    ).format(n=format_number(n), forms=counted("form", int(reason.get("forms"))))


def _say_over_time(reason: Reason) -> str:
    n = int(reason.get("n"))
    if reason.code == "rising":
        words = ngettext(
            "{groups} rises over the periods shown, beyond chance: {names}.",
            "{groups} rise over the periods shown, beyond chance: {names}.",
            n,
        )
    else:
        words = ngettext(
            "{groups} falls over the periods shown, beyond chance: {names}.",
            "{groups} fall over the periods shown, beyond chance: {names}.",
            n,
        )
    return _filled(words, reason)


def _say_missed(reason: Reason) -> str:
    n = int(reason.get("n"))
    return ngettext("{n} of {of} planned visits wasn't made.", "{n} of {of} planned visits weren't made.", n).format(
        n=format_number(n), of=format_number(int(reason.get("of")))
    )


def _say_auditors(reason: Reason) -> str:
    n = int(reason.get("n") or reason.get("of"))
    words = {
        "kinder": ngettext(
            "{auditors} scores higher than others in the same stores, beyond chance: {names}. Ask how they see it before "
            "changing anything.",
            "{auditors} score higher than others in the same stores, beyond chance: {names}. Ask how they see it before "
            "changing anything.",
            n,
        ),
        "stricter": ngettext(
            "{auditors} scores lower than others in the same stores, beyond chance: {names}. Ask how they see it before "
            "changing anything.",
            "{auditors} score lower than others in the same stores, beyond chance: {names}. Ask how they see it before "
            "changing anything.",
            n,
        ),
        "auditors_alike": ngettext(
            "Once the stores are taken into account, nothing sets {auditors} apart beyond chance.",
            "Once the stores are taken into account, nothing sets {auditors} apart beyond chance.",
            n,
        ),
        "not_linked": ngettext(
            "{auditors} shares no store with others, so that auditor and stores can't be told apart.",
            "{auditors} share no store with others, so that auditor and stores can't be told apart.",
            n,
        ),
    }[reason.code]
    return words.format(auditors=counted("auditor", n), names=reason.get("names"))


def _say_agreement(reason: Reason) -> str:
    n = int(reason.get("n"))
    return ngettext(
        "One pair of visits to the same store within {days} days by two auditors lies {points} points apart.",
        "{n} pairs of visits to the same store within {days} days by two auditors lie {points} points apart on average.",
        n,
    ).format(n=format_number(n), days=reason.get("days"), points=points(float(reason.get("points"))))


def _say_visits(reason: Reason) -> str:
    n = int(reason.get("n"))
    words = {
        "unscored": ngettext("{n} visit has no score.", "{n} visits have no score.", n),
        "nameless": ngettext(
            "{n} visit says nothing of this and stands in no line: {key}.",
            "{n} visits say nothing of this and stand in no line: {key}.",
            n,
        ),
        "by_form": ngettext(
            "{n} visit; scores of different forms mean different things, so that no form is tested against another.",
            "{n} visits; scores of different forms mean different things, so that no form is tested against another.",
            n,
        ),
    }[reason.code]
    return words.format(n=format_number(n), key=key_title(reason.get("by")) if reason.get("by") else "")


def _say_plain(reason: Reason) -> str:
    by = reason.get("by", "")
    words = {
        "nothing": _("No visit with a score matches: choose other filters, or sync."),
        "none_differs": _("None of {of} differs from the rest beyond chance."),
        "is_first": _("Beyond chance, the best is {names}."),
        "no_auditors": _("No visit that matches has a score and says which auditor made it."),
        "no_slope": _("None of {of} rises or falls beyond chance."),
        "no_repeats": _("Nothing was visited twice, so that nobody can tell chance from a real difference."),
        "no_spread": _("All visits within each line are equal, so that chance can't be told from a real difference."),
    }[reason.code]
    return words.format(of=counted(by, int(reason.get("of") or 0)) if by else "", names=reason.get("names"))


def _say_too_few(reason: Reason) -> str:
    words = ngettext(
        "{groups} with fewer than {minimum} scored visits isn't shown.",
        "{groups} with fewer than {minimum} scored visits aren't shown.",
        int(reason.get("n")),
    )
    return _filled(words, reason)


def _filled(words: str, reason: Reason, **more: str) -> str:
    by = reason.get("by")
    return words.format(
        groups=counted(by, int(reason.get("n"))),
        of=format_number(int(reason.get("of") or 0)),
        names=reason.get("names"),
        earlier=period_title(reason.get("earlier")),
        later=period_title(reason.get("later")),
        minimum=reason.get("minimum"),
        half=reason.get("half"),
        **more,
    )


_SENTENCES: dict[str, Callable[[Reason], str]] = {
    **dict.fromkeys(("total", "total_one_visit", "total_all_equal", "total_stores_equal"), _say_total),
    "above": _say_above,
    "below": _say_below,
    "could_be_first": _say_could_be_first,
    "risen": _say_changed,
    "fallen": _say_changed,
    **dict.fromkeys(("all_risen", "all_fallen", "all_same"), _say_all_changed),
    "need": _say_need,
    "apart": _say_apart,
    "apart_many": _say_apart_many,
    **dict.fromkeys(("rising", "falling"), _say_over_time),
    "missed": _say_missed,
    **dict.fromkeys(("kinder", "stricter", "auditors_alike", "not_linked"), _say_auditors),
    "agreement": _say_agreement,
    "too_few": _say_too_few,
    **dict.fromkeys(("unscored", "nameless", "by_form"), _say_visits),
    **dict.fromkeys(
        ("nothing", "none_differs", "is_first", "no_auditors", "no_slope", "no_repeats", "no_spread"), _say_plain
    ),
}


def method_sentences() -> tuple[str, ...]:
    """How the numbers were made, for the box beside a table."""
    return (
        _(
            "Mean: of the visits' percentages, with Student's interval at 95%; where a line holds several stores, visits to "
            "one store count as alike (store-clustered variance)."
        ),
        _("Points: all points earned of all possible, each visit by its weight."),
        _(
            "Estimate: the mean drawn to that of all lines as far as its visits are few (empirical Bayes, normal-normal, "
            "between-line variance by the method of moments)."
        ),
        _(
            "Ranks: the best and worst place that the visits allow (Klein, Wright and Wieczorek 2020, from Šidák-simultaneous "
            "intervals)."
        ),
        _(
            "Differs: against the visits of all other lines, with the pooled variance; of the lines marked, at most 5% are "
            "expected to be marked by chance (Benjamini-Hochberg)."
        ),
        _("Change: Welch's test between the two periods, likewise corrected. Shares: Wilson's interval."),
    )
