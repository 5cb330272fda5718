"""Why a visit is corrected: asked for where the visit is, in a panel, before the next revision is begun."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from mshopper.i18n import _
from mshopper.ui.layouts import button, column, label


class ReasonPanel(QFrame):
    """`given(visit_id, reason)` once there are words; Enter gives them, Escape hides the panel."""

    given = Signal(str, str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self._visit_id = ""
        self._title = label("", "heading")
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(_("What was wrong?"))
        self.reason.setAccessibleName(_("Why is the visit corrected?"))
        self.reason.textChanged.connect(self._check)
        self.reason.returnPressed.connect(self._give)
        self.give = button(_("Correct"), self._give, "primary")
        inside = column(self, margin=16)
        inside.setContentsMargins(24, 12, 24, 12)
        inside.addWidget(self._title)
        inside.addWidget(
            label(
                _("A new revision begins with the same answers and photos. What was submitted stays as it is."),
                "muted",
                wrap=True,
            )
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.reason, 1)
        row.addWidget(self.give)
        row.addWidget(button(_("Cancel"), self._leave))
        inside.addLayout(row)
        self.hide()

    def ask(self, visit_id: str, store: str) -> None:
        """Ask why the visit to `store` is corrected."""
        self._visit_id = visit_id
        self._title.setText(_("Correct the visit to {store}").format(store=store))
        self.reason.clear()
        self._check()
        self.show()
        self.reason.setFocus()

    def _check(self) -> None:
        self.give.setEnabled(bool(self.reason.text().strip()))

    def _give(self) -> None:
        if self.give.isEnabled():
            self.given.emit(self._visit_id, self.reason.text().strip())

    def _leave(self) -> None:
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
