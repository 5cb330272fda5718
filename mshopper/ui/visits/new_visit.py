"""A new visit: which form, which store. Search as you type; a store that isn't there is added by its name."""

import re

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.model.record import Store
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import add_row, button, column, label
from mshopper.ui.theme import TARGET

STORES_SHOWN = 200
_WHAT = Qt.ItemDataRole.UserRole


class NewVisitPage(QWidget):
    """`started(form_hash, store_id)` when both are chosen; `left()` on going back."""

    started = Signal(str, str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.forms = chooser(_("Form"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Type a name, or a new store's name"))
        self.search.textChanged.connect(lambda _text: self._show_stores())
        self.search.installEventFilter(self)
        self.stores = chooser(_("Stores"))
        self.start = button(_("Start the visit"), self._start, "primary", desk.icons.beside("play", "on_accent"))
        self.auditor = QLineEdit()
        self.auditor.setPlaceholderText(_("Name or number"))
        self._auditor_row = QWidget()
        self._build()
        for chosen in (self.forms, self.stores):
            chosen.itemActivated.connect(lambda _item: self._start())
            chosen.currentRowChanged.connect(lambda _row: self._check())
        self._show_forms()
        self._show_stores()

    def _build(self) -> None:
        outer = column(self, margin=24, gap=16)
        outer.addWidget(label(_("New visit"), "title"))
        row = column(self._auditor_row)
        add_row(row, _("Who makes the visit?"), self.auditor, _("It is kept in the settings for the next visits."))
        self.auditor.setMaximumWidth(360)
        self.auditor.textChanged.connect(lambda _text: self._check())
        self._auditor_row.setVisible(not self._desk.settings.auditor)
        outer.addWidget(self._auditor_row)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        left, right = QWidget(), QWidget()
        add_row(column(right), _("Store"), self.search)
        add_row(column(left), _("Form"), self.forms)
        inner = right.layout()
        assert inner is not None
        inner.addWidget(self.stores)
        grid.addWidget(left, 0, 0)
        grid.addWidget(right, 0, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        outer.addLayout(grid, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.start)
        buttons.addWidget(button(_("Cancel"), self.left.emit))
        buttons.addStretch(1)
        outer.addLayout(buttons)

    def begin(self) -> None:
        """Give the focus to where typing begins."""
        target = self.auditor if not self._auditor_row.isHidden() else self.search
        target.setFocus()

    def _show_forms(self) -> None:
        for info in ops.list_forms(self._desk.workspace):
            title = info.title.get(current_language()) or info.id
            words = _("{form} (version {version})").format(form=title, version=info.version)
            self.forms.addItem(_line(words, info.hash))
        self.forms.setCurrentRow(0)

    def _show_stores(self) -> None:
        text = self.search.text().strip()
        found = sorted(
            ops.list_stores(self._desk.workspace, text, limit=STORES_SHOWN), key=lambda store: not _begins(store, text)
        )
        self.stores.clear()
        for store in found:
            place = ", ".join(part for part in (store.region, store.address) if part)
            words = " · ".join(part for part in (store.name or store.store_id, place) if part)
            self.stores.addItem(_line(words, store.store_id))
        if text and not any(text.casefold() == (store.name or store.store_id).casefold() for store in found):
            item = _line(_("Add “{name}”").format(name=text), "")
            item.setIcon(self._desk.icons.icon("plus", "accent"))
            self.stores.addItem(item)
        if not self.stores.count():
            hint = _line(_("No stores yet: type the name of one above."), "")
            hint.setFlags(Qt.ItemFlag.NoItemFlags)
            self.stores.addItem(hint)
        else:
            self.stores.setCurrentRow(0)
        self._check()

    def _check(self) -> None:
        chosen = self.forms.currentItem() is not None and self.stores.currentItem() is not None
        named = self._auditor_row.isHidden() or bool(self.auditor.text().strip())
        self.start.setEnabled(chosen and named)

    def _start(self) -> None:
        if not self.start.isEnabled():
            return
        with self._desk.messages.telling():
            if not self._auditor_row.isHidden():
                name = self.auditor.text().strip()
                ops.change_settings(self._desk.workspace, auditor=name, auditor_id=store_id_of(name, ()))
            form, store = self.forms.currentItem(), self.stores.currentItem()
            store_id = store.data(_WHAT) or self._add_store(self.search.text().strip())
            self.started.emit(form.data(_WHAT), store_id)

    def _add_store(self, name: str) -> str:
        known = {store.store_id for store in ops.list_stores(self._desk.workspace)}
        store = Store(store_id_of(name, known), name)
        ops.add_store(self._desk.workspace, store)
        return store.store_id

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field the arrow keys walk the stores, and Enter starts."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = self.stores.currentRow() + step
                self.stores.setCurrentRow(max(0, min(row, self.stores.count() - 1)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._start()
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _line(words: str, what: str) -> QListWidgetItem:
    item = QListWidgetItem(words)
    item.setData(_WHAT, what)
    item.setSizeHint(QSize(100, TARGET))
    return item


def _begins(store: Store, text: str) -> bool:
    """Whether the store's name or id begins with what is typed: such a store comes first."""
    typed = text.casefold()
    return store.name.casefold().startswith(typed) or store.store_id.casefold().startswith(typed)


def chooser(name: str) -> QListWidget:
    """A list in which one line is chosen."""
    made = QListWidget()
    made.setProperty("role", "choose")
    made.setAccessibleName(name)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def store_id_of(name: str, taken: "set[str] | tuple[str, ...]") -> str:
    """An id made of a name that none of `taken` has: "Milano Duomo" -> "milano-duomo", then "milano-duomo-2"."""
    base = re.sub(r"[^\w]+", "-", name.casefold()).strip("-") or "store"
    made, n = base, 1
    while made in taken:
        n += 1
        made = f"{base}-{n}"
    return made
