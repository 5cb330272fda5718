"""A duration in seconds: a stopwatch with start, stop and lap, whose time can be corrected by hand."""

import re
import time
from decimal import Decimal

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from mshopper.i18n import _, format_duration
from mshopper.model.answer import Answer, Value
from mshopper.ui.filling.inputs.base import Asked
from mshopper.ui.filling.inputs.typed import LineInput
from mshopper.ui.layouts import button, label

TICK_MS = 100


class Stopwatch(LineInput):
    """Starting again goes on from the time shown; while it runs, the time is told when it stops or the page is left."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked, width=110)
        self.field.setPlaceholderText(_("m:ss"))
        self.field.setAccessibleName(_("Time in minutes and seconds"))
        self._started: float | None = None
        self._before = Decimal(0)
        self._laps: list[str] = []
        self.switch = button(_("Start"), self.start_or_stop, icon=asked.icons.beside("play", "accent"))
        self.lap_button = button(_("Lap"), self.lap)
        self.lap_button.setEnabled(False)
        self._lap_times = label("", "muted")
        self.row.insertWidget(0, self.switch)
        self.row.insertWidget(2, self.lap_button)
        self.row.insertWidget(3, self._lap_times)
        if target := target_seconds(asked):
            self.row.insertWidget(4, label(_("target: {time} or less").format(time=format_duration(target)), "muted"))
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        """Whether the stopwatch runs."""
        return self._started is not None

    def start_or_stop(self) -> None:
        """Start where it stands, stop where it runs."""
        if self.is_running:
            self._stop()
            self.flush()
            return
        value = self.value()
        self.go_on(value if isinstance(value, Decimal) else Decimal(0))

    def go_on(self, seconds: Decimal) -> None:
        """Run, with so many seconds on it now."""
        self._before = seconds
        self._started = time.monotonic()
        self._laps = []
        self._show_running()
        self._clock.start()
        self.typing.emit()

    def lap(self) -> None:
        """Note the time without stopping."""
        if self.is_running:
            self._laps.append(format_duration(self._elapsed()))
            self._lap_times.setText(" · ".join(self._laps[-4:]))

    def value(self) -> Value:
        if self.is_running:
            return self._elapsed()
        typed = self.field.text().strip()
        if not typed:
            return None
        seconds = read_duration(typed)
        return typed if seconds is None else seconds

    def show_value(self, value: Value) -> None:
        self.field.setText(format_duration(value) if isinstance(value, int | Decimal) else str(value or ""))

    def set_answer(self, answer: Answer) -> None:
        if self.is_running:
            self._shown = answer.value
            return
        super().set_answer(answer)

    def tidy(self) -> None:
        value = self.value()
        if not self.is_running and not isinstance(value, str):
            self.show_value(value)

    def typed(self) -> None:
        self._stop(keep_text=True)
        super().typed()

    def focus_target(self) -> QWidget:
        return self.switch

    def _elapsed(self) -> Decimal:
        assert self._started is not None
        return self._before + Decimal(int((time.monotonic() - self._started) * 10)) / 10

    def _stop(self, *, keep_text: bool = False) -> None:
        if not self.is_running:
            return
        elapsed = self._elapsed()
        self._started = None
        self._clock.stop()
        if not keep_text:
            self.show_value(elapsed)
        self._show_running()

    def _show_running(self) -> None:
        running = self.is_running
        self.switch.setText(_("Stop") if running else _("Start"))
        self.switch.setIcon(self.asked.icons.beside("square" if running else "play", "accent"))
        self.lap_button.setEnabled(running)

    def _tick(self) -> None:
        if self.is_running:
            self.show_value(self._elapsed())


def read_duration(typed: str) -> Decimal | None:
    """Seconds from "65", "1:05", "1:05.5", "1:02:05" or "2 min 5 s"; None where it is no time."""
    text = typed.lower().replace(",", ".").strip()
    if match := re.fullmatch(r"(?:(\d+)\s*h\w*)?\s*(?:(\d+)\s*m\w*)?\s*(?:(\d+(?:\.\d+)?)\s*s\w*)?", text):
        if not any(match.groups()):
            return None
        hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + seconds
    if not re.fullmatch(r"(\d+:){0,2}\d+(\.\d+)?", text):
        return None
    total = Decimal(0)
    for part in text.split(":"):
        total = total * 60 + Decimal(part)
    return total


def target_seconds(asked: Asked) -> int:
    """The longest time that still earns the most points; 0 where the form sets none."""
    bands = asked.question.bands
    if not bands:
        return 0
    best = max(band.points for band in bands)
    first = next(band for band in bands if band.points == best)
    return int(first.to) if first is bands[0] and first.to is not None else 0
