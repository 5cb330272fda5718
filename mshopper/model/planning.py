"""A plan proposed from rules: which store is due when, how that fits the quotas, and who goes. Pure and repeatable.

`propose` goes by the last day of each window: a store that is visited at the very first day of one window and at the very
last of the next still has no longer gap than its rule allows. Where a region is full, a visit moves to an earlier month,
else to a later one, which is said. The same facts, rules and seed give the same plan on every machine.
"""

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from mshopper.model.plan_assign import Assigner
from mshopper.model.plan_item import PlanItem
from mshopper.model.plan_progress import PlanLine
from mshopper.model.plan_rules import FormRule, PlanRules, QuotaRule
from mshopper.model.proposal import (
    Month,
    PlanFacts,
    Proposal,
    ProposedLine,
    Reason,
    Window,
    add_months,
    month_of,
    read_day,
    same,
)
from mshopper.model.record import Store


def propose(facts: PlanFacts, rules: PlanRules, first: dt.date, last: dt.date, *, seed: int = 0) -> Proposal:
    """A plan for the days from `first` to `last`, both included. Raises ValueError where `last` comes before."""
    if last < first:
        raise ValueError("a period ends after it begins")
    return _Planner(facts, rules, first, last, seed).plan()


@dataclass
class _Draft:
    store: Store
    form: str
    window: Window
    why: Reason
    notes: list[Reason] = field(default_factory=list)


class _Due(NamedTuple):
    """A visit that lacks: the last day for it, the last day of the one before (None without), and why."""

    until: dt.date
    after: dt.date | None
    why: Reason


class _Planner:
    def __init__(self, facts: PlanFacts, rules: PlanRules, first: dt.date, last: dt.date, seed: int) -> None:
        self._facts, self._rules, self._first, self._last = facts, rules, first, last
        random = Random(seed)
        self._stores = sorted(facts.stores, key=lambda store: store.store_id)
        random.shuffle(self._stores)
        self._rank = {store.store_id: n for n, store in enumerate(self._stores)}
        self._regions = {store.store_id: same(store.region) for store in self._stores}
        self._drafts: list[_Draft] = []
        self._unmet: list[Reason] = []
        self._taken: dict[tuple[str, str], list[Window]] = {}
        self._begin: dict[tuple[str, str], dt.date] = {}
        self._let_pass: set[tuple[str, str, dt.date]] = set()
        self._count: Counter[tuple[str, str, Month]] = Counter()
        self._assigner = Assigner(facts, rules, random)
        self._read_facts()

    def plan(self) -> Proposal:
        for rule in self._rules.forms:
            if not self._stores_of(rule):
                self._unmet.append(Reason.of("no_stores", form=rule.form, regions=", ".join(rule.regions)))
            for day in rule.around:
                self._plan_around(rule, day)
        self._plan_rhythms()
        for quota in self._rules.quotas:
            self._fill(quota)
        return Proposal(tuple(self._assigned()), tuple(self._unmet))

    # What there is

    def _read_facts(self) -> None:
        """Visits made and lines still open, as the windows that each store has, and as counts of the quotas."""
        planned = {line.item.plan_id: line for line in self._facts.lines}
        for visit in self._facts.visits:
            day = read_day(visit.day)
            if visit.standing == "not_done" or day is None:
                continue
            line = planned.get(visit.plan_id)
            self._note(visit.store_id, visit.form_id, Window(day, day), (read_day(line.day) if line else None) or day)
        for line in self._facts.lines:
            if line.state in ("late", "due", "planned"):
                window = self._open_window(line)
                self._note(line.item.store_id, line.item.form_id, window, read_day(line.day) or window.last)

    def _open_window(self, line: PlanLine) -> Window:
        if line.state == "late":  # still to be made: now, as far as a plan can tell
            return Window(self._first, self._first)
        until = read_day(line.item.to_date) or self._last
        since = read_day(line.item.from_date) or min(until, self._first)
        return Window(until, since)

    def _note(self, store_id: str, form: str, window: Window, day: dt.date) -> None:
        self._taken.setdefault((store_id, form), []).append(window)
        self._count[self._regions.get(store_id, ""), form, month_of(day)] += 1

    def _stores_of(self, rule: FormRule) -> list[Store]:
        wanted = {same(region) for region in rule.regions}
        return [store for store in self._stores if not wanted or self._regions[store.store_id] in wanted]

    # Around a day

    def _plan_around(self, rule: FormRule, day: dt.date) -> None:
        span = dt.timedelta(days=rule.window_days)
        window = Window(min(day + span, self._last), max(day - span, self._first))
        if window.last < window.first:
            return
        for store in self._stores_of(rule):
            taken = self._taken.get((store.store_id, rule.form), [])
            if any(day - span <= each.first and each.last <= day + span for each in taken):
                continue
            draft = _Draft(store, rule.form, window, Reason.of("around", day=day.isoformat(), days=rule.window_days))
            ends = (window.last, _end_before(window.last))
            fits = next((end for end in ends if end >= window.first and self._has_room(draft, end)), None)
            if fits is None:
                self._unmet.append(self._about("around_full", store, rule.form, day=day.isoformat()))
                continue
            draft.window = Window(fits, window.first)
            self._take(draft)

    # Rhythms

    def _plan_rhythms(self) -> None:
        """Each store's next visit in the order in which they are due, whatever the form: the first to be due goes first."""
        queue: list[tuple[dt.date, int, int]] = []
        for number, rule in enumerate(self._rules.forms):
            if rule.every_months:
                self._spread(rule)
                for store in self._stores_of(rule):
                    self._queue(queue, number, store)
        while queue:
            _day, rank, number = heapq.heappop(queue)
            rule, store = self._rules.forms[number], self._stores[rank]
            due = self._next_due(rule, store)
            assert due is not None
            window = self._window(due.until, rule.window_days, due.after)
            if self._place(_Draft(store, rule.form, window, due.why), rule.window_days, due):
                self._queue(queue, number, store)

    def _queue(self, queue: list[tuple[dt.date, int, int]], number: int, store: Store) -> None:
        due = self._next_due(self._rules.forms[number], store)
        if due is not None:
            heapq.heappush(queue, (due.until, self._rank[store.store_id], number))

    def _spread(self, rule: FormRule) -> None:
        """Spread the stores that were never visited over the rhythm's months, so that they aren't all due on its last day."""
        fresh = [store for store in self._stores_of(rule) if (store.store_id, rule.form) not in self._taken]
        days = (min(add_months(self._first, rule.every_months), self._last) - self._first).days
        for n, store in enumerate(fresh, 1):
            ahead = max(days * n // len(fresh), min(rule.window_days - 1, days))
            self._begin[store.store_id, rule.form] = self._first + dt.timedelta(days=ahead)

    def _next_due(self, rule: FormRule, store: Store) -> "_Due | None":
        """The first day of the period by which a visit lacks, whichever day of their windows the others are made on."""
        key, months = (store.store_id, rule.form), rule.every_months
        windows = sorted(self._taken.get(key, ()))
        seen = max((window.last for window in windows if window.last < self._first), default=None)
        why, until, after = Reason.of("never", months=months), add_months(self._first, months), seen
        if seen is None:
            until = self._begin.get(key, until)
        else:
            until = add_months(seen, months)
            why = Reason.of("overdue" if until < self._first else "due", months=months, day=seen.isoformat())
        if until < self._first:
            until = min(self._first + dt.timedelta(days=rule.window_days - 1), self._last)
        for window in windows:
            if window.last < self._first:
                continue
            if window.last > until and (*key, until) not in self._let_pass:
                if window.first > until:
                    break
                self._let_pass.add((*key, until))
                if until <= self._last:
                    self._unmet.append(self._about("kept_late", store, rule.form, day=until.isoformat()))
            seen = max(seen or window.first, window.first)
            until, after = add_months(seen, months), max(after or window.last, window.last)
            why = Reason.of("again", months=months)
        is_due = until <= self._last and (*key, until) not in self._let_pass
        return _Due(until, after, why) if is_due else None

    def _window(self, last: dt.date, days: int, after: dt.date | None) -> Window:
        """So many days up to the last one, none of them before the period or on the day of the visit before."""
        first = max(self._first, last - dt.timedelta(days=days - 1))
        return Window(last, min(last, max(first, after + dt.timedelta(days=1))) if after else first)

    def _place(self, draft: _Draft, days: int, due: "_Due") -> bool:
        """Take the window where its month has room, an earlier one, or a later one, which is noted. False without any."""
        wanted, store, values = draft.window, draft.store, {"day": due.until.isoformat()}
        earlier = (each for each in self._earlier(wanted, days, due.after) if self._has_room(draft, each.last))
        later = (each for each in self._later(wanted, days) if self._has_room(draft, each.last))
        fits = next(earlier, None)
        if fits is None:
            fits = next(later, None)
            self._unmet.append(self._about("rhythm_later" if fits else "rhythm_full", store, draft.form, **values))
            if fits is None:
                return False
            self._let_pass.add((store.store_id, draft.form, due.until))
            draft.notes.append(Reason.of("later", region=store.region, **values))
        elif fits != wanted:
            draft.notes.append(Reason.of("earlier", region=store.region, **values))
        draft.window = fits
        self._take(draft)
        return True

    def _earlier(self, window: Window, days: int, after: dt.date | None) -> Iterator[Window]:
        """The window, then those that end with each month before, of the period and later than the visit before."""
        yield window
        last = _end_before(window.last)
        while last >= self._first and (after is None or last > after):
            yield self._window(last, days, after)
            last = _end_before(last)

    def _later(self, window: Window, days: int) -> Iterator[Window]:
        """Those that begin with each month after, up to the end of the period."""
        first = add_months(window.last.replace(day=1), 1)
        while first <= self._last:
            end = min(first + dt.timedelta(days=days - 1), _end_before(add_months(first, 1)), self._last)
            yield Window(end, first)
            first = add_months(first, 1)

    # Quotas

    def _quotas(self, region: str, form: str) -> Iterator[QuotaRule]:
        for quota in self._rules.quotas:
            if same(quota.region) == region and quota.form in ("", form):
                yield quota

    def _counted(self, quota: QuotaRule, month: Month) -> int:
        region = same(quota.region)
        return sum(
            n
            for (there, form, when), n in self._count.items()
            if there == region and when == month and quota.form in ("", form)
        )

    def _has_room(self, draft: _Draft, day: dt.date) -> bool:
        region = self._regions[draft.store.store_id]
        return all(
            quota.at_most is None or self._counted(quota, month_of(day)) < quota.at_most
            for quota in self._quotas(region, draft.form)
        )

    def _fill(self, quota: QuotaRule) -> None:
        """Plan further visits where a month of the period has fewer than the region is to have."""
        month = self._first.replace(day=1)
        while quota.at_least and month <= self._last:
            end = add_months(month, 1) - dt.timedelta(days=1)
            window = Window(min(end, self._last), max(month, self._first))
            lacking = quota.at_least - self._counted(quota, month_of(month))
            while lacking > 0 and self._plan_more(quota, window):
                lacking -= 1
            if lacking > 0:
                self._unmet.append(
                    Reason.of(
                        "quota_short",
                        region=quota.region,
                        month=month.isoformat()[:7],
                        missing=lacking,
                        n=quota.at_least,
                    )
                )
            month = add_months(month, 1)

    def _plan_more(self, quota: QuotaRule, window: Window) -> bool:
        """Plan one more visit: to the store, by the form, whose other visits are farthest. False where none can be."""
        region, best = same(quota.region), None
        for number, rule in enumerate(self._rules.forms):
            if quota.form and rule.form != quota.form:
                continue
            for store in self._stores_of(rule):
                taken = self._taken.get((store.store_id, rule.form), [])
                apart = min((_days_apart(window, each) for each in taken), default=dt.date.max.toordinal())
                is_elsewhere = self._regions[store.store_id] != region
                if is_elsewhere or apart <= 0 or any(month_of(each.last) == month_of(window.last) for each in taken):
                    continue
                draft = _Draft(store, rule.form, window, Reason.of("quota", region=quota.region, n=quota.at_least))
                rank = (-apart, len(taken), self._rank[store.store_id], number)
                if self._has_room(draft, window.last) and (best is None or rank < best[0]):
                    best = rank, draft
        if best is None:
            return False
        self._take(best[1])
        return True

    def _take(self, draft: _Draft) -> None:
        self._drafts.append(draft)
        self._note(draft.store.store_id, draft.form, draft.window, draft.window.last)

    def _about(self, code: str, store: Store, form: str, **values: str) -> Reason:
        named = {
            "store": store.name or store.store_id,
            "store_id": store.store_id,
            "form": form,
            "region": store.region,
        }
        return Reason.of(code, **named, **values)

    # Who goes

    def _assigned(self) -> Iterator[ProposedLine]:
        used = {line.item.plan_id for line in self._facts.lines}
        self._drafts.sort(key=lambda draft: (draft.window, draft.store.store_id, draft.form))
        for draft in self._drafts:
            store, window = draft.store, draft.window
            auditor, who = self._assigner.assign(store, window)
            plan_id = _plan_id(f"{window.last}-{store.store_id}-{draft.form}", used)
            used.add(plan_id)
            item = PlanItem(
                plan_id, store.store_id, draft.form, auditor, window.first.isoformat(), window.last.isoformat()
            )
            yield ProposedLine(item, store, draft.why, who, tuple(draft.notes))


def _plan_id(wanted: str, used: set[str]) -> str:
    """An id that says when, where and what; with a number where there is such a line already."""
    if wanted not in used:
        return wanted
    return next(each for n in range(2, len(used) + 3) if (each := f"{wanted}-{n}") not in used)


def _end_before(day: dt.date) -> dt.date:
    """The last day of the month before."""
    return day.replace(day=1) - dt.timedelta(days=1)


def _days_apart(one: Window, other: Window) -> int:
    """How many days lie between two windows; 0 or less where they meet."""
    return max((one.first - other.last).days, (other.first - one.last).days)
