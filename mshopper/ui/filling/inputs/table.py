"""Which answer widget each question type has."""

from collections.abc import Callable, Mapping

from mshopper.ui.filling.inputs import options
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.filling.inputs.moments import MomentInput
from mshopper.ui.filling.inputs.ranking import Ranking
from mshopper.ui.filling.inputs.signature import Signature
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
    factory = INPUTS.get(asked.question.type)
    return None if factory is None else factory(asked)
