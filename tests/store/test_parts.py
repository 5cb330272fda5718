"""The smaller parts: forms, shops, plan, auditors, devices, settings, segments."""

from dataclasses import replace

import pytest

from mshopper.model.form import Text
from mshopper.model.record import PlanItem, Store, VisitHeader
from mshopper.store import Database
from mshopper.store.auditors import Auditor
from mshopper.store.devices import Device
from mshopper.store.forms import FormRow
from mshopper.store.segments import RevisionId, Standing
from mshopper.store.syncs import KEPT, SyncEntry
from tests.store.conftest import AT, FORM_HASH, HEADER, submitted

LATER = "2026-11-13T10:00:00+01:00"


def test_every_version_of_a_form_is_kept(db: Database) -> None:
    """Document, file and titles come back; the list shows the latest version; the same hash again changes nothing."""
    document = {"id": "store_visit", "title": {"it": "Visita 2", "en": "Visit 2"}, "n": [1, True, None, "é"]}
    newer = FormRow("e" * 64, "store_visit", "2026.2", Text.of({"it": "Visita 2"}), "v2.yaml", LATER)
    call = FormRow("c" * 64, "call", "1", Text.of("Call"), "call.yaml", LATER)
    assert db.forms.add(newer, document=document, source=b"\xef\xbb\xbfid: x\r\n")
    assert db.forms.add(call, document={}, source=b"")
    assert not db.forms.add(replace(newer, source_name="copy.yaml"), document={}, source=b"")
    assert db.forms.list() == [call, newer]
    assert [row.hash for row in db.forms.versions("store_visit")] == [newer.hash, FORM_HASH]
    assert db.forms.latest("store_visit") == db.forms.row(newer.hash) == newer
    assert list(db.forms.document(newer.hash).items()) == list(document.items())  # type: ignore[attr-defined]
    assert db.forms.source(newer.hash) == b"\xef\xbb\xbfid: x\r\n"
    assert (db.forms.latest("other"), db.forms.row("other")) == (None, None)
    with pytest.raises(KeyError):
        db.forms.document("other")


def test_shops_are_replaced_and_found(db: Database) -> None:
    """Taking the same shops again changes nothing; words are found in any order, without case and accents."""
    milan = Store("MI01", "Milano Duomo", "Lombardia", "flagship", "Piazza Duomo 1", "45.46", "9.19", (("tel", "02"),))
    forli = Store("FC7", "Forlì Centro", "Emilia")
    assert db.stores.upsert([milan, forli]) == 2
    assert db.stores.upsert([milan, forli]) == 0
    assert db.stores.upsert([replace(milan, region="Nord")]) == 1
    assert db.stores.get("MI01") == replace(milan, region="Nord")
    assert db.stores.search("FORLI") == db.stores.search("centro fc7") == [forli]
    assert db.stores.search("forli duomo") == []
    assert db.stores.search(limit=1) == [forli]
    assert (db.stores.count(), [store.store_id for store in db.stores.all()]) == (2, ["FC7", "MI01"])
    assert db.stores.get("XX") is None


def test_the_plan_is_what_head_office_says(db: Database) -> None:
    """Replacing tells how much changed; what is due first comes first; what is open to all shows for each auditor."""
    soon = PlanItem("p1", "MI01", "store_visit", "a12", "2026-11-01", "2026-11-15")
    later = PlanItem("p2", "MI01", "store_visit", "", "2026-11-01", "2026-11-30")
    any_time = PlanItem("p3", "RM02", "unknown_form", "other")
    db.stores.upsert([Store("MI01", "Milano Duomo")])
    assert db.plan.replace([any_time, later, soon]) == 3
    assert db.plan.replace([any_time, later, soon]) == 0
    assert [row.item for row in db.plan.list()] == [soon, later, any_time]
    assert [row.item.plan_id for row in db.plan.list(auditor_id="a12")] == ["p1", "p2"]
    first = db.plan.list()[0]
    assert (first.store_name, first.form_title.get("en"), first.visit_id) == ("Milano Duomo", "Store visit", "")
    assert db.plan.replace([later]) == 2
    db.plan.upsert([replace(later, to_date="2026-12-01")])
    assert db.plan.get("p2") == replace(later, to_date="2026-12-01")


def test_the_plan_knows_the_visits_made_for_it(db: Database) -> None:
    """An item is open until a visit is started for it, and then shows that visit and its state."""
    db.plan.replace([PlanItem("p1", "MI01", "store_visit"), PlanItem("p2", "MI01", "store_visit")])
    db.visits.insert(replace(HEADER, plan_id="p1"))
    assert [(row.item.plan_id, row.visit_id, row.state) for row in db.plan.list()] == [
        ("p1", HEADER.visit_id, "in_progress"),
        ("p2", "", ""),
    ]
    assert [row.item.plan_id for row in db.plan.list(open_only=True)] == ["p2"]


def test_auditors_are_kept_by_id(db: Database) -> None:
    """A name may change, the id stays."""
    db.auditors.upsert(Auditor("a2", "Zoë"))
    db.auditors.upsert(Auditor("a1", "Ugo"))
    db.auditors.upsert(Auditor("a2", "Anna"))
    assert db.auditors.all() == [("a2", "Anna"), ("a1", "Ugo")]
    assert (db.auditors.get("a1"), db.auditors.get("a9")) == (("a1", "Ugo"), None)


def test_the_device_is_the_one_added_last(db: Database) -> None:
    """Earlier devices and their keys are kept; a private key never shows in a representation."""
    assert db.devices.current() is None
    first = Device("d1", "machine 1", AT, b"\0" * 32, b"secret" * 5)
    second = replace(first, device_id="d0", fingerprint="machine 2")
    db.devices.add(first)
    db.devices.add(second)
    assert (db.devices.current(), db.devices.get("d1")) == (second, first)
    assert db.devices.all() == [first, second]
    assert "secret" not in repr(first)


def test_settings_are_json_values(db: Database) -> None:
    """Any JSON value comes back as it was; what was never set is the default."""
    value = {"size": [1, 2.5], "dark": True, "name": "è", "none": None}
    db.settings.set("window", value)
    db.settings.set("window", value | {"dark": False})
    assert db.settings.get("window") == value | {"dark": False}
    assert (db.settings.get("other"), db.settings.get("other", 3)) == (None, 3)


def test_a_segment_is_begun_published_and_never_doubled(db: Database, visit: VisitHeader) -> None:
    """A sealed revision is unpublished until its segment stands; a segment begun is found pending after a crash."""
    assert db.segments.unpublished("office") == []
    header = submitted(visit)
    db.visits.freeze(visit.visit_id, 1, computed={}, irrelevant=frozenset(), sheet=None, header=header)
    revision = RevisionId(visit.visit_id, 1)
    assert db.segments.unpublished("office") == [revision]
    begun = db.segments.begin("d1", [revision], at=AT)
    assert (begun.seq, begun.revisions) == (1, (revision,))
    assert db.segments.pending("d1", "office") == begun
    assert db.segments.unpublished("office") == [revision]
    db.segments.publish(begun, "office", digest="ab", at=LATER)
    assert db.segments.pending("d1", "office") is None
    assert db.segments.unpublished("office") == []
    assert db.segments.standing("office", "d1") == [Standing("d1", 1, "ab")]
    assert (db.segments.last_seq("d1"), db.segments.last_seq("d2")) == (1, 0)


def test_another_folder_lacks_what_only_the_first_one_has(db: Database, visit: VisitHeader) -> None:
    """The same segment is pending for a second folder, and for one that was never seen everything is unpublished."""
    header = submitted(visit)
    db.visits.freeze(visit.visit_id, 1, computed={}, irrelevant=frozenset(), sheet=None, header=header)
    revision = RevisionId(visit.visit_id, 1)
    begun = db.segments.begin("d1", [revision], at=AT)
    db.segments.publish(begun, "office", digest="ab", at=LATER)
    assert db.segments.unpublished(None) == db.segments.unpublished("stick") == [revision]
    assert db.segments.pending("d1", "stick") == begun
    db.segments.publish(begun, "stick", digest="cd", at=LATER)
    db.segments.withdraw(Standing("d1", 1, "ab"), "office")
    assert db.segments.unpublished("stick") == []
    assert db.segments.unpublished("office") == [revision]
    assert db.segments.standing_anywhere("d1") == [Standing("d1", 1, "cd")]


def test_only_what_stands_nowhere_is_given_up(db: Database) -> None:
    """A segment given up frees its number; a published one stays."""
    db.segments.publish(db.segments.begin("d1", [], at=AT), "office", digest="x", at=AT)
    db.segments.begin("d1", [RevisionId("v", 1)], at=AT)
    assert db.segments.published_nowhere("d1") == {2}
    db.segments.abandon("d1")
    assert db.segments.last_seq("d1") == 1
    assert db.segments.published_nowhere("d1") == frozenset()


def test_the_last_syncs_are_kept(db: Database) -> None:
    """The newest comes first; beyond two hundred the oldest are forgotten."""
    for number in range(KEPT + 5):
        db.syncs.add(SyncEntry(AT, f"office {number}", 0.5, number % 2 == 0, {"published": number}, ("è",)))
    kept = db.syncs.latest()
    assert [one.place for one in kept] == [f"office {number}" for number in range(KEPT + 4, 4, -1)]
    assert kept[0] == SyncEntry(AT, f"office {KEPT + 4}", 0.5, True, {"published": KEPT + 4}, ("è",))


def test_a_folder_is_one_however_it_is_reached(db: Database) -> None:
    """Under another drive letter its id says when the last sync was; one that was never seen has none."""
    db.folders.seen("E:/office", "id", synced_at=AT)
    db.folders.seen("F:/office", "id")
    db.folders.choose("G:/office")
    assert (db.folders.id_of("F:/office"), db.folders.last_sync("F:/office")) == ("id", AT)
    assert (db.folders.id_of("G:/office"), db.folders.last_sync("G:/office")) == (None, "")
