"""The photos of one question: thumbnails with a caption each, and a way to remove them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from mshopper.i18n import _
from mshopper.ui.flow import Flow
from mshopper.ui.icons import Icons
from mshopper.ui.layouts import column, icon_button

TILE = QSize(160, 110)


@dataclass(frozen=True)
class Shown:
    """One photo to show: its id, its caption, and its thumbnail's bytes."""

    photo_id: str
    caption: str
    thumbnail: bytes


class PhotoTile(QWidget):
    """One thumbnail, its caption and its remove button."""

    captioned = Signal(str, str)
    removed = Signal(str)

    def __init__(self, shown: Shown, icons: Icons) -> None:
        super().__init__()
        self.photo_id = shown.photo_id
        self._caption_shown = shown.caption
        picture = QLabel()
        picture.setFixedSize(TILE)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pixmap = QPixmap()
        if pixmap.loadFromData(shown.thumbnail):
            scale = self.devicePixelRatioF()
            pixmap = pixmap.scaled(
                TILE * scale, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            pixmap.setDevicePixelRatio(scale)
            picture.setPixmap(pixmap)
        else:
            picture.setPixmap(icons.pixmap("image", "muted", 32))
        picture.setAccessibleName(_("Photo {caption}").format(caption=shown.caption).strip())
        self.caption = QLineEdit(shown.caption)
        self.caption.setPlaceholderText(_("Caption"))
        self.caption.setAccessibleName(_("Caption of the photo"))
        self.caption.editingFinished.connect(self._tell)
        self.remove = icon_button(
            _("Remove the photo"), icons.icon("trash-2", "muted"), lambda: self.removed.emit(self.photo_id)
        )
        layout = column(self, gap=4)
        layout.addWidget(picture)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.caption, 1)
        row.addWidget(self.remove)
        layout.addLayout(row)
        self.setFixedWidth(TILE.width() + 8)

    def show_caption(self, caption: str) -> None:
        """Show the caption as it is kept; what is being typed stays where that is what was shown."""
        if caption != self._caption_shown:
            self._caption_shown = caption
            self.caption.setText(caption)

    def _tell(self) -> None:
        if self.caption.text() != self._caption_shown:
            self._caption_shown = self.caption.text()
            self.captioned.emit(self.photo_id, self._caption_shown)


class PhotoStrip(Flow):
    """All photos of a question; hidden while there is none."""

    captioned = Signal(str, str)
    removed = Signal(str)

    def __init__(self, icons: Icons) -> None:
        super().__init__(gap=12)
        self._icons = icons
        self.tiles: list[PhotoTile] = []
        self.hide()

    def show_photos(self, photos: Sequence[Shown]) -> None:
        """Show exactly these; a tile that stays is left as it is, with what is being typed into it."""
        kept = {tile.photo_id: tile for tile in self.tiles}
        for tile in self.tiles:
            self.remove(tile)
        self.tiles = []
        for shown in photos:
            tile = kept.pop(shown.photo_id) if shown.photo_id in kept else self._tile(shown)
            tile.show_caption(shown.caption)
            self.add(tile)
            self.tiles.append(tile)
        for tile in kept.values():
            tile.hide()
            tile.deleteLater()
        self.setVisible(bool(photos))

    def _tile(self, shown: Shown) -> PhotoTile:
        tile = PhotoTile(shown, self._icons)
        tile.captioned.connect(self.captioned)
        tile.removed.connect(self.removed)
        return tile
