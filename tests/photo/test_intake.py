"""Photo intake over the real corpus and over small files of every kind: upright, bounded, without a position, or refused."""

import hashlib
import importlib.util
import io
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat

from mshopper.errors import PhotoRefusedError
from mshopper.i18n import speaking
from mshopper.photo import PhotoFacts, TakenPhoto, decoding, source, take_photo

HERE = Path(__file__).parent


def _beside(name: str) -> ModuleType:
    """A module of this folder; tests are imported one by one, without packages."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pictures = _beside("pictures")
needs_corpus = pytest.mark.skipif(pictures.corpus() is None, reason="the shared corpus isn't beside this checkout")


def corpus_file(name: str) -> Path:
    return pictures.corpus() / name


def shown(jpeg: bytes) -> Image.Image:
    """A stored JPEG as its viewer sees it."""
    picture = Image.open(io.BytesIO(jpeg))
    picture.load()
    assert isinstance(picture, Image.Image)
    return picture


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures' channels, 0-255, at the size of an icon."""
    small = [picture.convert("RGB").resize((48, 48), Image.Resampling.BOX) for picture in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*small)).mean)


def refusal(data: bytes | Path, name: str | None = None) -> str:
    with pytest.raises(PhotoRefusedError) as caught, speaking("en"):
        take_photo(data, name=name)
    return str(caught.value)


# ---------------------------------------------------------------- real files


@needs_corpus
@pytest.mark.parametrize("series", ["Landscape", "Portrait"])
def test_every_exif_orientation_comes_in_upright(series: str) -> None:
    """All nine files of a series, from orientation 0 (which means 1) to 8, look the same and say so in their hash."""
    taken = [take_photo(corpus_file(f"{series}_{orientation}.jpg")) for orientation in range(9)]
    assert {(photo.width, photo.height) for photo in taken} == {(1800, 1200) if series == "Landscape" else (1200, 1800)}
    for photo in taken:
        assert difference(shown(photo.jpeg), shown(taken[1].jpeg)) < 3
        assert (int(photo.perceptual_hash, 16) ^ int(taken[1].perceptual_hash, 16)).bit_count() <= 4
    other = take_photo(corpus_file("Portrait_1.jpg" if series == "Landscape" else "Landscape_1.jpg"))
    assert difference(shown(other.jpeg), shown(taken[1].jpeg)) > 10
    assert (int(other.perceptual_hash, 16) ^ int(taken[1].perceptual_hash, 16)).bit_count() > 12


@needs_corpus
def test_every_corpus_file_is_taken_or_refused_with_a_sentence() -> None:
    """Only the file without pixels and the one without bytes are refused; whatever is taken is a bounded, bare RGB JPEG."""
    refused = {}
    for path in sorted(pictures.corpus().iterdir()):
        try:
            photo = take_photo(path, keep_original=True)
        except PhotoRefusedError as error:
            refused[path.name] = str(error)
            continue
        assert photo.original == path.read_bytes(), path.name
        assert photo.original_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert photo.sha256 == hashlib.sha256(photo.jpeg).hexdigest()
        for jpeg, side in ((photo.jpeg, 2048), (photo.thumbnail, 320)):
            picture = shown(jpeg)
            assert (picture.format, picture.mode) == ("JPEG", "RGB")
            assert max(picture.size) <= side
            assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, path.name
        assert (photo.width, photo.height) == shown(photo.jpeg).size
    assert set(refused) == {"broken.png", "empty.heic"}
    for name, sentence in refused.items():
        assert sentence.startswith(name)
        assert sentence.endswith(".")


@needs_corpus
def test_the_position_is_kept_as_a_fact_and_nowhere_in_the_stored_bytes() -> None:
    """An iPhone's HEIC with a position in EXIF and a profile: the facts have it, the two JPEGs have no EXIF at all."""
    photo = take_photo(corpus_file("pug.heic"))
    assert photo.facts == PhotoFacts(
        taken_at="2023-02-21T14:33:08+03:00",
        device="Apple iPhone 13 Pro",
        latitude=Decimal("44.8504778"),
        longitude=Decimal("34.9766472"),
        altitude=Decimal("29.14"),
    )
    for stored in (photo.jpeg, photo.thumbnail):
        for trace in (b"Exif\0", b"GPS", b"http://ns.adobe.com", b"ICC_PROFILE", b"\xff\xe1"):
            assert trace not in stored


@needs_corpus
@pytest.mark.parametrize("name", ["truncated_jpeg.jpg", "truncated_image.png"])
def test_a_cut_off_photo_is_taken_with_a_warning(name: str) -> None:
    """Most of the picture is there, so it is kept as evidence; what the auditor should know is said."""
    photo = take_photo(corpus_file(name))
    assert [sentence.startswith(name) for sentence in photo.warnings] == [True]


# ---------------------------------------------------------------- made files: kinds, orientation, colours


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "LZW TIFF", "HEIC"])
def test_every_format_is_turned_once(kind: str, orientation: int) -> None:
    """A picture stored turned with the orientation that undoes it shows as the original; 0 and 9 mean 1."""
    back = {value: key for key, value in {2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}.items()}.get(orientation)
    scene = pictures.scene()
    stored = scene if back is None else scene.transpose(decoding._TURNS[back])
    photo = take_photo(pictures.with_exif(stored, kind, orientation))
    assert (photo.width, photo.height) == scene.size
    assert difference(shown(photo.jpeg), scene) < 6
    if kind == "LZW TIFF":
        return
    assert photo.facts.latitude == Decimal("45.4642")
    assert (photo.facts.longitude, photo.facts.altitude) == (Decimal("9.1918"), Decimal("122.50"))
    assert (photo.facts.taken_at, photo.facts.device) == ("2026-03-14T15:09:26+01:00", "Samsung SM-G991B")


def _sixteen_bits(order: str) -> bytes:
    """A grey TIFF or PNG in 16 bits: the scene's brightness times 257."""
    grey = pictures.scene().convert("L")
    data = struct.pack(f"{order}{grey.width * grey.height}H", *(value * 257 for value in grey.tobytes()))
    return pictures.encoded(
        Image.frombytes("I;16", grey.size, data, "raw", f"I;16{'B' if order == '>' else ''}"), "PNG"
    )


def _tiff_sixteen_big_endian() -> bytes:
    grey = pictures.scene().convert("L")
    pixels = struct.pack(f">{grey.width * grey.height}H", *(value * 257 for value in grey.tobytes()))
    tags = [
        (256, grey.width),
        (257, grey.height),
        (258, 16),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, grey.height),
    ]
    entries = b"".join(struct.pack(">HHIHH", tag, 3, 1, value, 0) for tag, value in tags)
    entries += struct.pack(">HHII", 279, 4, 1, len(pixels))
    return b"MM\0*" + struct.pack(">I", 8 + len(pixels)) + pixels + struct.pack(">H", 9) + entries + bytes(4)


def _palette_with_holes() -> bytes:
    palette = pictures.scene().quantize(16)
    return pictures.encoded(palette, "PNG", transparency=palette.getpixel((0, 0)))


def _half_clear() -> Image.Image:
    picture = pictures.scene().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")


SCENE = pictures.scene()
LAB = ImageCms.profileToProfile(SCENE, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB")
COLOURS: dict[str, tuple[bytes, Image.Image]] = {
    "16-bit grey PNG": (_sixteen_bits("<"), SCENE.convert("L")),
    "16-bit grey TIFF, big-endian": (_tiff_sixteen_big_endian(), SCENE.convert("L")),
    "grey JPEG": (pictures.encoded(SCENE.convert("L"), "JPEG"), SCENE.convert("L")),
    "1-bit PNG": (pictures.encoded(SCENE.convert("1"), "PNG"), SCENE.convert("1").convert("L")),
    "palette PNG": (pictures.encoded(SCENE, "palette PNG"), SCENE),
    "palette PNG with a clear colour": (
        _palette_with_holes(),
        _on_white(Image.open(io.BytesIO(_palette_with_holes())).convert("RGBA")),
    ),
    "GIF": (pictures.encoded(SCENE, "GIF", save_all=True, append_images=[Image.new("RGB", (96, 64))]), SCENE),
    "RGBA PNG": (pictures.encoded(_half_clear(), "PNG"), _on_white(_half_clear())),
    "RGBA WebP": (pictures.encoded(_half_clear(), "WEBP", lossless=True), _on_white(_half_clear())),
    "LA PNG": (pictures.encoded(_half_clear().convert("LA"), "PNG"), _on_white(_half_clear().convert("LA"))),
    "CMYK JPEG": (pictures.encoded(SCENE.convert("CMYK"), "JPEG"), SCENE),
    "CMYK TIFF": (pictures.encoded(SCENE.convert("CMYK"), "TIFF"), SCENE),
    "Lab TIFF": (pictures.encoded(LAB, "TIFF"), SCENE),
    "MPO": (pictures.encoded(SCENE, "MPO", save_all=True, append_images=[Image.new("RGB", (96, 64))]), SCENE),
    "progressive JPEG": (pictures.encoded(SCENE, "progressive JPEG"), SCENE),
    "damaged profile": (pictures.encoded(SCENE, "PNG", icc_profile=b"not a profile"), SCENE),
}


@pytest.mark.parametrize("case", COLOURS)
def test_every_way_of_storing_colours_shows_the_same(case: str) -> None:
    """Grey in 16 bits isn't clipped, transparency is on white, CMYK and Lab come out as the colours that went in."""
    data, expected = COLOURS[case]
    photo = take_photo(data)
    assert difference(shown(photo.jpeg), expected) < 7
    assert photo.warnings == ()


def test_colours_follow_the_pictures_own_profile() -> None:
    """A grey picture with a linear profile shows its mid grey (0.5) as sRGB 188, not as 128."""
    linear_grey = Image.new("L", (32, 32), 128)
    curve = b"curv" + bytes(4) + struct.pack(">I", 0)
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 63190, 65536, 54061)
    tags = [(b"wtpt", white), (b"kTRC", curve)]
    body, table, offset = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    size = offset + len(body)
    header = struct.pack(">I", size) + b"lcms" + struct.pack(">I", 0x02100000) + b"mntrGRAYXYZ " + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    profile = header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
    photo = take_photo(pictures.encoded(linear_grey, "PNG", icc_profile=profile))
    assert shown(photo.jpeg).getpixel((16, 16)) == pytest.approx((188, 188, 188), abs=2)


@pytest.mark.parametrize(
    ("width", "height"), [(4032, 3024), (3000, 4000), (5000, 30), (2049, 2049), (2048, 8), (640, 480)]
)
def test_large_photos_are_reduced_and_small_ones_are_left(width: int, height: int) -> None:
    """The long side ends between 1,844 (what libjpeg halves to) and 2,048 pixels, in proportion; nothing is enlarged."""
    for kind in ("JPEG", "PNG"):
        photo = take_photo(pictures.encoded(pictures.scene(width, height), kind))
        if max(width, height) <= 2048:
            assert (photo.width, photo.height) == (width, height)
        else:
            assert 1844 <= max(photo.width, photo.height) <= 2048
            assert photo.width / photo.height == pytest.approx(
                width / height, rel=0.1 if min(width, height) < 99 else 0.002
            )
        if min(width, height) > 99:  # else the colours of a JPEG run into each other
            assert difference(shown(photo.jpeg), pictures.scene()) < 6
            assert difference(shown(photo.thumbnail), pictures.scene()) < 6
        assert max(shown(photo.thumbnail).size) == min(320, max(width, height))


def test_the_same_original_gives_the_same_bytes_whatever_it_is_called(tmp_path: Path) -> None:
    """From a path or as bytes, misnamed or not; the name that is kept is the last part of any system's path."""
    data = pictures.encoded(pictures.scene(700, 500), "WEBP")
    path = tmp_path / "scontrino.TIF"
    path.write_bytes(data)
    from_path, from_bytes = take_photo(path), take_photo(data, name="C:\\Foto\\cassa 1.jpg")
    assert from_path.jpeg == from_bytes.jpeg
    assert from_path.thumbnail == from_bytes.thumbnail
    assert from_path.original_sha256 == from_bytes.original_sha256 == hashlib.sha256(data).hexdigest()
    assert (from_path.original_name, from_bytes.original_name) == ("scontrino.TIF", "cassa 1.jpg")
    assert from_path.original is None
    assert take_photo(path, keep_original=True).original == data


def test_near_duplicates_have_near_hashes() -> None:
    """The same scene smaller and at low quality differs in few bits, its mirror image in many."""
    scene = Image.effect_noise((64, 48), 90).resize((800, 600), Image.Resampling.BICUBIC).convert("RGB")
    variants = (scene, scene.resize((400, 300)), scene.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    first, smaller, mirrored = (
        int(take_photo(pictures.encoded(picture, "JPEG", quality=quality)).perceptual_hash, 16)
        for picture, quality in zip(variants, (90, 30, 90), strict=True)
    )
    assert (first ^ smaller).bit_count() <= 6
    assert (first ^ mirrored).bit_count() > 12


@pytest.mark.parametrize(
    ("exif", "facts"),
    [
        ({0x010F: "NIKON CORPORATION", 0x0110: "NIKON D90"}, PhotoFacts(device="NIKON D90")),
        ({0x010F: "Apple\0", 0x0110: " iPhone\t15 "}, PhotoFacts(device="Apple iPhone 15")),
        ({0x010F: "HTC"}, PhotoFacts(device="HTC")),
        ({0x0132: "2026:01:02 03:04:05"}, PhotoFacts()),  # when an editor saved it
        ({0x8769: {0x9003: "2026:01:02 03:04:05"}}, PhotoFacts(taken_at="2026-01-02T03:04:05")),
        ({0x8769: {0x9003: "2026:01:02 03:04:05", 0x9011: "Rome"}}, PhotoFacts(taken_at="2026-01-02T03:04:05")),
        ({0x8769: {0x9003: "0000:00:00 00:00:00", 0x9004: "2026:01:02 03:04:05", 0x9012: "-03:30"}},
         PhotoFacts(taken_at="2026-01-02T03:04:05-03:30")),
        ({0x8825: {1: "S", 2: (33.0, 51.0, 36.0), 3: "W", 4: (70.0, 40.0, 12.0), 5: b"\1", 6: 3.5}},
         PhotoFacts(latitude=Decimal("-33.8600000"), longitude=Decimal("-70.6700000"), altitude=Decimal("-3.50"))),
        ({0x8825: {1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: (9.0, 0.0, 0.0)}}, PhotoFacts()),
        ({0x8825: {2: (45.0, 0.0, 0.0), 4: (9.0, 0.0, 0.0)}}, PhotoFacts()),
    ],
)  # fmt: skip
def test_exif_facts(exif: dict[int, object], facts: PhotoFacts) -> None:
    """What is there is read in its own words; what makes no sense is absent."""
    data = Image.Exif()
    for tag, value in exif.items():
        if isinstance(value, dict):
            data.get_ifd(tag).update(value)
        else:
            data[tag] = value
    assert take_photo(pictures.encoded(pictures.scene(), "JPEG", exif=data)).facts == facts


# ---------------------------------------------------------------- what is refused


def test_what_is_not_a_photo_is_refused_by_its_content(tmp_path: Path) -> None:
    """A folder, a missing file, an empty one, a text, a format of another trade and a camera's raw file: a sentence each."""
    (tmp_path / "note.jpg").write_text("not a photo")
    (tmp_path / "vuoto.jpg").touch()
    (tmp_path / "page.png").write_bytes(pictures.encoded(pictures.scene(), "BMP"))
    (tmp_path / "IMG_1.CR2").write_bytes(b"II*\0\x10\0\0\0CR\2\0" + bytes(99))
    (tmp_path / "scan.jpg").write_bytes(pictures.encoded(pictures.scene(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}))
    assert refusal(tmp_path) == f"{tmp_path.name} isn't a file: choose a photo."
    assert refusal(tmp_path / "gone.jpg").startswith("gone.jpg isn't there:")
    assert refusal(tmp_path / "a\0b.jpg").startswith("a�b.jpg can't be read")
    assert refusal(tmp_path / "vuoto.jpg").startswith("vuoto.jpg is empty:")
    assert refusal(tmp_path / "note.jpg").startswith("note.jpg isn't a photo that can be read here:")
    assert refusal(tmp_path / "page.png").startswith("page.png isn't a photo that can be read here:")
    assert refusal(tmp_path / "IMG_1.CR2").startswith("IMG_1.CR2 is a camera's raw file:")
    assert refusal(tmp_path / "scan.jpg").startswith("scan.jpg is a camera's raw file:")
    assert refusal(b"", "x.jpg").startswith("x.jpg is empty:")


def test_a_file_of_gigabytes_is_refused_without_reading_it(tmp_path: Path) -> None:
    """The size is asked before a byte is read: a file of 100 GB without content on disk."""
    path = tmp_path / "video.jpg"
    with path.open("wb") as file:
        file.truncate(100_000_000_000)
    assert refusal(path).startswith("video.jpg is too large (100000 MB, at most 64 MB):")


def test_heic_without_its_decoder_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder is an extra, so a laptop may lack it."""
    photo = pictures.encoded(pictures.scene(), "HEIC")
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    sentence = refusal(photo, "IMG_0001.HEIC")
    assert sentence.startswith("IMG_0001.HEIC is a HEIC photo")
    assert 'pip install "mshopper[heic]"' in sentence


def test_a_picture_of_measurements_is_refused() -> None:
    """Floating point has no white and black of its own to show it by."""
    assert "picture of measurements" in refusal(pictures.encoded(Image.new("F", (8, 8), 0.5), "TIFF"))


@pytest.mark.parametrize("kind", ["JPEG", "progressive JPEG", "PNG"])
def test_how_much_of_a_cut_off_photo_there_must_be(kind: str) -> None:
    """With nine tenths of its bytes a photo is taken and looks like itself there; with its first fifth it isn't taken whole."""
    scene = Image.effect_noise((320, 240), 60).convert("RGB")
    whole = pictures.encoded(scene, kind)
    photo = take_photo(whole[: len(whole) * 9 // 10])
    assert len(photo.warnings) == 1
    upper = (0, 0, 320, 180)
    assert difference(shown(photo.jpeg).crop(upper), scene.crop(upper)) < 12
    start = whole[: len(whole) // 5]
    if kind == "progressive JPEG":  # its first fifth is the whole picture, blurred
        assert len(take_photo(start).warnings) == 1
    else:
        assert "most of the picture is missing" in refusal(start, "x")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "LZW TIFF", "HEIC"])
def test_other_kinds_cut_in_half_are_refused(kind: str) -> None:
    """Half of a WebP, TIFF, GIF or HEIC is damaged; a sentence names the file."""
    whole = pictures.encoded(Image.effect_noise((320, 240), 60).convert("RGB"), kind)
    assert refusal(whole[: len(whole) // 2], "half").startswith("half is damaged")


# ---------------------------------------------------------------- bombs


def _png(width: int, height: int, colour: int, *chunks: bytes) -> bytes:
    head = pictures.png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + pictures.png_chunk(b"IEND", b"")


def _png_text(kind: bytes, head: bytes) -> Callable[[], bytes]:
    giant = pictures.deflated_zeros
    return lambda: _png(8, 8, 0, pictures.png_chunk(kind, head + giant(1 << 29)), pictures.png_chunk(b"IDAT", giant(0)))


def _with_size(data: bytes, width: int, height: int) -> bytes:
    """A JPEG whose header promises other dimensions."""
    at = next(data.find(marker) for marker in (b"\xff\xc0", b"\xff\xc2") if marker in data)
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]


def _gif(frame: bool) -> bytes:
    data = pictures.encoded(pictures.scene(), "GIF")
    at = data.index(b"\x2c\0\0\0\0") + 5 if frame else 6
    return data[:at] + struct.pack("<HH", 65000, 65000) + data[at + 4 :]


def _in_jpeg(segments: bytes) -> bytes:
    data = pictures.encoded(pictures.scene(), "JPEG")
    return data[:2] + segments + data[2:]


def _endless_scans() -> bytes:
    data = _with_size(pictures.encoded(pictures.scene(), "progressive JPEG"), 5000, 5000)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * 20_000 + data[-2:]


def _in_gif(blocks: bytes) -> bytes:
    data = pictures.encoded(pictures.scene(), "GIF")
    at = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:at] + blocks + data[at:]


BOMBS: dict[str, Callable[[], bytes]] = {
    "PNG, 2.5 gigapixels": lambda: _png(
        50_000, 50_000, 2, pictures.png_chunk(b"IDAT", pictures.deflated_zeros(1 << 24))
    ),
    "PNG, 100 megapixels with alpha": lambda: _png(
        10_000, 10_000, 6, pictures.png_chunk(b"IDAT", pictures.deflated_zeros(400_010_000))
    ),
    "PNG, zTXt of 512 MB": _png_text(b"zTXt", b"k\0\0"),
    "PNG, iTXt of 512 MB": _png_text(b"iTXt", b"k\0\1\0\0\0"),
    "PNG, iCCP of 512 MB": _png_text(b"iCCP", b"k\0\0"),
    "PNG, 60 MB of text": lambda: _png(
        8, 8, 0, pictures.png_chunk(b"iTXt", b"k\0\0\0\0\0" + "😀".encode() + b"a" * 60_000_000)
    ),
    "PNG, millions of chunks": lambda: _png(8, 8, 0, pictures.png_chunk(b"abCD", b"") * 4_000_000),
    "JPEG, 4.3 gigapixels": lambda: _with_size(pictures.encoded(pictures.scene(), "JPEG"), 65_500, 65_500),
    "progressive JPEG, 100 megapixels": lambda: _with_size(
        pictures.encoded(pictures.scene(), "progressive JPEG"), 10_000, 10_000
    ),
    "progressive JPEG, 20,000 scans": _endless_scans,
    "JPEG, EXIF of 58 MB": lambda: _in_jpeg((b"\xff\xe1\xff\xf0Exif\0\0" + b"a" * 65_512) * 890),
    "JPEG, millions of segments": lambda: _in_jpeg(b"\xff\xe5\0\2" * 14_000_000),
    "GIF, screen of 4.2 gigapixels": lambda: _gif(frame=False),
    "GIF, frame of 4.2 gigapixels": lambda: _gif(frame=True),
    "GIF, millions of comments": lambda: _in_gif(b"\x21\xfe\x01a\0" * 10_000_000),
    "TIFF, 400 megapixels": lambda: pictures.encoded(Image.new("1", (20_000, 20_000)), "TIFF", compression="group4"),
    "WebP, 169 megapixels": lambda: (
        pictures.encoded(pictures.scene().convert("RGBA"), "WEBP", exif=pictures.exif())[:24]
        + struct.pack("<I", 12_999)[:3]
        + struct.pack("<I", 12_999)[:3]
        + pictures.encoded(pictures.scene().convert("RGBA"), "WEBP", exif=pictures.exif())[30:]
    ),
}


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is asked of the POSIX resource module")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_little_memory(bomb: str, tmp_path: Path) -> None:
    """Refused with a sentence by a process that never held 300 MB, Python and Pillow included."""
    path = tmp_path / "bomb.jpg"
    path.write_bytes(BOMBS[bomb]())
    assert path.stat().st_size < source.MAX_BYTES
    megabytes, outcome = _taken_alone(path)
    assert outcome.startswith("refused: bomb.jpg "), outcome
    assert megabytes < 300


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is asked of the POSIX resource module")
@pytest.mark.parametrize(
    ("kind", "mode", "side"),
    [("PNG", "RGB", 6300), ("PNG", "RGBA", 4080), ("PNG", "P", 5700), ("PNG", "I;16", 4080), ("LZW TIFF", "CMYK", 6300),
     ("JPEG", "RGB", 10_900), ("progressive JPEG", "RGB", 5700), ("WEBP", "RGB", 3530)],
)  # fmt: skip
def test_the_largest_pictures_taken_stay_within_the_memory(kind: str, mode: str, side: int, tmp_path: Path) -> None:
    """What is just within the limit of its kind is taken by a process that never held 300 MB."""
    path = tmp_path / "large.jpg"
    path.write_bytes(pictures.encoded(Image.new(mode, (side, side)), kind))
    megabytes, outcome = _taken_alone(path)
    assert outcome == "taken"
    assert megabytes < 300


def _taken_alone(path: Path) -> tuple[int, str]:
    """Peak megabytes and outcome of an intake in a process of its own."""
    command = [sys.executable, "-W", "error", str(HERE / "take_one.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1], encoding="utf-8")
    assert done.returncode == 0, done.stderr
    megabytes, outcome = done.stdout.strip().split(" ", 1)
    return int(megabytes), outcome


# ---------------------------------------------------------------- hostile bytes, threads

VALID = {kind: pictures.with_exif(pictures.scene(), kind, 6) for kind in pictures.FORMATS}


@settings(max_examples=600, deadline=None)
@given(kind=st.sampled_from(sorted(VALID)), data=st.data())
def test_damaged_bytes_are_taken_or_refused_and_nothing_else(kind: str, data: st.DataObject) -> None:
    """Bytes changed, removed, inserted or cut anywhere, mostly near the start where the headers are."""
    content = bytearray(VALID[kind])
    for _step in range(data.draw(st.integers(1, 4))):
        area = data.draw(st.sampled_from((40, 300, len(content))))
        at = data.draw(st.integers(0, max(0, min(area, len(content)) - 1)))
        change = data.draw(st.sampled_from(("set", "set", "set", "remove", "insert", "cut")))
        if change == "set":
            content[at : at + 1] = bytes([data.draw(st.sampled_from((0, 1, 127, 255)) | st.integers(0, 255))])
        elif change == "remove":
            del content[at : at + data.draw(st.integers(1, 8))]
        elif change == "insert":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=8))
        else:
            del content[at:]
    try:
        photo = take_photo(bytes(content), name="x.jpg")
    except PhotoRefusedError as error:
        sentence = str(error)
    else:
        sentence = "x.jpg "
        assert shown(photo.jpeg).size == (photo.width, photo.height)
    assert sentence.startswith("x.jpg ")


def test_intake_from_several_threads_gives_what_one_gives() -> None:
    """Good, cut-off and oddly tagged files at once, with warnings as errors throughout: same bytes, same warnings."""
    odd = bytearray(VALID["JPEG"])
    at = odd.index(b"\x0f\x01\x02\x00") if b"\x0f\x01\x02\x00" in odd else odd.index(b"\x01\x0f\x00\x02")
    odd[at + 4 : at + 8] = b"\x7f\x7f\x7f\x7f"  # a maker's name far longer than the file
    whole = pictures.encoded(Image.effect_noise((320, 240), 60).convert("RGB"), "JPEG")
    files = [bytes(odd), whole, whole[: len(whole) * 9 // 10], *VALID.values()]
    alone = [take_photo(file) for file in files]
    together: list[list[TakenPhoto]] = [[] for _ in range(4)]

    def work(results: list[TakenPhoto]) -> None:
        for _round in range(5):
            results[:] = [take_photo(file) for file in files]

    threads = [threading.Thread(target=work, args=(results,)) for results in together]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bool(photo.warnings) for photo in alone] == [False, False, True] + [False] * len(VALID)
    assert all(results == alone for results in together)
