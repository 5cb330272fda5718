"""A submitted visit to look at: answers, photos, score with its reasons, revisions, seal, journal. Nothing changes here."""

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QImage, QKeyEvent, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _, current_language
from mshopper.ui.actions import keys_text, make_action
from mshopper.ui.desk import Desk
from mshopper.ui.layouts import button, frame, icon_button, label
from mshopper.ui.theme import scaled
from mshopper.ui.visits.reason_panel import ReasonPanel
from mshopper.ui.visits.record_text import THUMBNAIL, RecordText

_ANCHOR = Qt.ItemDataRole.UserRole
_SIDE = 240


class RecordBrowser(QTextBrowser):
    """The text of a visit; its photos come from the store by `thumbnail:` and `photo:` and an id."""

    def __init__(self, workspace: ops.Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.setOpenLinks(False)
        self.setProperty("role", "record")
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(24)
        self.setAccessibleName(_("The visit"))

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        address = QUrl(name)
        if kind == QTextDocument.ResourceType.ImageResource.value and address.scheme() in ("thumbnail", "photo"):
            is_small = address.scheme() == "thumbnail"
            read = ops.thumbnail if is_small else ops.photo_jpeg
            image = QImage.fromData(read(self._workspace, address.path()))
            if image.isNull():
                return None
            if is_small:
                return image.scaledToHeight(THUMBNAIL, Qt.TransformationMode.SmoothTransformation)
            room = self.viewport().size() * 0.9
            return image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        return super().loadResource(kind, name)


class RecordPage(QWidget):
    """One visit as it was submitted. `left()` to go back, `corrected(visit_id, reason)` to begin a correction."""

    left = Signal()
    report_wanted = Signal(str)
    report_file_wanted = Signal(str)
    corrected = Signal(str, str)

    def __init__(self, desk: Desk, visit_id: str) -> None:
        super().__init__()
        self._desk, self._visit_id = desk, visit_id
        self._revisions = desk.workspace.store.visits.revisions(visit_id)
        self._scroll = 0
        self._is_photo = False
        self.text = RecordBrowser(desk.workspace)
        self.text.anchorClicked.connect(self._follow)
        self.places = QListWidget()
        self.places.setAccessibleName(_("Parts of the visit"))
        self.places.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.places.setWordWrap(True)
        self.places.currentItemChanged.connect(self._go_to)
        self.reason = ReasonPanel()
        self.reason.given.connect(self.corrected)
        self.reason.left.connect(self.text.setFocus)
        sealed = [each.revision for each in self._revisions if each.seal]
        self.show_revision(sealed[-1] if sealed else None)
        self._build()
        make_action("back", self, self.left.emit)
        make_action("open_report", self, lambda: self.report_wanted.emit(visit_id))
        if self._can_correct:
            make_action("correct", self, self._ask)

    @property
    def _can_correct(self) -> bool:
        latest = self._revisions[-1]
        return latest.state in ("submitted", "approved", "not_done") and not self._desk.read_only

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._header())
        body = QHBoxLayout()
        body.setSpacing(0)
        side = frame("side")
        side.setFixedWidth(scaled(_SIDE))
        inside = QVBoxLayout(side)
        inside.setContentsMargins(12, 12, 12, 12)
        inside.addWidget(self.places)
        body.addWidget(side)
        body.addWidget(self.text, 1)
        outer.addLayout(body, 1)
        outer.addWidget(self.reason)

    def _header(self) -> QWidget:
        header, icons = self._record.header, self._desk.icons
        bar = frame("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 16, 6)
        row.setSpacing(12)
        back = button(_("Visits"), self.left.emit, "quiet", icons.beside("chevron-left", "muted"))
        back.setToolTip(keys_text("back"))
        row.addWidget(back)
        row.addWidget(label(header.store.name or header.store.store_id, "heading"))
        row.addWidget(label(self._form_title, "muted"))
        row.addWidget(label(f"· {_('read only')}", "muted"))
        row.addStretch(1)
        if self._can_correct:
            correct = button(_("Correct…"), self._ask, icon=icons.beside("pencil"))
            correct.setToolTip(keys_text("correct"))
            row.addWidget(correct)
        save = icon_button(
            _("Save PDF as…"), icons.icon("download"), lambda: self.report_file_wanted.emit(self._visit_id)
        )
        row.addWidget(save)
        pdf = button(
            _("Open PDF"),
            lambda: self.report_wanted.emit(self._visit_id),
            "primary",
            icons.beside("file-text", "on_accent"),
        )
        pdf.setToolTip(keys_text("open_report"))
        row.addWidget(pdf)
        return bar

    def show_revision(self, revision: int | None) -> None:
        """Show the visit as that revision has it."""
        from mshopper.report.contents import Contents

        workspace, language = self._desk.workspace, current_language()
        self._record = workspace.record(self._visit_id, revision)
        contents = Contents(self._record, language, ops.question_words(workspace, self._record, language))
        self._form_title = contents.form_title
        made = RecordText(
            contents, self._desk.theme.colours, self._revisions, workspace.store.journal.lines(self._visit_id)
        )
        self._html = made.html()
        self._show_text()
        self.places.blockSignals(True)
        self.places.clear()
        for anchor, words in made.places():
            item = QListWidgetItem(words)
            item.setData(_ANCHOR, anchor)
            self.places.addItem(item)
        self.places.setCurrentRow(0)
        self.places.blockSignals(False)

    def begin(self) -> None:
        """Give the focus to the text."""
        self.text.setFocus()

    def _show_text(self) -> None:
        self._is_photo = False
        self.text.setHtml(self._html)

    def _go_to(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        if self._is_photo:
            self._show_text()
        self.text.scrollToAnchor(item.data(_ANCHOR))

    def _follow(self, address: QUrl) -> None:
        """Show a photo large, or another revision."""
        if address.scheme() == "revision":
            self.show_revision(int(address.path()))
        elif address.scheme() == "photo":
            photo = next((each for each in self._record.photos if each.id == address.path()), None)
            caption = (photo.caption if photo else "").replace("&", "&amp;").replace("<", "&lt;")
            self._scroll = self.text.verticalScrollBar().value()
            self._is_photo = True
            back = _("Back to the answers")
            self.text.setHtml(
                f'<p><a href="back:">{back}</a></p><p><img src="{address.toString()}"></p><p>{caption}</p>'
            )
        elif address.scheme() == "back":
            self._close_photo()

    def _close_photo(self) -> None:
        self._show_text()
        self.text.verticalScrollBar().setValue(self._scroll)

    def _ask(self) -> None:
        header = self._record.header
        self.reason.ask(self._visit_id, header.store.name or header.store.store_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self._is_photo:
                self._close_photo()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)
