"""Any form that a file can hold, for properties: every type, notation, text and number of the language."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from mshopper.model.form import (
    CES_SCALES,
    CSAT_SCALES,
    DIMENSIONS,
    PHASES,
    Band,
    Check,
    Choice,
    Condition,
    Critical,
    Dimension,
    Evidence,
    Form,
    Grade,
    Question,
    Repeat,
    ScoringPolicy,
    Section,
    Table,
    Text,
)

LANGUAGES = ("it", "en")

TRICKY = [
    "no",
    "true",
    "~",
    "null",
    "010",
    "12:30",
    "1e3",
    "2026.10",
    "- a",
    "a: b",
    "a #b",
    "<<",
    "&a",
    "*a",
    "!a",
    "{",
    "é😀",
    "%",
]
lines = st.one_of(
    st.sampled_from(TRICKY),
    st.text(
        st.characters(
            codec="utf-8",
            exclude_characters="\ufffe\uffff$",
            exclude_categories=("Cs", "Cc"),
            include_characters="\n\t",
        ),
        max_size=30,
    ),
)
filled = lines.filter(lambda text: text.strip())
answers = filled.filter(lambda text: not text.lstrip().startswith("."))
names = st.from_regex(r"[a-zA-Zé_][a-zA-Z0-9_.è-]{0,8}", fullmatch=True)
tokens = st.one_of(names, st.sampled_from(["010", "no", "true", "~", "<<", "5", "-", "a:b", "#a", "[", "'"]))
decimals = st.builds(lambda n, places: Fraction(n, 10**places), st.integers(-(10**6), 10**6), st.integers(0, 6))
positive = decimals.map(abs)
percents = st.builds(Fraction, st.integers(0, 400), st.just(4))
texts = st.one_of(
    st.just(Text()),
    filled.map(Text.of),
    st.lists(st.sampled_from(["", *LANGUAGES]), min_size=1, unique=True).flatmap(
        lambda keys: st.tuples(*(lines for _ in keys)).map(lambda words: Text(tuple(zip(keys, words, strict=True))))
    ),
)
"""Texts without language, and by language; never a reference, which would have to exist."""
_ATTRIBUTES = st.lists(st.tuples(tokens, lines), max_size=2, unique_by=lambda pair: pair[0]).map(tuple)
_MEDIA = st.sampled_from(["image", "audio"]).flatmap(lambda kind: texts.map(lambda name: ((kind, name),))) | st.just(())

RULES = st.sampled_from([". > 1", ".5 < .", ". != 'a'", "string-length(.) > 3"])
CONDITION_RULES = st.sampled_from([". > 1", ".5 < .", " . != 'a'", ". = 'no' or . = 'true'"])
"""A condition is a rule where it begins with a dot or names a question; else it is an answer."""


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of `values`, or None."""
    return st.one_of(st.none(), values)


def some(values: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    """A short tuple of `values`."""
    return st.lists(values, min_size=least, max_size=3).map(tuple)


def conditions(answers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A rule, or some of `answers`."""
    return st.one_of(CONDITION_RULES.map(lambda rule: Condition(rule=rule)), some(answers, 1).map(Condition))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """A question with anything that its type can have."""
    kind = draw(st.sampled_from(sorted(_OWN)))
    own = draw(_OWN[kind])
    common: dict[str, Any] = {
        "id": draw(names),
        "label": draw(texts),
        "hint": draw(texts),
        "when": draw(st.sampled_from(["", "1 = 1"])),
        "guidance": draw(texts),
        "media": draw(_MEDIA),
        "appearance": draw(_APPEARANCES),
        "parameters": draw(_ATTRIBUTES),
    }
    if kind == "note":
        return Question(type=kind, **common, unsupported=draw(st.sampled_from(["", "audio", "geoshape", "lines"])))
    if kind != "calculate":
        common |= draw(_ANSWERED)
        common["evidence"] = draw(
            some(st.builds(Evidence, st.integers(1, 9), st.integers(0, 99), optional(conditions(_answers(kind, own)))))
        )
    common["dimensions"] = draw(st.lists(st.sampled_from(DIMENSIONS), max_size=3, unique=True).map(tuple))
    common["critical"] = draw(
        some(st.builds(lambda when, effect: Critical(when, *effect), conditions(_answers(kind, own)), _EFFECTS))
    )
    rule = draw(st.sampled_from(["", "", "1 = 1", "false()"]))
    if rule and kind != "calculate":
        common |= {"required": False, "required_when": rule}
    lock = draw(st.sampled_from(["", "", "1 = 1", "false()"]))
    if lock and kind != "calculate":
        common |= {"read_only": False, "read_only_when": lock}
    if kind == "photo":
        common["max_pixels"] = draw(st.sampled_from([None, 16, 1024]))
    if kind in ("text", "choice", "choices"):
        common["staff"] = draw(st.sampled_from(["", "", "role", "name"]))
    if kind in ("text", "choice", "choices"):
        common["staff"] = draw(st.sampled_from(["", "", "role", "name"]))
    if kind in ("choice", "choices") and draw(st.booleans()):
        common |= {"na": True, "na_choice": draw(st.sampled_from([choice.id for choice in own["choices"]]))}
    return Question(type=kind, **common, **own)


_APPEARANCES = st.sampled_from(["", "minimal", "w1 horizontal", "true"])


_EFFECTS = st.one_of(
    st.tuples(st.sampled_from(["fail", "zero_section", "zero_form"]), st.none()), st.tuples(st.just("cap"), percents)
)
_ANSWERED = st.fixed_dictionaries(
    {
        "na": st.booleans(),
        "required": st.booleans(),
        "required_message": texts,
        "read_only": st.booleans(),
        "default": st.sampled_from(["", "today()"]),
        "checks": some(st.builds(Check, RULES, texts)),
    }
)
_SCORED = {"weight": positive, "bonus": st.booleans()}
_CHOICES = st.lists(
    st.builds(
        Choice,
        tokens,
        texts,
        optional(decimals),
        _ATTRIBUTES,
        _MEDIA,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda choice: choice.id,
).map(tuple)
_FILTERS = st.sampled_from(["", "name != 'a'"])
_BANDED = st.lists(decimals, min_size=1, max_size=3, unique=True).flatmap(
    lambda limits: st.tuples(*(st.builds(Band, decimals, st.just(limit)) for limit in sorted(limits)))
)
_BANDS = st.one_of(
    st.just({}),
    st.builds(lambda bands, points: {"bands": bands, "points": points}, _BANDED, optional(decimals)),
    st.builds(lambda bands, points: {"bands": (*bands, Band(points))}, _BANDED, decimals),
)
_BOUNDS = st.one_of(
    st.just({}),
    st.builds(lambda low, wide: {"minimum": low, "maximum": low + wide}, decimals, positive),
    decimals.map(lambda low: {"minimum": low}),
)


def _merged(*parts: st.SearchStrategy[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.fixed_dictionaries(fields), *parts).map(
        lambda found: {k: v for part in found for k, v in part.items()}
    )


def _worth(answer: str) -> st.SearchStrategy[Any]:
    return decimals.map(lambda points: Choice(answer, points=points))


_NUMBERS = _merged(_BANDS, _BOUNDS, **_SCORED)
_SCALE = _merged(st.one_of(_BANDS, st.fixed_dictionaries({"points": decimals})), **_SCORED)
_OWN = {
    "note": _merged(),
    **{kind: _merged() for kind in ("text", "barcode", "date", "time", "datetime", "location", "photo", "signature")},
    "ranking": _merged(choices=_CHOICES.map(lambda all_: tuple(Choice(c.id, c.label) for c in all_))),
    "yes_no": st.one_of(
        _merged(points=optional(decimals), **_SCORED),
        _merged(
            choices=st.builds(lambda y, n: (Choice("yes", points=y), Choice("no", points=n)), decimals, decimals),
            **_SCORED,
        ),
    ),
    "choice": _merged(choices=_CHOICES, choice_filter=_FILTERS, **_SCORED),
    "choices": _merged(choices=_CHOICES, choice_filter=_FILTERS, **_SCORED),
    "rating": st.one_of(
        _merged(_SCALE, style=st.sampled_from(["", "stars", "faces", "numbers"])),
        _merged(_SCALE, minimum=st.just(Fraction(0)), maximum=optional(st.just(Fraction(10)))),
    ),
    "nps": _SCALE,
    "csat": _merged(_SCALE, scale=st.sampled_from(["", *CSAT_SCALES])),
    "ces": _merged(_SCALE, variant=st.sampled_from(["", *CES_SCALES])),
    "number": _NUMBERS,
    "integer": _NUMBERS,
    "duration": _NUMBERS,
    "money": _merged(_NUMBERS, currency=st.sampled_from(["EUR", "CHF"])),
    "calculate": _merged(
        _BANDS,
        st.one_of(
            st.fixed_dictionaries({"calculate": st.sampled_from(["1 + 1", "'no'"])}),
            st.fixed_dictionaries({"preload": st.sampled_from(["start", "deviceid"])}),
        ),
        **_SCORED,
    ),
}


def _answers(kind: str, own: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Answers that can be given to a question of that type."""
    if kind == "yes_no":
        return st.sampled_from(["yes", "no"])
    if "choices" in own:
        return st.sampled_from([choice.id for choice in own["choices"]])
    if kind in ("rating", "nps", "csat", "ces"):
        return st.sampled_from(["1", "2", "3"])
    if kind in ("number", "integer", "duration", "money", "calculate"):
        return st.sampled_from(["0", "-1.50", "010"])
    if kind in ("photo", "signature", "location"):
        return st.nothing()
    return answers


def sections(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A section of `items` with distinct ids."""
    return st.builds(
        Section,
        id=names,
        title=texts,
        hint=texts,
        phase=st.sampled_from(["", *PHASES]),
        touchpoint=st.one_of(st.just(""), names),
        weight=positive,
        pass_mark=optional(percents),
        when=st.sampled_from(["", "1 = 1"]),
        appearance=st.sampled_from(["", "field-list"]),
        media=_MEDIA,
        is_implicit=st.booleans(),
        repeat=optional(
            st.builds(
                Repeat, st.integers(0, 3), optional(st.integers(3, 9)), texts, st.sampled_from(["", "2", "1 + 1"])
            )
        ),
        items=st.lists(items, max_size=4, unique_by=lambda item: item.id).map(tuple),
    )


_GRADES = st.lists(
    st.builds(Grade, filled, percents), max_size=3, unique_by=(lambda grade: grade.id, lambda grade: grade.from_percent)
).map(tuple)

_TABLES = st.lists(
    st.lists(filled, min_size=1, max_size=3, unique=True).flatmap(
        lambda columns: st.builds(
            Table,
            tokens,
            st.just(tuple(columns)),
            some(st.tuples(*(lines for _ in columns))),
        )
    ),
    max_size=2,
    unique_by=lambda table: table.name,
).map(tuple)

forms = st.builds(
    Form,
    id=tokens,
    version=filled,
    title=texts,
    languages=st.just(LANGUAGES),
    channel=lines,
    briefing=texts,
    people=st.sampled_from(["none", "role", "name"]),
    dimensions=st.lists(st.builds(Dimension, names, texts), max_size=2, unique_by=lambda own: own.id).map(
        lambda own: tuple(Dimension(name) for name in DIMENSIONS) + tuple(d for d in own if d.id not in DIMENSIONS)
    ),
    scoring=st.builds(
        ScoringPolicy,
        st.sampled_from(["points", "mean"]),
        st.sampled_from(["zero", "exclude"]),
        st.booleans(),
        optional(percents),
        st.lists(
            st.builds(Grade, filled, percents), max_size=3, unique_by=(lambda g: g.id, lambda g: g.from_percent)
        ).map(tuple),
    ),
    instance_name=st.sampled_from(["", "concat('a', 1)"]),
    tables=_TABLES,
    sections=st.lists(
        sections(st.one_of(questions(), sections(questions()))), max_size=2, unique_by=lambda section: section.id
    ).map(tuple),
).map(lambda form: replace(form, people="name") if any(_says_who(form)) else form)


def _says_who(form: Form) -> Iterator[bool]:
    """Whether each question says who of the staff was seen, which the form must allow."""
    for placed in form.questions.values():
        assert isinstance(placed.item, Question)
        yield bool(placed.item.staff)
