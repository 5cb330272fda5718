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
from mshopper.model.record import FLAG_PSEUDONYMS, VisitRecord

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another."""

_LENGTH = 6
_WORD = re.compile(r"\w+")


def folded(text: str) -> str:
    """`text` without case, accents and blanks beside one, as names are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def names_staff(question: Question) -> bool:
    """Whether its answer is the name of somebody of the staff."""
    return question.staff == "name"


def staff_names(form: Form, answers: Mapping[AnswerKey, Answer]) -> tuple[str, ...]:
    """The names that were given, in the order of the answers; N/A and blanks are none. A choice names by its words too."""
    return tuple(_people(form, answers))


def _people(form: Form, answers: Mapping[AnswerKey, Answer]) -> dict[str, str]:
    """Every text that names somebody -> the name that the person goes by."""
    found: dict[str, str] = {}
    for key, answer in answers.items():
        placed = form.questions.get(key.path)
        question = placed.item if placed else None
        if not isinstance(question, Question) or not names_staff(question) or answer.na:
            continue
        for value in answer.value if isinstance(answer.value, tuple) else (answer.value,):
            if isinstance(value, str) and value.strip():
                name = _name(question, value)
                choice = question.choice(value)
                labels = [words for _language, words in choice.label.values] if choice else []
                found |= dict.fromkeys([name, *labels], name)
    return found


def _name(question: Question, value: str) -> str:
    """The name that an answer gives: its words, or those of the choice."""
    choice = question.choice(value)
    return (choice.label.get("") or value) if choice else value


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of these names stand in `text`: whole, or one of their words of three letters and more that isn't common."""
    words = set(words_of(text))
    return tuple(name for name in names if words & _telling(name))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded."""
    return tuple(_WORD.findall(folded(text)))


def _telling(name: str) -> set[str]:
    """The words of a name by which somebody is known."""
    return {word for word in words_of(name) if len(word) > 2 and word not in _TITLES}


_TITLES = frozenset(
    {"sig", "sigra", "signora", "signor", "signore", "dott", "dottssa", "dottor", "dottoressa", "mrs", "miss"}
    | {"the", "and", "dell", "della", "dei", "dal", "dalla"}
)
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
    people = _people(record.form, record.answers)
    if not people:
        return record
    hidden = _Hidden(record.form, people, key)
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

    def __init__(self, form: Form, people: Mapping[str, str], key: bytes) -> None:
        self._form = form
        self._key = key
        shown = {words_of(text): pseudonym(name, key) for text, name in people.items()}
        # A word that two people share stands for neither.
        owners: dict[str, set[str]] = {}
        for text, name in people.items():
            for word in _telling(text):
                owners.setdefault(word, set()).add(name)
        single = {(word,): pseudonym(names.pop() if len(names) == 1 else word, key) for word, names in owners.items()}
        # The longest first: “Anna Bianchi” before “Anna”.
        self._shown = dict(sorted((single | shown).items(), key=lambda pair: -len(pair[0])))

    def answer(self, where: AnswerKey, answer: Answer) -> Answer:
        placed = self._form.questions.get(where.path)
        question = placed.item if placed else None
        value: Value = answer.value
        if isinstance(question, Question) and names_staff(question):
            if isinstance(value, tuple):
                value = tuple(pseudonym(_name(question, one), self._key) for one in value)
            elif isinstance(value, str) and value.strip():
                value = pseudonym(_name(question, value), self._key)
        elif isinstance(question, Question) and question.type in ("text", "calculate"):
            value = self.value(value)
        return replace(answer, value=value, comment=self.words(answer.comment))

    def value(self, value: Value) -> Value:
        """Text with the names in it replaced; anything else as it is."""
        return self.words(value) if isinstance(value, str) else value

    def words(self, text: str) -> str:
        """`text` with whole names, then their telling words, replaced."""
        found = list(_WORD.finditer(text))
        said = tuple(folded(match.group()) for match in found)
        parts, position, at = [], 0, 0
        while position < len(said):
            hit = next(
                (words for words in self._shown if words and tuple(said[position : position + len(words)]) == words),
                None,
            )
            if hit is None:
                position += 1
                continue
            last = found[position + len(hit) - 1]
            parts += [text[at : found[position].start()], self._shown[hit]]
            position, at = position + len(hit), last.end()
        return "".join([*parts, text[at:]])
