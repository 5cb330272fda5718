"""The place where visits are reviewed: the queue beside the chosen visit, and the corrective actions of the stores."""

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QWidget

from mshopper.i18n import _
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, column, label
from mshopper.ui.navigator import Navigator
from mshopper.ui.review.actions_view import ActionsView
from mshopper.ui.review.queue_view import QueueView


class ReviewPage(QWidget):
    """Two views: the visits to review, and the actions. `chosen` is a visit to be shown, "" for the first that waits."""

    def __init__(self, desk: Desk, navigator: Navigator, chosen: str = "") -> None:
        super().__init__()
        self.queue = QueueView(desk, navigator, chosen)
        self.actions_view = ActionsView(desk)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.queue)
        self.stack.addWidget(self.actions_view)
        head = QHBoxLayout()
        head.setContentsMargins(24, 16, 24, 8)
        head.addWidget(label(_("Review"), "title"))
        head.addSpacing(16)
        self._group = QButtonGroup(self)
        self.tabs: list[QPushButton] = []
        for number, name in enumerate((_("Visits to review"), _("Corrective actions"))):
            tab = button(name, lambda number=number: self.show_view(number), "option")  # type: ignore[misc]
            tab.setCheckable(True)
            self._group.addButton(tab)
            head.addWidget(tab)
            self.tabs.append(tab)
        head.addStretch(1)
        outer = column(self, gap=0)
        outer.addLayout(head)
        outer.addWidget(self.stack, 1)
        self.queue.actions_changed.connect(self.actions_view.refresh)
        self.tabs[0].setChecked(True)

    def begin(self) -> None:
        """Give the focus to what comes first."""
        self.queue.begin()

    def show_view(self, number: int) -> None:
        """Show the visits (0) or the actions (1)."""
        self.tabs[number].setChecked(True)
        self.stack.setCurrentIndex(number)
        if number:
            self.actions_view.begin()
        else:
            self.queue.begin()
