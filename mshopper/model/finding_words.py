"""Findings and flags in words, in the language that `i18n` speaks: for screens, commands and exports alike.

`compare` hands over codes and values. A flag's sentence says what was seen and beside what, never what it means about a person.
"""

import re
from collections.abc import Callable
from fractions import Fraction

from mshopper.i18n import _, format_number, ngettext, span_in_words, spoken_duration
from mshopper.model.comparison_words import points, signed
from mshopper.model.flags import CommonFlag
from mshopper.model.reasons import metric_title, phase_title, touchpoint_title
from mshopper.model.scoresheet import Reason

_TAKEN = re.compile(r"\$\{[^}]*\}")


def flag_title(code: str) -> str:
    """A flag in a few words."""
    return {
        "too_fast": _("Far too fast"),
        "straight_lining": _("The same answer throughout"),
        "identical_answers": _("Answers like another visit's"),
        "copied_comments": _("Copied comments"),
        "same_photo": _("Photo of another visit"),
        "photo_twice": _("One photo for several questions"),
        "photo_time": _("Photo from another time"),
        "photo_device": _("Unusual camera"),
        "photo_place": _("Photo from another place"),
        "place": _("Far from the store"),
        "overlap": _("In two stores at once"),
        "edited_late": _("Answered long after"),
        "clock_back": _("Clock set back"),
        "na_rate": _("Much not applicable"),
        "score_nps": _("Score and recommendation disagree"),
    }[code]


def flag_sentence(reason: Reason) -> str:
    """What raised a flag."""
    return _FLAGS[reason.code](reason)


def common_sentence(common: CommonFlag) -> str:
    """Why a flag isn't raised in a form: most of its visits would raise it."""
    return _("{flag}: {visits} of {of} visits with “{form}” do, so that it says nothing about a single visit.").format(
        flag=flag_title(common.code),
        visits=format_number(common.visits),
        of=format_number(common.of),
        form=common.form_id,
    )


def flags_summary(visits: int, flagged: int) -> str:
    """How many visits have flags."""
    if not flagged:
        return ngettext("Nothing unusual in {n} visit.", "Nothing unusual in {n} visits.", visits).format(
            n=format_number(visits)
        )
    return ngettext(
        "{flagged} of {n} visit has something unusual: a question to ask, not a verdict.",
        "{flagged} of {n} visits have something unusual: a question to ask, not a verdict.",
        visits,
    ).format(flagged=format_number(flagged), n=format_number(visits))


def _seconds(reason: Reason, name: str, unit: int = 1) -> str:
    return spoken_duration(Fraction(float(reason.get(name))) * unit)


def _span(reason: Reason, name: str) -> str:
    """Hours in words."""
    return span_in_words(Fraction(float(reason.get(name))) * 3600)


def _number(reason: Reason, name: str, decimals: int = 0) -> str:
    return format_number(Fraction(float(reason.get(name))), decimals)


def _count(reason: Reason, name: str = "n") -> int:
    return int(reason.get(name))


def _too_fast(reason: Reason) -> str:
    return _("{answers} answers in {time}: {pace} each, where this form usually takes {usual}.").format(
        answers=_number(reason, "answers"),
        time=_seconds(reason, "minutes", 60),
        pace=_seconds(reason, "pace"),
        usual=_seconds(reason, "usual"),
    )


def _straight(reason: Reason) -> str:
    value = reason.get("value")
    if reason.get("kind") == "yes_no":
        value = {"yes": _("Yes"), "no": _("No")}.get(value, value)
    return _("The same answer (“{value}”) to all {n} questions of a kind, where other visits differ.").format(
        value=value, n=_number(reason, "n")
    )


def _identical(reason: Reason) -> str:
    return ngettext(
        "All {answers} answers are those of {n} other visit.",
        "All {answers} answers are those of {n} other visits.",
        _count(reason, "visits"),
    ).format(answers=_number(reason, "n"), n=_number(reason, "visits"))


def _copied(reason: Reason) -> str:
    return ngettext(
        "{n} long comment stands word for word in another visit.",
        "{n} long comments stand word for word in other visits.",
        _count(reason),
    ).format(n=_number(reason, "n"))


def _same_photo(reason: Reason) -> str:
    return ngettext(
        "The same picture, or nearly, is in {n} other visit.",
        "The same picture, or nearly, is in {n} other visits.",
        _count(reason),
    ).format(n=_number(reason, "n"))


def _photo_twice(reason: Reason) -> str:
    return _("One picture answers {n} questions.").format(n=_number(reason, "n"))


def _photo_time(reason: Reason) -> str:
    if reason.get("when") == "before":
        words = _("By the camera's clock a photo was taken {time} before the visit.")
    else:
        words = _("By the camera's clock a photo was taken {time} after the visit.")
    return words.format(time=_span(reason, "hours"))


def _photo_device(reason: Reason) -> str:
    return _("Taken with {device}; the auditor's other visits all show {usual}.").format(
        device=reason.get("device"), usual=reason.get("usual")
    )


def _photo_place(reason: Reason) -> str:
    return _("A photo was taken {km} km from the store.").format(km=_number(reason, "km", 1))


def _place(reason: Reason) -> str:
    return _("The place recorded is {km} km from the store.").format(km=_number(reason, "km", 1))


def _overlap(reason: Reason) -> str:
    return _("For {time} the same auditor was in another store too.").format(time=_seconds(reason, "minutes", 60))


def _edited_late(reason: Reason) -> str:
    return _("Answers came {time} after the others, where this form is usually done in {usual}.").format(
        time=_span(reason, "hours"), usual=_span(reason, "usual")
    )


def _clock_back(reason: Reason) -> str:
    return _("The clock went back by {time} during the visit.").format(time=_seconds(reason, "minutes", 60))


def _na_rate(reason: Reason) -> str:
    return _("{n} of {of} questions answered “not applicable”, where this form usually has {usual}%.").format(
        n=_number(reason, "n"), of=_number(reason, "of"), usual=_number(reason, "usual", 1)
    )


def _score_nps(reason: Reason) -> str:
    return _("A score of {percent}% beside a recommendation of {nps} out of 10.").format(
        percent=_number(reason, "percent", 1), nps=_number(reason, "nps", 1)
    )


_FLAGS: dict[str, Callable[[Reason], str]] = {
    "too_fast": _too_fast,
    "straight_lining": _straight,
    "identical_answers": _identical,
    "copied_comments": _copied,
    "same_photo": _same_photo,
    "photo_twice": _photo_twice,
    "photo_time": _photo_time,
    "photo_device": _photo_device,
    "photo_place": _photo_place,
    "place": _place,
    "overlap": _overlap,
    "edited_late": _edited_late,
    "clock_back": _clock_back,
    "na_rate": _na_rate,
    "score_nps": _score_nps,
}


# --- where points are lost


def finding_sentence(reason: Reason) -> str:
    """What a finding shows, in a sentence for somebody who knows shops and no statistics."""
    if reason.code in _FINDINGS:
        return _FINDINGS[reason.code](reason)
    return _plain(reason)


def metric_name(metric: str, variant: str) -> str:
    """NPS, CSAT, CES with the variant where there are several."""
    named = {
        "faces": _("faces"),
        "seven_mean": _("mean of 1–7"),
        "seven_top": _("5 to 7 of 7"),
        "five_top": _("4 and 5 of 5"),
    }.get(variant)
    return f"{metric_title(metric)} ({named})" if named else metric_title(metric)


def waiting_title(kind: str, title: str) -> str:
    """A question's label, or a touchpoint in words."""
    return touchpoint_title(title) if kind == "touchpoint" else question_words(title)


def question_words(label: str) -> str:
    """A question's label where no single visit is meant: what it takes from other answers (`${q}`) is an ellipsis."""
    return _TAKEN.sub("…", label)


def weights_note(weights: str) -> str:
    """How points are weighed."""
    return {
        "form": _("Points by the weights of question and section, as in the score."),
        "alike": _("Points as answered: in these forms every question weighs the same."),
    }.get(weights, _("Points as answered, before the weights of their forms, which aren't known here."))


def _lost_most(reason: Reason) -> str:
    return _("Most points are lost at “{question}”: {share} of all that are lost (n = {n}).").format(
        question=question_words(reason.get("question")),
        share=f"{points(float(reason.get('share')))}%",
        n=_number(reason, "n"),
    )


def _lost_half(reason: Reason) -> str:
    return _("{n} of {of} questions lose half of all lost points.").format(
        n=_number(reason, "n"), of=_number(reason, "of")
    )


def _journey_most(reason: Reason) -> str:
    names = [
        name(reason.get(part))
        for part, name in (("phase", phase_title), ("touchpoint", touchpoint_title))
        if reason.get(part)
    ]
    return _("A customer loses most at: {place} ({share} of the lost points).").format(
        place=" – ".join(names), share=f"{points(float(reason.get('share')))}%"
    )


def _heat_lowest(reason: Reason) -> str:
    return _("The lowest of all: {row}, {column}, {percent} over {n} visits.").format(
        row=reason.get("row"),
        column=reason.get("column"),
        percent=f"{points(float(reason.get('percent')))}%",
        n=_number(reason, "n"),
    )


def _times_worst(reason: Reason) -> str:
    return _(
        "Furthest from its target: “{question}”, {share} in time ({low}–{high}, n = {n}), half within {median}."
    ).format(
        question=question_words(reason.get("question")),
        share=f"{points(float(reason.get('share')), 0)}%",
        low=points(float(reason.get("low")), 0),
        high=f"{points(float(reason.get('high')), 0)}%",
        n=_number(reason, "n"),
        median=_seconds(reason, "median"),
    )


def _metric(reason: Reason) -> str:
    values = {
        "metric": metric_name(reason.get("metric"), reason.get("variant")),
        "value": points(float(reason.get("value"))),
        "n": _number(reason, "n"),
    }
    if reason.code == "metric_one_answer":
        return _("{metric}: {value}, of one answer, which tells nothing yet.").format(**values)
    if reason.code == "metric_all_equal":
        return _("{metric}: {value}; all {n} answers are alike.").format(**values)
    return _("{metric}: {value} ({low} to {high} at 95%, n = {n}).").format(
        **values, low=points(float(reason.get("low"))), high=points(float(reason.get("high")))
    )


def _goes(reason: Reason) -> str:
    if reason.code == "goes_with":
        words = _(
            "{dimension} goes with {metric}: where one is high so is the other (r = {r}, n = {n}). It doesn't say why."
        )
    else:
        words = _(
            "{dimension} goes against {metric}: where one is high the other is low (r = {r}, n = {n}). It doesn't say why."
        )
    return words.format(
        dimension=reason.get("dimension"),
        metric=metric_title(reason.get("metric")),
        r=signed(float(reason.get("r")), 2),
        n=_number(reason, "n"),
    )


def _goes_few(reason: Reason) -> str:
    return _("Too few visits to say what goes with these answers: it takes {n}.").format(n=reason.get("minimum"))


def _plain(reason: Reason) -> str:
    return {
        "lost_nothing": _("No points are lost."),
        "lost_unknown": _("No answers that score are in these tables."),
        "lost_unweighed": weights_note(""),
        "journey_nothing": _("No points are lost anywhere on the way."),
        "journey_unknown": _("These visits have no phases and no touchpoints."),
        "heat_few": _("Too few visits to call any place the lowest."),
        "heat_nothing": _("Nothing of this kind was scored."),
        "times_nothing": _("No times were measured."),
        "times_no_target": _("Times were measured; the forms set them no target."),
        "metrics_nothing": _("No NPS, CSAT or CES was asked."),
        "goes_none": _("No dimension goes with these answers for certain."),
    }[reason.code]


_FINDINGS: dict[str, Callable[[Reason], str]] = {
    "lost_most": _lost_most,
    "lost_half": _lost_half,
    "journey_most": _journey_most,
    "heat_lowest": _heat_lowest,
    "times_worst": _times_worst,
    "metric": _metric,
    "metric_one_answer": _metric,
    "metric_all_equal": _metric,
    "goes_with": _goes,
    "goes_against": _goes,
    "goes_few": _goes_few,
}
