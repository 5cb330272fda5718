"""What the app goes on with once a window has closed to be opened anew: a data folder, and what is done to it first."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mshopper.errors import MshopperError


class Afterwards(NamedTuple):
    """`first` is done while nobody has the folder open, and gives the sentence that the next window says; "" for none."""

    folder: Path
    first: Callable[[], str] = lambda: ""

    def prepare(self) -> tuple[str, str]:
        """Do it. Returns what is to be said and its kind for the message bar; an MshopperError becomes its sentence."""
        try:
            return self.first(), "good"
        except MshopperError as error:
            return str(error), "bad"
