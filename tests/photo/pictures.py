"""Small files of every kind that the intake reads, made by Pillow, and the shared corpus of real ones."""

import io
import os
import struct
import zlib
from pathlib import Path

from PIL import Image

FORMATS = ("JPEG", "progressive JPEG", "PNG", "palette PNG", "GIF", "WEBP", "TIFF", "LZW TIFF", "HEIC")


def corpus() -> Path | None:
    """The folder of real photos, where this checkout has it beside it."""
    shared = os.environ.get("MSHOPPER_SHARED") or Path(__file__).resolve().parents[3] / "shared"
    folder = Path(shared) / "corpus" / "photos"
    return folder if folder.is_dir() else None


def scene(width: int = 96, height: int = 64) -> Image.Image:
    """A picture whose corners differ: red at the top left, green top right, blue bottom left, white bottom right."""
    corners = Image.new("RGB", (2, 2))
    for place, colour in (((0, 0), "#d02020"), ((1, 0), "#20c020"), ((0, 1), "#2020d0"), ((1, 1), "#f0f0f0")):
        corners.putpixel(place, tuple(bytes.fromhex(colour[1:])))
    return corners.resize((width, height), Image.Resampling.BILINEAR)


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """`picture` as a file of one of FORMATS."""
    file = io.BytesIO()
    if kind == "HEIC":
        import pillow_heif

        pillow_heif.from_pillow(picture).save(file, quality=80, **options)
    elif kind == "progressive JPEG":
        picture.save(file, "JPEG", progressive=True, **options)
    elif kind == "palette PNG":
        picture.convert("P", palette=Image.Palette.ADAPTIVE).save(file, "PNG", **options)
    elif kind == "LZW TIFF":
        picture.save(file, "TIFF", compression="tiff_lzw", **options)
    else:
        picture.save(file, kind, **options)
    return file.getvalue()


def with_exif(picture: Image.Image, kind: str, orientation: int) -> bytes:
    """`picture` as a file of one of FORMATS with `exif`; of an LZW TIFF, libtiff writes only a valid orientation."""
    if kind == "GIF":
        return encoded(picture, kind)
    if kind == "LZW TIFF":
        return encoded(picture, kind, tiffinfo={0x0112: orientation} if 1 <= orientation <= 8 else {})
    data = exif(orientation)
    return encoded(picture, kind, exif=data.tobytes() if kind == "HEIC" else data)


def exif(orientation: int = 1) -> Image.Exif:
    """The EXIF of a phone: orientation, maker, time with offset, and a position in Piazza del Duomo, Milan."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F], data[0x0110] = "Samsung", "Samsung SM-G991B"
    data.get_ifd(0x8769).update({0x9003: "2026:03:14 15:09:26", 0x9011: "+01:00"})
    place = {1: "N", 2: (45.0, 27.0, 51.12), 3: "E", 4: (9.0, 11.0, 30.48), 5: b"\x00", 6: 122.5}
    data.get_ifd(0x8825).update(place)
    read = Image.Exif()  # Pillow's TIFF writer takes directories only from EXIF that was read
    read.load(data.tobytes())
    return read


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def deflated_zeros(size: int) -> bytes:
    """`size` zero bytes as a zlib stream, about a thousandth of it long."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
