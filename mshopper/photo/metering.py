"""A stream that a reader of headers can't be sent round in for ever.

A file of 60 MB has room for millions of empty blocks, or for one text of 60 MB. Pillow reads them all, keeps most, and
needs minutes and gigabytes for some; a photo has some dozens and a few megabytes of them.
"""

from typing import BinaryIO

_MOST_READS = 250_000
_MOST_HEADER_BYTES = 16_000_000


class MeteredStream:
    """What Pillow needs of a binary file; reading raises OSError once it has been read too often.

    While `headers()` is in force, which it is at first, too many bytes are refused as well; `pixels()` lifts that.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._reads = _MOST_READS
        self._bytes: int | None = _MOST_HEADER_BYTES
        self.seek = stream.seek
        self.tell = stream.tell
        # libtiff reads by the descriptor where there is one, else from a copy in memory.
        self.fileno = stream.fileno
        self.flush = stream.flush

    def headers(self) -> None:
        """From here on only what surrounds the picture is read."""
        self._bytes = _MOST_HEADER_BYTES

    def pixels(self) -> None:
        """From here on the picture itself is read."""
        self._bytes = None

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; all that are left when it is negative."""
        self._reads -= 1
        data = self._stream.read(size)
        if self._bytes is not None:
            self._bytes -= len(data)
        if self._reads < 0 or (self._bytes is not None and self._bytes < 0):
            raise OSError("far more around the picture than a photo has")
        return data

    def close(self) -> None:
        """Leave the file open: it belongs to whoever opened it."""
