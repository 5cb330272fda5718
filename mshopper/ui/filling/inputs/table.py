"""Which answer widget each question type has, and which another one where the form's author or long lists ask for it."""

from collections.abc import Callable, Mapping

from mshopper.ui.filling.inputs import options
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.filling.inputs.lists import BUTTONS_AT_MOST, PickOne, PickSeveral
from mshopper.ui.filling.inputs.moments import MomentInput
from mshopper.ui.filling.inputs.ranking import Ranking
from mshopper.ui.filling.inputs.signature import Signature
from mshopper.ui.filling.inputs.slider import RangeInput, is_range
from mshopper.ui.filling.inputs.stopwatch import Stopwatch
from mshopper.ui.filling.inputs.typed import LineInput, LocationInput, NumberInput, TextInput

INPUTS: Mapping[str, Callable[[Asked], AnswerInput]] = {
    "yes_no": options.yes_no,
    "choice": options.choices,
    "choices": options.choices,
    "rating": options.scale,
    "nps": options.scale,
    "csat": options.scale,
    "ces": options.scale,
    "number": NumberInput,
    "integer": NumberInput,
    "money": NumberInput,
    "duration": Stopwatch,
    "date": MomentInput,
    "time": MomentInput,
    "datetime": MomentInput,
    "text": TextInput,
    "barcode": LineInput,
    "location": LocationInput,
    "signature": Signature,
    "ranking": Ranking,
}
"""A photo's answer is the card's own strip of photos; a note has none, and a calculation is shown by the card."""


def make_input(asked: Asked) -> AnswerInput | None:
    """The answer widget of a question; None where nobody answers it, or its photos are the answer."""
    factory = _by_look(asked) or INPUTS.get(asked.question.type)
    return None if factory is None else factory(asked)


def _by_look(asked: Asked) -> Callable[[Asked], AnswerInput] | None:
    """The widget that an appearance, parameters or the number of choices ask for."""
    question = asked.question
    if question.type in ("choice", "choices"):
        if len(asked.choices) > BUTTONS_AT_MOST or asked.looks("minimal", "autocomplete", "search"):
            return PickSeveral if question.type == "choices" else PickOne
    elif question.type == "yes_no" and question.choice_filter and asked.choices:
        return options.choices
    elif question.type in ("integer", "number") and is_range(asked):
        return RangeInput
    elif question.type == "text" and asked.looks("numbers"):
        return LineInput
    return None
