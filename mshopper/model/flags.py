"""Can this visit be believed? Flags: what is unusual about a visit, why, and what to open to see it.

A flag is a question to ask, never a verdict: each threshold below is set so that honest visits seldom raise it, with its reason
beside it. A flag that more than `COMMON_SHARE` of a form's visits would raise says something of the form and is raised by none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mshopper.model.scoresheet import Reason

CODES = (
    "too_fast",
    "straight_lining",
    "identical_answers",
    "copied_comments",
    "same_photo",
    "photo_twice",
    "photo_time",
    "photo_device",
    "photo_place",
    "place",
    "overlap",
    "edited_late",
    "clock_back",
    "na_rate",
    "score_nps",
)
"""Every kind of flag, in the order in which they are shown: what is hardest to explain away first within its kind."""

ENOUGH_VISITS = 10
"""Visits of one form that there must be to say what is usual for it: a median of fewer moves with every visit."""

COMMON_SHARE = 0.1
"""What more than this share of a form's visits do (of `COMMON_VISITS` at least) is how the form is worked with."""
COMMON_VISITS = 30
ALWAYS_TOLD = frozenset({"same_photo", "clock_back"})
"""Flags that stay however common they are: the same photo in two visits is odd however many do it."""

FAST_FACTOR = 3.0
"""A visit is far too fast at less than a third of its form's usual time an answer; half is a good auditor on a quiet day."""
OUTLIER = 3.5
"""Robust standard deviations from the median (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993)."""
SMALLEST_SPREAD = 0.2
"""The least spread of the logarithm of times that is believed, so that visits that all took the same don't flag a minute
less."""
SLOWEST_IMPOSSIBLE = 2.0
"""Seconds an answer that nobody reads, observes and answers in; a form that is usually done faster records no times."""

STRAIGHT_SCALES = 8
STRAIGHT_YES_NO = 12
"""Answers of one kind that must all be the same to be a straight line; on a few questions honest people agree with
themselves."""
UNLIKELY_LINE = 0.01
"""How many such lines a form's visits may be expected to have by chance, going by what visits with a like score answer."""

TWIN_ANSWERS = 10
"""Closed answers that two visits must share, all of them, to be called identical."""
UNLIKELY_TWIN = 1e-4
"""How many such twins the form's visits may be expected to have by chance; two visits without a lost point are never twins."""

COMMENT_LENGTH = 40
"""Characters from which a comment is a sentence of one's own; shorter ones ("all in order") everybody writes."""
COMMENT_ALONE = 100
"""Characters from which one shared comment is enough; of shorter ones it takes two."""
STOCK_VISITS = 10
"""A text in more visits than this is a stock phrase of a house, not a copy."""

PHOTO_DISTANCE = 3
"""Bits of 64 in which two hashes of one picture differ at most after it was scaled, brightened or saved again."""
FLAT_BITS = 6
FLAT_ROWS = 2
"""A hash with fewer set (or unset) bits, or so few different rows, is of a picture without anything in it: sky, wall,
darkness."""

PHOTO_MARGIN_HOURS = 2
"""Hours by which a photo may lie outside the visit: cameras forget summer time, and fronts are photographed on arriving."""
FIRST_CAMERA_YEAR = 2010
"""A photo dated before is by a camera whose clock was never set."""
USUAL_DEVICE_VISITS = 5
"""Other visits with photos by which an auditor's cameras are known."""
PLACE_KM = 2.0
"""How far from the store's coordinates a visit may have been: those of shopping centres and geocoded streets are off by a
kilometre."""

SHORT_VISIT_MINUTES = 240
OVERLAP_MINUTES = 10
"""Visits in two shops at once: of those that don't run beside others for days (an online order), by more than clocks differ."""
REMOTE_CHANNELS = frozenset(
    ["website", "app", "social", "advertising", "search", "phone", "chat", "email", "delivery", "omnichannel", "online"]
)
"""Channels that need nobody to be anywhere."""

LATE_HOURS = 12
LATE_USUAL_HOURS = 2
"""Answers are late when they come so long after the visit's others, of a form that is usually done within these hours."""
CLOCK_BACK_SECONDS = 120
"""A clock that goes back further wasn't set by the network, which corrects seconds."""

NA_LEAST = 4
NA_OUTLIER = 5.0
"""Standard deviations (of the form's own spread) above the form's rate of N/A, of at least so many N/A answers."""

NPS_HIGH = 9
NPS_LOW = 4
SCORE_LOW = 50.0
SCORE_HIGH = 90.0
"""A promoter of a visit that lost half its points, or one who would warn others of a visit that lost almost none."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason to look at a visit. `values` of the reason are text; `others` are further visits that raised it (at most
    some).

    `questions` are (question id, instance), `photos` SHA-256 of the photos in this visit that raised it, so that a screen
    opens them.
    """

    visit_id: str
    reason: Reason
    others: tuple[str, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    photos: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """One of `CODES`."""
        return self.reason.code


@dataclass(frozen=True, slots=True)
class CommonFlag:
    """A flag that nobody raises since `visits` of a form's `of` do what it tells of."""

    code: str
    form_id: str
    visits: int
    of: int


@dataclass(frozen=True)
class Flags:
    """The flags of all visits looked at, by visit id; a visit without any isn't there. `visits` were looked at."""

    visits: int = 0
    by_visit: Mapping[str, tuple[Flag, ...]] = field(default_factory=dict)
    common: tuple[CommonFlag, ...] = ()

    def of(self, visit_id: str) -> tuple[Flag, ...]:
        """The flags of that visit."""
        return self.by_visit.get(visit_id, ())

    @property
    def counts(self) -> Mapping[str, int]:
        """How many visits raise each code, in the order of `CODES`; those that none raises aren't there."""
        counts = dict.fromkeys(CODES, 0)
        for flags in self.by_visit.values():
            for code in {flag.code for flag in flags}:
                counts[code] += 1
        return {code: count for code, count in counts.items() if count}
