"""Photos that are handed over: files or a picture from the clipboard, or dropped from another program."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from mshopper import operations as ops
from mshopper.i18n import _

SUFFIXES = ("jpg", "jpeg", "png", "webp", "tif", "tiff", "gif", "mpo", "heic", "heif")

OWN = "application/x-mshopper-photo"
"""A photo of this visit being dragged: its id."""

Source = Path | ops.GivenPhoto


def ask_for_photos(parent: QWidget) -> list[Path]:
    """The picture files that the person chooses."""
    kind = _("Pictures")
    patterns = " ".join(f"*.{suffix}" for suffix in SUFFIXES)
    names, _chosen = QFileDialog.getOpenFileNames(
        parent, _("Choose photos"), "", f"{kind} ({patterns} {patterns.upper()})"
    )
    return [Path(name) for name in names]


def is_picture(path: Path) -> bool:
    """Whether a file is called as pictures are; hidden ones are a program's own."""
    return path.suffix.lower().removeprefix(".") in SUFFIXES and not path.name.startswith(".")


def holds_photos(mime: QMimeData) -> bool:
    """Whether what is dragged or in the clipboard has a picture for a question."""
    return any(is_picture(path) for path in _files(mime)) or mime.hasImage()


def photos_in(mime: QMimeData) -> list[Source]:
    """All that is handed over: the files, else the picture itself."""
    if files := _files(mime):
        return list(files)
    image = mime.imageData() if mime.hasImage() else None
    return [given(image, _("Pasted picture"))] if isinstance(image, QImage) and not image.isNull() else []


def given(image: QImage, name: str) -> ops.GivenPhoto:
    """A picture in memory, to be taken in by a worker."""
    return ops.GivenPhoto(f"{name}.png", partial(_png, QImage(image)))


def _files(mime: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def _png(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 80)  # type: ignore[call-overload]
    return bytes(data.data())
