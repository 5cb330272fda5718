"""What a form is: sections, questions, choices and how they score. Frozen values, read by `formfile`, used by all.

A form says nothing of a visit: no answers, no instances. Places in it are *paths*: the ids from the top section down to
the question, joined by "/". A rule stands here as its text; `rules` compiles it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from mshopper.model.text import NO_TEXT as NO_TEXT
from mshopper.model.text import Text as Text

DIMENSIONS = ("time", "quality", "professionalism", "efficiency", "courtesy")
"""The dimensions that a form has unless it names its own."""

PHASES = ("before", "during", "after")

QUESTION_TYPES = (
    "yes_no",
    "choice",
    "choices",
    "rating",
    "nps",
    "csat",
    "ces",
    "number",
    "integer",
    "duration",
    "date",
    "time",
    "datetime",
    "text",
    "barcode",
    "location",
    "photo",
    "signature",
    "ranking",
    "money",
    "note",
    "calculate",
)

SCALE_TYPES = frozenset({"rating", "nps", "csat", "ces"})
"""Types whose answer is a whole number on a scale, and which score linearly."""

NUMBER_TYPES = frozenset({"number", "integer", "duration", "money", "calculate"})
"""Types whose answer is a number, and which score only by bands."""

CHOICE_TYPES = frozenset({"yes_no", "choice", "choices", "ranking"})

PICTURE_TYPES = frozenset({"photo", "signature"})
"""Types whose answer is the photos themselves."""

CES_SCALES = {"seven_mean": 7, "seven_top": 7, "five_top": 5}
CSAT_SCALES = {"5": 5, "faces": 3}


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a question. `attributes` are further columns of an XLSForm list, for choice filters.

    `media` are (kind, file name by language): image, audio, video.
    """

    id: str
    label: Text = NO_TEXT
    points: Fraction | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    media: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """Points for values up to and including `to`; without `to`, for all that is above."""

    points: Fraction
    to: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """When a critical or evidence applies: any of `answers`, or a rule."""

    answers: tuple[str, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Critical:
    """An answer that must not be, and what it does: fail, zero_section, zero_form, or cap (at `cap` percent)."""

    when: Condition
    effect: str = "fail"
    cap: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer must bring: at least `photos` photos and a comment of `comment` characters; always, or `when`."""

    photos: int = 0
    comment: int = 0
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A constraint on an answer: a rule that must be true, and what to say when it isn't."""

    that: str
    message: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `points` is the points of yes, of the top of a scale, or the possible of bands.

    Points by choice stand on `choices`; a yes_no has the choices "yes" and "no" only where each has points of its own.

    What XLSForm adds: `required_when` is a rule under which an answer is required; `choice_filter` a rule on each row of
    choices; `choices_from` names the table (of Form.tables) that the choices come from; `trigger` the questions whose
    answers set off the calculation; `preload` what a metadata question records (start, end, today, deviceid, username, …);
    `parameters` as written (randomize, seed, step, …); `na_choice` the choice that means N/A.

    `read_only_when` is a rule under which the answer can't be changed; `unsupported` the type that the form asks for and that
    is shown as a note here (audio, video, file, geotrace, …, or as written); `max_pixels` the longer side of a photo at most.

    `staff` says that the answer tells who of the staff was seen: by "name" or by "role".

    `minimum` and `maximum` bound a rating or a number; `scale` is csat's ("5", "faces"), `variant` ces's.
    """

    id: str
    type: str
    label: Text = NO_TEXT
    hint: Text = NO_TEXT
    dimensions: tuple[str, ...] = ()
    points: Fraction | None = None
    choices: tuple[Choice, ...] = ()
    bands: tuple[Band, ...] = ()
    weight: Fraction = Fraction(1)
    na: bool = False
    required: bool = False
    bonus: bool = False
    when: str = ""
    checks: tuple[Check, ...] = ()
    critical: tuple[Critical, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    style: str = ""
    scale: str = ""
    variant: str = ""
    currency: str = ""
    calculate: str = ""
    default: str = ""
    guidance: Text = NO_TEXT
    required_when: str = ""
    required_message: Text = NO_TEXT
    read_only: bool = False
    appearance: str = ""
    choice_filter: str = ""
    choices_from: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    trigger: tuple[str, ...] = ()
    preload: str = ""
    na_choice: str = ""
    media: tuple[tuple[str, Text], ...] = ()
    read_only_when: str = ""
    unsupported: str = ""
    max_pixels: int | None = None
    staff: str = ""

    @property
    def scores(self) -> bool:
        """Whether an answer earns points."""
        if self.points is not None or self.bands:
            return True
        return self.type in CHOICE_TYPES and any(choice.points is not None for choice in self.choices)

    @property
    def scale_bounds(self) -> tuple[int, int] | None:
        """Lowest and highest answer of a rating, nps, csat or ces; None for other types."""
        match self.type:
            case "nps":
                return (0, 10)
            case "csat":
                return (1, CSAT_SCALES[self.scale or "5"])
            case "ces":
                return (1, CES_SCALES[self.variant or "seven_mean"])
            case "rating":
                low = 1 if self.minimum is None else int(self.minimum)
                high = 5 if self.maximum is None else int(self.maximum)
                return (low, high)
        return None

    @property
    def is_answered_by_person(self) -> bool:
        """False for a note and a calculation, which nobody answers."""
        return self.type not in ("note", "calculate")

    def choice(self, choice_id: str) -> Choice | None:
        """The choice of that id."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


@dataclass(frozen=True, slots=True)
class Repeat:
    """How often a section may be filled in: `minimum` instances stand from the start; `maximum` None is no limit.

    With `count`, a rule, that many stand there and nobody adds or removes any.
    """

    minimum: int = 1
    maximum: int | None = None
    label: Text = NO_TEXT
    count: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Questions and sub-sections, in the order of `items`. `weight` counts at the top level (design.md, Scoring).

    An implicit section holds questions that an XLSForm has outside any group; to rules' paths it isn't there.
    """

    id: str
    title: Text = NO_TEXT
    hint: Text = NO_TEXT
    phase: str = ""
    touchpoint: str = ""
    weight: Fraction = Fraction(1)
    pass_mark: Fraction | None = None
    when: str = ""
    repeat: Repeat | None = None
    appearance: str = ""
    media: tuple[tuple[str, Text], ...] = ()
    is_implicit: bool = False
    items: tuple["Question | Section", ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """What is judged across sections: one of DIMENSIONS, or the form's own with a title."""

    id: str
    title: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Table:
    """A list that rules and choices read: `instance(name)/root/item`, pulldata(), choices from a file.

    `columns` names them, each row has a text for each.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """A letter for percentages from `from_percent` up."""

    id: str
    from_percent: Fraction


@dataclass(frozen=True, slots=True)
class ScoringPolicy:
    """How sections make a visit's score; percentages 0-100."""

    aggregate: str = "points"
    unanswered: str = "zero"
    cap: bool = True
    pass_mark: Fraction | None = None
    grades: tuple[Grade, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A question or section where it stands: its path, the sections around it, and what it inherits from them."""

    path: str
    item: Question | Section
    sections: tuple[Section, ...]
    repeats: tuple[str, ...]
    phase: str
    touchpoint: str

    @property
    def section_path(self) -> str:
        """The path of the section around it; "" at the top."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Form:
    """A form as read; `sections` may repeat and nest. `languages[0]` is the default.

    `instance_name` is a rule that names a visit; `tables` are the lists that rules read.
    """

    id: str
    version: str
    title: Text = NO_TEXT
    languages: tuple[str, ...] = ()
    channel: str = ""
    briefing: Text = NO_TEXT
    people: str = "none"
    dimensions: tuple[Dimension, ...] = field(default=tuple(Dimension(d) for d in DIMENSIONS))
    scoring: ScoringPolicy = ScoringPolicy()
    sections: tuple[Section, ...] = ()
    instance_name: str = ""
    tables: tuple[Table, ...] = ()

    @cached_property
    def places(self) -> Mapping[str, Placed]:
        """Every section and question by path, in the order of the form."""
        return {placed.path: placed for placed in _walk(self.sections, "", (), (), "", "")}

    @cached_property
    def questions(self) -> Mapping[str, Placed]:
        """Every question by path, in the order of the form."""
        return {path: placed for path, placed in self.places.items() if isinstance(placed.item, Question)}

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """The paths that carry each bare id (XLSForm permits equal names in different groups)."""
        names: dict[str, list[str]] = {}
        for path in self.places:
            names.setdefault(path.rpartition("/")[2], []).append(path)
        return {name: tuple(paths) for name, paths in names.items()}

    def question_id(self, path: str) -> str:
        """A question's id in tables and answers: its bare name where that is unique, else its path."""
        name = path.rpartition("/")[2]
        return name if len(self.by_name[name]) == 1 else path

    def path_of(self, question_id: str) -> str | None:
        """The path that `question_id` (a bare unique name, or a path) means; None where nothing or several do."""
        if question_id in self.places:
            return question_id
        paths = self.by_name.get(question_id, ())
        return paths[0] if len(paths) == 1 else None

    @property
    def language(self) -> str:
        """The form's default language; "" where it names none."""
        return self.languages[0] if self.languages else ""


def _walk(
    items: tuple[Question | Section, ...],
    prefix: str,
    around: tuple[Section, ...],
    repeats: tuple[str, ...],
    phase: str,
    touchpoint: str,
) -> Iterator[Placed]:
    for item in items:
        path = f"{prefix}/{item.id}" if prefix else item.id
        if isinstance(item, Question):
            yield Placed(path, item, around, repeats, phase, touchpoint)
            continue
        own_phase, own_touchpoint = item.phase or phase, item.touchpoint or touchpoint
        own_repeats = (*repeats, path) if item.repeat else repeats
        yield Placed(path, item, around, own_repeats, own_phase, own_touchpoint)
        yield from _walk(item.items, path, (*around, item), own_repeats, own_phase, own_touchpoint)
