"""The photos of one question: thumbnails in their order, and below them what can be done with the one that is chosen.

Shows what it is given and tells what the person wants; files that were refused are named here too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from mshopper.i18n import _
from mshopper.ui.icons import Icons
from mshopper.ui.layouts import column, icon_button, label
from mshopper.ui.photos.given import OWN
from mshopper.ui.photos.thumbnails import Thumbnails
from mshopper.ui.theme import Theme, scaled

TILE = QSize(148, 104)
GAP = 12
ROWS = 3
"""So many rows of thumbnails are shown at a time; more scroll."""

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True)
class Shown:
    """One photo to show: its id, its caption, and whether it was edited."""

    photo_id: str
    caption: str
    edited: bool = False


class PhotoModel(QAbstractListModel):
    """The photos of an answer in their order; one can be dragged to another place or question."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.photos: list[Shown] = []
        self._thumbnails = thumbnails
        thumbnails.ready.connect(self._redraw)

    def show_photos(self, photos: Sequence[Shown]) -> None:
        """Show exactly these; rows that stay the same stay as they are."""
        old, new = self.photos, list(photos)
        start = 0
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        same = min(len(old), len(new)) - end
        if same > start:
            self.photos[start:same] = new[start:same]
            self.dataChanged.emit(self.index(start), self.index(same - 1))
        if len(old) - end > same:
            self.beginRemoveRows(_ROOT, same, len(old) - end - 1)
            del self.photos[same : len(old) - end]
            self.endRemoveRows()
        elif len(new) - end > same:
            self.beginInsertRows(_ROOT, same, len(new) - end - 1)
            self.photos[same:same] = new[same : len(new) - end]
            self.endInsertRows()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.photos)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not 0 <= index.row() < len(self.photos):
            return None
        shown = self.photos[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return shown
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.get(shown.photo_id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return photo_name(index.row() + 1, len(self.photos), shown)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.DisplayRole):
            return shown.caption
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        return [OWN]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        data.setData(OWN, QByteArray(self.photos[indexes[0].row()].photo_id.encode()))
        return data

    def _redraw(self, photo_id: str) -> None:
        for row, shown in enumerate(self.photos):
            if shown.photo_id == photo_id:
                self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])


def photo_name(number: int, count: int, shown: Shown) -> str:
    """A photo as a screen reader says it."""
    words = _("Photo {n} of {count}").format(n=number, count=count)
    return ", ".join(part for part in (words, shown.caption, _("edited") if shown.edited else "") if part)


class _Tiles(QStyledItemDelegate):
    """Paints a thumbnail with its caption below it."""

    def __init__(self, icons: Icons, theme: Theme) -> None:
        super().__init__()
        self._icons, self._theme = icons, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return tile_size()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours, shown = self._theme.colours, index.data(Qt.ItemDataRole.UserRole)
        rect: QRect = option.rect.adjusted(0, 0, -GAP, -4)
        view = option.widget
        is_current = isinstance(view, QListView) and view.currentIndex() == index
        frame = QRect(rect.topLeft(), TILE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = is_current and view.hasFocus()
        painter.setPen(QPen(QColor(colours.accent if is_current else colours.line), 2 if focused else 1))
        painter.setBrush(QColor(colours.raised))
        painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), 6, 6)
        pixmap = index.data(Qt.ItemDataRole.DecorationRole)
        if pixmap is None or pixmap.isNull():
            picture = self._icons.pixmap("image", "muted", 32)
            painter.drawPixmap(frame.center() - QPoint(16, 16), picture)
        else:
            size = pixmap.deviceIndependentSize().toSize()
            inside = QRect(QPoint(0, 0), size)
            inside.moveCenter(frame.center())
            painter.drawPixmap(inside, pixmap)
        if shown.edited:
            corner = QRect(frame.right() - 27, frame.top() + 4, 24, 24)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.card))
            painter.drawEllipse(corner)
            painter.drawPixmap(corner.topLeft() + QPoint(5, 5), self._icons.pixmap("pencil", "text", 14))
        words = QRect(frame.left(), frame.bottom() + 3, frame.width(), rect.bottom() - frame.bottom() - 3)
        painter.setPen(QColor(colours.text if is_current else colours.muted))
        text = option.fontMetrics.elidedText(shown.caption, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
        painter.restore()


def tile_size() -> QSize:
    """The room of one thumbnail with its caption."""
    return QSize(TILE.width() + GAP, TILE.height() + scaled(24))


class PhotoList(QListView):
    """Thumbnails side by side, as high as their rows ask for. Keys that it has no use for go to the question."""

    opened = Signal()
    removed = Signal()
    shifted = Signal(int)
    caption_wanted = Signal()
    move_wanted = Signal()
    dropped = Signal(str, int)
    """A photo of the visit, and the place that it was dropped at."""

    def __init__(self) -> None:
        super().__init__()
        self.may_change = True
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Snap)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(_("Photos"))
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        tile = tile_size()
        model = self.model()
        count = model.rowCount() if model is not None else 0
        rows = -(-count // max(1, (width - 16) // tile.width()))
        return min(max(rows, 1), ROWS) * tile.height() + 4

    def sizeHint(self) -> QSize:
        width = self.width() or 3 * TILE.width()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(TILE.width() + 2 * GAP, tile_size().height())

    def keyboardSearch(self, search: str) -> None:
        """Letters are the question's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and modifiers == control_shift and self.may_change:
            self.shifted.emit(-1 if key == Qt.Key.Key_Left else 1)
        elif modifiers:
            event.ignore()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.may_change:
            self.removed.emit()
        elif key == Qt.Key.Key_F2 and self.may_change:
            self.caption_wanted.emit()
        elif key == Qt.Key.Key_M and self.may_change:
            self.move_wanted.emit()
        elif key in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_Home,
            Qt.Key.Key_End,
        ):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._consider(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._consider(event)

    def _consider(self, event: QDragMoveEvent) -> None:
        if self.may_change and event.mimeData().hasFormat(OWN):
            event.setDropAction(Qt.DropAction.MoveAction)
            event.accept()
        else:
            event.ignore()  # files are the card's

    def dropEvent(self, event: QDropEvent) -> None:
        at = self.indexAt(event.position().toPoint())
        row = at.row() if at.isValid() else self.model().rowCount()
        # A copy as far as the view is concerned: it would take the row out itself.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(bytes(event.mimeData().data(OWN).data()).decode(), row)


class PhotoStrip(QWidget):
    """All photos of a question, and what can be done with the chosen one; hidden while there is nothing to show."""

    captioned = Signal(str, str)
    removed = Signal(str)
    opened = Signal(str)
    arranged = Signal(object)
    """The ids in their new order."""
    move_wanted = Signal(str)
    dropped = Signal(str, int)
    refused_seen = Signal()

    def __init__(self, icons: Icons, theme: Theme, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._caption_shown = ""
        self._captioned_id = ""
        self.model = PhotoModel(thumbnails)
        self.list = PhotoList()
        self._tiles = _Tiles(icons, theme)
        self.list.setItemDelegate(self._tiles)
        self.list.setModel(self.model)
        self.list.selectionModel().currentChanged.connect(lambda _now, _before: self._show_current())
        self.caption = QLineEdit()
        self.caption.setPlaceholderText(_("Caption: what the photo shows"))
        self.caption.setAccessibleName(_("Caption of the photo"))
        self.caption.editingFinished.connect(self.flush)
        self.open_button = icon_button(
            _("Look at it large, edit it (Enter)"), icons.icon("maximize", "muted"), self._open
        )
        self.earlier = icon_button(
            _("Move it to the left (Ctrl+Shift+Left)"), icons.icon("arrow-left", "muted"), lambda: self.shift(-1)
        )
        self.later = icon_button(
            _("Move it to the right (Ctrl+Shift+Right)"), icons.icon("arrow-right", "muted"), lambda: self.shift(1)
        )
        self.move_button = icon_button(
            _("Move it to another question (M)"), icons.icon("corner-up-right", "muted"), self._move
        )
        self.remove_button = icon_button(_("Remove the photo (Del)"), icons.icon("trash-2", "muted"), self._remove)
        self._tools = QWidget()
        row = QHBoxLayout(self._tools)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.caption, 1)
        for widget in (self.open_button, self.earlier, self.later, self.move_button, self.remove_button):
            row.addWidget(widget)
        self.refused = label("", "bad", wrap=True)
        self._seen = icon_button(_("Close the message"), icons.icon("x", "muted"), self.refused_seen.emit)
        self._refused_row = QWidget()
        beside = QHBoxLayout(self._refused_row)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.refused, 1)
        beside.addWidget(self._seen, 0, Qt.AlignmentFlag.AlignTop)
        layout = column(self, gap=6)
        for part in (self.list, self._tools, self._refused_row):
            layout.addWidget(part)
        self._refused_row.hide()
        for signal, slot in (
            (self.list.opened, self._open),
            (self.list.removed, self._remove),
            (self.list.move_wanted, self._move),
            (self.list.caption_wanted, self.caption.setFocus),
        ):
            signal.connect(slot)
        self.list.shifted.connect(self.shift)
        self.list.dropped.connect(self.dropped)
        self.hide()

    def show_photos(self, photos: Sequence[Shown]) -> None:
        """Show exactly these; the one that is chosen stays so, and what is being typed stays with it."""
        current, row = self.current, self.list.currentIndex().row()
        count = len(self.model.photos)
        self.model.show_photos(photos)
        ids = [shown.photo_id for shown in photos]
        at = ids.index(current) if current in ids else min(max(row, 0), len(ids) - 1)
        if ids and self.list.currentIndex().row() != at:
            self.list.setCurrentIndex(self.model.index(at))
        self._show_current()
        if len(ids) != count:
            self.list.updateGeometry()
        self.list.setVisible(bool(ids))
        self._tools.setVisible(bool(ids))
        self._show_or_hide()

    def show_refused(self, sentences: Sequence[str]) -> None:
        """Name the files that could not be taken in."""
        self.refused.setText("\n".join(sentences))
        self._refused_row.setVisible(bool(sentences))
        self._show_or_hide()

    def set_read_only(self, read_only: bool = True) -> None:
        """Let the photos be looked at only."""
        self.list.may_change = not read_only
        self.list.setDragEnabled(not read_only)
        for widget in (self.caption, self.earlier, self.later, self.move_button, self.remove_button):
            widget.setEnabled(not read_only)

    @property
    def current(self) -> str:
        """The id of the chosen photo; "" without any."""
        row = self.list.currentIndex().row()
        return self.model.photos[row].photo_id if 0 <= row < len(self.model.photos) else ""

    def choose(self, photo_id: str) -> None:
        """Choose a photo."""
        for row, shown in enumerate(self.model.photos):
            if shown.photo_id == photo_id:
                self.list.setCurrentIndex(self.model.index(row))

    def shift(self, step: int) -> None:
        """Move the chosen photo one place on (1) or back (-1)."""
        ids = [shown.photo_id for shown in self.model.photos]
        at = self.list.currentIndex().row()
        if 0 <= at < len(ids) and 0 <= at + step < len(ids):
            ids.insert(at + step, ids.pop(at))
            self.arranged.emit(ids)

    def flush(self) -> None:
        """Tell a caption that is typed and not told yet."""
        if self._captioned_id and self.caption.text() != self._caption_shown:
            self._caption_shown = self.caption.text()
            self.captioned.emit(self._captioned_id, self._caption_shown)

    def _show_or_hide(self) -> None:
        self.setVisible(bool(self.model.photos) or bool(self.refused.text()))

    def _show_current(self) -> None:
        row = self.list.currentIndex().row()
        shown = self.model.photos[row] if 0 <= row < len(self.model.photos) else Shown("", "")
        if shown.photo_id != self._captioned_id:
            self.flush()
        if (shown.photo_id, shown.caption) != (self._captioned_id, self._caption_shown):
            self._captioned_id, self._caption_shown = shown.photo_id, shown.caption
            self.caption.setText(shown.caption)
        may = self.list.may_change
        self.earlier.setEnabled(may and row > 0)
        self.later.setEnabled(may and 0 <= row < len(self.model.photos) - 1)

    def _open(self) -> None:
        if self.current:
            self.opened.emit(self.current)

    def _remove(self) -> None:
        if self.current:
            self.removed.emit(self.current)

    def _move(self) -> None:
        if self.current:
            self.move_wanted.emit(self.current)
