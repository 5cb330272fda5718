"""Icons of one family (Lucide), drawn in the theme's colours when first asked for and forgotten when these change."""

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap

from mshopper import paths
from mshopper.ui.theme import Theme, scaled

BESIDE = QSize(22, 16)
"""The size of an icon that stands before the words of a button, at the base size of text."""


def beside_size() -> QSize:
    """The same at the size of text in force."""
    return QSize(scaled(BESIDE.width()), scaled(BESIDE.height()))


def app_icon() -> QIcon:
    """The app's own icon, in the sizes that were drawn from resources/mshopper.svg."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addFile(str(paths.resources_folder() / "desktop" / f"mshopper-{size}.png"), QSize(size, size))
    return made


class Icons:
    """Tinted icons by name and colour role; those of buttons grow with the text.

    The cache holds at most names x roles x sizes that the app uses.
    """

    def __init__(self, theme: Theme, scale: float = 1.0) -> None:
        self._theme = theme
        self._scale = scale
        self._folder = paths.resources_folder() / "icons"
        self._pixmaps: dict[tuple[str, str, int, bool], QPixmap] = {}
        theme.changed.connect(self._pixmaps.clear)

    def icon(self, name: str, role: str = "text", size: int = 20, *, checked_role: str = "", off: bool = True) -> QIcon:
        """The icon in the colour of `role`; in that of `checked_role` where its button is checked.

        `off=False` leaves out how it looks disabled: for the many buttons of the first screen that never are.
        """
        return self._icon(name, role, scaled(size), 0, checked_role, off)

    def beside(self, name: str, role: str = "text", *, checked_role: str = "", off: bool = True) -> QIcon:
        """The same to stand before words: of the size BESIDE, some of it free at the right."""
        size = beside_size()
        return self._icon(name, role, size.height(), size.width() - size.height(), checked_role, off)

    def _icon(self, name: str, role: str, size: int, gap: int, checked_role: str, off: bool) -> QIcon:
        made = QIcon(self._with_gap(name, role, size, gap))
        if off:
            made.addPixmap(self._with_gap(name, "line", size, gap), QIcon.Mode.Disabled)
        if checked_role:
            made.addPixmap(self._with_gap(name, checked_role, size, gap), QIcon.Mode.Normal, QIcon.State.On)
        return made

    def _with_gap(self, name: str, role: str, size: int, gap: int) -> QPixmap:
        drawn = self.pixmap(name, role, size)
        if not gap:
            return drawn
        wide = QPixmap(QSize(size + gap, size) * self._scale)
        wide.setDevicePixelRatio(self._scale)
        wide.fill(Qt.GlobalColor.transparent)
        painter = QPainter(wide)
        painter.drawPixmap(0, 0, drawn)
        painter.end()
        return wide

    def pixmap(self, name: str, role: str = "text", size: int = 20, *, filled: bool = False) -> QPixmap:
        """The icon as a pixmap of `size` logical pixels; `filled` also fills its outline."""
        key = (name, role, size, filled)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(name, getattr(self._theme.colours, role), size, filled)
        return self._pixmaps[key]

    def _draw(self, name: str, colour: str, size: int, filled: bool) -> QPixmap:
        from PySide6.QtSvg import QSvgRenderer

        svg = (self._folder / f"{name}.svg").read_text(encoding="utf-8")
        svg = svg.replace("currentColor", colour)
        if filled:
            svg = svg.replace('fill="none"', f'fill="{colour}"', 1)
        pixmap = QPixmap(QSize(size, size) * self._scale)
        pixmap.setDevicePixelRatio(self._scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
        painter.end()
        return pixmap
