"""Photo intake against libvips (pyvips) doing the same: upright, reduced, JPEG quality 85, and a thumbnail.

Same process, same files, interleaved, medians. Both sides write 4:2:0 JPEGs without optimised tables; libvips is asked for
exactly the size that ours chose, since a JPEG that libjpeg can decode straight to 90-100% of 2048 pixels is left at that.
Ours also hashes the original and the result, reads the EXIF and computes the perceptual hash.
"""

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyvips
from PIL import Image, ImageChops, ImageFilter

from mshopper.photo import THUMBNAIL_SIDE, take_photo
from mshopper.photo.intake import JPEG_QUALITY, THUMBNAIL_QUALITY

LIMIT = 1.3
ROUNDS = 11
# 12 megapixels at 4:3, as most phones have it, and at 16:9, where no power of two leads near 2048 pixels.
CASES = ((4032, 3024, 6, LIMIT), (4608, 2592, 1, LIMIT))


def photo(width: int, height: int, orientation: int) -> bytes:
    """A JPEG as a phone writes it: gradients, soft texture and noise, quality 92, to be turned by its EXIF."""
    slope = Image.linear_gradient("L").resize((width, height))
    glow = Image.radial_gradient("L").resize((width, height))
    texture = Image.effect_noise((width, height), 40).filter(ImageFilter.GaussianBlur(1.2))
    channels = (
        ImageChops.blend(slope, texture, 0.4),
        ImageChops.blend(glow, texture, 0.3),
        ImageChops.blend(ImageChops.invert(slope), texture, 0.35),
    )
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    Image.merge("RGB", channels).save(file, "JPEG", quality=92, exif=exif)
    return file.getvalue()


def libvips(path: Path, long_side: int) -> None:
    """The peer: the fastest of the ways tried (shrink on load, then the thumbnail from the reduced picture)."""
    reduced = pyvips.Image.thumbnail(str(path), long_side, height=long_side, size="down").copy_memory()
    reduced.jpegsave_buffer(Q=JPEG_QUALITY, keep="none")
    small = reduced.thumbnail_image(THUMBNAIL_SIDE, height=THUMBNAIL_SIDE)
    small.jpegsave_buffer(Q=THUMBNAIL_QUALITY, keep="none")


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def run() -> list[tuple[str, float, float | None]]:
    """(what, our time as a multiple of libvips's, the most it may be)"""
    rows: list[tuple[str, float, float | None]] = []
    with tempfile.TemporaryDirectory() as folder:
        for width, height, orientation, limit in CASES:
            path = Path(folder) / f"{width}.jpg"
            path.write_bytes(photo(width, height, orientation))
            taken = take_photo(path)
            long_side = max(taken.width, taken.height)
            libvips(path, long_side)
            ours, theirs = [], []
            for _round in range(ROUNDS):
                ours.append(seconds(lambda path=path: take_photo(path)))
                theirs.append(seconds(lambda path=path, side=long_side: libvips(path, side)))
            mine, peer = statistics.median(ours), statistics.median(theirs)
            what = f"photo intake {width}x{height} to {long_side}: {mine * 1000:.0f} ms, libvips {peer * 1000:.0f} ms"
            rows.append((what, mine / peer, limit))
    return rows


if __name__ == "__main__":
    for what, ratio, limit in run():
        print(f"{what}: {ratio:.2f} (at most {limit})")
