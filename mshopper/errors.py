"""What went wrong that a person can act on.

Every sentence here reaches the user as it stands, so it says what happened and what to do. A bug of ours is any other
exception; cancelling (`progress.Cancelled`) is neither.
"""


class MshopperError(Exception):
    """The user's problem, in one sentence that says what to do."""


class FormProblemsError(MshopperError):
    """A form file that can't be used; `problems` lists what is wrong, each located.

    `problems` holds `formfile.problems.Problem` values (typed as objects here, since this layer lies below them).
    """

    def __init__(self, sentence: str, problems: tuple[object, ...] = ()) -> None:
        super().__init__(sentence)
        self.problems = problems


class PhotoRefusedError(MshopperError):
    """A photo file that can't be taken in: broken, hostile, too large, or of a kind nobody here can read."""


class StoreError(MshopperError):
    """The data folder can't be used as it is: locked, damaged, of a newer version, read-only or full."""


class DamagedStoreError(StoreError):
    """The data file can't be read to its end: a backup can be put back, or what can be read put into a new file."""


class LockedStoreError(StoreError):
    """The data is encrypted, and its key wasn't given."""


class WrongPassphraseError(MshopperError):
    """The passphrase doesn't open the data; `wait` seconds must pass before another is tried."""

    def __init__(self, sentence: str, wait: float) -> None:
        super().__init__(sentence)
        self.wait = wait


class ReadOnlyStoreError(StoreError):
    """Another process writes to this data folder, so that this one may only look."""


class HeadOfficeError(MshopperError):
    """The head-office folder can't be read or written."""
