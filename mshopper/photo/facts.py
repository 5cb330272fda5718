"""What a photo's EXIF says of when, with what and where it was taken.

The stored JPEG carries no EXIF at all, so this is the only place where these facts live on. EXIF is written by
thousands of devices and editors: a field that makes no sense counts as absent and never stops the photo.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_LONGEST_TEXT = 80
_PLACE_DECIMALS = 7  # a centimetre
_ALTITUDE_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What the original's EXIF says; None where it doesn't.

    `taken_at` is ISO 8601, with an offset where EXIF gives one, else the camera's local time. `device` is make and
    model. `latitude` and `longitude` are degrees (north and east positive), `altitude` metres above the sea.
    """

    taken_at: str | None = None
    device: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    altitude: Decimal | None = None


def read_facts(exif: Image.Exif) -> PhotoFacts:
    """The facts in `exif`. May raise whatever Pillow raises on a damaged directory."""
    camera = exif.get_ifd(IFD.Exif)
    place = exif.get_ifd(IFD.GPSInfo)
    latitude = _angle(place, GPS.GPSLatitude, GPS.GPSLatitudeRef, "NS", 90)
    longitude = _angle(place, GPS.GPSLongitude, GPS.GPSLongitudeRef, "EW", 180)
    located = latitude is not None and longitude is not None
    return PhotoFacts(
        taken_at=_taken_at(camera),
        device=_device(_text(exif.get(Base.Make)), _text(exif.get(Base.Model))),
        latitude=latitude if located else None,
        longitude=longitude if located else None,
        altitude=_altitude(place),
    )


def _text(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else ""
    text = text.split("\0")[0]
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_TEXT]


def _device(make: str, model: str) -> str | None:
    """Make and model; only the model where it begins with the maker ("NIKON CORPORATION", "NIKON D90")."""
    if make and model and model.split()[0].casefold() == make.split()[0].casefold():
        return model
    return f"{make} {model}".strip() or None


def _taken_at(camera: Mapping[int, Any]) -> str | None:
    """The time of exposure, else of digitising; the file's own DateTime is when an editor last saved it."""
    for when, offset in (
        (Base.DateTimeOriginal, Base.OffsetTimeOriginal),
        (Base.DateTimeDigitized, Base.OffsetTimeDigitized),
    ):
        try:
            moment = dt.datetime.strptime(_text(camera.get(when)), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - EXIF's local time
        except ValueError:
            continue
        written = _text(camera.get(offset))
        known = re.fullmatch(r"[+-](0\d|1[0-4]):[0-5]\d", written, re.ASCII)
        return moment.isoformat() + (written if known else "")
    return None


def _fraction(value: object) -> Fraction | None:
    """An EXIF rational as an exact number; None for 0/0 and for anything that isn't one."""
    numerator, denominator = getattr(value, "numerator", None), getattr(value, "denominator", None)
    if not isinstance(numerator, int) or not isinstance(denominator, int) or denominator == 0:
        return None
    return Fraction(numerator, denominator)


def _angle(place: Mapping[int, Any], value: int, reference: int, letters: str, limit: int) -> Decimal | None:
    parts = place.get(value)
    letter = _text(place.get(reference))[:1].upper()
    if not isinstance(parts, tuple) or not 1 <= len(parts) <= 3 or not letter or letter not in letters:
        return None
    degrees = Fraction(0)
    for part, unit in zip(parts, (1, 60, 3600), strict=False):
        number = _fraction(part)
        if number is None or number < 0:
            return None
        degrees += number / unit
    if degrees > limit:
        return None
    return _rounded(-degrees if letter == letters[1] else degrees, _PLACE_DECIMALS)


def _altitude(place: Mapping[int, Any]) -> Decimal | None:
    metres = _fraction(place.get(GPS.GPSAltitude))
    if metres is None or not 0 <= metres < 20_000:
        return None
    below = place.get(GPS.GPSAltitudeRef) in (1, b"\x01")
    return _rounded(-metres if below else metres, _ALTITUDE_DECIMALS)


def _rounded(value: Fraction, decimals: int) -> Decimal:
    return Decimal(round(value * 10**decimals)).scaleb(-decimals)
