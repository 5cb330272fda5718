"""NPS, CSAT and CES from answers: the published definitions, exact.

Sources: NPS, Reichheld (HBR, December 2003): % of 9-10 minus % of 0-6, passives in the denominator. CSAT: the share of 4
and 5 of 5, or of the happy face. CES by its declared variant: mean of 1-7 (CES 2.0), share of 5-7 of 7, share of 4-5 of 5.
"""

from collections.abc import Sequence
from fractions import Fraction

PERCENT = Fraction(100)


def nps(values: Sequence[int]) -> Fraction | None:
    """Net Promoter Score, -100 to 100, of answers 0-10; None without answers."""
    if not values:
        return None
    promoters = sum(1 for value in values if value >= 9)
    detractors = sum(1 for value in values if value <= 6)
    return PERCENT * (promoters - detractors) / len(values)


def csat(values: Sequence[int], scale: str = "5") -> Fraction | None:
    """Customer satisfaction, 0-100: the satisfied share of answers 1-5, or of faces 1-3; None without answers."""
    return _share(values, 3 if scale == "faces" else 4)


def ces(values: Sequence[int], variant: str = "seven_mean") -> Fraction | None:
    """Customer effort: the mean (1-7) for `seven_mean`, else a share 0-100; None without answers."""
    if variant == "seven_mean":
        return Fraction(sum(values), len(values)) if values else None
    return _share(values, 5 if variant == "seven_top" else 4)


def _share(values: Sequence[int], least: int) -> Fraction | None:
    if not values:
        return None
    return PERCENT * sum(1 for value in values if value >= least) / len(values)
