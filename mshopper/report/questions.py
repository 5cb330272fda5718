"""Every question of a visit, section by section: number, label, answer, points, comment, reason, photos.

Takes Contents and gives groups of blocks for `pages`. What is not scored, not answered or not applicable is muted; what
didn't apply is one line a section.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mshopper.i18n import _, ngettext
from mshopper.model.scoresheet import CriticalHit, ScoreLine
from mshopper.report.blocks import Block, Gap, Jpeg, Rule, Words
from mshopper.report.contents import Asked, Chapter, Contents
from mshopper.report.fonts import Fonts
from mshopper.report.pages import Bookmark, Group, question_target, section_target
from mshopper.report.pictures import Thumbs
from mshopper.report.style import (
    BAD,
    BODY,
    GOOD,
    HEADING,
    INK,
    LEFT,
    LINE,
    MUTED,
    RIGHT,
    SMALL,
    SUBHEADING,
    TRACK,
    WARN,
)
from mshopper.report.text import Span

COUNTING = ("scored", "bonus", "unanswered", "invalid")
"""The states of a line whose points have a reason worth telling."""


def questions(contents: Contents, fonts: Fonts, pictures: Mapping[str, Jpeg]) -> Iterator[Group]:
    """All sections; `pictures` are the photos by id, those that can't be shown left out."""
    chapters = [_as_printed(contents, chapter) for chapter in contents.chapters]
    for chapter in chapters:
        has_own = bool(chapter.asked or chapter.not_relevant)
        if not has_own and not any(
            _is_within(other, chapter) for other in chapters if other.asked or other.not_relevant
        ):
            continue
        yield _heading(contents, fonts, chapter)
        for asked in chapter.asked:
            yield _question(contents, fonts, asked, pictures)
        if chapter.not_relevant:
            yield _not_relevant(fonts, chapter.not_relevant)


def _as_printed(contents: Contents, chapter: Chapter) -> Chapter:
    """Of a visit that was not done, only what was said before it ended is worth a line."""
    if not contents.is_not_done:
        return chapter
    return replace(chapter, asked=tuple(asked for asked in chapter.asked if not asked.answer.is_blank), not_relevant=0)


def _is_within(inner: Chapter, outer: Chapter) -> bool:
    return inner.key.path.startswith(f"{outer.key.path}/") and inner.key.instance.startswith(outer.key.instance)


def _heading(contents: Contents, fonts: Fonts, chapter: Chapter) -> Group:
    kind = HEADING if chapter.level == 0 else SUBHEADING
    aside: list[Span] = []
    part = chapter.subtotal
    if part is not None and part.percent is not None:
        colour = BAD if part.failed else INK
        aside = [Span(contents.percent(part.percent, part.pass_mark), bold=True, colour=colour)]
    target = section_target(chapter.key)
    blocks: list[Block] = [Words.of(fonts, chapter.title, kind, right=RIGHT, aside=aside), Gap(4)]
    if chapter.level == 0:
        blocks += [Rule(INK, 0.8), Gap(2)]
    level = chapter.level + 1
    return Group(
        blocks,
        space=22 if chapter.level == 0 else 14,
        heading=True,
        bookmarks=[Bookmark(target, chapter.title, level)],
    )


def _question(contents: Contents, fonts: Fonts, asked: Asked, pictures: Mapping[str, Jpeg]) -> Group:
    key = asked.key
    label = contents.label(key)
    if asked.question.type == "note":
        return Group([Gap(5), Words.of(fonts, label, SMALL, left=LEFT, right=RIGHT), Gap(5), Rule(LINE, 0.4)])
    answered = bool(contents.answer(asked)) and not asked.answer.na
    counts = asked.line is not None and asked.line.status in COUNTING
    ink = INK if answered or counts else MUTED
    blocks: list[Block] = [
        Gap(6),
        Words(
            fonts,
            [Span(label, colour=ink)],
            BODY,
            left=LEFT,
            right=RIGHT,
            mark=asked.number,
            aside=_points(contents, asked.line),
        ),
        _answer(contents, fonts, asked),
    ]
    blocks += [_critical(contents, fonts, hit) for hit in asked.criticals]
    if asked.answer.comment.strip():
        comment = asked.answer.comment.strip()
        blocks += [Gap(3), Words.of(fonts, comment, BODY, left=LEFT + 10, right=RIGHT, bar=TRACK)]
    if asked.photos:
        blocks += [Gap(5), Thumbs(contents.photo_numbers, asked.photos, pictures)]
    blocks += [Gap(6), Rule(LINE, 0.4)]
    return Group(blocks, bookmarks=[Bookmark(question_target(key))])


def _answer(contents: Contents, fonts: Fonts, asked: Asked) -> Words:
    """What was said, and why it earned what it did."""
    words = contents.answer(asked)
    said = Span(words, bold=True) if words and not asked.answer.na else Span(words or _("Not answered"), colour=MUTED)
    counts = asked.line is not None and asked.line.status in COUNTING
    reason = contents.reason(asked.line) if asked.line is not None and counts else ""
    spans = [said, Span(f"   {reason}", colour=MUTED)] if reason else [said]
    return Words(fonts, spans, BODY, left=LEFT, right=RIGHT)


def _critical(contents: Contents, fonts: Fonts, hit: CriticalHit) -> Words:
    words = _("Critical: {effect}").format(effect=contents.effect(hit))
    return Words(fonts, [Span(words, bold=True, colour=BAD)], BODY, left=LEFT, right=RIGHT)


def _points(contents: Contents, line: ScoreLine | None) -> list[Span]:
    """Earned of possible, and the weight where it isn't 1; a lost point is coloured, a bonus has its sign."""
    if line is None or line.status in ("unscored", "not_relevant"):
        return []
    if line.status == "na":
        return [Span(_("N/A"), colour=MUTED)]
    weight = f"  ×{contents.number(line.weight)}" if line.weight != 1 else ""
    if line.status == "bonus":
        sign = "+" if line.earned > 0 else ""
        said = _("{points} bonus").format(points=f"{sign}{contents.number(line.earned)}")
        return [Span(said, bold=True, colour=GOOD), Span(weight)]
    if line.possible == 0 and line.earned == 0:
        return [Span("–", colour=MUTED)]
    colour = INK if line.earned >= line.possible else (BAD if line.earned <= 0 else WARN)
    return [Span(contents.points(line.earned, line.possible), bold=True, colour=colour), Span(weight, colour=MUTED)]


def _not_relevant(fonts: Fonts, n: int) -> Group:
    words = ngettext("{n} question didn't apply", "{n} questions didn't apply", n).format(n=n)
    return Group([Gap(6), Words.of(fonts, words, SMALL, left=LEFT), Gap(4)])
