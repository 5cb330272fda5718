"""How kind or severe each auditor is, the stores they saw taken into account: least squares with two ways of grouping.

value = store + auditor + chance. The stores are swept out, which leaves one equation an auditor; what is compared is each
auditor with the average of those linked to them through stores seen by several (a connected part of the plan of visits).
Source: Searle, Linear Models for Unbalanced Data (1987), the two-way crossed classification without interaction.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mshopper.model.statistics import Mean

MOST_EXACT = 150
"""More auditors in one part than this have their effects, without an interval: inverting takes the cube of their number."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one auditor saw of one store: `n` visits, the mean of their values, the sum of squared deviations from it."""

    store: str
    auditor: str
    n: int
    mean: float
    squares: float


@dataclass(frozen=True, slots=True)
class Severity:
    """An auditor's effect in points, with its error where that can be estimated; `linked` others share stores with them."""

    points: float
    error: Mean | None
    linked: int


def severities(cells: Sequence[Seen]) -> dict[str, Severity]:
    """The effect of each auditor who shares stores with others, against the visit-weighted average of those linked."""
    found: dict[str, Severity] = {}
    for part in _parts(cells):
        auditors = sorted({cell.auditor for cell in part})
        if len(auditors) > 1:
            found |= _solved(part, auditors)
    return found


def _parts(cells: Sequence[Seen]) -> list[list[Seen]]:
    """The connected parts of the plan: auditors who share stores, and those who share stores with them, and so on."""
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def top(node: tuple[str, str]) -> tuple[str, str]:
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    for cell in cells:
        above[top(("store", cell.store))] = top(("auditor", cell.auditor))
    parts: dict[tuple[str, str], list[Seen]] = {}
    for cell in cells:
        parts.setdefault(top(("auditor", cell.auditor)), []).append(cell)
    return list(parts.values())


def _solved(cells: Sequence[Seen], auditors: Sequence[str]) -> dict[str, Severity]:
    place = {auditor: number for number, auditor in enumerate(auditors)}
    stores: dict[str, list[Seen]] = {}
    for cell in cells:
        stores.setdefault(cell.store, []).append(cell)
    size = len(auditors)
    visits = [0] * size
    for cell in cells:
        visits[place[cell.auditor]] += cell.n
    total = sum(visits)
    shares = [n / total for n in visits]
    left, right = _equations(stores, place)
    # The effects add up to nothing, weighted by visits: adding s·sᵀ makes the equations solvable and changes no contrast.
    for row, share in enumerate(shares):
        for column, other in enumerate(shares):
            left[row][column] += total * share * other
    inverse = _inverted(left) if size <= MOST_EXACT else None
    if inverse is None:
        effects = _relaxed(left, right)
    else:
        effects = [math.fsum(a * b for a, b in zip(row, right, strict=True)) for row in inverse]
    middle = math.fsum(share * effect for share, effect in zip(shares, effects, strict=True))
    effects = [effect - middle for effect in effects]
    df = total - len(stores) - size + 1
    noise = _left_over(stores, place, effects) / df if df > 0 else 0.0
    made = {}
    for auditor, row in place.items():
        error = None
        if inverse is not None and noise > 0:
            error = Mean(visits[row], effects[row], noise * _spread(inverse, shares, row), df)
        made[auditor] = Severity(effects[row], error, size - 1)
    return made


def _equations(stores: Mapping[str, Sequence[Seen]], place: Mapping[str, int]) -> tuple[list[list[float]], list[float]]:
    """The normal equations of the auditors with the stores swept out."""
    size = len(place)
    left, right = [[0.0] * size for _row in range(size)], [0.0] * size
    for cells in stores.values():
        n = sum(cell.n for cell in cells)
        mean = math.fsum(cell.n * cell.mean for cell in cells) / n
        for cell in cells:
            row = place[cell.auditor]
            right[row] += cell.n * (cell.mean - mean)
            left[row][row] += cell.n
            for other in cells:
                left[row][place[other.auditor]] -= cell.n * other.n / n
    return left, right


def _left_over(stores: Mapping[str, Sequence[Seen]], place: Mapping[str, int], effects: Sequence[float]) -> float:
    """The sum of squares that neither stores nor auditors explain."""
    parts: list[float] = []
    for cells in stores.values():
        n = sum(cell.n for cell in cells)
        level = math.fsum(cell.n * (cell.mean - effects[place[cell.auditor]]) for cell in cells) / n
        parts += [cell.squares + cell.n * (cell.mean - level - effects[place[cell.auditor]]) ** 2 for cell in cells]
    return math.fsum(parts)


def _spread(inverse: Sequence[Sequence[float]], shares: Sequence[float], row: int) -> float:
    """The variance factor of an auditor's effect less the weighted average of all."""
    weights = [-share for share in shares]
    weights[row] += 1
    return max(
        0.0,
        math.fsum(
            weight * math.fsum(a * b for a, b in zip(line, weights, strict=True))
            for weight, line in zip(weights, inverse, strict=True)
            if weight
        ),
    )


def _inverted(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The inverse of a positive definite matrix, by Gauss and Jordan with pivots from the diagonal."""
    size = len(matrix)
    rows = [[*row, *(1.0 if place == number else 0.0 for place in range(size))] for number, row in enumerate(matrix)]
    for pivot in range(size):
        best = max(range(pivot, size), key=lambda row: abs(rows[row][pivot]))
        rows[pivot], rows[best] = rows[best], rows[pivot]
        divisor = rows[pivot][pivot]
        lead = rows[pivot] = [value / divisor for value in rows[pivot]]
        for number, row in enumerate(rows):
            factor = row[pivot]
            if number != pivot and factor:
                rows[number] = [value - factor * other for value, other in zip(row, lead, strict=True)]
    return [row[size:] for row in rows]


def _relaxed(left: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """The solution by conjugate gradients (Hestenes and Stiefel, 1952)."""
    solution = [0.0] * len(right)
    residual = list(right)
    direction = list(residual)
    norm = math.fsum(value * value for value in residual)
    limit = norm * 1e-24
    for _step in range(4 * len(right)):
        if norm <= limit:
            break
        moved = [math.fsum(a * b for a, b in zip(row, direction, strict=True)) for row in left]
        length = norm / math.fsum(a * b for a, b in zip(direction, moved, strict=True))
        solution = [a + length * b for a, b in zip(solution, direction, strict=True)]
        residual = [a - length * b for a, b in zip(residual, moved, strict=True)]
        before, norm = norm, math.fsum(value * value for value in residual)
        direction = [a + norm / before * b for a, b in zip(residual, direction, strict=True)]
    return solution
