"""Reviews and corrective actions through a real folder: auditor, supervisor and head office on data folders of their own."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import MshopperError
from tests.operations.conftest import GREETED, WAIT, WHO, Clock, begin, said, submitted

Laptop = Callable[[str], ops.Workspace]


def table(office: Path, name: str = "head-office.csv") -> list[dict[str, str]]:
    with (office / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def office(laptop: Laptop, tmp_path: Path) -> Path:
    """A folder that machine "office" made and merges."""
    with laptop("office") as workspace:
        ops.sync(workspace, tmp_path / "office")
    return tmp_path / "office"


def merged(laptop: Laptop, office: Path) -> list[dict[str, str]]:
    with laptop("office") as workspace:
        assert ops.sync(workspace, office).problems == ()
    return table(office)


def test_returned_gone_on_with_disputed_and_approved(laptop: Laptop, office: Path, clock: Clock) -> None:
    """A wait of 90 s gives 41.18; disputed, returned, mended to 30 s: 100.00, approved. Both scores are kept."""
    with laptop("auditor") as workspace:
        visit_id = submitted(workspace, wait=90).header.visit_id
        ops.sync(workspace, office)
    assert [row["status"] for row in merged(laptop, office)] == ["submitted"]
    with laptop("boss") as workspace:
        (waiting,) = ops.review_queue(workspace, office)
        assert (waiting.visit_id, waiting.is_here, waiting.judged.percent) == (visit_id, False, "41.18")
        ops.dispute_visit(workspace, waiting.judged, "Direttore Rossi", "=90? era 30")
        with pytest.raises(MshopperError, match="next revision"):
            ops.settle_dispute(workspace, waiting.judged, "changed")
        ops.return_visit(workspace, waiting.judged, "Check the wait")
        assert ops.review_queue(workspace, office) == []
        assert [one.status for one in ops.review_queue(workspace, office, states=("returned",))] == ["returned"]
        assert ops.sync(workspace, office).reviews == 2
    assert [row["status"] for row in merged(laptop, office)] == ["returned"]
    clock.pass_by(minutes=5)
    with laptop("auditor") as workspace:
        assert ops.sync(workspace, office).decided == (("Milano Duomo 2026-11-21", "returned"),)
        opened = ops.continue_visit(workspace, visit_id)
        assert (opened.header.revision, opened.header.state, opened.header.reason) == (
            2,
            "in_progress",
            "Check the wait",
        )
        ops.answer(workspace, opened, WAIT, said(30))
        ops.submit_visit(workspace, opened)
        ops.sync(workspace, office)
    assert [(row["revision"], row["status"]) for row in merged(laptop, office)] == [("2", "submitted")]
    with laptop("boss") as workspace:
        judged = ops.judged(workspace, visit_id[:8], office)
        with pytest.raises(MshopperError, match="corrected since"):
            ops.settle_dispute(workspace, judged, "confirmed")
        ops.settle_dispute(workspace, judged, "changed", "The wait was mended")
        ops.approve_visit(workspace, judged)
        ops.sync(workspace, office)
    assert [(row["status"], row["percent"]) for row in merged(laptop, office)] == [("approved", "100.00")]
    found = [
        tuple(
            row[name]
            for name in ("number", "revision", "decision", "disputed_by", "outcome", "percent", "percent_after")
        )
        for row in table(office, "head-office-reviews.csv")
    ]
    assert found == [
        ("1", "1", "dispute", "Direttore Rossi", "", "41.18", ""),
        ("2", "1", "return", "", "", "41.18", ""),
        ("3", "2", "settle", "Direttore Rossi", "changed", "41.18", "100.00"),
        ("4", "2", "approve", "", "", "100.00", ""),
    ]
    with laptop("auditor") as workspace:
        assert ops.sync(workspace, office).decided == (("Milano Duomo 2026-11-21", "approved"),)
        assert ops.list_visits(workspace)[0].state == "approved"
        again = ops.sync(workspace, office)
        assert (again.decided, again.reviews, again.problems) == ((), 0, ())


def test_a_decision_may_be_withdrawn_until_it_is_sent(laptop: Laptop, office: Path) -> None:
    """On an own visit the state follows at once, back too; what was sent stays, a lost file of it goes again."""
    with laptop("boss") as workspace:
        visit_id = submitted(workspace).header.visit_id
        judged = ops.judged(workspace, visit_id)
        ops.approve_visit(workspace, judged)
        assert ops.list_visits(workspace)[0].state == "approved"
        with pytest.raises(MshopperError, match="already"):
            ops.approve_visit(workspace, judged)
        ops.withdraw_decision(workspace, visit_id)
        assert ops.list_visits(workspace)[0].state == "submitted"
        ops.return_visit(workspace, judged, "dark photo")
        ops.sync(workspace, office)
        with pytest.raises(MshopperError, match="stays"):
            ops.withdraw_decision(workspace, visit_id)
        (path,) = (office / "reviews").rglob("*.review.json")
        kept = path.read_bytes()
        path.unlink()
        assert ops.sync(workspace, office).reviews == 1
        assert path.read_bytes() == kept
    assert [row["status"] for row in merged(laptop, office)] == ["returned"]


def test_a_correction_by_the_supervisor(laptop: Laptop, office: Path) -> None:
    """The old revision stays sealed and is returned; the new one names its seal and reason, and may then be approved."""
    with laptop("boss") as workspace:
        first = submitted(workspace, wait=90)
        with pytest.raises(MshopperError, match="why"):
            ops.correct_with_reason(workspace, first.header.visit_id, " ")
        opened = ops.correct_with_reason(workspace, first.header.visit_id, "receipt says 20 s")
        assert (opened.header.revision, opened.header.parent_seal) == (2, first.header.seal)
        ops.answer(workspace, opened, WAIT, said(20))
        ops.submit_visit(workspace, opened)
        ops.approve_visit(workspace, ops.judged(workspace, first.header.visit_id))
        ops.sync(workspace, office)
    assert [(row["revision"], row["status"]) for row in merged(laptop, office)] == [("2", "approved")]
    rows = table(office, "head-office-reviews.csv")
    assert [(row["decision"], row["revision"], row["reason"]) for row in rows] == [
        ("correct", "1", "receipt says 20 s"),
        ("approve", "2", ""),
    ]


def test_an_action_done_is_open_again_when_the_next_visit_finds_the_same(
    laptop: Laptop, office: Path, clock: Clock, camera: Callable[..., Path]
) -> None:
    """Opened on a visit of another laptop, late, done with a photo; the next bad visit, not the good one, finds it again."""
    with laptop("auditor") as workspace:
        visit_id = submitted(workspace, wait=90).header.visit_id
        ops.sync(workspace, office)
    merged(laptop, office)
    with laptop("boss") as workspace:
        seen = ops.seen_in(workspace, office, visit_id)
        (finding,) = ops.findings_seen(seen)
        assert (finding.question_id, finding.kind, finding.label) == ("wait", "lost", "Wait")
        store = (seen.waiting.store_id, seen.waiting.store_name)
        more = {"store": store, "form_id": seen.waiting.form_id, "note": "Open a second till"}
        with pytest.raises(MshopperError, match="2026-12-31"):
            ops.open_action(workspace, finding, (visit_id, 1), owner="Ugo", due="domani", **more)  # type: ignore[arg-type]
        action = ops.open_action(workspace, finding, (visit_id, 1), owner="Ugo", due="2026-11-30", **more)  # type: ignore[arg-type]
        ops.sync(workspace, office)
    merged(laptop, office)
    (row,) = table(office, "head-office-actions.csv")
    assert (row["state"], row["owner"], row["due"], row["wanted"]) == (
        "open",
        "Ugo",
        "2026-11-30",
        "Open a second till",
    )
    clock.pass_by(days=10)
    with laptop("auditor") as workspace:
        ops.sync(workspace, office)
        (late,) = ops.list_actions(workspace, store_id="MI-001")
        assert late.state(clock().date()) == "late"
        assert ops.list_actions(workspace, store_id="RM-002") == []
        done = ops.finish_action(workspace, action.id[:8], "Second till since Monday", ops.take_in(camera("till.jpg")))
        assert (done.state(clock().date()), done.wanted) == ("done", "Open a second till")
        assert ops.action_photo(workspace, done.last.photo).startswith(b"\xff\xd8")
        clock.pass_by(days=1)
        submitted(workspace, wait=30)
        assert ops.find_action(workspace, action.id).is_done
        again = submitted(workspace, wait=90)
        found = ops.find_action(workspace, action.id)
        assert (found.state(clock().date()), found.reopened, found.last.visit_id) == ("late", 1, again.header.visit_id)
        assert ops.sync(workspace, office).reviews == 2
    merged(laptop, office)
    (row,) = table(office, "head-office-actions.csv")
    assert (row["state"], row["reopened"], row["done"]) == ("open", "1", "Second till since Monday")
    assert len(list((office / "reviews").rglob(f"{row['photo']}.jpg"))) == 1
    with laptop("boss") as workspace:
        ops.sync(workspace, office)
        assert ops.find_action(workspace, action.id).reopened == 1


def test_a_laptop_that_learns_of_an_action_later_opens_it_again(laptop: Laptop, office: Path, clock: Clock) -> None:
    """The visit that finds the same was submitted before the laptop synced: it opens the action at its sync, once."""
    with laptop("auditor") as workspace:
        visit_id = submitted(workspace, wait=90).header.visit_id
        ops.sync(workspace, office)
    with laptop("boss") as workspace:
        merged_now = ops.sync(workspace, office)
        assert merged_now.problems == ()
    merged(laptop, office)
    with laptop("boss") as workspace:
        seen = ops.seen_in(workspace, office, visit_id)
        store = (seen.waiting.store_id, seen.waiting.store_name)
        action = ops.open_action(
            workspace, ops.findings_seen(seen)[0], (visit_id, 1), store=store, form_id="visit", owner="Ugo"
        )
        ops.finish_action(workspace, action.id, "done")
        ops.sync(workspace, office)
    clock.pass_by(days=1)
    with laptop("auditor") as workspace:
        submitted(workspace, wait=90)
        assert ops.list_actions(workspace) == []
        assert ops.sync(workspace, office).reviews == 1
        assert ops.sync(workspace, office).reviews == 0
        assert ops.list_actions(workspace)[0].reopened == 1


def test_findings_of_a_visit_held_here(workspace: ops.Workspace, camera: Callable[..., Path]) -> None:
    """Greeted "no" loses points and has a photo: two findings; an action on the first can't be opened twice."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("no", comment="nobody there"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera("door.jpg")))
    ops.answer(workspace, opened, WAIT, said(10))
    ops.answer(workspace, opened, WHO, said("Anna"))
    with pytest.raises(MshopperError, match="submitted"):
        ops.found_to_mend(workspace, opened.header.visit_id)
    ops.submit_visit(workspace, opened)
    found = ops.found_to_mend(workspace, opened.header.visit_id)
    assert [(one.question_id, one.kind) for one in found] == [("greeted", "lost"), ("greeted", "photo")]
    finding = ops.find_finding(found, "greeted")
    ops.add_action(workspace, opened.header.visit_id, finding, owner="Ugo")
    with pytest.raises(MshopperError, match="already"):
        ops.add_action(workspace, opened.header.visit_id, finding, owner="Ugo")
