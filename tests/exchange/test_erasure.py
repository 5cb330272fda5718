"""Erasure: a tombstone hides a visit at once, compaction takes it out of every file, and nothing brings it back."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mshopper.errors import HeadOfficeError
from mshopper.exchange.compact import compact
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import merge
from mshopper.exchange.merged import read_merged
from mshopper.exchange.schema import TABLES, VISITS
from mshopper.exchange.segment import SegmentProblem
from mshopper.exchange.tombstone import Tombstone, erased_visits, write_tombstone

AT = "2026-11-21T12:00:00+01:00"


def erase(head_office: HeadOffice, device: Any, *visit_ids: str) -> Tombstone:
    key = device.key.public_key().public_bytes_raw()
    head_office.register(device.device_id, key)
    folder = head_office.device_folder(device.device_id)
    return write_tombstone(
        folder, visit_ids, device_id=device.device_id, public_key=key, sign=device.key.sign, created=AT
    )


def shown(head_office: HeadOffice) -> list[str]:
    merged = read_merged(head_office.folder)
    assert merged is not None
    return sorted(row["visit_id"][-1] for row in merged.rows(VISITS))


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_an_erased_visit_is_gone_from_tables_then_from_every_file(
    head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any, tmp_path: Path
) -> None:
    """Two revisions in two segments: hidden by the tombstone, rewritten by compaction; a late copy stays hidden."""
    office, anna, bruno = laptop("office"), laptop("anna"), laptop("bruno")
    secret = "the name of a shop assistant"
    first = anna.publish(head_office, visit(1, comment=secret), visit(2), visit(3))
    bruno.publish(head_office, visit(1, revision=2, comment=secret))
    shutil.copytree(first.folder, tmp_path / "late")
    evidence = head_office.folder / "evidence" / visit(1).header.visit_id
    evidence.mkdir(parents=True)
    (evidence / "photo.jpg").write_text(secret)
    state = tmp_path / "state"

    def merged() -> Any:
        return merge(head_office, device_id="office", state=state, verify=check_signature)

    assert merged().visits == 3
    stone = erase(head_office, office, visit(1).header.visit_id)
    assert erase(head_office, office, visit(1).header.visit_id) == stone
    report = merged()
    assert (report.visits, report.erased, report.problems) == (2, 1, ())
    assert shown(head_office) == ["2", "3"]
    by_reading_all = merge(head_office, device_id="anna", into=tmp_path / "other", verify=check_signature)
    assert by_reading_all.visits == 2
    assert (tmp_path / "other" / "head-office.csv").read_bytes() == (
        head_office.folder / "head-office.csv"
    ).read_bytes()

    with pytest.raises(HeadOfficeError, match="--claim"):
        compacted(head_office, anna, check_signature)
    done = compacted(head_office, office, check_signature)
    assert (len(done.segments), done.visits, done.problems) == (2, 2, ())
    report = merged()
    assert (report.visits, report.problems, report.missing) == (2, (), ())
    assert shown(head_office) == ["2", "3"]
    assert secret.encode() not in everything(head_office.results)
    assert not evidence.exists()
    assert head_office.replaced("anna") == {first.name}
    again = compacted(head_office, office, check_signature)
    assert (again.segments, again.visits) == ((), 0)
    assert merged().written == ()

    # A sync client brings back what it hadn't sent yet: hidden as before, and taken out again.
    for path in (tmp_path / "late").iterdir():
        shutil.copy(path, first.folder / path.name)
    assert merged().visits == 2
    assert shown(head_office) == ["2", "3"]
    compacted(head_office, office, check_signature)
    assert merged().visits == 2
    assert secret.encode() not in everything(head_office.results)


def compacted(head_office: HeadOffice, device: Any, check_signature: Any) -> Any:
    return compact(
        head_office,
        device_id=device.device_id,
        public_key=device.key.public_key().public_bytes_raw(),
        sign=device.key.sign,
        verify=check_signature,
    )


def test_a_compaction_killed_anywhere_loses_nothing(
    head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before any of its renames and removals: a merge finds the other visits, and the next compaction completes it."""
    office, anna = laptop("office"), laptop("anna")
    anna.publish(head_office, visit(1, comment="secret"), visit(2))
    anna.publish(head_office, visit(3))
    erase(head_office, office, visit(1).header.visit_id)
    merge(head_office, device_id="office", verify=check_signature)
    head_office.register("office", office.key.public_key().public_bytes_raw())
    start = head_office.folder.with_name("start")
    shutil.copytree(head_office.folder, start)
    replace, unlink = Path.replace, Path.unlink
    for step in (0, 1, 4, 5, 6, 8, 9, 10):
        shutil.rmtree(head_office.folder)
        shutil.copytree(start, head_office.folder)
        calls = iter(range(100))

        def counted(real: Any, calls: Any = calls, step: int = step) -> Any:
            def act(path: Path, *more: Any, **named: Any) -> Any:
                if not named and next(calls) == step:
                    raise KeyboardInterrupt
                return real(path, *more, **named)

            return act

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", counted(replace))
            patch.setattr(Path, "unlink", counted(unlink))
            try:
                compacted(head_office, office, check_signature)
            except KeyboardInterrupt:
                killed = True
            else:
                killed = False
        assert merge(head_office, device_id="office", verify=check_signature).visits == 2
        assert shown(head_office) == ["2", "3"]
        compacted(head_office, office, check_signature)
        report = merge(head_office, device_id="office", verify=check_signature)
        assert (report.visits, report.problems, report.missing) == (2, (), ())
        assert b"secret" not in everything(head_office.results)
        assert killed == (step < 10)


def test_a_tombstone_that_does_not_agree_hides_nothing(
    head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any
) -> None:
    """Damaged, forged, foreign and newer ones are named; where one was honoured and is gone, the merge stops."""
    office, anna = laptop("office"), laptop("anna")
    anna.publish(head_office, visit(1), visit(2))
    stone = erase(head_office, office, visit(1).header.visit_id)
    path = head_office.device_folder("office") / f"{stone.name}.tombstone.json"
    good = path.read_bytes()
    said = json.loads(good)
    for change, code in (
        ({"visits": [visit(2).header.visit_id]}, "damaged"),
        ({"signature": "00" * 64}, "forged"),
        ({"mshopper_tombstone": 2}, "newer"),
        ({"mshopper_tombstone": "x"}, "foreign"),
    ):
        path.write_text(json.dumps(said | change))
        report = merge(head_office, device_id="office", verify=check_signature)
        assert report.problems == (SegmentProblem(f"office/{stone.name}.tombstone.json", code),)
        assert report.visits == 2
    path.write_bytes(good)
    assert erased_visits(head_office, verify=check_signature) == {visit(1).header.visit_id}
    assert merge(head_office, device_id="office", verify=check_signature).visits == 1
    path.unlink()
    report = merge(head_office, device_id="office", verify=check_signature)
    assert (report.missing, report.written) == ((stone.id,), ())
    assert shown(head_office) == ["2"]


def test_every_table_loses_the_erased_rows_alone(
    head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any
) -> None:
    """What is left of a segment is, byte for byte, the rows of the others."""
    office, anna = laptop("office"), laptop("anna")
    segment = anna.publish(head_office, visit(1), visit(2, comment='a,"b"\r\nc'), visit(3))
    gone = visit(1).header.visit_id.encode()
    before = {table.name: segment.path(table).read_bytes().splitlines(keepends=True) for table in TABLES}
    erase(head_office, office, visit(1).header.visit_id)
    compacted(head_office, office, check_signature)
    for table in TABLES:
        (path,) = segment.folder.glob(f"*.{table.name}.csv")
        wanted = [line for line in before[table.name] if not line.startswith(gone)]
        assert path.read_bytes().splitlines(keepends=True) == wanted
