"""The files that a form's texts bring with them: which are pictures, and which one a person sees."""

from collections.abc import Iterator

from mshopper.model.form import Form, Question, Text

PICTURES = ("image", "big-image")
"""Kinds of media that are shown; sound and film never are."""

Media = tuple[tuple[str, Text], ...]


def picture_name(media: Media, language: str, fallback: str = "") -> str:
    """The file of the picture that stands with a text in `language`; "" where there is none."""
    kinds = dict(media)
    names = (kinds[kind].get(language, fallback) for kind in PICTURES if kind in kinds)
    return next((name for name in names if name and name != "-"), "")


def picture_names(form: Form) -> tuple[str, ...]:
    """Every picture that a form may show, in any language, each once."""
    return tuple(dict.fromkeys(_names(form)))


def _names(form: Form) -> Iterator[str]:
    for placed in form.places.values():
        yield from _of(placed.item.media)
        if isinstance(placed.item, Question):
            for choice in placed.item.choices:
                yield from _of(choice.media)


def _of(media: Media) -> Iterator[str]:
    for kind, text in media:
        if kind in PICTURES:
            yield from (name for _language, name in text.values if name and name != "-")
