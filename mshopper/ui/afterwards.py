"""What the app goes on with once a window has closed to be opened anew: a data folder, and what is done to it first."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mshopper.errors import MshopperError

if TYPE_CHECKING:
    from mshopper.store.cipher import Key


class Afterwards(NamedTuple):
    """`first` is done while nobody has the folder open, and gives the sentence that the next window says; "" for none.

    `key` opens an encrypted folder; where it doesn't, or there is none, the person is asked. `kind` is the sentence's, for the
    message bar. With `locked` the person is asked even where the system's keyring has the key. `files` are
    opened in the window.
    """

    folder: Path
    first: Callable[[], str] = lambda: ""
    key: "Key | None" = None
    kind: str = "good"
    locked: bool = False
    files: tuple[Path, ...] = ()

    @property
    def has_nothing_first(self) -> bool:
        """Whether there is nothing to be done first."""
        return self.first is Afterwards._field_defaults["first"]

    def prepare(self) -> tuple[str, str]:
        """Do it. Returns what is to be said and its kind for the message bar; an MshopperError becomes its sentence."""
        try:
            return self.first(), self.kind
        except MshopperError as error:
            return str(error), "bad"
