"""The functions over several values: shuffles, checklists, geography, digests, lists in a text.

Source: the ODK XForms specification; the shuffle is Fisher and Yates' over Park and Miller's generator, as all three
public engines have it, so that a seed gives the same order everywhere. Lists in a text are SurveyCTO's.
"""

import base64
import hashlib
import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

from mshopper.i18n import _
from mshopper.model.rules.values import NAN, RuleFailure, RuleValue, to_boolean, to_number, to_text

T = TypeVar("T")

LONGEST_TEXT = 1_000_000
"""Characters that a calculated text may have."""

_PRIME = 2**31 - 1
_EARTH_METRES = 6_378_100.0
"""The Earth's radius as the engines have it."""

_DIGESTS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def bounded(text: str) -> str:
    """The text, where it isn't absurdly long. Raises RuleFailure."""
    if len(text) > LONGEST_TEXT:
        raise RuleFailure(_("the text would be longer than {n} characters").format(n=LONGEST_TEXT))
    return text


def concat(*lists: list[RuleValue]) -> str:
    """All values as one text."""
    return bounded("".join(to_text(atom) for atoms in lists for atom in atoms))


def join(separator: str, *lists: list[RuleValue]) -> str:
    """All values as one text, with `separator` between."""
    return bounded(separator.join(to_text(atom) for atoms in lists for atom in atoms))


# --- shuffling


def seed_of(value: RuleValue) -> int:
    """The seed that a value stands for: a number's whole part; of other text, 64 bits of its SHA-256; 0 of none."""
    number = to_number(value)
    if number == number:
        if math.isinf(number):
            return 2**63 - 1 if number > 0 else -(2**63)
        return int(number)
    text = to_text(value)
    if not text or text == "NaN":
        return 0
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def shuffled(items: Sequence[T], seed: int) -> list[T]:
    """The items in the order that `seed` gives."""
    state = abs(seed) % _PRIME * (1 if seed > 0 else -1)  # the remainder has the seed's sign, as in those engines
    if state <= 0:
        state += _PRIME - 1
    found: list[T] = []
    for index, item in enumerate(items):
        state = state * 16_807 % _PRIME
        place = int((state - 1) / (_PRIME - 1) * (index + 1))
        found.append(item)
        found[index], found[place] = found[place], item
    return found


# --- checklists


def checklist(least: float, most: float, *lists: list[RuleValue]) -> bool:
    """Whether the number of true values is within the bounds; a negative bound is none."""
    count = sum(to_boolean(atom) for atoms in lists for atom in atoms)
    return (least < 0 or count >= least) and (most < 0 or count <= most)


def weighted_checklist(least: float, most: float, *lists: list[RuleValue]) -> bool:
    """Whether the weights of the true values, given in pairs of values and weights, add up to within the bounds."""
    if len(lists) % 2:
        raise RuleFailure(_("weighted-checklist() needs a weight for each value"))
    total = 0.0
    for truths, weights in zip(lists[::2], lists[1::2], strict=True):
        for truth, weight in zip(truths, weights, strict=False):
            total += to_number(weight) if to_boolean(truth) else 0.0
    return (least < 0 or total >= least) and (most < 0 or total <= most)


# --- geography


def distance(*lists: list[RuleValue]) -> float:
    """Metres along the points, by the spherical law of cosines, to the centimetre; NaN where a point is none."""
    points = _points(lists)
    if points is None:
        return NAN
    metres = 0.0
    for (latitude, longitude), (next_latitude, next_longitude) in pairwise(points):
        cosine = math.sin(latitude) * math.sin(next_latitude) + math.cos(latitude) * math.cos(next_latitude) * math.cos(
            longitude - next_longitude
        )
        metres += math.acos(max(-1.0, min(1.0, cosine))) * _EARTH_METRES
    return _hundredths(metres)


def area(*lists: list[RuleValue]) -> float:
    """Square metres within the points, on a sphere, to the hundredth; NaN where a point is none."""
    points = _points(lists)
    if points is None:
        return NAN
    if len(points) < 3:
        return 0.0
    total = 0.0
    for index, (latitude, longitude) in enumerate(points):
        next_latitude, next_longitude = points[(index + 1) % len(points)]
        total += (next_longitude - longitude) * (2 + math.sin(latitude) + math.sin(next_latitude))
    return _hundredths(abs(total * _EARTH_METRES * _EARTH_METRES / 2))


def _hundredths(number: float) -> float:
    return math.floor(number * 100 + 0.5) / 100


def _points(lists: Sequence[list[RuleValue]]) -> list[tuple[float, float]] | None:
    """Latitudes and longitudes in radians, of texts "lat lon altitude accuracy; …"; None where one is no place."""
    texts = [part for atoms in lists for atom in atoms for part in to_text(atom).strip().rstrip(";").split(";")]
    found = []
    for text in texts:
        numbers = [to_number(part) for part in text.split()]
        if not 2 <= len(numbers) <= 4 or not abs(numbers[0]) <= 90 or not abs(numbers[1]) <= 180:
            return None
        found.append((math.radians(numbers[0]), math.radians(numbers[1])))
    return found or None


# --- texts as bytes


def digest(text: str, algorithm: str, encoding: str = "base64") -> str:
    """The hash of a text, in base64 or hexadecimal digits."""
    name = _DIGESTS.get(algorithm.strip().upper())
    if name is None:
        raise RuleFailure(_("digest() does not know the algorithm “{name}”").format(name=algorithm))
    made = hashlib.new(name, text.encode(), usedforsecurity=False)
    match encoding.strip().lower():
        case "hex":
            return made.hexdigest()
        case "base64":
            return base64.b64encode(made.digest()).decode()
    raise RuleFailure(_("digest() does not know the encoding “{name}”").format(name=encoding))


def from_base64(text: str) -> str:
    """The text that base64 stands for, blanks and missing `=` or not. Raises RuleFailure where it stands for none."""
    digits = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True).decode()
    except ValueError:
        raise RuleFailure(_("base64-decode() was given what is no base64 of a text")) from None


# --- lists in a text


def item_at(separator: str, text: str, index: float) -> str:
    """Item `index` (from 0) of a list in a text; "" beyond its ends."""
    items = items_of(separator, text)
    return items[int(index)] if index == index and 0 <= index < len(items) else ""


def count_items(separator: str, text: str) -> float:
    """How many items a list in a text has."""
    return float(len(items_of(separator, text)))


def without_repetition(separator: str, text: str) -> str:
    """A list in a text with each item once."""
    return separator.join(dict.fromkeys(items_of(separator, text)))


def items_of(separator: str, text: str) -> list[str]:
    """The items of a list in a text, blanks left out."""
    return [item for item in (text.split(separator) if separator else text.split()) if item.strip()]
