"""The protocol as a state machine: laptops that record, correct, sync, die, lose the network, are restored and cloned.

Whatever happens in whatever order: once all are well again and have synced, each visit that a laptop holds or that was
sent stands in the merged table exactly once, at its highest revision, with exactly its values. Each decision that a laptop
holds or sent is there, in one chain a visit, and the visit's status is what that chain says.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.exchange.merged import read_merged
from mshopper.exchange.schema import ANSWERS, REVIEWS, TABLES, VISITS, Row
from mshopper.operations import identity
from mshopper.store.connection import Connection
from tests.operations.conftest import WAIT, WHO, Clock, said, submitted

LAPTOPS = st.integers(0, 2)
MOMENTS = st.integers(1, 90)


class KilledError(BaseException):
    """The process ends here; no handler of errors takes it for one."""


@dataclass(frozen=True)
class Revision:
    """A submitted revision as the test made it."""

    visit_id: str
    number: int
    seal: str
    percent: str
    who: str


@dataclass
class Laptop:
    folder: Path
    machine: str
    held: set[Revision] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    backup: tuple[Path, frozenset[Revision], frozenset[str]] | None = None


class Protocol(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="protocol-"))
        self.office = self.place / "office"
        self.clock = Clock()
        self.count = 0
        self.laptops = [self._laptop(f"machine-{number}") for number in range(3)]
        self.made: set[Revision] = set()
        self.sent: set[Revision] = set()
        self.told: set[str] = set()
        self.withdrawn: set[str] = set()
        # What is flushed makes no difference to a process that ends: only a power cut would show.
        self.patches = [mock.patch("os.fsync", return_value=None)]
        for patch in self.patches:
            patch.start()
        with self._open(self.laptops[0]) as workspace:
            ops.sync(workspace, self.office)

    def teardown(self) -> None:
        try:
            self._all_is_well_in_the_end()
        finally:
            for patch in self.patches:
                patch.stop()
            shutil.rmtree(self.place)

    def _laptop(self, machine: str) -> Laptop:
        self.count += 1
        return Laptop(Path(shutil.copytree(self.template, self.place / f"data-{self.count}")), machine)

    @contextmanager
    def _open(self, laptop: Laptop) -> Iterator[ops.Workspace]:
        with (
            mock.patch.object(identity, "machine_fingerprint", return_value=laptop.machine),
            ops.open_workspace(laptop.folder, clock=self.clock) as workspace,
        ):
            yield workspace

    # What laptops do

    @rule(laptop=LAPTOPS, wait=st.sampled_from([30, 90]), who=st.sampled_from(["Anna", "=1+1", 'a "b"\r\nc', "🛍️,;"]))
    def record(self, laptop: int, wait: int, who: str) -> None:
        self.clock.pass_by(minutes=1)
        with self._open(self.laptops[laptop]) as workspace:
            self._made(self.laptops[laptop], workspace, submitted(workspace, wait=wait, who=who), who)

    def _made(self, laptop: Laptop, workspace: ops.Workspace, opened: ops.OpenVisit, who: str) -> None:
        header = opened.header
        sheet = workspace.record(header.visit_id, header.revision).sheet
        assert sheet is not None
        assert sheet.percent is not None
        percent = f"{float(sheet.percent):.2f}"
        revision = Revision(header.visit_id, header.revision, header.seal, percent, who)
        laptop.held.add(revision)
        self.made.add(revision)

    @precondition(lambda self: any(laptop.held for laptop in self.laptops))
    @rule(laptop=LAPTOPS, which=st.integers(0, 20), wait=st.sampled_from([30, 90]))
    def correct(self, laptop: int, which: int, wait: int) -> None:
        own = self.laptops[laptop]
        if not own.held:
            return
        visits = sorted({one.visit_id for one in own.held})
        with self._open(own) as workspace:
            header = workspace.store.visits.header(visits[which % len(visits)])
            assert header is not None
            workspace.store.visits.new_revision(
                replace(
                    header,
                    revision=header.revision + 1,
                    state="in_progress",
                    parent_seal=header.seal,
                    seal="",
                    signature="",
                    submitted_at="",
                    changed_at=workspace.now(),
                    reason="corrected",
                )
            )
            opened = ops.open_visit(workspace, header.visit_id)
            who = f"corrected {header.revision}"
            for key, answer in ((WAIT, said(wait)), (WHO, said(who))):
                ops.answer(workspace, opened, key, answer)
            ops.submit_visit(workspace, opened)
            self._made(own, workspace, opened, who)

    @precondition(lambda self: any(laptop.held for laptop in self.laptops))
    @rule(laptop=LAPTOPS, which=st.integers(0, 20), approves=st.booleans(), where=st.booleans())
    def review(self, laptop: int, which: int, approves: bool, where: bool) -> None:
        """A supervisor decides on a visit of the laptop, or on one of another that was merged."""
        own = self.laptops[laptop]
        with self._open(own) as workspace:
            folder = self.office if where and read_merged(self.office) else None
            waiting = ops.review_queue(workspace, folder, states=("submitted", "approved", "returned"))
            if not waiting:
                return
            judged = waiting[which % len(waiting)].judged
            with suppress(MshopperError):
                if approves:
                    own.said.add(ops.approve_visit(workspace, judged).hash)
                else:
                    own.said.add(ops.return_visit(workspace, judged, "=again").hash)

    @rule(laptop=LAPTOPS)
    def withdraw(self, laptop: int) -> None:
        """What wasn't sent may be withdrawn; what was sent, or may have been, stays."""
        own = self.laptops[laptop]
        with self._open(own) as workspace:
            for row in workspace.store.statements.unpublished(None):
                if ops.may_withdraw(workspace, row.subject):
                    own.said.discard(ops.withdraw_decision(workspace, row.subject).hash)
                    self.withdrawn.add(row.hash)
                    return

    @rule(laptop=LAPTOPS)
    def sync(self, laptop: int) -> None:
        own = self.laptops[laptop]
        with self._open(own) as workspace:
            result = ops.sync(workspace, self.office)
            assert not [one for one in result.problems if "downloaded" in one]
        self.sent |= own.held
        self.told |= own.said

    # What goes wrong

    @rule(laptop=LAPTOPS, moment=MOMENTS)
    def sync_and_be_killed(self, laptop: int, moment: int) -> None:
        with suppress(KilledError), self._open(self.laptops[laptop]) as workspace, failing(moment, _kill):
            ops.sync(workspace, self.office)

    @rule(laptop=LAPTOPS, moment=MOMENTS)
    def sync_and_lose_the_network(self, laptop: int, moment: int) -> None:
        with suppress(HeadOfficeError), self._open(self.laptops[laptop]) as workspace, failing(moment, self._is_gone):
            ops.sync(workspace, self.office)

    def _is_gone(self, *arguments: object) -> None:
        if any(str(one).startswith(str(self.office)) for one in arguments):
            raise OSError(5, "The network path was not found")

    @rule(laptop=LAPTOPS)
    def back_up(self, laptop: int) -> None:
        own = self.laptops[laptop]
        self.count += 1
        copy = Path(shutil.copytree(own.folder, self.place / f"backup-{self.count}"))
        own.backup = copy, frozenset(own.held), frozenset(own.said)

    @rule(laptop=LAPTOPS)
    def restore(self, laptop: int) -> None:
        own = self.laptops[laptop]
        if own.backup:
            shutil.rmtree(own.folder)
            shutil.copytree(own.backup[0], own.folder)
            own.held, own.said = set(own.backup[1]), set(own.backup[2])

    @rule(source=LAPTOPS, copy=st.integers(1, 2), same=st.booleans())
    def clone(self, source: int, copy: int, same: bool) -> None:
        """`copy` becomes a copy of `source`, on a machine that looks the same or another; what it held, it has sent."""
        if source != copy:
            self.sync(copy)
            own, former = self.laptops[copy], self.laptops[source]
            shutil.rmtree(own.folder)
            shutil.copytree(former.folder, own.folder)
            self.count += 1
            own.held, own.said, own.backup = set(former.held), set(former.said), None
            own.machine = former.machine if same else f"machine-{self.count}"

    @rule(which=st.integers(0, 200), suffix=st.sampled_from([" (1)", " in conflitto con PC", "-copy"]))
    def duplicate_a_file(self, which: int, suffix: str) -> None:
        files = sorted(path for path in self.office.glob("re*/*/*") if path.is_file())
        if files:
            path = files[which % len(files)]
            shutil.copy(path, path.with_name(f"{path.stem}{suffix}{path.suffix}"))

    @rule(which=st.integers(0, 200), seconds=st.integers(-10_000_000, 10_000_000))
    def touch_a_file(self, which: int, seconds: int) -> None:
        files = sorted(path for path in self.office.glob("re*/*/*") if path.is_file())
        if files:
            os.utime(files[which % len(files)], (1_700_000_000 + seconds, 1_700_000_000 + seconds))

    @rule(which=st.integers(0, 200))
    def merge_without_a_file(self, which: int) -> None:
        """A file hasn't been downloaded yet, or is held by a virus scanner."""
        files = sorted(path for path in (self.office / "results").rglob("0*") if path.is_file())
        if files:
            path = files[which % len(files)]
            path.rename(self.place / "hidden")
            with self._open(self.laptops[0]) as workspace:
                ops.merge(workspace, self.office)
            (self.place / "hidden").rename(path)

    @rule(days=st.integers(-800, 800))
    def set_the_clock(self, days: int) -> None:
        self.clock.pass_by(days=days)

    # What is always so

    @invariant()
    def tables_belong_together(self) -> None:
        merged = read_merged(self.office)
        if merged is not None:
            keys = [{(row["visit_id"], row["revision"]) for row in merged.rows(table)} for table in TABLES]
            assert keys[1] <= keys[0]
            assert keys[2] == keys[0]

    def _all_is_well_in_the_end(self) -> None:
        for number in (1, 2, 0, 1, 2, 0):
            self.sync(number)
        with self._open(self.laptops[0]) as workspace:
            # It may have taken another identity meanwhile, and must be told to go on merging.
            report = ops.merge(workspace, self.office, claim=True)
            assert not report.missing
            assert {problem.code for problem in report.problems} <= {"copy", "foreign", "half"}
            assert ops.sync_state(workspace).to_publish == 0
        merged = read_merged(self.office)
        assert merged is not None
        assert not merged.is_previous
        who = {row["visit_id"]: row["value"] for row in merged.rows(ANSWERS) if row["question_id"] == "who"}
        rows = list(merged.rows(VISITS))
        shown = {
            Revision(row["visit_id"], int(row["revision"]), row["seal"], row["percent"], who[row["visit_id"]])
            for row in rows
        }
        assert len(shown) == len(rows)
        assert shown <= self.made
        expected = self.sent.union(*(laptop.held for laptop in self.laptops))
        highest = {one.visit_id: one for one in sorted(shown, key=lambda one: one.number)}
        assert len(highest) == len(shown)
        for one in expected:
            best = highest[one.visit_id]
            assert (-best.number, best.seal) <= (-one.number, one.seal)
        self._decisions_stand(rows, list(merged.rows(REVIEWS)))

    def _decisions_stand(self, visits: list[Row], reviews: list[Row]) -> None:
        hashes = [row["decision_hash"] for row in reviews]
        assert len(set(hashes)) == len(hashes)
        assert set(hashes) >= (self.told - self.withdrawn).union(*(laptop.said for laptop in self.laptops))
        for visit in visits:
            standing = [row for row in reviews if (row["visit_id"], row["standing"]) == (visit["visit_id"], "stands")]
            before, status = "", "submitted"
            for number, row in enumerate(standing, start=1):
                assert (row["number"], row["previous"]) == (str(number), before)
                before = row["decision_hash"]
                if row["seal"] == visit["seal"]:
                    status = {"approve": "approved", "return": "returned"}[row["decision"]]
            assert visit["status"] == status
        for laptop in self.laptops:
            with self._open(laptop) as workspace:
                shown = {visit["seal"]: visit["status"] for visit in visits}
                for row in ops.list_visits(workspace):
                    header = workspace.store.visits.header(row.visit_id)
                    assert header is not None
                    assert shown.get(header.seal, header.state) == header.state


@contextmanager
def failing(moment: int, fault: Callable[..., None]) -> Iterator[None]:
    """A block in which the `moment`th step that changes a file or the store fails, and all after it."""
    calls = iter(range(10**9))

    def before(real: Callable[..., object]) -> Callable[..., object]:
        def act(*arguments: object, **named: object) -> object:
            if next(calls) >= moment:
                fault(*arguments)
            return real(*arguments, **named)

        return act

    with (
        mock.patch.object(os, "replace", before(os.replace)),
        mock.patch.object(os, "link", before(os.link)),
        mock.patch.object(os, "fsync", before(os.fsync)),
        mock.patch.object(os, "unlink", before(os.unlink)),
        mock.patch.object(os, "mkdir", before(os.mkdir)),
        mock.patch.object(Connection, "execute", before(Connection.execute)),
    ):
        yield


def _kill(*_arguments: object) -> None:
    raise KilledError


def _run(template: Path, examples: int, steps: int) -> None:
    machine = type("Machine", (Protocol,), {"template": template})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_nothing_is_lost_and_nothing_doubled(template: Path) -> None:
    """A few histories of a dozen steps each, with every fault among them."""
    _run(template, examples=6, steps=12)


@pytest.mark.slow
def test_nothing_is_lost_and_nothing_doubled_in_long_histories(template: Path) -> None:
    """Many longer ones."""
    _run(template, examples=6, steps=25)
