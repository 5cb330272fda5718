"""Edited photos: any edits in any order give a picture, hide what they hide, and leave the rest alone."""

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from mshopper.photo import LONG_SIDE, THUMBNAIL_SIDE, Arrow, Blur, Crop, Edit, Editing, Turn, Words

WIDTH, HEIGHT = 320, 200
ANY = st.floats(-500, 900, allow_nan=False)
BOX = st.tuples(ANY, ANY, ANY, ANY)
EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Turn, st.integers(-9, 9)),
    st.builds(Crop, BOX),
    st.builds(Blur, BOX, st.booleans()),
    st.builds(Arrow, st.tuples(ANY, ANY), st.tuples(ANY, ANY)),
    st.builds(Words, st.tuples(ANY, ANY), st.text(max_size=40)),
)


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=95, subsampling=0)
    return file.getvalue()


STRIPES = jpeg(Image.effect_noise((WIDTH, HEIGHT), 90).convert("RGB"))


def shown(editing: Editing, *edits: Edit) -> Image.Image:
    """What a screen shows of the picture with these edits."""
    width, height, pixels = editing.pixels(edits)
    return Image.frombytes("RGB", (width, height), pixels)


@settings(max_examples=60, deadline=None)
@given(st.lists(EDITS, max_size=6))
def test_any_edits_give_a_picture(edits: list[Edit]) -> None:
    """Boxes outside the picture, turned over or empty, arrows without length and texts of any script; the file has no
    metadata, its thumbnail the same shape, and what the screen shows is what is kept."""
    editing = Editing(STRIPES)
    kept = editing.keep(edits)
    with Image.open(io.BytesIO(kept.jpeg)) as picture, Image.open(io.BytesIO(kept.thumbnail)) as small:
        assert picture.size == (kept.width, kept.height) == editing.pixels(edits)[:2]
        assert max(picture.size) <= LONG_SIDE
        assert max(small.size) <= THUMBNAIL_SIDE
        assert not picture.getexif()
        difference = ImageStat.Stat(ImageChops.difference(picture, shown(editing, *edits))).mean
        assert max(difference) < 25


def test_four_turns_and_opposite_turns_give_the_picture_back() -> None:
    """Turning loses no pixel."""
    editing = Editing(STRIPES)
    whole = shown(editing)
    assert shown(editing, Turn(1)).size == (HEIGHT, WIDTH)
    assert shown(editing, *[Turn(1)] * 4).tobytes() == shown(editing, Turn(3), Turn(1)).tobytes() == whole.tobytes()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 240), st.integers(0, 140), st.integers(30, 80), st.integers(30, 60), st.booleans())
def test_what_is_hidden_can_not_be_had_back(left: int, top: int, width: int, height: int, ellipse: bool) -> None:
    """Of noise in a box next to nothing is left in its middle; outside the box not a pixel changes."""
    box = (left, top, min(left + width, WIDTH), min(top + height, HEIGHT))
    hidden = shown(Editing(STRIPES), Blur(box, ellipse))
    outside = Image.new("L", (WIDTH, HEIGHT), 255)
    outside.paste(0, box)
    before = shown(Editing(STRIPES))
    assert ImageStat.Stat(ImageChops.difference(before, hidden), mask=outside).sum == [0, 0, 0]
    middle = tuple(round(low + (high - low) * part) for low, high, part in (
        (box[0], box[2], 0.3), (box[1], box[3], 0.3), (box[0], box[2], 0.7), (box[1], box[3], 0.7)
    ))  # fmt: skip
    assert max(ImageStat.Stat(hidden.crop(middle)).stddev) < max(ImageStat.Stat(before.crop(middle)).stddev) / 2
