"""Who goes: the auditor of the region with the most room, and nobody twice running at a store unless there is nobody else."""

import datetime as dt
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from random import Random

from mshopper.model.plan_progress import OPEN_STATES
from mshopper.model.plan_rules import AuditorRule, PlanRules
from mshopper.model.proposal import Month, PlanFacts, Reason, Window, month_of, read_day, same
from mshopper.model.record import Store

_Turn = tuple[dt.date, dt.date, str]


class Assigner:
    """Knows whose turn it was at each store, and how many visits each auditor has in each month. Ask in order of time."""

    def __init__(self, facts: PlanFacts, rules: PlanRules, random: Random) -> None:
        self._rules = rules
        self._auditors = sorted(rules.auditors, key=lambda rule: rule.auditor)
        random.shuffle(self._auditors)
        self._turns: dict[str, list[_Turn]] = {}
        self._loads: Counter[tuple[str, Month]] = Counter()
        planned = {line.item.plan_id: line for line in facts.lines}
        for visit in facts.visits:
            day = read_day(visit.day)
            if day is not None and visit.standing != "not_done":
                line = planned.get(visit.plan_id)
                month = month_of((read_day(line.day) if line else None) or day)
                self._turn(visit.store_id, Window(day, day), visit.auditor_id, month)
        for line in facts.lines:
            day = read_day(line.day)
            if day is not None and line.visit is None and line.state in OPEN_STATES:
                window = Window(day, read_day(line.item.from_date) or day)
                self._turn(line.item.store_id, window, line.item.auditor_id, month_of(day))

    def assign(self, store: Store, window: Window) -> tuple[str, Reason]:
        """Who makes a visit, "" for nobody, and why."""
        if not self._auditors:
            return "", Reason("nobody_named")
        region = same(store.region)
        local = [rule for rule in self._auditors if not rule.regions or region in map(same, rule.regions)]
        month = month_of(window.last)
        free = [rule for rule in local if rule.per_month is None or self._loads[rule.auditor, month] < rule.per_month]
        if not free:
            return "", Reason.of(
                "no_room" if local else "no_auditor", region=store.region, month=f"{window.last:%Y-%m}"
            )
        beside = self._beside(store.store_id, window) if self._rules.different_auditor else set()
        others = [rule for rule in free if rule.auditor not in beside]
        chosen = min(others or free, key=lambda rule: self._load(rule, month))
        why = self._why(chosen, store, month, len(local), len(free), len(others))
        self._turn(store.store_id, window, chosen.auditor, month)
        return chosen.auditor, why

    def _why(self, chosen: AuditorRule, store: Store, month: Month, local: int, free: int, others: int) -> Reason:
        if not others:
            return Reason.of("repeated_only" if local == 1 else "repeated", auditor=chosen.auditor, region=store.region)
        if local == 1:
            return Reason.of("only", auditor=chosen.auditor, region=store.region)
        if others < free and others == 1:
            return Reason.of("other", auditor=chosen.auditor)
        n = self._loads[chosen.auditor, month]
        return Reason.of("fewest", auditor=chosen.auditor, n=n, month=f"{month[0]}-{month[1]:02}")

    def _load(self, rule: AuditorRule, month: Month) -> tuple[float, int]:
        """How full an auditor's month is: by the share of what is allowed, then by the number of visits."""
        n = self._loads[rule.auditor, month]
        return (n / rule.per_month if rule.per_month else n / 1000, n)

    def _beside(self, store_id: str, window: Window) -> set[str]:
        """Who makes the visit before and the one after at a store, by the last days of their windows."""
        turns = self._turns.get(store_id, [])
        begin = bisect_left(turns, (window.last, window.first), key=_when)
        end = bisect_right(turns, (window.last, window.first), key=_when)
        return {turn[2] for turn in turns[max(begin - 1, 0) : end + 1]} - {""}

    def _turn(self, store_id: str, window: Window, auditor: str, month: Month) -> None:
        insort(self._turns.setdefault(store_id, []), (window.last, window.first, auditor))
        if auditor:
            self._loads[auditor, month] += 1


def _when(turn: _Turn) -> tuple[dt.date, dt.date]:
    return turn[:2]
