"""Numbers, dates and times as the screens write them, by QLocale: Babel is too slow to start with and to scroll by."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

from mshopper.i18n import _, current_language, rounded


def locale() -> QLocale:
    """The locale of the language shown."""
    return QLocale(current_language())


def percent(value: Fraction | Decimal | None, mark: Fraction | None = None) -> str:
    """A percentage with one decimal, "–" without one; more decimals where rounding would show the `mark` itself."""
    if value is None:
        return "–"
    decimals = 1
    if mark is not None and Fraction(value) != mark:
        while decimals < 6 and rounded(value, decimals) == rounded(mark, decimals):
            decimals += 1
    return locale().toString(float(rounded(value, decimals)), "f", decimals)


def plain_number(value: Fraction | Decimal | int) -> str:
    """A number with up to two decimals."""
    shown = rounded(value, 2).normalize()
    decimals = max(0, -int(shown.as_tuple().exponent))
    return locale().toString(float(shown), "f", decimals)


def moment(iso: str) -> dt.datetime | None:
    """An ISO 8601 time, or None where there is none."""
    try:
        return dt.datetime.fromisoformat(iso)
    except ValueError:
        return None


def day(iso: str, *, today: dt.date | None = None) -> str:
    """The day of an ISO date or time: "12 Nov", with its year where that isn't this one; "" without one."""
    at = moment(iso)
    if at is None:
        return ""
    now = today or dt.date.today()  # noqa: DTZ011 - the year that the person at the desk lives in
    pattern = "d MMM" if at.year == now.year else "d MMM yyyy"
    return locale().toString(QDate(at.year, at.month, at.day), pattern)


def day_and_time(iso: str) -> str:
    """The day and the time of day as written: "12 Nov 2026 14:05"; "" without one."""
    at = moment(iso)
    if at is None:
        return ""
    date, time = QDate(at.year, at.month, at.day), QTime(at.hour, at.minute)
    return locale().toString(QDateTime(date, time), "d MMM yyyy HH:mm")


def stretch_of_time(seconds: int) -> str:
    """A running time: 0:12:40."""
    minutes, secs = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{secs:02d}"


def unsupported_words(kind: str) -> str:
    """Why a question that the form asks stands there as a note: `kind` is the standard's type, or what was written."""
    if kind in ("audio", "background-audio"):
        return _("The form asks for a sound recording here. Sound is never recorded by this app.")
    if kind == "video":
        return _("The form asks for a video here. This app takes no video.")
    if kind == "file":
        return _("The form asks for a file here. This app attaches photos only.")
    if kind in ("geotrace", "geoshape"):
        return _("The form asks for a line or an area on a map here. This app doesn't draw any.")
    return _("The form asks for “{type}” here, a type that this app doesn't know.").format(type=kind)
