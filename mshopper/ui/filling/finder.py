"""Search within the form that is being filled in: questions, hints, answers and comments; Enter goes there."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem

from mshopper.i18n import _, ngettext
from mshopper.model import reasons
from mshopper.model.answer import AnswerKey
from mshopper.model.form import Question
from mshopper.ui.desk import Desk
from mshopper.ui.filling.progress import VisitProgress, top
from mshopper.ui.filling.session import FillingSession, is_shown
from mshopper.ui.filling.steps import shortened
from mshopper.ui.layouts import column, icon_button, label
from mshopper.ui.theme import TARGET

SHOWN_AT_MOST = 60
LINES = 6
_KEY = Qt.ItemDataRole.UserRole


class Finder(QFrame):
    """A field over the cards, and what it finds below it; hidden until `begin`. `go_to(key)` on choosing."""

    go_to = Signal(object)
    closed = Signal()

    def __init__(self, desk: Desk, session: FillingSession) -> None:
        super().__init__()
        self._session = session
        self._found: list[tuple[AnswerKey, str, str]] = []
        self.setProperty("role", "foot")
        self.field = QLineEdit()
        self.field.setPlaceholderText(_("Search in questions, hints, answers and comments"))
        self.field.setAccessibleName(_("Search in the form"))
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.said = label("", "small")
        self.said.setMinimumWidth(110)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Found"))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        self.list.installEventFilter(self)
        layout = column(self, margin=12)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.said)
        row.addWidget(icon_button(_("Close the search (Esc)"), desk.icons.icon("x", "muted"), self.close_finder))
        layout.addLayout(row)
        layout.addWidget(self.list)
        self.hide()

    def begin(self, progress: VisitProgress) -> None:
        """Show the field with the last words, over the questions as they stand."""
        session = self._session
        self._found = []
        for section in session.sections:
            for key in progress.keys_of(section.id):
                if session.visit.is_relevant(key) and is_shown(session.question(key)):
                    self._found.append((key, *_words(session, key)))
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._search(self.field.text())

    def close_finder(self) -> None:
        """Hide it; the focus goes back to the question."""
        self.hide()
        self.closed.emit()

    def _search(self, typed: str) -> None:
        wanted = typed.casefold().split()
        found = [one for one in self._found if all(word in one[2] for word in wanted)] if wanted else []
        self.list.clear()
        for key, words, _searched in found[:SHOWN_AT_MOST]:
            item = QListWidgetItem(words)
            item.setData(_KEY, tuple(key))
            item.setSizeHint(QSize(100, TARGET))
            self.list.addItem(item)
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(min(len(found), LINES) * TARGET + 6)
        self.list.setCurrentRow(0)
        said = ngettext("{n} question", "{n} questions", len(found)).format(n=len(found))
        self.said.setText((said if found else _("Nothing found")) if wanted else "")

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.hide()
            self.go_to.emit(AnswerKey(*item.data(_KEY)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self.close_finder()
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentItem())
                return True
            if watched is self.field and key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(max(0, min(self.list.currentRow() + step, self.list.count() - 1)))
                return True
        return super().eventFilter(watched, event)


def _words(session: FillingSession, key: AnswerKey) -> tuple[str, str]:
    """A question as a line of the list, and all its words to be searched in."""
    question: Question = session.question(key)
    answer = session.answer(key)
    value = reasons.answer_text(question, session.visit.value(key), session.language)
    value = _("Not applicable") if answer.na else value
    label_words, hint = session.label(key), session.words(question.hint, key)
    instance = f" ({key.instance})" if key.instance else ""
    parts = [
        session.title(top(key)),
        f"{shortened(label_words, 110)}{instance}",
        shortened(value),
        shortened(answer.comment),
    ]
    return " · ".join(part for part in parts if part), "\n".join((label_words, hint, value, answer.comment)).casefold()
