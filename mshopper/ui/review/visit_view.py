"""A visit as a supervisor judges it: its outcome, flags, decisions, photos, and its answers, those that lost points first."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from mshopper import operations as ops
from mshopper.i18n import _
from mshopper.model.corrective import PHOTO, Finding
from mshopper.model.outcome import flag_text
from mshopper.operations.reviewing import AnswerSeen
from mshopper.ui.desk import Desk
from mshopper.ui.flow import Flow
from mshopper.ui.layouts import button, column, empty_layout, frame, label, scrolling_page
from mshopper.ui.review.words import action_lines, decision_words, outcome_words
from mshopper.ui.words import day_and_time, percent

THUMB = QSize(168, 126)


class VisitView(QWidget):
    """`action_wanted(finding)` asks for a corrective action on something that the visit found."""

    action_wanted = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._large: QLabel | None = None
        self._area, self._column = scrolling_page(margin=16, gap=12, width=980)
        column(self).addWidget(self._area)
        self.show_visit(None)

    def show_visit(self, seen: "ops.VisitSeen | None") -> None:
        """Show a visit; None for none."""
        empty_layout(self._column)
        self._large = None
        if seen is None:
            words = _("Choose a visit to see its answers, photos and flags, and to decide on it.")
            self._column.addWidget(label(words, "muted", wrap=True))
            self._column.addStretch(1)
            return
        self._add_head(seen)
        self._add_decisions(seen)
        self._add_photos(seen)
        self._add_answers(seen)
        self._column.addStretch(1)
        self._area.verticalScrollBar().setValue(0)

    def _add_head(self, seen: "ops.VisitSeen") -> None:
        one = seen.waiting
        card = frame("card")
        inside = QHBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(20)
        score = label(percent(one.percent), "score")
        score.setAccessibleName(_("Score {percent}").format(percent=percent(one.percent)))
        inside.addWidget(score, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(one.store_name or one.store_id, "heading", wrap=True))
        about = (one.form, day_and_time(one.submitted_at), one.auditor)
        words.addWidget(label(" · ".join(part for part in about if part), "muted", wrap=True))
        words.addWidget(label(outcome_words(one), "bad" if one.verdict == "fail" else "", wrap=True))
        inside.addLayout(words, 1)
        self._column.addWidget(card)
        if one.flags:
            flags = frame("notice")
            flags.setProperty("kind", "warn")
            within = column(flags, margin=12, gap=4)
            within.addWidget(label(_("Look at this first"), "warn"))
            for flag in one.flags:
                within.addWidget(label(flag_text(flag), wrap=True))
            self._column.addWidget(flags)

    def _add_decisions(self, seen: "ops.VisitSeen") -> None:
        chain = ops.decisions(self._desk.workspace, seen.waiting.visit_id)
        if not chain.standing:
            return
        self._column.addWidget(label(_("What was decided"), "heading"))
        for decision in chain.standing:
            self._column.addWidget(label(decision_words(decision), wrap=True))
        for decision in chain.conflicts:
            words = _("Decided at the same time, and doesn't stand:") + "\n" + decision_words(decision)
            self._column.addWidget(label(words, "warn", wrap=True))

    def _add_photos(self, seen: "ops.VisitSeen") -> None:
        wanted = [(answer, sha256) for answer in seen.answers for sha256 in answer.photos]
        if not wanted:
            return
        self._column.addWidget(label(_("Photos"), "heading"))
        flow = Flow(gap=8)
        missing = 0
        for answer, sha256 in wanted:
            picture = QPixmap()
            picture.loadFromData(ops.seen_photo(self._desk.workspace, seen, sha256, small=True))
            if picture.isNull():
                missing += 1
                continue
            flow.add(self._thumb(seen, answer, sha256, picture))
        self._column.addWidget(flow)
        flow.setVisible(missing < len(wanted))
        if missing:
            words = _("{n} of {total} photos aren't in the folder: their laptop sends them with “--evidence”.")
            self._column.addWidget(label(words.format(n=missing, total=len(wanted)), "muted", wrap=True))
        self._large = label()
        self._large.hide()
        self._column.addWidget(self._large)

    def _thumb(self, seen: "ops.VisitSeen", answer: AnswerSeen, sha256: str, picture: QPixmap) -> QToolButton:
        made = QToolButton()
        made.setProperty("kind", "quiet")
        small = picture.scaled(THUMB, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        made.setIcon(small)
        made.setIconSize(small.size())
        made.setFixedSize(small.size() + QSize(16, 12))
        made.setAccessibleName(_("Photo: {question}").format(question=answer.label))
        made.setToolTip(answer.label)
        made.clicked.connect(lambda: self._enlarge(seen, answer, sha256))
        return made

    def _enlarge(self, seen: "ops.VisitSeen", answer: AnswerSeen, sha256: str) -> None:
        """Show a photo in full below the others; once more hides it."""
        large = self._large
        assert large is not None
        if large.property("shown") == sha256 and not large.isHidden():
            large.hide()
            return
        picture = QPixmap()
        picture.loadFromData(ops.seen_photo(self._desk.workspace, seen, sha256))
        room = QSize(max(200, min(self.width() - 64, 900)), max(200, self.height() - 48))
        large.setPixmap(
            picture.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        )
        large.setProperty("shown", sha256)
        large.setAccessibleName(_("Photo: {question}").format(question=answer.label))
        large.show()
        self._area.ensureWidgetVisible(large)

    def _add_answers(self, seen: "ops.VisitSeen") -> None:
        found = {(one.question_id, one.instance): one for one in reversed(ops.findings_seen(seen))}
        actions = {
            (one.first.question_id, one.first.instance): one
            for one in ops.list_actions(self._desk.workspace, visit_id=seen.waiting.visit_id)
        }
        lost = [
            answer
            for answer in seen.answers
            if (finding := found.get((answer.question_id, answer.instance))) and finding.kind != PHOTO
        ]
        rest = [answer for answer in seen.answers if answer not in lost]
        for title, answers in ((_("Where points were lost"), lost), (_("All other answers"), rest)):
            if not answers:
                continue
            self._column.addWidget(label(title, "heading"))
            card = frame("card")
            inside = column(card, margin=12, gap=8)
            for answer in answers:
                key = (answer.question_id, answer.instance)
                inside.addWidget(self._answer(answer, found.get(key)))
                if key in actions:
                    today = self._desk.workspace.clock().date()
                    words = action_lines(actions[key], today).partition("\n")[2]
                    inside.addWidget(label(_("Corrective action: {what}").format(what=words), "small", wrap=True))
            self._column.addWidget(card)

    def _answer(self, answer: AnswerSeen, finding: Finding | None) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        instance = f" [{answer.instance}]" if answer.instance else ""
        words.addWidget(label(f"{answer.label or answer.question_id}{instance}", "muted", wrap=True))
        said = answer.text or _("no answer")
        words.addWidget(label(f"{said} — {answer.comment}" if answer.comment else said, wrap=True))
        row.addLayout(words, 1)
        if answer.is_critical:
            row.addWidget(label(_("Critical"), "bad"))
        if answer.possible:
            row.addWidget(label(f"{_short(answer.earned)} / {_short(answer.possible)}", "muted"))
        if finding is not None and not self._desk.read_only:
            act = button(_("Action…"), lambda: self.action_wanted.emit(finding), "link")
            act.setAccessibleName(_("Corrective action: {what}").format(what=answer.label))
            act.setToolTip(_("Open a corrective action on this"))
            row.addWidget(act)
        return line


def _short(points: str) -> str:
    """Points without zeros that say nothing."""
    return points.rstrip("0").rstrip(".") if "." in points else points
