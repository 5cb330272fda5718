"""What is shipped for the demo: stores, photos, and the words that auditors write. Read once, when a demo is made."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from mshopper import paths
from mshopper.operations.photos import take_in

if TYPE_CHECKING:
    from mshopper.photo import TakenPhoto


class Samples:
    """The shipped sample data. A photo is taken in once, however many visits show it."""

    def __init__(self) -> None:
        self.folder = paths.resources_folder() / "sample"
        self._taken: dict[str, TakenPhoto] = {}

    @property
    def stores(self) -> Path:
        """The stores, as head office hands them out."""
        return self.folder / "stores.csv"

    @cached_property
    def _words(self) -> Mapping[str, Any]:
        words: Mapping[str, Any] = json.loads((self.folder / "words.json").read_text(encoding="utf-8"))
        return words

    def photo(self, name: str) -> "TakenPhoto":
        """The sample photo of that name."""
        if name not in self._taken:
            self._taken[name] = take_in(self.folder / "photos" / f"{name}.jpg")
        return self._taken[name]

    def comments(self, form_id: str, question_id: str, value: str) -> Sequence[str]:
        """Comments that fit this answer; none where nothing is known to say."""
        answer = f"{question_id}={value}"
        return self._first("comments", f"{form_id}/{answer}", answer)

    def remarks(self, form_id: str, question_id: str) -> Sequence[str]:
        """Comments that fit any answer of a question that demands one."""
        return self._first("comments", f"{form_id}/{question_id}", question_id)

    def texts(self, *names: str) -> Sequence[str]:
        """Answers in words under the first of these names that there is."""
        return self._first("texts", *names)

    def emotion(self, mood: int, rng: Random) -> str:
        """A word for a mood from 1 to 5."""
        return rng.choice(self._words["emotions"][str(mood)])  # type: ignore[no-any-return]

    def caption(self, question_id: str, photo: str) -> str:
        """What a photo at a question shows."""
        return self._first("captions", f"{question_id}/{photo}", photo)[0]

    @property
    def not_done(self) -> str:
        """What an auditor writes of a visit that could not be made."""
        return str(self._words["not_done"])

    def _first(self, kind: str, *names: str) -> Sequence[str]:
        known: Mapping[str, Sequence[str]] = self._words[kind]
        return next((known[name] for name in names if name in known), ())
