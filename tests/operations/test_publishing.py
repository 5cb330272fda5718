"""What head office gets, whatever happens to laptops and folders: nothing lost, nothing twice, nothing of another's touched."""

import csv
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError
from mshopper.exchange.folder import HeadOffice
from mshopper.operations import identity
from tests.operations.conftest import FORM, GREETED, Clock, begin, said, submitted

Laptop = Callable[[str], ops.Workspace]


def shown(folder: Path) -> list[str]:
    """The seals in the merged table, each visit's."""
    with (folder / "head-office.csv").open(encoding="utf-8", newline="") as stream:
        return sorted(row["seal"] for row in csv.DictReader(stream))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def devices(workspace: ops.Workspace) -> int:
    return len(workspace.store.devices.all())


def test_a_restored_backup_repeats_and_overwrites_nothing(folder: Path, tmp_path: Path, clock: Clock) -> None:
    """Restored to before two syncs and gone on from there: another identity, old files as they were, each visit once."""
    office = tmp_path / "office"
    seals = []
    with ops.open_workspace(folder, clock=clock) as workspace:
        seals.append(submitted(workspace).header.seal)
        ops.sync(workspace, office)
        common = submitted(workspace).header.seal
    backup = Path(shutil.copytree(folder, tmp_path / "backup"))
    with ops.open_workspace(folder, clock=clock) as workspace:
        ops.sync(workspace, office)
        seals += [common, submitted(workspace).header.seal]
        ops.sync(workspace, office)
    before = files(office / "results")
    with ops.open_workspace(backup, clock=clock) as workspace:
        # What the folder holds under the next number is unknown to the backup, though one of the visits is the same.
        seals.append(submitted(workspace).header.seal)
        result = ops.sync(workspace, office)
        assert (result.published, result.merged) == (2, 4)
        assert "before it got its present identity" in " ".join(result.problems)
        assert devices(workspace) == 2
        assert ops.sync(workspace, office).published == 0
    assert before.items() <= files(office / "results").items()
    with ops.open_workspace(folder, clock=clock) as workspace:
        assert ops.merge(workspace, office, claim=True).visits == 4
    assert shown(office) == sorted(seals)


def test_a_backup_taken_before_a_sync_publishes_the_same_segment(folder: Path, tmp_path: Path, clock: Clock) -> None:
    """Nothing new since: the same files under the same identity, found there already."""
    office = tmp_path / "office"
    with ops.open_workspace(folder, clock=clock) as workspace:
        submitted(workspace)
        # The segment is begun, then the laptop dies before it knows that it stands in the folder.
        first = workspace.store.segments.unpublished(None)
        device = workspace.store.devices.current()
        assert device is not None
        workspace.store.segments.begin(device.device_id, first, at=workspace.now())
    backup = Path(shutil.copytree(folder, tmp_path / "backup"))
    with ops.open_workspace(folder, clock=clock) as workspace:
        ops.sync(workspace, office)
    before = files(office)
    with ops.open_workspace(backup, clock=clock) as workspace:
        assert ops.sync(workspace, office).published == 1
        assert devices(workspace) == 1
    assert files(office) == before


def test_a_clone_on_a_machine_that_looks_the_same_is_noticed(folder: Path, tmp_path: Path, clock: Clock) -> None:
    """Two copies with one key publish in turns: the first to find strange segments under its name takes another one."""
    office = tmp_path / "office"
    clone = Path(shutil.copytree(folder, tmp_path / "clone"))
    seals = []
    for _round in range(3):
        for place in (folder, clone):
            clock.pass_by(minutes=1)
            with ops.open_workspace(place, clock=clock) as workspace:
                seals.append(submitted(workspace).header.seal)
                assert ops.sync(workspace, office).published == 1
    with ops.open_workspace(folder, clock=clock) as workspace:
        ops.merge(workspace, office, claim=True)
    assert shown(office) == sorted(seals)
    assert len(list((office / "results").iterdir())) == 2
    assert len(list((office / "results").rglob("*.json"))) == 6 + 2


def test_clones_that_met_only_through_a_sync_client_keep_all_visits(folder: Path, tmp_path: Path, clock: Clock) -> None:
    """Both wrote number 1 of one device into folders that were joined later: both count, then both go on as others."""
    clone = Path(shutil.copytree(folder, tmp_path / "clone"))
    offices = tmp_path / "office-1", tmp_path / "office-2"
    seals = []
    for place, office in zip((folder, clone), offices, strict=True):
        with ops.open_workspace(place, clock=clock) as workspace:
            seals.append(submitted(workspace).header.seal)
            ops.sync(workspace, office)
    shutil.copytree(offices[1] / "results", offices[0] / "results", dirs_exist_ok=True)
    for place in (folder, clone):
        with ops.open_workspace(place, clock=clock) as workspace:
            seals.append(submitted(workspace).header.seal)
            assert ops.sync(workspace, offices[0]).published == 1
            assert devices(workspace) == 2
    with ops.open_workspace(folder, clock=clock) as workspace:
        report = ops.merge(workspace, offices[0], claim=True)
        assert (report.visits, report.problems) == (4, ())
    assert shown(offices[0]) == sorted(seals)


@pytest.mark.parametrize("harm", ["removed", "one file removed", "cut", "a bit", "emptied"])
def test_what_was_published_and_is_not_whole_there_goes_again(
    workspace: ops.Workspace, tmp_path: Path, harm: str
) -> None:
    """Whatever a stick or a sync client did to a segment, the laptop that made it makes it good at its next sync."""
    office = tmp_path / "office"
    submitted(workspace)
    ops.sync(workspace, office)
    before = files(office)
    (table,) = (office / "results").rglob("*.answers.csv")
    match harm:
        case "removed":
            for path in table.parent.glob("0*"):
                path.unlink()
        case "one file removed":
            table.unlink()
        case "cut":
            table.write_bytes(table.read_bytes()[:-9])
        case "emptied":
            table.write_bytes(b"")
        case "a bit":
            about = table.stat()
            table.write_bytes(table.read_bytes().replace(b"Anna", b"Anne"))
            os.utime(table, ns=(about.st_atime_ns, about.st_mtime_ns))
    result = ops.sync(workspace, office)
    assert (result.published, result.problems) == (1, ())
    assert files(office) == before
    assert devices(workspace) == 1
    assert ops.sync(workspace, office).published == 0


def test_what_a_former_identity_published_goes_again_under_the_new_one(
    folder: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A laptop that was replaced, and a folder that lost its former segments: they come under the present name."""
    office = tmp_path / "office"
    with ops.open_workspace(folder, clock=clock) as workspace:
        seal = submitted(workspace).header.seal
        ops.sync(workspace, office)
        old = workspace.store.devices.all()[0].device_id
    monkeypatch.setattr(identity, "machine_fingerprint", lambda: "another machine")
    with ops.open_workspace(folder, clock=clock) as workspace:
        assert ops.sync(workspace, office).published == 0
        shutil.rmtree(office / "results" / old)
        assert ops.sync(workspace, office).published == 1
        assert not (office / "results" / old).exists()
        assert ops.merge(workspace, tmp_path / "office", claim=True).missing
    with ops.open_workspace(folder, clock=clock) as workspace:
        assert ops.sync(workspace, tmp_path / "stick").merged == 1
        assert shown(tmp_path / "stick") == [seal]


def test_each_of_two_folders_gets_everything(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A stick today, the network tomorrow: what went to one goes to the other too, and nothing is sent twice to either."""
    network, stick = tmp_path / "network", tmp_path / "stick"
    seals = []
    for place in (network, stick, network, stick):
        seals.append(submitted(workspace).header.seal)
        ops.sync(workspace, place)
    ops.sync(workspace, network)
    assert shown(network) == shown(stick) == sorted(seals)
    assert ops.sync(workspace, network).published == ops.sync(workspace, stick).published == 0
    assert devices(workspace) == 1


def test_an_erasure_is_not_taken_for_a_clone(laptop: Laptop, tmp_path: Path) -> None:
    """After head office compacted its segment, a laptop keeps its identity, publishes on, and brings nothing back."""
    office = tmp_path / "office"
    with laptop("head office") as workspace:
        ops.sync(workspace, office)
    with laptop("a") as workspace:
        gone = submitted(workspace, who="Anna to be forgotten").header
        kept = submitted(workspace).header
        ops.sync(workspace, office, evidence=True)
        identities = devices(workspace)
    with laptop("head office") as workspace:
        assert ops.merge(workspace, office, excel="it", workbook=True, parquet=True).visits == 2
        ops.erase(workspace, office, (gone.visit_id,))
        assert ops.merge(workspace, office).visits == 1
        assert ops.compact(workspace, office).visits == 1
        assert shown(office) == [kept.seal]
    with laptop("a") as workspace:
        again = submitted(workspace).header
        result = ops.sync(workspace, office, evidence=True)
        assert (result.published, result.problems) == (1, ())
        assert devices(workspace) == identities
        assert ops.sync(workspace, office).published == 0
    with laptop("head office") as workspace:
        assert ops.merge(workspace, office, excel="it", workbook=True, parquet=True).visits == 2
        ops.compact(workspace, office)
    assert shown(office) == sorted((kept.seal, again.seal))
    assert {path.name for path in (office / "evidence").iterdir()} == {kept.visit_id, again.visit_id}
    tombstones = {path for path in files(office) if path.endswith(".tombstone.json")}
    for name, content in files(office).items():
        assert b"to be forgotten" not in content, name
        assert gone.visit_id.encode() not in content or name in tombstones, name
    with laptop("a") as workspace, pytest.raises(HeadOfficeError, match="--claim"):
        ops.compact(workspace, office)


def test_evidence_goes_once_by_content(
    workspace: ops.Workspace, tmp_path: Path, camera: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Photos and PDF where wanted: short names, each once, going on where a broken-off sync was; in one flush a visit."""
    office = tmp_path / "office"
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("no", comment="nobody there"))
    for name in ("a.jpg", "b.jpg", "a.jpg"):
        ops.attach_photo(workspace, opened, GREETED, ops.take_in(camera(name)))
    ops.submit_visit(workspace, opened)
    assert ops.sync(workspace, office).evidence == 0
    assert not (office / "evidence").exists()
    ops.change_settings(workspace, evidence=True)
    real, calls = os.replace, iter(range(100))

    def once(source: str, target: str) -> None:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", once)
        with pytest.raises(HeadOfficeError, match="No space"):
            ops.sync(workspace, office)
    first = files(office / "evidence")
    assert len(first) == 2
    result = ops.sync(workspace, office)
    assert result.evidence == 1
    assert "1 photo or report sent" in result.sentence()
    there = files(office / "evidence")
    assert first.items() <= there.items()
    folder = opened.header.visit_id
    photos = {f"{folder}/{photo.sha256}.jpg" for photo in workspace.store.photos.of_visit(folder)}
    assert len(photos) == 2
    assert {name for name in there if name.endswith(".jpg")} == photos
    (report,) = there.keys() - photos
    assert there[report].startswith(b"%PDF")
    assert all(len(f"evidence/{name}.tmp") < 120 for name in there)
    assert ops.sync(workspace, office).evidence == 0


def test_what_was_taken_is_named_and_started_visits_keep_their_form(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Versions, stores and plan by name; a visit goes on with its version; head office can go back to a former version."""
    office = tmp_path / "office"
    ops.sync(workspace, office)
    started = begin(workspace)
    second = FORM.replace('version: "1"', 'version: "2"').replace("Greeted?", "Greeted at once?")
    (office / "forms" / "visit.yaml").write_text(second, encoding="utf-8")
    (office / "stores.csv").write_text("store_id;nome\nTO-003;Torino\nMI-001;Milano Duomo\n", encoding="utf-8")
    (office / "plan.csv").write_text("plan_id,store_id,form_id\nP1,TO-003,visit\nP2,MI-001,visit\n", encoding="utf-8")
    result = ops.sync(workspace, office)
    assert result.taken.forms == ("Visit 2",)
    assert result.taken.stores == ("TO-003 Torino", "MI-001 Milano Duomo")
    assert result.taken.plan == ("P1", "P2")
    assert result.changes()[0] == "Forms taken: Visit 2."
    assert ops.sync(workspace, office).changes() == ()
    resumed = ops.open_visit(workspace, started.header.visit_id)
    assert (resumed.form.version, resumed.header.form_version) == ("1", "1")
    assert begin(workspace).form.version == "2"
    (office / "plan.csv").write_text("plan_id,store_id,form_id\nP2,TO-003,visit\n", encoding="utf-8")
    result = ops.sync(workspace, office)
    assert (result.taken.plan, result.taken.dropped_plan) == (("P2",), ("P1",))
    (office / "forms" / "visit.yaml").write_text("id: [broken", encoding="utf-8")
    assert "visit.yaml" in ops.sync(workspace, office).problems[0]
    assert begin(workspace).form.version == "2"
    (office / "forms" / "visit.yaml").write_text(FORM, encoding="utf-8")
    assert ops.sync(workspace, office).taken.forms == ("Visit 1",)
    assert begin(workspace).form.version == "1"
    assert ops.sync(workspace, office).taken.forms == ()


def test_a_wrong_clock_changes_nothing_but_times(folder: Path, tmp_path: Path, clock: Clock) -> None:
    """Set back by years between two syncs: numbers go on, nothing clashes, the later correction counts."""
    office = tmp_path / "office"
    seals = []
    for _round in range(3):
        with ops.open_workspace(folder, clock=clock) as workspace:
            seals.append(submitted(workspace).header.seal)
            result = ops.sync(workspace, office)
            assert (result.published, result.problems) == (1, ())
        clock.pass_by(days=-700)
    assert shown(office) == sorted(seals)
    assert len(HeadOffice(office).scan().segments) == 3


def test_visits_count_as_sent_in_the_folder_that_has_them(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A second folder lacks them all and gets them all; back at the first one, under another name, they are sent."""
    network, stick = tmp_path / "network", tmp_path / "stick"
    seals = [submitted(workspace).header.seal for _ in range(2)]
    ops.change_settings(workspace, head_office=str(network))
    assert ops.sync(workspace, network).published == 2
    assert ops.sync_state(workspace).to_publish == 0
    ops.change_settings(workspace, head_office=str(stick))
    assert ops.sync_state(workspace) == ops.SyncState(2, "")
    assert [row.synced for row in ops.list_visits(workspace, limit=5, offset=0)] == [False, False]
    assert ops.sync(workspace, stick).published == 2
    seals.append(submitted(workspace).header.seal)
    assert ops.sync(workspace, stick).published == 1
    assert shown(stick) == sorted(seals)
    moved = network.rename(tmp_path / "mounted elsewhere")
    ops.change_settings(workspace, head_office=str(moved))
    assert ops.sync_state(workspace).to_publish == 3
    assert ops.look(workspace, moved).visits == 1
    assert ops.sync_state(workspace).to_publish == 1
    assert ops.sync(workspace, moved).published == 1
    assert shown(moved) == sorted(seals)
    assert (devices(workspace), ops.sync_state(workspace).to_publish) == (1, 0)


def test_a_copied_folder_is_known(workspace: ops.Workspace, tmp_path: Path) -> None:
    """A copy without its id (or of before there were any) has what it has: nothing is sent again."""
    office = tmp_path / "office"
    submitted(workspace)
    ops.sync(workspace, office)
    copy = Path(shutil.copytree(office, tmp_path / "copy"))
    (copy / "head-office.json").unlink()
    before = files(copy / "results")
    assert ops.sync(workspace, copy).published == 0
    assert files(copy / "results") == before


def test_how_syncs_went_is_remembered(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Results come back as they were, failures with their sentence; one that repeats by itself is noted once."""
    office = tmp_path / "office"
    submitted(workspace)
    done = ops.sync(workspace, office)
    missing = tmp_path / "not" / "there"
    for automatic in (False, True, True):
        with pytest.raises(HeadOfficeError):
            ops.sync(workspace, missing, automatic=automatic)
    failed, first = ops.list_syncs(workspace)
    assert (first.result, first.place, first.automatic) == (done, str(office), False)
    assert failed.result is None
    assert "no folder" in failed.problems[0]
