"""Beside the cards: the sections with their progress, the live score by dimension, what is left, and Submit."""

from collections.abc import Sequence
from fractions import Fraction

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.scoresheet import ScoreSheet
from mshopper.ui.actions import keys_text
from mshopper.ui.desk import Desk
from mshopper.ui.filling.progress import SectionState
from mshopper.ui.filling.session import FillingSession
from mshopper.ui.layouts import button, empty_layout, icon_button, label, rule
from mshopper.ui.theme import TARGET, Theme, scaled, tabular
from mshopper.ui.words import percent

WIDTH, WIDEST = 272, 400
_STATE = Qt.ItemDataRole.UserRole
_TITLE = Qt.ItemDataRole.UserRole + 1


class SectionList(QListWidget):
    """The top sections: done, begun, not relevant, with something to fix."""

    chosen = Signal(str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setAccessibleName(_("Sections"))
        self.setItemDelegate(_SectionDelegate(desk, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentRowChanged.connect(self._tell)

    def show_sections(self, states: Sequence[SectionState], titles: Sequence[str], current: str) -> None:
        """Show all sections, `current` chosen."""
        self.blockSignals(True)
        while self.count() < len(states):
            self.addItem(QListWidgetItem())
        for n, (state, title) in enumerate(zip(states, titles, strict=True)):
            item = self.item(n)
            item.setData(_STATE, state)
            item.setData(_TITLE, title)
            item.setText(section_sentence(state, title))
            item.setFlags(
                Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled if state.relevant else Qt.ItemFlag.NoItemFlags
            )
            if state.path == current:
                self.setCurrentRow(n)
        self.blockSignals(False)
        self.viewport().update()

    def _tell(self, row: int) -> None:
        if row >= 0:
            self.chosen.emit(self.item(row).data(_STATE).path)


class _SectionDelegate(QStyledItemDelegate):
    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        del option, index
        return QSize(WIDTH - 40, TARGET)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state: SectionState = index.data(_STATE)
        colours = self._desk.theme.colours
        rect: QRect = option.rect
        flags: QStyle.StateFlag = option.state
        chosen = bool(flags & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen or flags & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent_soft if chosen else colours.raised))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), 6, 6)
        if flags & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 2, -1, -2), 6, 6)
        name, role = section_icon(state)
        painter.drawPixmap(rect.left() + 8, rect.center().y() - 7, self._desk.icons.pixmap(name, role, 16))
        font: QFont = tabular(option.font)
        painter.setFont(font)
        count = f"{state.answered}/{state.total}" if state.relevant and state.total else "–"
        painter.setPen(QColor(colours.muted))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -8, 0), right, count)
        font.setWeight(QFont.Weight.DemiBold if chosen else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(colours.text if state.relevant else colours.muted))
        room = rect.adjusted(32, 0, -16 - painter.fontMetrics().horizontalAdvance(count), 0)
        title = painter.fontMetrics().elidedText(index.data(_TITLE), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        painter.restore()


class ShareBar(QWidget):
    """A thin bar, as long as a percentage."""

    def __init__(self, theme: Theme, share: Fraction) -> None:
        super().__init__()
        self._theme = theme
        self._share = min(max(share, Fraction(0)), Fraction(100))
        self.setFixedHeight(6)
        self.setMinimumWidth(60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.colours.raised))
        painter.drawRoundedRect(self.rect(), 3, 3)
        painter.setBrush(QColor(self._theme.colours.accent))
        painter.drawRoundedRect(QRect(0, 0, int(self.width() * self._share / 100), self.height()), 3, 3)
        painter.end()


class ScorePanel(QWidget):
    """The live score of what is answered, by dimension; it can be hidden so as not to bias."""

    toggled = Signal()

    def __init__(self, desk: Desk, session: FillingSession) -> None:
        super().__init__()
        self._desk, self._session = desk, session
        self._head = label(_("Score so far"), "small")
        self._number = label("", "score")
        self._note = label("", "small", wrap=True)
        self._switch = icon_button("", desk.icons.icon("eye", "muted"), self.toggled.emit)
        self._dimensions = QWidget()
        self._grid = QGridLayout(self._dimensions)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._switch)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 4)
        outer.setSpacing(4)
        outer.addLayout(head)
        for widget in (self._number, self._note, self._dimensions):
            outer.addWidget(widget)

    def show_score(self, sheet: ScoreSheet | None) -> None:
        """Show a score sheet; None hides the score."""
        hidden = sheet is None
        name = _("Show the score") if hidden else _("Hide the score")
        self._switch.setIcon(self._desk.icons.icon("eye-off" if hidden else "eye", "muted"))
        self._switch.setToolTip(f"{name} ({keys_text('hide_score')})")
        self._switch.setAccessibleName(name)
        self._head.setText(_("Score hidden") if hidden else _("Score so far"))
        for widget in (self._number, self._note, self._dimensions):
            widget.setVisible(not hidden)
        if sheet is None:
            return
        self._number.setText(percent(sheet.percent, sheet.pass_mark))
        hits = len(sheet.criticals)
        note = _("of what is answered")
        if hits:
            note += " · " + ngettext("{n} critical", "{n} critical", hits).format(n=hits)
        self._note.setText(note if sheet.percent is not None or hits else _("nothing scored yet"))
        empty_layout(self._grid)
        for row, part in enumerate(part for part in sheet.dimensions if part.percent is not None):
            assert part.percent is not None
            title = reasons.dimension_title(self._session.form, part.id, self._session.language)
            self._grid.addWidget(label(title, "small"), row, 0)
            self._grid.addWidget(ShareBar(self._desk.theme, part.percent), row, 1)
            value = label(percent(part.percent), "small")
            value.setFont(tabular(value.font()))
            self._grid.addWidget(value, row, 2, Qt.AlignmentFlag.AlignRight)


class Side(QFrame):
    """The whole left side of a visit."""

    chosen = Signal(str)
    next_problem = Signal()
    submit = Signal()
    toggle_score = Signal()

    def __init__(self, desk: Desk, session: FillingSession) -> None:
        super().__init__()
        self._session = session
        self.setProperty("role", "side")
        self.setFixedWidth(min(scaled(WIDTH), WIDEST))
        self.sections = SectionList(desk)
        self.sections.chosen.connect(self.chosen)
        self.score = ScorePanel(desk, session)
        self.score.toggled.connect(self.toggle_score)
        self._left = label("", "muted", wrap=True)
        self._next = button(_("Go to next ({keys})").format(keys=keys_text("next_problem")), self.next_problem.emit)
        self.submit_button = button(_("Submit…"), self.submit.emit, "primary", desk.icons.beside("send", "on_accent"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 16)
        layout.setSpacing(8)
        layout.addWidget(self.sections, 1)
        layout.addWidget(rule())
        layout.addWidget(self.score)
        layout.addWidget(rule())
        layout.addWidget(self._left)
        layout.addWidget(self._next)
        layout.addWidget(self.submit_button)
        self.submit_button.setVisible(not session.is_trial)

    def show_progress(self, states: Sequence[SectionState], current: str) -> None:
        """Show how far the visit is."""
        self.sections.show_sections(states, [self._session.title(state.path) for state in states], current)
        relevant = [state for state in states if state.relevant]
        to_fix = sum(state.to_fix for state in relevant)
        left = sum(state.total - state.answered for state in relevant)
        parts = []
        if to_fix:
            parts.append(ngettext("{n} to fix", "{n} to fix", to_fix).format(n=to_fix))
        if left:
            parts.append(ngettext("{n} not answered yet", "{n} not answered yet", left).format(n=left))
        self._left.setText(" · ".join(parts) or _("Everything is answered."))
        self._next.setEnabled(bool(parts))


def section_icon(state: SectionState) -> tuple[str, str]:
    """The icon of a section and the colour role it has."""
    if not state.relevant:
        return "circle-slash", "muted"
    if state.to_fix:
        return "circle-alert", "warn"
    if state.is_done:
        return "circle-check", "good"
    return ("circle-dot", "accent") if state.answered else ("circle", "muted")


def section_sentence(state: SectionState, title: str) -> str:
    """A section in words, for a screen reader."""
    if not state.relevant:
        return _("{section}: does not apply").format(section=title)
    said = _("{section}: {answered} of {total} answered").format(
        section=title, answered=state.answered, total=state.total
    )
    if state.to_fix:
        said += ", " + ngettext("{n} to fix", "{n} to fix", state.to_fix).format(n=state.to_fix)
    return said
