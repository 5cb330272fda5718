"""A visit's PDF (60 questions, 20 photos) against reportlab drawing just those photos, in the same run and settings.

Both sides get the photos as the store gives them: JPEG bytes. From bytes, reportlab's own way (`ImageReader`) decodes every
pixel to name the image, where the report hands the bytes through; so the peer from files, which hands them through too, is
shown beside it, without a limit.
"""

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form import Form, Question, Section, Text
from mshopper.model.record import PhotoInfo, Store, VisitHeader, VisitRecord
from mshopper.model.scoresheet import Reason, ScoreLine, ScoreSheet, Subtotal
from mshopper.report.visit_pdf import write_visit_pdf

LIMIT = 1.5
ROUNDS = 9
QUESTIONS, PHOTOS, SECTIONS = 60, 20, 6
WIDTH, HEIGHT = 2048, 1536


def photo(number: int) -> bytes:
    """A photo as the intake stores it: 2048 pixels, quality 85."""
    noise = Image.effect_noise((WIDTH, HEIGHT), 45).filter(ImageFilter.GaussianBlur(1.2))
    slope = Image.linear_gradient("L").resize((WIDTH, HEIGHT)).rotate(number * 13)
    glow = Image.radial_gradient("L").resize((WIDTH, HEIGHT))
    file = BytesIO()
    Image.merge("RGB", (noise, slope, glow)).save(file, "JPEG", quality=85)
    return file.getvalue()


def visit(photos: dict[str, bytes]) -> VisitRecord:
    """A submitted visit of 60 scored questions in six sections, every third with a photo, every other with a comment."""
    each = QUESTIONS // SECTIONS
    sections = tuple(
        Section(
            f"s{s}",
            Text.of(f"Section {s}"),
            phase=("before", "during", "after")[s % 3],
            touchpoint=("website", "store", "delivery")[s % 3],
            items=tuple(
                Question(
                    f"q{n}",
                    "yes_no",
                    Text.of(f"Was the customer helped promptly and politely at point {n}?"),
                    dimensions=("time", "courtesy")[n % 2 :][:1],
                    points=Fraction(5),
                )
                for n in range(s * each, (s + 1) * each)
            ),
        )
        for s in range(SECTIONS)
    )
    form = Form("bench", "1", Text.of("Store visit"), ("en",), sections=sections)
    keys = [AnswerKey(path) for path in form.questions]
    infos = tuple(
        PhotoInfo(
            name, keys[n * 3], hashlib.sha256(data).hexdigest(), "", WIDTH, HEIGHT, taken_at="2026-11-12T10:00:00+01:00"
        )
        for n, (name, data) in enumerate(photos.items())
    )
    by_key = {info.key: (info.id,) for info in infos}
    comment = "One of two tills was open; the queue reached the entrance and nobody explained why."
    answers = {
        key: Answer("yes" if n % 4 else "no", comment=comment if n % 2 else "", photos=by_key.get(key, ()))
        for n, key in enumerate(keys)
    }
    header = VisitHeader(
        "0192f3a4-7b1c-7d2e-9a55-3c1f0e7b8d42",
        1,
        "submitted",
        "bench",
        "1",
        "0" * 64,
        Store("MI-014", "Milano Duomo", "North-west", "flagship", "Corso Vittorio Emanuele II 12"),
        "A-0012",
        "Giulia Bianchi",
        "7f6c1d52-90a1-4c55-8e0b-2b1d0c9e4f10",
        started_at="2026-11-12T10:05:00+01:00",
        ended_at="2026-11-12T10:52:30+01:00",
        submitted_at="2026-11-12T11:20:00+01:00",
        seal="1" * 64,
    )
    return VisitRecord(header, form, answers, photos=infos, irrelevant=frozenset(), sheet=sheet(form, keys))


def sheet(form: Form, keys: list[AnswerKey]) -> ScoreSheet:
    """A score sheet with three quarters of the points everywhere."""

    def part(name: str) -> Subtotal:
        return Subtotal(name, Fraction(75), Fraction(100), Fraction(75), Fraction(70))

    lines = tuple(
        ScoreLine(
            key.path,
            "",
            "scored",
            Fraction(5 if n % 4 else 0),
            Fraction(5),
            Fraction(1),
            Reason("unanswered_zero"),
            ("time",),
            form.questions[key.path].phase,
            form.questions[key.path].touchpoint,
        )
        for n, key in enumerate(keys)
    )
    return ScoreSheet(
        "1",
        Fraction(225),
        Fraction(300),
        Fraction(75),
        Fraction(100),
        "pass",
        "B",
        (),
        tuple(part(section.id) for section in form.sections),
        (),
        (part("time"), part("courtesy")),
        tuple(part(name) for name in ("website", "store", "delivery")),
        tuple(part(name) for name in ("before", "during", "after")),
        (),
        lines,
        Fraction(70),
    )


def report(record: VisitRecord, photos: dict[str, bytes]) -> bytes:
    """Ours."""
    out = BytesIO()
    write_visit_pdf(record, out, language="en", photo=photos.__getitem__)
    return out.getvalue()


def bare(images: list[ImageReader] | list[str]) -> bytes:
    """The peer: one canvas, the photos in a grid, nothing else."""
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for number, image in enumerate(images):
        canvas.drawImage(image, 48 + number % 2 * 257, 600 - number // 2 % 3 * 200, 241, 181)
        if number % 6 == 5:
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _interleaved(acts: list[Callable[[], bytes]]) -> list[float]:
    """Median seconds of each, taken in turns, after one turn that counts for none."""
    times: list[list[float]] = [[] for _act in acts]
    for turn in range(ROUNDS + 1):
        for taken, act in zip(times, acts, strict=True):
            start = time.perf_counter()
            act()
            if turn:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def run() -> list[tuple[str, float, float | None]]:
    """(what, ratio, limit): the report over reportlab's bare images, from the same bytes and from files."""
    photos = {f"p{n}": photo(n) for n in range(PHOTOS)}
    record = visit(photos)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{name}.jpg" for name in photos]
        for file, data in zip(files, photos.values(), strict=True):
            file.write_bytes(data)
        ours, from_bytes, from_files = _interleaved(
            [
                lambda: report(record, photos),
                lambda: bare([ImageReader(BytesIO(data)) for data in photos.values()]),
                lambda: bare([str(file) for file in files]),
            ]
        )
    return [
        ("PDF of 60 questions and 20 photos / reportlab drawing the photos", ours / from_bytes, LIMIT),
        ("the same / reportlab drawing them from JPEG files, undecoded", ours / from_files, None),
        ("PDF of 60 questions and 20 photos, seconds", ours, None),
    ]


if __name__ == "__main__":
    for what, ratio, limit in run():
        print(f"{what:70} {ratio:8.3f}  {'' if limit is None else limit}")
