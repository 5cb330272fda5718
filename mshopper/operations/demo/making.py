"""Makes the demo's data folder: the visits of the schedule and what is said of them, made at their times through the
operations that the app uses.

It is made in two steps, each one transaction with the mark that it is done: the older visits, which are then sent to a
head-office folder beside them, and the latest ones, which wait to be sent. What is killed or cancelled leaves nothing half: the
next try goes on from the last mark.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from mshopper.errors import MshopperError, ReadOnlyStoreError
from mshopper.exchange.csvfile import table_bytes
from mshopper.exchange.files import write_file, writing
from mshopper.i18n import _
from mshopper.model.answer import AnswerChange, AnswerStep, CountStep
from mshopper.model.visit import Visit
from mshopper.operations.demo.respondent import FilledVisit, fill
from mshopper.operations.demo.samples import Samples
from mshopper.operations.demo.schedule import AUDITORS, OLDEST_DAY, Appointment, appointments, moment, plan
from mshopper.operations.demo.supervision import SaidLater, said_later, say
from mshopper.operations.forms import find_form
from mshopper.operations.photos import attach_photo, caption_photo
from mshopper.operations.settings import change_settings
from mshopper.operations.stores import find_store, import_stores
from mshopper.operations.submission import mark_not_done, submit_visit
from mshopper.operations.syncing import sync
from mshopper.operations.visits import (
    OpenVisit,
    apply,
    count_visits,
    open_visit,
    start_visit,
)
from mshopper.operations.workspace import Workspace, open_workspace, system_clock
from mshopper.progress import Progress
from mshopper.store.database import FILE_NAME

VERSION = 2
"""Goes up when the samples change, so that a demo made by an earlier version is made anew."""

_MARK = "demo"
_UNSENT_DAYS = 6
_PLAN_COLUMNS = ("plan_id", "store_id", "form_id", "auditor_id", "from", "to")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a demo is: its version, the day (ISO) it is made for, steps done of 2, and ids of its visits.

    `reports` are those to print; `begun`, by the name of their appointment, those that the next step goes on with;
    `ended`, likewise, those of which a supervisor may say something.
    """

    version: int
    day: str
    done: int
    reports: tuple[str, ...] = ()
    begun: Mapping[str, str] = field(default_factory=dict)
    ended: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is there."""
        return self.done == 2


class _Clock:
    """The machine's clock, unless it is told to stand at a moment."""

    def __init__(self) -> None:
        self.moment: dt.datetime | None = None

    def __call__(self) -> dt.datetime:
        return self.moment or system_clock()


def head_office_folder(folder: Path) -> Path:
    """The demo's own head-office folder."""
    return folder / "head-office"


def read_mark(workspace: Workspace) -> Mark | None:
    """How far the demo in this data folder is; None where there is none."""
    kept = workspace.store.settings.get(_MARK)
    return Mark(**{**kept, "reports": tuple(kept["reports"])}) if kept else None


def make_demo(folder: Path, *, progress: Progress | None = None) -> Workspace:
    """Open the demo in `folder`, made on first use; close the workspace when done with it.

    Raises MshopperError where the folder holds anything but a demo or can't be used, and Cancelled.
    """
    clock = _Clock()
    if not (folder / FILE_NAME).exists():
        # A laptop is older than its visits.
        clock.moment = moment(system_clock().date() - dt.timedelta(days=OLDEST_DAY + 14), "09:00")
    workspace = open_workspace(folder, clock=clock)
    try:
        mark = read_mark(workspace)
        if mark is not None and mark.version != VERSION:
            workspace.close()
            _set_aside(folder, mark)
            return make_demo(folder, progress=progress)
        if mark is None and (count_visits(workspace) or workspace.store.stores.search("", limit=1)):
            raise MshopperError(
                _("“{folder}” holds data that isn't the demo's: name another folder for the demo.").format(
                    folder=folder
                )
            )
        if mark is None or not mark.is_complete:
            if workspace.read_only:
                raise ReadOnlyStoreError(_("Another mshopper is making the demo just now: wait until it has finished."))
            _Maker(workspace, clock, progress or Progress()).make(mark)
        clock.moment = None
    except BaseException:
        workspace.close()
        raise
    return workspace


def _set_aside(folder: Path, mark: Mark) -> None:
    """Put away what an earlier version made, and what was tried out in it."""
    aside = folder / f"version-{mark.version}-{mark.day}"
    with writing(folder):
        aside.mkdir(exist_ok=True)
        for path in sorted(folder.iterdir()):
            if path.name.startswith(("mshopper", "head-office", "merged")):
                path.rename(aside / path.name)


@dataclass(frozen=True, slots=True)
class _Event:
    """A visit begins or ends."""

    at: dt.datetime
    is_end: bool
    appointment: Appointment


def _events(wanted: Sequence[Appointment]) -> list[_Event | SaidLater]:
    """All that happens, in the order of time."""
    events = [_Event(one.started, False, one) for one in wanted] + [_Event(one.ended, True, one) for one in wanted]
    in_order = sorted(events, key=lambda event: (event.at, event.is_end, event.appointment.name))
    return sorted([*in_order, *said_later(wanted)], key=lambda event: event.at)


class _Maker:
    """Makes one demo; `clock` stands where each visit begins and ends."""

    def __init__(self, workspace: Workspace, clock: _Clock, progress: Progress) -> None:
        self.workspace = workspace
        self.clock = clock
        self.progress = progress
        self.samples = Samples()
        self.open: dict[str, OpenVisit] = {}
        self.ended: dict[str, str] = {}
        self.reports: list[str] = []

    def make(self, mark: Mark | None) -> None:
        """Make what is missing."""
        mark = mark or Mark(VERSION, system_clock().date().isoformat(), 0)
        today = dt.date.fromisoformat(mark.day)
        self.reports = list(mark.reports)
        self.ended = dict(mark.ended)
        self.open = {name: open_visit(self.workspace, visit_id) for name, visit_id in mark.begun.items()}
        until = moment(today - dt.timedelta(days=_UNSENT_DAYS), "00:00")
        events = _events(appointments(today))
        older, latest = [one for one in events if one.at < until], [one for one in events if one.at >= until]
        self.progress.expect(len(latest) + (len(older) if mark.done == 0 else 0))
        if mark.done == 0:
            self._hand_out(today)
            with self.workspace.store.write():
                self._take_over()
                self._happen(older)
                mark = self._mark(mark, 1)
        self.clock.moment = until
        sync(self.workspace, head_office_folder(self.workspace.folder), self.progress)
        with self.workspace.store.write():
            self._happen(latest)
            auditor_id, auditor = AUDITORS[0]
            change_settings(
                self.workspace,
                auditor_id=auditor_id,
                auditor=auditor,
                head_office=str(head_office_folder(self.workspace.folder)),
            )
            self._mark(mark, 2)

    def _mark(self, mark: Mark, done: int) -> Mark:
        begun = {name: opened.header.visit_id for name, opened in self.open.items()}
        mark = replace(mark, done=done, reports=tuple(self.reports), begun=begun, ended=self.ended)
        self.workspace.store.settings.set(_MARK, asdict(mark))
        return mark

    # --- stores and plan

    def _hand_out(self, today: dt.date) -> None:
        """Put stores and plan where a head office puts them."""
        folder = head_office_folder(self.workspace.folder)
        rows = [
            dict(
                zip(
                    _PLAN_COLUMNS,
                    (one.plan_id, one.store_id, one.form_id, one.auditor_id, one.from_date, one.to_date),
                    strict=True,
                )
            )
            for one in plan(today)
        ]
        with writing(folder):
            folder.mkdir(exist_ok=True)
        write_file(folder / "stores.csv", self.samples.stores.read_bytes())
        write_file(folder / "plan.csv", table_bytes(_PLAN_COLUMNS, rows)[0])

    def _take_over(self) -> None:
        """Take stores and plan, as a first sync does."""
        from mshopper.exchange.stores_csv import read_plan

        folder = head_office_folder(self.workspace.folder)
        import_stores(self.workspace, folder / "stores.csv")
        self.workspace.store.plan.replace(read_plan(folder / "plan.csv"))

    # --- visits

    def _happen(self, events: Sequence[_Event | SaidLater]) -> None:
        """Let each event happen at its time, so that the journal reads as it would have been written."""
        for event in events:
            self.clock.moment = event.at
            if isinstance(event, SaidLater):
                say(self.workspace, event.step, self.ended[event.step.visit], self.samples)
            elif event.is_end:
                one = event.appointment
                opened = self.open.pop(one.name)
                self._end(one, opened)
                self.ended[one.name] = opened.header.visit_id
            else:
                self.open[event.appointment.name] = self._begin(event.appointment)
            self.progress.advance(_("Making sample visits"))

    def _begin(self, one: Appointment) -> OpenVisit:
        auditor_id, auditor = one.auditor
        change_settings(self.workspace, auditor_id=auditor_id, auditor=auditor)
        info = find_form(self.workspace, one.form_id)
        opened = start_visit(
            self.workspace, form_hash=info.hash, store_id=one.store_id, plan_id=one.plan_id, language="it"
        )
        if one.fate.report:
            self.reports.append(opened.header.visit_id)
        return opened

    def _end(self, one: Appointment, opened: OpenVisit) -> None:
        if one.fate.not_done:
            mark_not_done(
                self.workspace,
                visit_id=opened.header.visit_id,
                reason=one.fate.not_done,
                note=self.samples.not_done,
                photos=[self.samples.photo("closed-shutter")],
            )
            return
        trial = Visit(opened.form, now=self.clock, visit_id=opened.header.visit_id, rules=opened.visit.rules)
        filled = fill(trial, one, find_store(self.workspace, one.store_id), self.samples)
        self._keep(opened, filled)
        if not one.fate.in_progress:
            submit_visit(self.workspace, opened, reason=one.fate.reason)

    def _keep(self, opened: OpenVisit, filled: FilledVisit) -> None:
        counts = opened.visit.counts
        grown = tuple(CountStep(key, counts[key], n) for key, n in filled.counts.items() if counts.get(key, n) != n)
        apply(self.workspace, opened, AnswerChange(counts=grown))
        said = tuple(AnswerStep(key, opened.visit.answer(key), answer) for key, answer in filled.answers.items())
        apply(self.workspace, opened, AnswerChange(answers=said))
        for key, name, caption in filled.photos:
            attach_photo(self.workspace, opened, key, self.samples.photo(name))
            if caption:
                caption_photo(self.workspace, opened, opened.photos[-1].id, caption)
