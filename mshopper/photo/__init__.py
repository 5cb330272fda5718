"""Photo intake: a file from any camera becomes an upright, bounded JPEG, its thumbnail and what its EXIF says.

`operations.attach_photo` calls `take_photo`; the store keeps what it gives. Nothing here writes a file.
"""

from mshopper.photo.facts import PhotoFacts
from mshopper.photo.intake import LONG_SIDE, THUMBNAIL_SIDE, TakenPhoto, take_photo, take_picture

__all__ = ["LONG_SIDE", "THUMBNAIL_SIDE", "PhotoFacts", "TakenPhoto", "take_photo", "take_picture"]
