"""The staff that a visit names: which answers do, where else the names stand, and pseudonyms in their place.

A pseudonym is a keyed hash of the name, so that the same person has the same one in every report made with that key, and
nobody without the key can try names out.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from mshopper.i18n import _
from mshopper.model.answer import Answer, AnswerKey, Value
from mshopper.model.form import Form, Question
from mshopper.model.record import VisitRecord

FLAG_PSEUDONYMS = "pseudonyms"
"""Names of staff were replaced in this copy of a visit; the seal covers the real ones."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another."""

_LENGTH = 6


def folded(text: str) -> str:
    """`text` without case, accents and blanks beside one, as names are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def names_staff(question: Question) -> bool:
    """Whether its answer is the name of somebody of the staff."""
    return question.staff == "name"


def staff_names(form: Form, answers: Mapping[AnswerKey, Answer]) -> tuple[str, ...]:
    """The names that were given, in the order of the form; N/A and blanks are none."""
    found = []
    for key, answer in answers.items():
        placed = form.questions.get(key.path)
        if placed is None or not isinstance(placed.item, Question) or not names_staff(placed.item) or answer.na:
            continue
        found += [name for name in _texts(placed.item, answer.value) if name.strip()]
    return tuple(dict.fromkeys(found))


def _texts(question: Question, value: Value) -> list[str]:
    """What names a person in a value: its text, or the labels of choices in every language."""
    values = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
    texts = list(values)
    for one in values:
        choice = question.choice(one)
        if choice is not None:
            texts += [words for _language, words in choice.label.values]
    return texts


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of these names stand in `text`: whole, or one of their words of three letters and more that isn't common."""
    words = set(re.findall(r"\w+", folded(text)))
    return tuple(name for name in names if words & _telling(name))


def _telling(name: str) -> set[str]:
    """The words of a name by which somebody is known."""
    return {word for word in re.findall(r"\w+", folded(name)) if len(word) > 2 and word not in _TITLES}


_TITLES = frozenset("sig sigra signora signor signore dott dottssa dottor dottoressa mrs miss the della dei".split())
"""Words that stand beside names and name nobody."""


def pseudonym(name: str, key: bytes) -> str:
    """What stands for a name under that key: “Addetto 4F7K2Q”, in the language spoken now."""
    digest = hmac.new(key, folded(name).encode("utf-8", "replace"), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8], "big")
    letters = ""
    for _position in range(_LENGTH):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return _("Staff {letters}").format(letters=letters)


def pseudonymised(record: VisitRecord, key: bytes) -> VisitRecord:
    """The visit with pseudonyms for the staff that it names: in those answers, other words, captions and calculations.

    Its score and seal are the real visit's; the flag says that the words aren't.
    """
    names = staff_names(record.form, record.answers)
    if not names:
        return record
    hidden = _Hidden(record.form, names, key)
    header = replace(
        record.header, reason=hidden.words(record.header.reason), flags=(*record.header.flags, FLAG_PSEUDONYMS)
    )
    computed = record.computed
    return replace(
        record,
        header=header,
        answers={where: hidden.answer(where, answer) for where, answer in record.answers.items()},
        photos=tuple(replace(photo, caption=hidden.words(photo.caption)) for photo in record.photos),
        computed=None if computed is None else {where: hidden.value(value) for where, value in computed.items()},
    )


class _Hidden:
    """Puts pseudonyms in place of names."""

    def __init__(self, form: Form, names: Iterable[str], key: bytes) -> None:
        self._form = form
        self._key = key
        # The longest first: “Anna Bianchi” before “Anna”.
        self._names = sorted(names, key=len, reverse=True)

    def answer(self, where: AnswerKey, answer: Answer) -> Answer:
        placed = self._form.questions.get(where.path)
        question = placed.item if placed else None
        value: Value = answer.value
        if isinstance(question, Question) and names_staff(question):
            if isinstance(value, tuple):
                value = tuple(self._name(question, one) for one in value)
            elif isinstance(value, str) and value.strip():
                value = self._name(question, value)
        elif isinstance(question, Question) and question.type in ("text", "calculate"):
            value = self.value(value)
        return replace(answer, value=value, comment=self.words(answer.comment))

    def _name(self, question: Question, value: str) -> str:
        """The pseudonym of a name, or of the person that a choice stands for."""
        choice = question.choice(value)
        return pseudonym(choice.label.get("") or value if choice else value, self._key)

    def value(self, value: Value) -> Value:
        """Text with the names in it replaced; anything else as it is."""
        return self.words(value) if isinstance(value, str) else value

    def words(self, text: str) -> str:
        """`text` with whole names, then their telling words, replaced."""
        for name in self._names:
            if names_in(text, [name]):
                shown = pseudonym(name, self._key)
                parts = [re.escape(name), *(re.escape(word) for word in name.split() if folded(word) in _telling(name))]
                text = re.sub(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", lambda _found, shown=shown: shown, text, flags=re.IGNORECASE)  # type: ignore[misc]
        return text
