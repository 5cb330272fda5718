"""Reasons, violations, answers and titles in words, in the language that `i18n` speaks.

A stored ScoreSheet holds codes and values; here they become sentences, so that one sheet prints in every language. The form's
own texts come in `language`, where the form has it.
"""

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction

from mshopper.i18n import (
    _,
    format_date,
    format_datetime,
    format_fixed,
    format_money,
    format_number,
    ngettext,
    spoken_duration,
)
from mshopper.model.answer import Value, Violation
from mshopper.model.form import NUMBER_TYPES, SCALE_TYPES, Form, Placed, Question, Section
from mshopper.model.outcome import state_text as state_text
from mshopper.model.outcome import verdict_text as verdict_text
from mshopper.model.scoresheet import CriticalHit, Reason

_EXACT = re.compile(r"-?\d{1,99}(\.\d{1,99}|/0*[1-9]\d{0,98})?", re.ASCII)
"""A number as `scoring.exact_text` writes it."""

_LOCATION = re.compile(r"-?\d{1,3}(\.\d{1,99})?( -?\d{1,9}(\.\d{1,99})?){1,3}", re.ASCII)

# --- answers


def choice_text(question: Question, choice_id: str, language: str) -> str:
    """A choice's label; "Yes" and "No" for yes_no; its id where it has no label."""
    choice = question.choice(choice_id)
    if choice is not None and choice.label:
        return choice.label.get(language)
    if question.type == "yes_no":
        return {"yes": _("Yes"), "no": _("No")}.get(choice_id, choice_id)
    return choice_id


def answer_text(question: Question, value: Value, language: str) -> str:
    """A value as a person reads it; "" for no value."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        labels = [choice_text(question, choice, language) for choice in value]
        if question.type == "ranking":
            return "  ".join(f"{place}. {label}" for place, label in enumerate(labels, 1))
        return ", ".join(labels)
    if isinstance(value, str):
        return _words(question, value, language)
    return _number(question, value)


def _words(question: Question, value: str, language: str) -> str:
    if question.type in ("yes_no", "choice"):
        return choice_text(question, value, language)
    try:
        if question.type == "date":
            return format_date(dt.date.fromisoformat(value))
        if question.type == "datetime":
            return format_datetime(dt.datetime.fromisoformat(value))
        if question.type == "location":
            return _place(value)
    except ValueError:
        return value
    return value


def _place(location: str) -> str:
    """`lat lon altitude accuracy` (degrees and metres, the last two optional) as on a map; ValueError where it isn't."""
    if not _LOCATION.fullmatch(location):
        raise ValueError(location)
    latitude, longitude, *rest = map(Fraction, location.split())
    north, south, east, west = _("N S E W").split()
    words = (
        f"{format_fixed(abs(latitude), 4)}° {south if latitude < 0 else north}, "
        f"{format_fixed(abs(longitude), 4)}° {west if longitude < 0 else east}"
    )
    accuracy = rest[1] if len(rest) > 1 else 0
    return f"{words} (±\u00a0{format_number(accuracy, 0)}\u00a0m)" if accuracy > 0 else words


def _number(question: Question, value: int | Decimal) -> str:
    match question.type:
        case "duration":
            return spoken_duration(value)
        case "money":
            return format_money(value, question.currency)
        case "csat" if question.scale == "faces":
            return {1: _("Sad face"), 2: _("Neutral face"), 3: _("Happy face")}.get(int(value), str(value))
        case "nps" | "csat" | "ces" | "rating" if question.scale_bounds:
            return _("{value} of {highest}").format(
                value=format_number(value, 6), highest=format_number(question.scale_bounds[1])
            )
    return format_number(value, 6)


# --- titles


def dimension_title(form: Form, dimension_id: str, language: str) -> str:
    """A dimension's title: the form's own, else the field's word, else its id."""
    own = next((d.title for d in form.dimensions if d.id == dimension_id and d.title), None)
    if own:
        return own.get(language, form.language)
    standard = {
        "time": _("Time"),
        "quality": _("Quality"),
        "professionalism": _("Professionalism"),
        "efficiency": _("Efficiency"),
        "courtesy": _("Courtesy"),
    }
    return standard.get(dimension_id, _readable(dimension_id))


def phase_title(phase: str) -> str:
    """A phase of the customer journey."""
    return {"before": _("Before"), "during": _("During"), "after": _("After")}.get(phase, _readable(phase))


def touchpoint_title(touchpoint: str) -> str:
    """A touchpoint: the field's word for the common ones, else its id made readable."""
    known = {
        "website": _("Website"),
        "app": _("App"),
        "social": _("Social media"),
        "advertising": _("Advertising"),
        "search": _("Search"),
        "phone": _("Phone"),
        "chat": _("Chat"),
        "email": _("E-mail"),
        "store": _("Store"),
        "branch": _("Branch"),
        "restaurant": _("Restaurant"),
        "till": _("Till"),
        "payment": _("Payment"),
        "delivery": _("Delivery"),
        "packaging": _("Packaging"),
        "return": _("Return"),
        "support": _("Support"),
        "customer_service": _("Customer service"),
    }
    return known.get(touchpoint, _readable(touchpoint))


def section_title(form: Form, path: str, language: str, instance: str = "") -> str:
    """A section's title, with its number (by the repeat's label, where it has one) for an instance of a repeat."""
    item = form.places[path].item
    assert isinstance(item, Section)
    title = item.title.get(language, form.language) or _readable(item.id)
    if not (instance and item.repeat):
        return title
    label = item.repeat.label.get(language, form.language) or title
    return f"{label} {instance.rpartition('.')[2]}"


def metric_title(metric_id: str) -> str:
    """NPS, CSAT, CES."""
    return metric_id.upper()


def not_done_text(reason: str) -> str:
    """Why a visit could not be made: one of the usual reasons, else the words given."""
    known = {
        "closed": _("The store was closed"),
        "refused": _("The visit was refused"),
        "discovered": _("The auditor was recognised"),
        "other": _("Other reason"),
    }
    code, mark, words = reason.partition(": ")
    if code not in known:
        return reason
    return f"{known[code]}: {words}" if mark else known[code]


def _readable(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


# --- scores


def sentence(reason: Reason, form: Form, language: str, path: str = "") -> str:
    """Why a score line is as it is; `path` names the question, whose choices and unit the sentence uses."""
    placed = form.questions.get(path)
    question = placed.item if isinstance(placed, Placed) and isinstance(placed.item, Question) else None
    value = reason.get("value")
    match reason.code:
        case "not_relevant":
            return _("Didn't apply, so it counts nowhere.")
        case "unscored":
            return _("Not scored.")
        case "na":
            return _("Not applicable, so it counts nowhere.")
        case "unanswered_zero":
            return _("Not answered: no points of those possible.")
        case "unanswered_excluded":
            return _("Not answered, so it counts nowhere.")
        case "invalid_zero":
            return _("The answer isn't valid: no points of those possible.")
        case "invalid_excluded":
            return _("The answer isn't valid, so it counts nowhere.")
        case "choice":
            return _("Points of “{answer}”.").format(answer=_choice(question, reason.get("choice"), language))
        case "choices":
            chosen = [_choice(question, one, language) for one in reason.get("choices").split()]
            return _("Sum of the points of: {answers}.").format(answers=", ".join(chosen) or "–")
        case "scale":
            return _("{value} on a scale of {low} to {high}.").format(
                value=_measure(None, value),
                low=_measure(None, reason.get("low")),
                high=_measure(None, reason.get("high")),
            )
        case "band":
            said, limit = _measure(question, value), _measure(question, reason.get("to"))
            if question is not None and question.type == "duration":
                return _("{value} is within {limit}.").format(value=said, limit=limit)
            return _("{value} is in the band up to {limit}.").format(value=said, limit=limit)
        case "band_open":
            return _("{value} is beyond all other bands.").format(value=_measure(question, value))
        case "above_bands":
            return _("{value} is above every band: no points.").format(value=_measure(question, value))
        case "critical":
            return _critical(question, reason, language)
    return violation_words(reason)


def _choice(question: Question | None, choice_id: str, language: str) -> str:
    return choice_text(question, choice_id, language) if question else choice_id


def _measure(question: Question | None, text: str) -> str:
    if not _EXACT.fullmatch(text):
        return text
    value = Fraction(text)
    if question is not None and question.type == "duration":
        return spoken_duration(value)
    if question is not None and question.type == "money":
        return format_money(value, question.currency)
    return format_number(value, 6)


def _critical(question: Question | None, reason: Reason, language: str) -> str:
    value = reason.get("value")
    if not value:  # photos, which have no words
        return _("Critical answer.")
    if question is None:
        answer = value
    elif question.type in ("choices", "ranking"):
        answer = ", ".join(choice_text(question, one, language) for one in value.split())
    elif question.type in SCALE_TYPES or question.type in NUMBER_TYPES:
        answer = _measure(question, value)
    else:
        answer = _words(question, value, language)
    return _("Critical answer: {answer}.").format(answer=answer)


def effect_sentence(hit: CriticalHit, form: Form, language: str) -> str:
    """What a critical answer did to the score."""
    match hit.effect:
        case "zero_section":
            path = form.questions[hit.path].section_path
            return _("The section “{section}” counts 0.").format(section=section_title(form, path, language))
        case "zero_form":
            return _("The whole visit counts 0.")
        case "cap":
            return _("The score is limited to {percent}%.").format(percent=format_number(hit.cap or 0))
    return _("The visit fails; the score stays.")


# --- violations


def violation_sentence(violation: Violation, form: Form, language: str) -> str:
    """What is wrong with an answer or missing, and so what to do; the author's own words where there are any."""
    if violation.message:
        return violation.message.get(language, form.language)
    return violation_words(violation.reason)


def violation_words(reason: Reason) -> str:
    """A violation's code in words."""
    match reason.code:
        case "required":
            return _("Please answer this question.")
        case "photos":
            needed = int(reason.get("needed"))
            return ngettext(
                "Please add a photo: this answer needs one.",
                "Please add photos: this answer needs {n}, there are {found}.",
                needed,
            ).format(n=needed, found=reason.get("found"))
        case "comment":
            return ngettext(
                "Please comment: this answer needs at least {n} character.",
                "Please comment: this answer needs at least {n} characters.",
                int(reason.get("needed")),
            ).format(n=reason.get("needed"))
        case "out_of_range":
            return _range(reason)
        case "unknown_choice":
            return _("“{value}” is not one of the choices.").format(value=reason.get("value"))
        case "wrong_type":
            return _wrong_type(reason)
        case "check":
            return _("This answer doesn't meet the form's condition: {rule}").format(rule=reason.get("rule"))
    return reason.code


def _range(reason: Reason) -> str:
    low, high, value = (_measure(None, reason.get(name)) for name in ("low", "high", "value"))
    if low and high:
        return _("{value} is outside {low} to {high}.").format(value=value, low=low, high=high)
    if low:
        return _("{value} is too low: at least {low}.").format(value=value, low=low)
    return _("{value} is too high: at most {high}.").format(value=value, high=high)


def _wrong_type(reason: Reason) -> str:
    wanted = {
        "number": _("a number"),
        "money": _("an amount"),
        "integer": _("a whole number"),
        "duration": _("a time in seconds"),
        "date": _("a date such as 2026-11-30"),
        "time": _("a time of day such as 14:30"),
        "datetime": _("a date and time such as 2026-11-30T14:30"),
        "location": _("a latitude and longitude such as 45.4642 9.1900"),
        "choices": _("a list of choices, each once"),
        "ranking": _("a list of choices, each once"),
    }.get(reason.get("type"), _("an answer of this question's kind"))
    return _("“{value}” is not {wanted}.").format(value=reason.get("value"), wanted=wanted)
