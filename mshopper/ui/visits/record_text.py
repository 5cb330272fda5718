"""A visit as a text to read: summary, score by part, every answer with what it earned and why, photos, revisions, journal.

Rich text for one browser, made from the same Contents as the PDF; no score is computed here. What people typed is escaped.
"""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from mshopper.i18n import _, ngettext
from mshopper.model.journal import ERASED, NAME_ERASED, JournalLine
from mshopper.model.outcome import state_text, verdict_text
from mshopper.model.reasons import dimension_title, not_done_text
from mshopper.model.record import FLAG_ERASED, VisitHeader
from mshopper.model.scoresheet import ScoreLine, Subtotal
from mshopper.report.contents import Asked, Chapter, Contents
from mshopper.ui.theme import BASE, QUESTION, SCORE, SMALL, Colours, scaled
from mshopper.ui.words import day_and_time, percent

THUMBNAIL = 132
"""The height of a photo in the text, in pixels."""

_COUNTING = ("scored", "bonus", "unanswered", "invalid")


class RecordText:
    """`html()` is the whole text; `places()` the headings in it, as (anchor, words)."""

    def __init__(
        self,
        contents: Contents,
        colours: Colours,
        revisions: Sequence[VisitHeader],
        journal: Iterable[JournalLine],
    ) -> None:
        self._contents = contents
        self._colours = colours
        self._revisions = revisions
        self._journal = journal

    def places(self) -> list[tuple[str, str]]:
        """What can be gone to: the summary, each top section, the history."""
        chapters = [(f"section-{n}", each.title) for n, each in enumerate(self._contents.chapters) if each.level == 0]
        return [("summary", _("Summary")), *chapters, ("history", _("History"))]

    def html(self) -> str:
        """The whole text."""
        parts = [*self._summary(), *self._answers(), *self._history()]
        c = self._colours
        style = (
            f"body {{ color: {c.text}; font-size: {scaled(BASE)}px; }} .muted {{ color: {c.muted}; }}"
            f" .bad {{ color: {c.bad}; }}"
            f" .good {{ color: {c.good}; }} .warn {{ color: {c.warn}; }} .small {{ font-size: {scaled(SMALL)}px; }}"
            f" a {{ color: {c.accent}; }}"
        )
        return f"<html><head><style>{style}</style></head><body>{''.join(parts)}</body></html>"

    # The summary

    def _summary(self) -> Iterator[str]:
        header, sheet = self._contents.header, self._contents.sheet
        yield '<a name="summary"></a>'
        if sheet is not None:
            role = {"pass": "good", "fail": "bad"}.get(sheet.verdict, "muted")
            verdict = verdict_text(sheet.verdict)
            grade = _("grade {grade}").format(grade=sheet.grade) if sheet.grade else ""
            said = " · ".join(part for part in (verdict, grade) if part)
            total = percent(sheet.percent, sheet.pass_mark)
            yield f'<p><span style="font-size: {scaled(SCORE)}px; font-weight: 600">{total}</span>'
            yield f'&nbsp;&nbsp; <span class="{role}">{escape(said)}</span></p>'
        if header.state == "not_done":
            yield f"<p><b>{escape(not_done_text(header.reason))}</b></p>"
        elif header.reason:
            yield f'<p class="warn">{_text(header.reason)}</p>'
        yield self._table(self._facts())
        if sheet is None:
            return
        for hit in sheet.criticals:
            yield f'<p class="bad">{escape(_("Critical: {effect}").format(effect=self._contents.effect(hit)))}</p>'
        titles = {each.key.path: each.title for each in self._contents.chapters}
        sections = [(titles.get(part.id, part.id), part) for part in sheet.sections if part.percent is not None]
        language = self._contents.language
        dimensions = [
            (dimension_title(self._contents.form, part.id, language), part)
            for part in sheet.dimensions
            if part.percent is not None
        ]
        for title, some in ((_("By section"), sections), (_("By dimension"), dimensions)):
            if some:
                yield _heading(escape(title))
                yield self._table((name, self._part(part)) for name, part in some)

    def _facts(self) -> Iterator[tuple[str, str]]:
        header, sheet = self._contents.header, self._contents.sheet
        yield _("State"), escape(state_text(header.state))
        if FLAG_ERASED in header.flags:
            yield _("Answers"), escape(_("Content erased for good"))
        yield _("Auditor"), escape(header.auditor or header.auditor_id)
        yield _("Started"), escape(day_and_time(header.started_at))
        yield _("Ended"), escape(day_and_time(header.ended_at))
        yield _("Submitted"), escape(day_and_time(header.submitted_at))
        if sheet is not None and sheet.coverage is not None:
            yield _("Answered"), f"{percent(sheet.coverage)} %"
        if header.revision > 1:
            yield _("Revision"), str(header.revision)
        if header.seal:
            spaced = " ".join(header.seal[n : n + 8] for n in range(0, len(header.seal), 8))
            yield _("Seal"), f'<span class="small">{spaced}</span>'

    def _part(self, part: Subtotal) -> str:
        points = self._contents.points(part.earned, part.possible)
        role = ' class="bad"' if part.failed else ""
        return (
            f'<b{role}>{percent(part.percent, part.pass_mark)}</b> <span class="muted">&nbsp; {escape(points)}</span>'
        )

    # The answers

    def _answers(self) -> Iterator[str]:
        if FLAG_ERASED in self._contents.header.flags:
            return
        for n, chapter in enumerate(self._contents.chapters):
            asked = [each for each in chapter.asked if not (self._contents.is_not_done and each.answer.is_blank)]
            yield f'<a name="section-{n}"></a>'
            if asked or chapter.level == 0:
                yield self._heading(chapter)
            yield from map(self._question, asked)
            if chapter.not_relevant and not self._contents.is_not_done:
                words = ngettext("{n} question didn't apply", "{n} questions didn't apply", chapter.not_relevant)
                yield f'<p class="muted small">{escape(words.format(n=chapter.not_relevant))}</p>'
        beside = [photo for photo in self._contents.photos if not photo.key.path]
        if beside:
            yield self._photos([photo.id for photo in beside])

    def _heading(self, chapter: Chapter) -> str:
        part = chapter.subtotal
        score = f"&nbsp; {self._part(part)}" if part is not None and part.percent is not None else ""
        return f"<hr>{_heading(_text(chapter.title), score)}"

    def _question(self, asked: Asked) -> str:
        contents = self._contents
        label = _text(contents.label(asked.key))
        if asked.question.type == "note":
            return f'<p class="muted">{label}</p>'
        words = contents.answer(asked)
        line = asked.line if asked.line is not None and asked.line.status in _COUNTING else None
        said = f"<b>{_text(words)}</b>" if words else f'<span class="muted">{escape(_("Not answered"))}</span>'
        reason = f' <span class="muted">&nbsp; {escape(contents.reason(line))}</span>' if line is not None else ""
        parts = [f"{escape(asked.number)}. {label}{self._points(asked.line)}<br>{said}{reason}"]
        for hit in asked.criticals:
            critical = _("Critical: {effect}").format(effect=contents.effect(hit))
            parts.append(f'<br><span class="bad">{escape(critical)}</span>')
        if asked.answer.comment.strip():
            parts.append(f"<br><i>“{_text(asked.answer.comment.strip())}”</i>")
        return f"<p>{''.join(parts)}</p>" + self._photos([photo.id for photo in asked.photos])

    def _points(self, line: ScoreLine | None) -> str:
        if line is None or line.status not in _COUNTING or (not line.possible and not line.earned):
            return ""
        role = "good" if line.earned >= line.possible else "bad" if line.earned <= 0 else "warn"
        return f' <span class="{role}">&nbsp; {escape(self._contents.points(line.earned, line.possible))}</span>'

    def _photos(self, photo_ids: Sequence[str]) -> str:
        if not photo_ids:
            return ""
        pictures = (
            f'<a href="photo:{each}"><img src="thumbnail:{each}" height="{THUMBNAIL}"></a>&nbsp; ' for each in photo_ids
        )
        return f"<p>{''.join(pictures)}</p>"

    # What happened

    def _history(self) -> Iterator[str]:
        revisions = _heading(escape(_("Revisions")))
        yield f'<a name="history"></a><hr>{revisions}'
        yield self._table((self._revision_name(each), self._revision(each)) for each in self._revisions)
        yield _heading(escape(_("What happened")))
        yield self._table((escape(at), escape(said)) for at, said in told(self._journal))

    def _revision_name(self, header: VisitHeader) -> str:
        words = escape(_("Revision {n}").format(n=header.revision))
        is_shown = header.revision == self._contents.header.revision
        return f"<b>{words}</b>" if is_shown else f'<a href="revision:{header.revision}">{words}</a>'

    def _revision(self, header: VisitHeader) -> str:
        parts = [state_text(header.state), day_and_time(header.submitted_at), header.reason, header.seal[:8]]
        return escape(" · ".join(part for part in parts if part))

    def _table(self, rows: Iterable[tuple[str, str]]) -> str:
        cells = (
            f'<tr><td class="muted" style="padding: 3px 24px 3px 0">{name}</td><td style="padding: 3px 0">{value}</td></tr>'
            for name, value in rows
            if value
        )
        return f"<table>{''.join(cells)}</table>"


def _heading(words: str, beside: str = "") -> str:
    look = f"font-size: {scaled(QUESTION)}px; font-weight: 600"
    return f'<p style="margin-top: 16px"><span style="{look}">{words}</span>{beside}</p>'


def _text(words: str) -> str:
    return escape(words).replace("\n", "<br>")


def told(lines: Iterable[JournalLine]) -> list[tuple[str, str]]:
    """The journal in words, as (time, sentence); steps of answering that follow each other are one line."""
    found: list[tuple[str, str]] = []
    answered, begun = 0, ""
    for line in lines:
        if line.event == "answered":
            begun = begun if answered else line.at
            answered += len(line.data)
            continue
        if answered:
            found.append((day_and_time(begun), _answered(answered)))
            answered = 0
        found.append((day_and_time(line.at), event_text(line)))
    if answered:
        found.append((day_and_time(begun), _answered(answered)))
    return found


def _answered(n: int) -> str:
    return ngettext("{n} answer given or changed", "{n} answers given or changed", n).format(n=n)


def event_text(line: JournalLine) -> str:
    """What a line of the journal says happened."""
    words = {
        "visit_begun": _("Started"),
        "photo_added": _("Photo added"),
        "photo_removed": _("Photo removed"),
        "photo_edited": _("Photo edited"),
        "photo_captioned": _("Caption written"),
        "header_changed": _("Details changed"),
        "submitted": _("Submitted and sealed"),
        "not_done": _("Marked as not done and sealed"),
        "revised": _("Revision {n} begun").format(n=line.revision),
        "draft_deleted": _("Draft deleted"),
        "draft_restored": _("Draft brought back"),
        "draft_forgotten": _("Deleted draft removed for good"),
        "statement_made": _("Reviewed here"),
        "statement_taken": _("Review came from the head office"),
        "statement_withdrawn": _("Review withdrawn"),
        ERASED: _("Photos erased for good") if line.data.get("what") == "photos" else _("Content erased for good"),
        NAME_ERASED: _("The auditor's id took the place of the name"),
        "erasure_published": _("Erasure told to the head office"),
    }
    if line.event == "state_changed":
        return state_text(line.data["to"])
    return words.get(line.event, line.event.replace("_", " "))
