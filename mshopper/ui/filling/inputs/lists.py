"""Choices from long lists: a box that finds by typing for one of them, a list to tick for several.

Thousands of choices stay quick: only names are handed to Qt, and nothing measures each of them.
"""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractProxyModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QStringListModel,
    Qt,
    SignalInstance,
)
from PySide6.QtGui import QIcon, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QListView, QListWidget, QListWidgetItem, QWidget

from mshopper.i18n import _
from mshopper.model.answer import Answer, Value
from mshopper.model.form import Choice
from mshopper.ui.filling.inputs.base import AnswerInput, Asked
from mshopper.ui.filling.inputs.options import Option, options_of
from mshopper.ui.filling.pictures import IN_LIST, line_icon
from mshopper.ui.layouts import TEXT_WIDTH, column
from mshopper.ui.theme import TARGET

BUTTONS_AT_MOST = 12
"""More choices than this are a list."""

LINES_SHOWN = 7


class _Box(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the wheel scrolls the page, and never changes an answer on its way


class _Names(QStringListModel):
    """The names of the options, each with its picture, which is decoded when its line is first seen."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures: list[bytes] = []
        self._icons: dict[int, QIcon | None] = {}

    def offer(self, options: Sequence[Option]) -> None:
        """Hold these from now on."""
        self._pictures, self._icons = [option.picture for option in options], {}
        self.setStringList([option.words for option in options])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DecorationRole:
            return super().data(index, role)
        row = index.row()
        if not 0 <= row < len(self._pictures) or not self._pictures[row]:
            return None
        if row not in self._icons:
            self._icons[row] = line_icon(self._pictures[row], 1.0)
        return self._icons[row]


class PickOne(AnswerInput):
    """One of a long list: opened like any box, or found by typing a part of its name."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._options: tuple[Option, ...] = ()
        self._value: str | None = None
        self.names = _Names(self)
        self.box = _Box()
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(36)
        self.box.setMaximumWidth(TEXT_WIDTH - 120)
        view = QListView()
        view.setUniformItemSizes(True)
        self.box.setView(view)
        self.box.setModel(self.names)
        self.box.setAccessibleName(_("Answer"))
        self.completer = QCompleter(self.names, self)
        self.completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.box.setCompleter(self.completer)
        found: SignalInstance = self.completer.activated[QModelIndex]  # type: ignore[index] # stubs don't know overloads
        found.connect(self._found)
        self.box.activated.connect(self._choose)
        field = self._field()
        field.setPlaceholderText(_("Choose, or type to find"))
        field.setAccessibleName(_("Answer"))
        field.editingFinished.connect(self.flush)
        show = field.addAction(asked.icons.icon("arrow-down", "muted"), QLineEdit.ActionPosition.TrailingPosition)
        show.setText(_("Show the list"))
        show.triggered.connect(self.box.showPopup)
        column(self).addWidget(self.box)
        self.show_offered(asked.offered)

    def _field(self) -> QLineEdit:
        field = self.box.lineEdit()
        assert field is not None
        return field

    def show_offered(self, choices: Sequence[Choice]) -> None:
        options = options_of(self.asked, choices)
        if options != self._options:
            self._options = options
            self.names.offer(options)
            if any(option.picture for option in options):
                self.box.setIconSize(IN_LIST)
                self.box.view().setIconSize(IN_LIST)
            self._show()

    def set_answer(self, answer: Answer) -> None:
        value = None if answer.value is None else str(answer.value)
        if value != self._value or not self._field().hasFocus():
            self._value = value
            self._show()

    def focus_target(self) -> QWidget:
        return self.box

    def flush(self) -> None:
        """Take what was typed where it names a choice; where it names none, what was chosen stays."""
        typed = self._field().text().strip().casefold()
        if not typed:
            self._tell(None)
            return
        chosen = next((option for option in self._options if option.value == self._value), None)
        if chosen is not None and chosen.words.casefold() == typed:
            return
        named = [option for option in self._options if option.words.casefold() == typed]
        if named:
            self._tell(str(named[0].value))
        else:
            self._show()

    def _found(self, index: QModelIndex) -> None:
        found = self.completer.completionModel()
        assert isinstance(found, QAbstractProxyModel)
        self._choose(found.mapToSource(index).row())

    def _choose(self, row: int) -> None:
        if 0 <= row < len(self._options):
            self._tell(str(self._options[row].value))

    def _tell(self, value: str | None) -> None:
        changed = value != self._value
        self._value = value
        self._show()
        if changed:
            self.answer_changed.emit(value)

    def _show(self) -> None:
        row = next((n for n, option in enumerate(self._options) if option.value == self._value), -1)
        self.box.setCurrentIndex(row)
        # A choice that is no longer offered stays to be seen: it is the answer until another is given.
        self.box.setEditText(self._options[row].words if row >= 0 else self._words_of_value())
        self._field().setCursorPosition(0)

    def _words_of_value(self) -> str:
        choice = next((each for each in self.asked.choices if each.id == self._value), None)
        return (self.asked.show(choice.label) if choice else "") or self._value or ""


class PickSeveral(AnswerInput):
    """Several of a long list, ticked; a field above it shows only those that hold what is typed."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._options: tuple[Option, ...] = ()
        self._chosen: tuple[str, ...] = ()
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Type to find"))
        self.search.setAccessibleName(_("Find in the list"))
        self.search.setFixedWidth(TEXT_WIDTH - 120)
        self.search.textChanged.connect(self._filter)
        self.list = QListWidget()
        self.list.setProperty("role", "choose")
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(_("Answer"))
        self.list.setFixedWidth(TEXT_WIDTH - 120)
        self.list.itemChanged.connect(self._ticked)
        outer = column(self, gap=8)
        outer.addWidget(self.search)
        outer.addWidget(self.list)
        self.show_offered(asked.offered)

    def show_offered(self, choices: Sequence[Choice]) -> None:
        options = options_of(self.asked, choices)
        if options == self._options:
            return
        self._options = options
        self.list.blockSignals(True)
        self.list.clear()
        line = IN_LIST.height() + 8 if any(option.picture for option in options) else TARGET - 4
        self.list.setIconSize(IN_LIST)
        for option in options:
            item = QListWidgetItem(option.words)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setSizeHint(QSize(100, line))
            if (icon := line_icon(option.picture, self.devicePixelRatioF())) is not None:
                item.setIcon(icon)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.list.setFixedHeight(max(1, min(len(options), LINES_SHOWN)) * line + 8)
        self.search.setVisible(len(options) > BUTTONS_AT_MOST)
        self._show()
        self._filter(self.search.text())

    def set_answer(self, answer: Answer) -> None:
        self._chosen = answer.value if isinstance(answer.value, tuple) else ()
        self._show()

    def focus_target(self) -> QWidget:
        return self.search if not self.search.isHidden() else self.list

    def _show(self) -> None:
        chosen = set(self._chosen)
        self.list.blockSignals(True)
        for n, option in enumerate(self._options):
            wanted = Qt.CheckState.Checked if option.value in chosen else Qt.CheckState.Unchecked
            item = self.list.item(n)
            if item.data(Qt.ItemDataRole.CheckStateRole) is None or item.checkState() is not wanted:
                item.setCheckState(wanted)
        self.list.blockSignals(False)
        self.list.viewport().update()

    def _filter(self, typed: str) -> None:
        wanted = typed.strip().casefold()
        for n, option in enumerate(self._options):
            self.list.setRowHidden(n, wanted not in option.words.casefold())

    def _ticked(self, item: QListWidgetItem) -> None:
        value = self._options[self.list.row(item)].value
        ticked = set(self._chosen) - {str(value)}
        if item.checkState() is Qt.CheckState.Checked:
            ticked.add(str(value))
        self._chosen = tuple(str(option.value) for option in self._options if option.value in ticked)
        told: Value = self._chosen or None
        self.answer_changed.emit(told)
