"""A number on a range with steps, as a slider beside its value; nothing is answered until it is moved or let go."""

from decimal import Decimal
from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from mshopper.i18n import _
from mshopper.model.answer import Answer
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.layouts import label
from mshopper.ui.theme import TARGET, scaled
from mshopper.ui.words import plain_number


class _Slide(QSlider):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the page, and never changes an answer on its way


class RangeInput(AnswerInput):
    """`start`, `end` and `step` of the question's parameters."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        question = asked.question
        assert question.minimum is not None
        assert question.maximum is not None
        self._low = question.minimum
        self._step = step_of(asked)
        self._whole = question.type == "integer"
        self._answered = False
        self.slider = _Slide(Qt.Orientation.Horizontal)
        self.slider.setRange(0, int((question.maximum - self._low) / self._step))
        self.slider.setTracking(False)
        self.slider.setFixedWidth(360)
        self.slider.setMinimumHeight(TARGET)
        self.slider.setAccessibleName(_("Answer"))
        self.value_shown = label("–", "heading")
        self.value_shown.setMinimumWidth(scaled(72))
        self.slider.sliderMoved.connect(self._show_position)
        self.slider.valueChanged.connect(lambda _position: self._tell())
        self.slider.sliderReleased.connect(self._tell)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(label(plain_number(self._low), "small"))
        row.addWidget(self.slider)
        row.addWidget(label(plain_number(question.maximum), "small"))
        row.addWidget(self.value_shown)
        row.addStretch(1)

    def set_answer(self, answer: Answer) -> None:
        value = answer.value
        self._answered = isinstance(value, int | Decimal)
        self.slider.blockSignals(True)
        position = round((Fraction(value) - self._low) / self._step) if isinstance(value, int | Decimal) else 0
        self.slider.setValue(position)
        self.slider.blockSignals(False)
        self.value_shown.setText(plain_number(value) if isinstance(value, int | Decimal) else "–")

    def focus_target(self) -> QWidget:
        return self.slider

    def _value_at(self, position: int) -> Fraction:
        return self._low + position * self._step

    def _show_position(self, position: int) -> None:
        self.value_shown.setText(plain_number(self._value_at(position)))

    def _tell(self) -> None:
        at = self._value_at(self.slider.value())
        self._show_position(self.slider.value())
        self.answer_changed.emit(int(at) if self._whole else Decimal(at.numerator) / Decimal(at.denominator))


def is_range(asked: Asked) -> bool:
    """Whether a number is asked for on a range that a slider can show."""
    question = asked.question
    if question.minimum is None or question.maximum is None or question.minimum >= question.maximum:
        return False
    return {"start", "end"} <= dict(question.parameters).keys() and step_of(asked) > 0


def step_of(asked: Asked) -> Fraction:
    """The step of a range; 0 where what is written is no number."""
    try:
        return abs(Fraction(dict(asked.question.parameters).get("step", "1")))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
