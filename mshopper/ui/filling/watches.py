"""The stopwatches that run while a visit is filled in: how they are kept, and go on after the process was killed.

They are kept with the place where the person is (visit_page), each with the time on it and the moment of that.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal

from mshopper.model.answer import AnswerKey, value_to_data
from mshopper.ui.filling.card import Card
from mshopper.ui.filling.inputs.stopwatch import Stopwatch
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.words import moment


def kept(cards: Iterable[Card], session: FillingSession, now: dt.datetime) -> list[dict[str, object]]:
    """Those of `cards` whose stopwatch runs, as JSON data: question, seconds on it at `at`, and the answer told so far."""
    return [
        {
            "question": card.key.path,
            "instance": card.key.instance,
            "seconds": str(card.input.value()),
            "at": now.isoformat(),
            "told": value_to_data(session.answer(card.key).value),
        }
        for card in cards
        if isinstance(card.input, Stopwatch) and card.input.is_running
    ]


def go_on(data: object, card_of: Callable[[AnswerKey], Card | None], session: FillingSession, now: dt.datetime) -> bool:
    """Let the stopwatches that were `kept` as `data` run on, from the time that they would show by now; whether any does.

    One whose question was answered since was stopped: what is kept of it is of the moment before.
    """
    found = False
    for one in data if isinstance(data, list) else []:
        key = AnswerKey(str(one["question"]), str(one["instance"]))
        card, since = card_of(key), moment(str(one["at"]))
        if card is None or since is None or not isinstance(card.input, Stopwatch):
            continue
        if value_to_data(session.answer(key).value) == one["told"]:
            away = Decimal(max(0, round((now - since).total_seconds() * 10))) / 10
            card.input.go_on(Decimal(str(one["seconds"])) + away)
            found = True
    return found
