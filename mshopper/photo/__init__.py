"""Photo intake: a file from any camera becomes an upright, bounded JPEG, its thumbnail and what its EXIF says.

`operations.photos` calls `take_photo` and `Editing`; the store keeps what they give. Nothing here writes a file.
"""

from mshopper.photo.editing import Arrow, Blur, Crop, Edit, EditedPhoto, Editing, Turn, Words
from mshopper.photo.facts import PhotoFacts
from mshopper.photo.intake import LONG_SIDE, THUMBNAIL_SIDE, TakenPhoto, take_photo, take_picture
from mshopper.photo.source import MAX_BYTES

__all__ = [
    "LONG_SIDE",
    "MAX_BYTES",
    "THUMBNAIL_SIDE",
    "Arrow",
    "Blur",
    "Crop",
    "Edit",
    "EditedPhoto",
    "Editing",
    "PhotoFacts",
    "TakenPhoto",
    "Turn",
    "Words",
    "take_photo",
    "take_picture",
]
