"""The language of screens, PDF and commands: one gettext catalogue, and numbers and dates by Babel.

The source language is English; `resources/translations/<lang>/LC_MESSAGES/mshopper.mo` holds the others; each one
found there is offered. `_` and
`ngettext` speak the language last set by `use_language`, or inside `with speaking("it"):` that one, so that a report in
Italian and a screen in English live in one process.
"""

import contextvars
import datetime as dt
import gettext as _gettext
import os
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from mshopper import paths

_NO_BREAK = "\u00a0"
"""Between a number and its unit."""

_language: contextvars.ContextVar[str] = contextvars.ContextVar("mshopper_language", default="")
_shown = {"language": "en"}


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages of the app: the first users', English, then each other that has a compiled catalogue."""
    folder = paths.resources_folder() / "translations"
    found = sorted(each.name for each in folder.iterdir() if (each / "LC_MESSAGES" / "mshopper.mo").is_file())
    return ("it", "en", *(each for each in found if each not in ("it", "en")))


@lru_cache(maxsize=8)
def catalogue(language: str) -> _gettext.NullTranslations:
    """The gettext catalogue of `language`; the English source text where there is none."""
    file = paths.resources_folder() / "translations" / language / "LC_MESSAGES" / "mshopper.mo"
    try:
        with file.open("rb") as stream:
            return _gettext.GNUTranslations(stream)
    except FileNotFoundError:
        return _gettext.NullTranslations()


def use_language(language: str) -> None:
    """Speak `language`, one of `languages()`, from here on in the whole process."""
    _shown["language"] = language if language in languages() else "en"
    _language.set("")


class speaking:  # noqa: N801 - reads as a phrase: `with speaking("it"):`
    """A block in which `_` speaks another language, for a report that isn't in the app's own."""

    def __init__(self, language: str) -> None:
        self._chosen = language
        self._token: contextvars.Token[str] | None = None

    def __enter__(self) -> None:
        self._token = _language.set(self._chosen)

    def __exit__(self, *exc: object) -> None:
        assert self._token is not None
        _language.reset(self._token)


def current_language() -> str:
    """The language that `_` speaks here."""
    return _language.get() or _shown["language"]


def system_language() -> str:
    """The language that the system asks for, if it is one of ours; else English."""
    known = languages()
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value[:2] if value[:2] in known else "en"
    import locale

    code = (locale.getlocale()[0] or "").lower()
    if code.startswith("italian"):  # Windows writes the language in words
        return "it"
    return code[:2] if code[:2] in known else "en"


def _(message: str) -> str:
    """`message` in the language shown."""
    return catalogue(current_language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """`one` or `many` by the plural rule of the language shown; fill `{n}` in yourself."""
    return catalogue(current_language()).ngettext(one, many, n)


def N_(message: str) -> str:
    """Mark `message` for the catalogue, to be translated when it is shown."""
    return message


def rounded(value: Fraction | Decimal | int, decimals: int = 2) -> Decimal:
    """`value` at `decimals` places, half away from zero (design.md, Scoring)."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals
    whole = int(scaled + Fraction(1, 2))
    sign = 1 if exact < 0 and whole else 0
    return Decimal(
        (sign, tuple(int(digit) for digit in str(whole)), -decimals)
    )  # exact, whatever the context's precision


def format_number(value: Fraction | Decimal | int, decimals: int = 2, language: str | None = None) -> str:
    """`value` as people of the language write it, at most `decimals` places, without trailing zeros."""
    from babel.numbers import format_decimal

    shown = rounded(value, decimals)
    pattern = "#,##0." + "#" * decimals if decimals else "#,##0"
    return _with_minus(
        format_decimal(shown, format=pattern, locale=language or current_language(), decimal_quantization=False)
    )


def format_fixed(value: Fraction | Decimal | int, decimals: int, language: str | None = None) -> str:
    """`value` with exactly `decimals` places, as in a column of percentages."""
    from babel.numbers import format_decimal

    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return _with_minus(format_decimal(rounded(value, decimals), format=pattern, locale=language or current_language()))


def _with_minus(number: str) -> str:
    """A written number with the true minus sign, as wide and as high as a plus; Babel writes a hyphen."""
    return number.replace("-", "\u2212")


def format_money(value: Fraction | Decimal | int, currency: str, language: str | None = None) -> str:
    """An amount as people of the language write it: 49,00 €, €49.00; the code where the currency has no sign.

    `currency` is an ISO 4217 code, whose cents are always written; further decimals, up to six, only where there are any.
    """
    from babel.numbers import format_currency

    amount = rounded(value, 6)
    if not currency:
        return format_fixed(amount, 2, language) if amount == rounded(value, 2) else format_number(amount, 6, language)
    text = format_currency(amount, currency, locale=language or current_language(), decimal_quantization=False)
    # CLDR asks for a blank between a code and its number (UTS 35, Currency Spacing); Babel writes CHF49.00.
    return _with_minus(re.sub(r"(?<=[A-Za-z])(?=\d)", _NO_BREAK, text))


def format_date(value: dt.date, language: str | None = None) -> str:
    """A date in words: 21 nov 2026."""
    from babel.dates import format_date as babel_date

    return babel_date(value, format="medium", locale=language or current_language())


def format_dates(first: dt.date, last: dt.date, language: str | None = None) -> str:
    """The days from `first` to `last`: 18–29 set 2026; one date where they are the same."""
    if first == last:
        return format_date(first, language)
    from babel.dates import format_interval

    words = format_interval(first, last, skeleton="yMMMd", locale=language or current_language())
    return re.sub(r"\b0(?=\d\b)", "", words)  # CLDR's Italian has "05 ott" in an interval, "5 ott" in a date


def format_datetime(value: dt.datetime, language: str | None = None) -> str:
    """A date and the time of day as written, in its own offset: 21 nov 2026, 14:05."""
    from babel.dates import format_time

    clock = format_time(value.time(), format="HH:mm", locale=language or current_language())
    return f"{format_date(value.date(), language)}, {clock}"


def format_duration(seconds: Fraction | Decimal | int, language: str | None = None) -> str:
    """Seconds as minutes and seconds (`1:05`), with hours from one hour on; tenths where there are any (`1:05,5`)."""
    tenths = int(rounded(Fraction(seconds) * 10, 0))
    whole, tenth = divmod(tenths, 10)
    minutes, secs = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{secs:02d}" if hours else f"{minutes}:{secs:02d}"
    if not tenth:
        return text
    from babel.numbers import get_decimal_symbol

    return f"{text}{get_decimal_symbol(language or current_language())}{tenth}"


def spoken_duration(seconds: Fraction | Decimal | int, language: str | None = None) -> str:
    """Seconds as they are said: 5,8 s; 1 min 5 s; 2 h 10 min; from two days on with days in words: 3 giorni 2 h."""
    tenths = int(rounded(abs(Fraction(seconds)) * 10, 0))
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24) if hours >= 48 else (0, hours)
    parts = [_days(days)] if days else []
    for n, unit in ((Fraction(hours), "h"), (Fraction(minutes), "min"), (Fraction(rest, 10), "s")):
        if n or (unit == "s" and not tenths):
            parts.append(f"{format_number(n, 1, language)}{_NO_BREAK}{unit}")
    return ("\u2212" if seconds < 0 and tenths else "") + " ".join(parts)


def span_in_words(seconds: Fraction | Decimal | int) -> str:
    """How long something took, in words, the two largest units: 48 minuti; 2 ore e 5 minuti; 10 giorni e 22 ore."""
    minutes = int(rounded(Fraction(seconds) / 60, 0))
    if minutes >= 24 * 60:
        days, hours = divmod(int(rounded(Fraction(minutes, 60), 0)), 24)
        return _both(_days(days), _hours(hours) if hours else "")
    hours, minutes = divmod(minutes, 60)
    told = ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    return _both(_hours(hours), told if minutes else "") if hours else told


def _days(n: int) -> str:
    return ngettext("{n} day", "{n} days", n).format(n=n)


def _hours(n: int) -> str:
    return ngettext("{n} hour", "{n} hours", n).format(n=n)


def _both(first: str, second: str) -> str:
    return _("{first} and {second}").format(first=first, second=second) if second else first
