"""What a comparison shows, as codes and values: the most important first, and never more than the data allow."""

from collections.abc import Sequence

from mshopper.model.comparison import IN_TIME, FormSet, Group, StoreComparison
from mshopper.model.scoresheet import Reason

_NAMED = 3


def comparison_sentences(comparison: StoreComparison) -> tuple[Reason, ...]:
    """The sentences under a comparison; `comparison_words` says them."""
    groups, total = comparison.groups, comparison.total
    if not total.n:
        return (Reason("nothing"),)
    said = [_total(comparison)] if total.mean is not None else [Reason("by_form", _pairs(n=total.n))]
    scored = [group for group in groups if group.n]
    said += _standing(comparison, scored)
    said += _changes(comparison, scored)
    waiting = [group for group in scored if group.needs_visit]
    if waiting and comparison.by not in (*IN_TIME, "form"):
        more = max(group.advice.more for group in waiting if group.advice)
        half = f"{waiting[0].advice.half_width:g}" if waiting[0].advice else ""
        said.append(Reason("need", _pairs(by=comparison.by, n=len(waiting), more=more, half=half)))
    said += apart_sentences(comparison.apart)
    if comparison.too_few:
        said.append(Reason("too_few", _pairs(by=comparison.by, n=comparison.too_few, minimum=comparison.minimum_n)))
    if comparison.nameless:
        said.append(Reason("nameless", _pairs(by=comparison.by, n=comparison.nameless)))
    if total.unscored:
        said.append(Reason("unscored", _pairs(n=total.unscored)))
    return tuple(said)


def apart_sentences(apart: Sequence[FormSet]) -> list[Reason]:
    """Which visits aren't compared since their forms' scores mean something else."""
    if len(apart) > _NAMED:
        return [Reason("apart_many", _pairs(n=sum(one.visits for one in apart), forms=len(apart)))]
    return [Reason("apart", _pairs(form=one.form_id, versions=", ".join(one.versions), n=one.visits)) for one in apart]


def _total(comparison: StoreComparison) -> Reason:
    total = comparison.total
    values: dict[str, object] = {"n": total.n, "stores": total.stores, "mean": repr(total.mean)}
    if total.interval is None:
        return Reason(f"total_{total.note}", _pairs(**values))
    return Reason("total", _pairs(**values, low=repr(total.interval.low), high=repr(total.interval.high)))


def _standing(comparison: StoreComparison, scored: Sequence[Group]) -> list[Reason]:
    """Who stands out, who could be first; or why nobody can be said to."""
    by = comparison.by
    if by == "form" or len(scored) < 2:
        return []
    if comparison.spread.within is None:
        return [Reason("no_repeats", _pairs(by=by, n=len(scored)))]
    if comparison.spread.within <= 0:
        return [Reason("no_spread", _pairs(by=by))]
    said = []
    for code, sign in (("above", 1), ("below", -1)):
        found = [group for group in scored if group.difference and group.difference.differs == sign]
        if found:
            order = sorted(found, key=lambda group: -sign * (group.mean or 0.0))
            said.append(Reason(code, _pairs(by=by, n=len(found), of=len(scored), names=_names(order))))
    if not said:
        said.append(Reason("none_differs", _pairs(by=by, of=len(scored))))
    if by in IN_TIME:
        return said
    first = [group for group in scored if group.ranks and group.ranks[0] == 1]
    if len(first) > 1:
        said.append(Reason("could_be_first", _pairs(by=by, n=len(first), of=len(scored))))
    elif first:
        said.append(Reason("is_first", _pairs(by=by, names=_names(first))))
    return said


def _changes(comparison: StoreComparison, scored: Sequence[Group]) -> list[Reason]:
    said = []
    earlier, later = comparison.periods
    change = comparison.total.change
    if change is not None and change.interval is not None:
        code = {1: "all_risen", -1: "all_fallen", 0: "all_same"}[change.direction]
        values = {"points": repr(change.points), "low": repr(change.interval.low), "high": repr(change.interval.high)}
        said.append(Reason(code, _pairs(**values, earlier=earlier, later=later)))
    for code, sign in (("risen", 1), ("fallen", -1)):
        found = [group for group in scored if group.change and group.change.direction == sign]
        if found:
            order = sorted(found, key=lambda group: -sign * (group.change.points if group.change else 0.0))
            values = {"n": str(len(found)), "names": _names(order), "earlier": earlier, "later": later}
            said.append(Reason(code, _pairs(by=comparison.by, **values)))
    return said


def _names(groups: Sequence[Group]) -> str:
    names = [group.title for group in groups[:_NAMED]]
    return ", ".join(names) + (", …" if len(groups) > _NAMED else "")


def _pairs(**values: object) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in values.items())
