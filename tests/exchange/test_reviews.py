"""Reviews in the merge: the chain decides the status, whatever arrives in whatever order; what isn't right is set aside."""

import itertools
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from mshopper.exchange.compact import compact
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import MergeReport, merge
from mshopper.exchange.merged import read_merged
from mshopper.exchange.reviews import REVIEW
from mshopper.exchange.schema import ACTIONS, MERGED_TABLES, REVIEWS, VISITS, Row, Table
from mshopper.exchange.segment import SegmentProblem
from mshopper.exchange.tombstone import write_tombstone


def office_merge(head_office: HeadOffice, **more: Any) -> MergeReport:
    return merge(head_office, device_id="office", **more)


def rows(head_office: HeadOffice, table: Table) -> list[Row]:
    merged = read_merged(head_office.folder)
    assert merged is not None
    return list(merged.rows(table))


def statuses(head_office: HeadOffice) -> dict[str, str]:
    return {row["visit_id"][-1]: row["status"] for row in rows(head_office, VISITS)}


def test_the_chain_decides_the_status(head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any) -> None:
    """Returned, corrected, approved: each revision as its seal was judged; a visit not done keeps its own."""
    anna, boss = laptop("anna"), laptop("boss")
    first, second = visit(1, earned=4), visit(1, revision=2, earned=9)
    anna.publish(head_office, first, visit(2), visit(3, status="not_done"), visit(4))
    returned = boss.review(head_office, first, "return", reason="=no photo")
    boss.review(head_office, visit(3, status="not_done"), "approve")
    office_merge(head_office, verify=check_signature)
    assert statuses(head_office) == {"1": "returned", "2": "submitted", "3": "not_done", "4": "submitted"}
    anna.publish(head_office, second)
    office_merge(head_office, verify=check_signature)
    assert statuses(head_office)["1"] == "submitted"
    boss.review(head_office, second, "approve", returned.hash)
    office_merge(head_office, verify=check_signature)
    assert statuses(head_office)["1"] == "approved"
    found = [
        (row["revision"], row["number"], row["decision"], row["percent"], row["reason"])
        for row in rows(head_office, REVIEWS)[:2]
    ]
    assert found == [("1", "1", "return", "40", "=no photo"), ("2", "2", "approve", "90", "")]


def test_any_order_and_any_pauses_give_the_same_tables(
    tmp_path: Path, laptop: Any, visit: Any, check_signature: Any
) -> None:
    """Files that arrive one by one, with a merge after each that reads only what is new, give the bytes of one merge."""
    source = HeadOffice.open(tmp_path / "all", device_id="office")
    anna, boss, other = laptop("anna"), laptop("boss"), laptop("other")
    visits = [visit(number, comment="x" * number) for number in range(1, 5)]
    for one in visits:
        anna.publish(source, one)
    for number, one in enumerate(visits):
        begun = boss.review(source, one, "return" if number % 2 else "approve", reason="a")
        other.review(source, one, "dispute", begun.hash, reason="b", disputed_by="c")
    lost = boss.act(source, visits[2], "open", owner="Ugo", due="2026-12-01", note="train")
    boss.act(source, visits[2], "done", lost.hash, owner="Ugo", due="2026-12-01", note="trained")
    expected = office_merge(source, verify=check_signature)
    assert expected.rows["reviews"] == 8
    assert expected.problems == ()
    for seed in range(2):
        target = HeadOffice.open(tmp_path / f"slow-{seed}", device_id="office")
        for device in ("anna", "boss", "other"):
            (target.device_folder(device)).mkdir(parents=True)
            shutil.copy(source.device_folder(device) / "device.json", target.device_folder(device))
        parts = [*source.reviews.rglob("*.json"), *source.device_folder("anna").glob("0*.json")]
        random.Random(seed).shuffle(parts)
        for part in parts:
            for path in part.parent.glob(f"{part.name.partition('.')[0]}.*"):
                place = target.folder / path.relative_to(source.folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place)
            office_merge(target, verify=check_signature, state=tmp_path / "state")
        for table in MERGED_TABLES:
            assert (target.folder / table.file).read_bytes() == (source.folder / table.file).read_bytes(), table.name
        assert office_merge(target, verify=check_signature, state=tmp_path / "state").written == ()


def test_two_decisions_at_once_are_both_kept(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """The lower hash stands until people go on with one of them; who has seen the other ends the conflict."""
    anna, boss, other = laptop("anna"), laptop("boss"), laptop("other")
    anna.publish(head_office, visit(1))
    one = boss.review(head_office, visit(1), "approve")
    two = other.review(head_office, visit(1), "return", reason="dark")
    report = office_merge(head_office)
    assert [visit_id[-1] for visit_id in report.disagreements] == ["1"]
    assert any("Two decisions" in sentence for sentence in report.sentences())
    stands, loses = sorted((one, two), key=lambda each: each.hash)
    found = {row["decision_hash"]: (row["standing"], row["number"]) for row in rows(head_office, REVIEWS)}
    assert found == {stands.hash: ("stands", "1"), loses.hash: ("other", "")}
    kind = {one.hash: "approved", two.hash: "returned"}
    assert statuses(head_office)["1"] == kind[stands.hash]
    boss.review(head_office, visit(1), "approve", loses.hash, seen=(stands.hash,))
    assert office_merge(head_office).disagreements == ()
    assert statuses(head_office)["1"] == "approved"


def test_what_is_not_right_is_set_aside_and_named(
    head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any
) -> None:
    """Changed, under another's name, signed by an unpublished key or by another's key, newer, copied: none decides anything."""
    anna, boss, stranger = laptop("anna"), laptop("boss"), laptop("stranger")
    anna.publish(head_office, visit(1))
    good = boss.review(head_office, visit(1), "dispute", reason="a")
    folder = head_office.reviews_folder("boss")
    content = {key: said for key, said in good.document.items() if key not in ("device", "public_key", "created")}
    stranger.say(head_office, REVIEW, content | {"kind": "approve"}, register=False)
    thief = laptop("boss")
    thief.say(head_office, REVIEW, content | {"kind": "approve"}, register=False)
    (folder / "0123456789abcdef.review.json").write_bytes((folder / good.file).read_bytes())
    (folder / "fedcba9876543210.review.json").write_text("{", "utf-8")
    (folder / f"{good.name}.review (1).json").write_bytes(b"")
    (folder / "notes.txt").write_text("x")
    (folder / ("0" * 64 + ".jpg")).write_bytes(b"")
    anna.say(head_office, REVIEW, {"visit": content["visit"]})
    report = office_merge(head_office, verify=check_signature)
    assert sorted(problem.code for problem in report.problems) == [
        "copy",
        "damaged",
        "damaged",
        "damaged",
        "foreign",
        "forged",
        "keyless",
    ]
    assert all(isinstance(problem, SegmentProblem) and problem.sentence for problem in report.problems)
    assert statuses(head_office) == {"1": "submitted"}
    assert [row["decision"] for row in rows(head_office, REVIEWS)] == ["dispute"]


@pytest.mark.parametrize("removes", [True, False])
def test_decisions_wait_and_are_missed(head_office: HeadOffice, laptop: Any, visit: Any, removes: bool) -> None:
    """One whose predecessor or visit hasn't arrived waits; one that was merged and is gone stops the merge."""
    anna, boss = laptop("anna"), laptop("boss")
    anna.publish(head_office, visit(1))
    first = boss.review(head_office, visit(1), "return", reason="a")
    boss.review(head_office, visit(1), "approve", first.hash)
    boss.review(head_office, visit(2), "approve")
    path = head_office.reviews_folder("boss") / first.file
    if removes:
        office_merge(head_office)
        path.unlink()
        assert office_merge(head_office).missing == (f"boss/{first.file}",)
        return
    path.rename(head_office.folder / "hidden")
    office_merge(head_office)
    assert statuses(head_office) == {"1": "submitted"}
    assert [row["standing"] for row in rows(head_office, REVIEWS)] == ["waiting"]
    (head_office.folder / "hidden").rename(path)
    anna.publish(head_office, visit(2))
    office_merge(head_office)
    assert statuses(head_office) == {"1": "approved", "2": "approved"}


def test_erasure_takes_what_was_said_too(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Decisions and actions on an erased visit leave the tables at once and the folder by compaction; others stay."""
    anna, office = laptop("anna"), laptop("office")
    anna.publish(head_office, visit(1), visit(2))
    for number, step in itertools.product((1, 2), ("approve", "open")):
        (anna.review if step == "approve" else anna.act)(head_office, visit(number), step)
    office_merge(head_office)
    about = {"device_id": "office", "public_key": office.key.public_key().public_bytes_raw(), "sign": office.key.sign}
    head_office.register("office", about["public_key"])
    erased = visit(1).header.visit_id
    write_tombstone(head_office.device_folder("office"), [erased], created="2026-11-21T12:00:00+01:00", **about)
    office_merge(head_office)
    for table in (VISITS, REVIEWS, ACTIONS):
        assert [row["visit_id"][-1] for row in rows(head_office, table)] == ["2"]
    compact(head_office, **about)
    assert len(list(head_office.reviews.rglob("*.json"))) == 2
    report = office_merge(head_office)
    assert (report.missing, report.problems, report.visits) == ((), (), 1)
