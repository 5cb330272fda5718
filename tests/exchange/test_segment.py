"""Segments: written once, whole or not there, and never an exception whatever lies in the folder."""

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mshopper.errors import HeadOfficeError
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.schema import ANSWERS, TABLES, VISITS
from mshopper.exchange.segment import DeviceClashError, Segment, SegmentProblem, read_segment
from mshopper.model.record import Store

whole_folder = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_segment_is_as_designed(head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any) -> None:
    """Four tables and a signed statement, named by number and content, in short lower-case paths."""
    device = "7d9f2f0e-3c53-4f21-9a44-0a4f3ad1f6f1"
    segment = laptop(device).publish(head_office, visit(1), visit(2))
    names = sorted(path.name for path in segment.folder.iterdir())
    stem = segment.name
    assert names == sorted(
        ["device.json", f"{stem}.json", *(f"{stem}.{table}.csv" for table in ("visits", "scores", "answers", "photos"))]
    )
    assert stem.startswith("00000001-")
    assert len(stem) == 8 + 1 + 16
    for path in segment.folder.iterdir():
        relative = path.relative_to(head_office.folder).as_posix()
        assert len(relative + ".tmp") < 120
        assert relative == relative.lower()
    statement = json.loads((segment.folder / f"{stem}.json").read_text("utf-8"))
    assert statement["mshopper_segment"] == 1
    assert statement["files"]["visits"]["rows"] == 2
    assert statement["public_key"] == json.loads((segment.folder / "device.json").read_text("utf-8"))["public_key"]
    assert read_segment(segment.folder, stem, device_key=statement["public_key"], verify=check_signature) == segment
    with segment.path(VISITS).open(encoding="utf-8", newline="") as stream:
        assert next(csv.reader(stream, strict=True)) == list(VISITS.column_names)


def test_publishing_again_changes_nothing(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """The same records under the same number are the same files, not written a second time."""
    office = laptop("office")
    first = office.publish(head_office, visit(1))
    stamps = {path: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    assert office.publish_again(head_office, visit(1)) == first
    assert {path: path.stat().st_mtime_ns for path in first.folder.iterdir()} == stamps


def test_another_content_under_a_number_is_refused(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """A restored backup that publishes its next number again learns so, and what is there stays."""
    office = laptop("office")
    office.publish(head_office, visit(1))
    before = contents(head_office.folder)
    with pytest.raises(DeviceClashError, match="identity of its own"):
        office.publish_again(head_office, visit(2))
    assert contents(head_office.folder) == before


def test_another_key_under_a_device_is_refused(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """A second computer with the same device id can't publish."""
    laptop("office").publish(head_office, visit(1))
    with pytest.raises(DeviceClashError, match="Another computer"):
        laptop("office").publish(head_office, visit(2))


def test_a_kill_half_way_is_made_good(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Whatever files of a segment are there when it is killed, publishing again completes the same segment."""
    office = laptop("office")
    segment = office.publish(head_office, visit(1))
    paths = [*(segment.path(table) for table in TABLES), segment.folder / f"{segment.name}.json"]
    for written in range(len(paths)):
        for path in paths[written:]:
            path.unlink()
        (segment.folder / f"{segment.name}.visits.csv.tmp").write_bytes(b"half")
        assert office.publish_again(head_office, visit(1)) == segment
        assert isinstance(read_segment(segment.folder, segment.name), Segment)


@whole_folder
@given(data=st.data())
def test_a_changed_byte_is_never_merged(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, laptop: Any, visit: Any, check_signature: Any
) -> None:
    """A flipped bit, a cut or an addition anywhere in any file is a named problem, never an exception."""
    head_office = HeadOffice.open(tmp_path_factory.mktemp("x") / "ho", device_id="office")
    segment = laptop("office").publish(head_office, visit(1))
    files = sorted(path for path in segment.folder.iterdir() if path.name != "device.json")
    path = data.draw(st.sampled_from(files))
    content = path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    how = data.draw(st.sampled_from(("flip", "cut", "add")))
    broken = {
        "flip": content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :],
        "cut": content[:at],
        "add": content + content[at:],
    }[how]
    path.write_bytes(broken)
    found = read_segment(segment.folder, segment.name, verify=check_signature)
    if isinstance(found, Segment):  # blanks between the parts of the statement say nothing
        assert path.suffix == ".json"
        assert json.loads(broken) == json.loads(content)
    else:
        assert found.code in ("damaged", "foreign", "newer", "half", "forged")
        assert segment.name in found.sentence


def _resign(statement: dict[str, Any], **changes: Any) -> bytes:
    return json.dumps(statement | changes).encode("utf-8")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "damaged"),
        (b"\xff\xfe\0", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b"[]", "damaged"),
        (b"{}", "foreign"),
        (b'{"mshopper_segment": 3, "anything": 1}', "newer"),
        (b'{"mshopper_segment": 1}', "damaged"),
        (b'{"mshopper_segment": 1, "files": 3, "device": Infinity}', "damaged"),
    ],
)
def test_statements_that_are_none(head_office: HeadOffice, laptop: Any, visit: Any, content: bytes, code: str) -> None:
    """Empty, binary, endless, foreign and newer statements are told apart."""
    segment = laptop("office").publish(head_office, visit(1))
    (segment.folder / f"{segment.name}.json").write_bytes(content)
    assert read_segment(segment.folder, segment.name) == SegmentProblem(f"office/{segment.name}", code)


def test_a_segment_counts_only_where_it_was_published(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Copied into another device's folder, or renamed to another number, it is foreign."""
    segment = laptop("office").publish(head_office, visit(1))
    elsewhere = head_office.results / "other"
    shutil.copytree(segment.folder, elsewhere)
    assert read_segment(elsewhere, segment.name) == SegmentProblem(f"other/{segment.name}", "foreign")
    renamed = segment.name.replace("00000001", "00000002")
    for path in list(segment.folder.iterdir()):
        path.rename(path.with_name(path.name.replace(segment.name, renamed)))
    assert read_segment(segment.folder, renamed) == SegmentProblem(f"office/{renamed}", "foreign")


def test_only_the_device_can_sign(head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any) -> None:
    """A statement that agrees in itself, but is signed by nobody, or by another key than the device's, is forged."""
    segment = laptop("office").publish(head_office, visit(1))
    path = segment.folder / f"{segment.name}.json"
    path.write_bytes(_resign(json.loads(path.read_bytes()), signature="00" * 64))
    forged = SegmentProblem(f"office/{segment.name}", "forged")
    assert read_segment(segment.folder, segment.name, verify=check_signature) == forged
    assert read_segment(segment.folder, segment.name, device_key="ab" * 32) == forged


def test_a_folder_that_refuses_is_said(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """One sentence with the path; what stands there stays."""
    in_the_way = head_office.results / "office"
    in_the_way.write_bytes(b"somebody's file")
    with pytest.raises(HeadOfficeError, match=r"results.office.*can't be (read|written)"):
        laptop("office").publish(head_office, visit(1))
    assert in_the_way.read_bytes() == b"somebody's file"


def test_a_full_disk_is_said_and_leaves_nothing_half(
    head_office: HeadOffice, laptop: Any, visit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk refuses in the midst, no statement and no temporary file is left, and a second try succeeds."""
    office = laptop("office")
    real = os.fsync
    calls = iter(range(100))

    def full(handle: int) -> None:
        if next(calls) == 4:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HeadOfficeError, match="No space left on device"):
        office.publish(head_office, visit(1))
    left = [path.name for path in (head_office.results / "office").iterdir()]
    assert not [name for name in left if name.endswith(".tmp") or (name.endswith(".json") and name != "device.json")]
    assert isinstance(office.publish(head_office, visit(1)), Segment)


@pytest.mark.parametrize("name", ["../../x", "CON", "n" * 300, "two\r\nlines", "=cmd|'/C calc'!A0", 'a,"b";c', "ʤ 🛍️"])
def test_names_are_content_and_never_paths(head_office: HeadOffice, laptop: Any, visit: Any, name: str) -> None:
    """A store may be called anything: files keep their names, and the name comes back."""
    segment = laptop("office").publish(head_office, visit(1, store=Store(name, name), comment=name))
    assert [row["store_name"] for row in segment.rows(VISITS)] == [name]
    assert [row["comment"] for row in segment.rows(ANSWERS)] == [name]
    everything = [path for path in head_office.folder.parent.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(head_office.folder) for path in everything)
