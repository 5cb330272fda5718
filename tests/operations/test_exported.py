"""Exported visits: same visit, same bytes; imported as another's; any changed byte is found; hostile archives are refused."""

import contextlib
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mshopper import operations as ops
from mshopper.errors import MshopperError
from mshopper.model.answer import Answer
from mshopper.model.verification import DIFFERS
from mshopper.operations.identity import this_device
from tests.operations.conftest import GREETED, TILLS, Clock, begin, make_template, submitted


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ops.Workspace, str, Path]]:
    """A data folder with a sealed visit that has a photo and its original, the visit's id, and its exported file."""
    folder = tmp_path_factory.mktemp("source")
    picture = folder / "door.jpg"
    Image.linear_gradient("L").resize((64, 48)).save(picture)
    with ops.open_workspace(make_template(folder / "template"), clock=Clock()) as workspace:
        opened = begin(workspace)
        submitted(workspace, "RM-002")
        ops.answer(workspace, opened, GREETED, Answer("yes", comment="At once"))
        ops.attach_photo(workspace, opened, GREETED, ops.take_in(picture, keep_original=True))
        ops.add_instance(workspace, opened, TILLS)
        visit_id = ops.submit_visit(workspace, opened).visit_id
        yield workspace, visit_id, ops.export_visit(workspace, visit_id, folder)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[ops.Workspace]:
    """Somebody else's data folder."""
    with ops.open_workspace(tmp_path / "elsewhere", clock=Clock()) as workspace:
        yield workspace


def packed(source: Path, target: Path, changes: dict[str, bytes | None] | None = None) -> Path:
    """A copy of an archive with entries changed, added, or (None) left out."""
    changes = dict(changes or {})
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = changes.pop(info.filename, old.read(info))
            if data is not None:
                new.writestr(info, data)
        for name, added in changes.items():
            if added is not None:
                new.writestr(name, added)
    return target


def entry(path: Path, name: str) -> bytes:
    """What an archive has under that name."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_an_exported_visit_is_imported_as_the_others(
    source: tuple[ops.Workspace, str, Path], elsewhere: ops.Workspace, tmp_path: Path
) -> None:
    """Header, answers, photos, originals and score come over; it verifies, isn't published, and exports the same bytes."""
    workspace, visit_id, file = source
    header, is_new = ops.import_exported(elsewhere, file)
    there, here = workspace.record(visit_id), elsewhere.record(visit_id)
    assert (is_new, here) == (True, there)
    assert header.device_id == this_device(workspace).device_id != this_device(elsewhere).device_id
    photo = there.photos[0]
    for kind in ("jpeg", "original"):
        assert getattr(elsewhere.store.photos, kind)(photo.id) == getattr(workspace.store.photos, kind)(photo.id)
    assert elsewhere.store.photos.thumbnail(photo.id)
    found = ops.verify_visit(elsewhere, visit_id)
    assert found.agrees
    assert {check.reason.code for check in found.of("unchecked")} == {"key_carried"}
    assert ops.sync_state(elsewhere).to_publish == 0
    assert ops.sync(elsewhere, tmp_path / "office").published == 0
    assert ops.export_visit(elsewhere, visit_id, tmp_path / "again").read_bytes() == file.read_bytes()
    assert [row.visit_id for row in ops.list_visits(elsewhere)] == [visit_id]
    assert ops.rescore(elsewhere).different == ()


def test_importing_twice_changes_nothing_and_another_under_the_same_id_is_refused(
    source: tuple[ops.Workspace, str, Path], elsewhere: ops.Workspace
) -> None:
    """The same file again is no change; where another visit has the id, nothing is replaced; at home it is there already."""
    workspace, visit_id, file = source
    ops.import_exported(elsewhere, file)
    head = elsewhere.store.journal.head()
    assert ops.import_exported(elsewhere, file)[1] is False
    assert ops.import_exported(workspace, file)[1] is False
    assert elsewhere.store.journal.head() == head
    elsewhere.store.execute("UPDATE revisions SET seal = replace(seal, substr(seal, 1, 4), '0000')")
    before = elsewhere.record(visit_id)
    with pytest.raises(MshopperError, match="Another visit stands here"):
        ops.import_exported(elsewhere, file)
    assert elsewhere.record(visit_id) == before


def test_a_draft_is_not_exported(workspace: ops.Workspace, tmp_path: Path) -> None:
    """Without a seal there is nothing to prove."""
    opened = begin(workspace)
    with pytest.raises(MshopperError, match="no seal yet"):
        ops.export_visit(workspace, opened.header.visit_id, tmp_path / "a.mshopper-visit")


CHANGES: list[tuple[str, bytes, bytes]] = [
    ("visit.json", b'"At once"', b'"At last"'),
    ("visit.json", b'"percent":"100"', b'"percent":"99"'),
    ("visit.json", b'"started_at":"2026-11-21T10:30', b'"started_at":"2026-11-21T10:20'),
    ("visit.json", b'"caption":""', b'"caption":"x"'),
    ("visit.json", b'"state":"submitted"', b'"state":"approved"'),
    ("visit.json", b'"salt":"', b'"salt":"00'),
    ("visit.json", b'"public_key":"', b'"public_key":"00'),
    ("visit.json", b'{"form_source_name"', b'{ "form_source_name"'),
    ("visit.json", b'"earned":"5"', b'"earned":"1e999999999"'),
    ("visit.json", b'["till","",2]', b'["till","",999999999]'),
    ("journal.json", b'"revision":1', b'"revision":2'),
    ("journal.json", b'"content":"', b'"content":"0'),
    ("form.json", b'"Wait"', b'"Waits"'),
]


@pytest.mark.parametrize(("name", "before", "after"), CHANGES)
def test_a_changed_byte_in_an_exported_visit_is_found(
    source: tuple[ops.Workspace, str, Path],
    elsewhere: ops.Workspace,
    tmp_path: Path,
    name: str,
    before: bytes,
    after: bytes,
) -> None:
    """Answers, times, scores, journal lines, form, key: it doesn't verify or can't be read, and is never imported."""
    file = source[2]
    data = entry(file, name)
    assert before in data
    changed = packed(file, tmp_path / "a.mshopper-visit", {name: data.replace(before, after, 1)})
    with contextlib.suppress(MshopperError):
        assert ops.verify_file(elsewhere, changed).of(DIFFERS)
    with pytest.raises(MshopperError, match=r"a\.mshopper-visit"):
        ops.import_exported(elsewhere, changed)
    assert ops.count_visits(elsewhere) == 0


def test_a_changed_photo_is_found_and_named(
    source: tuple[ops.Workspace, str, Path], elsewhere: ops.Workspace, tmp_path: Path
) -> None:
    """A photo's bytes under its old name, and a photo that isn't there."""
    file = source[2]
    with zipfile.ZipFile(file) as archive:
        pictures = [name for name in archive.namelist() if name.startswith(("photos/", "originals/"))]
    assert len(pictures) == 2
    for name in pictures:
        data = entry(file, name)
        changed = packed(file, tmp_path / "a.mshopper-visit", {name: data[:-1] + bytes([data[-1] ^ 1])})
        codes = {check.reason.code for check in ops.verify_file(elsewhere, changed).of(DIFFERS)}
        assert codes & {"photo_changed", "original_changed"}
    missing = packed(file, tmp_path / "a.mshopper-visit", {next(n for n in pictures if "photos" in n): None})
    codes = {check.reason.code for check in ops.verify_file(elsewhere, missing).of(DIFFERS)}
    assert "photo_missing" in codes


def _link(path: Path) -> None:
    info = zipfile.ZipInfo("photos/" + "0" * 64)
    info.create_system, info.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(info, "/etc/passwd")


def _with(name: str, data: bytes = b"x") -> Callable[[Path], None]:
    def add(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, data)

    return add


def _twice(path: Path) -> None:
    import warnings

    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("visit.json", "{}")


def _bomb(path: Path) -> None:
    data = b"0" * (12 << 20)
    changed = packed(path, path.with_name("bomb"), {"journal.json": data})
    changed.replace(path)


def _patched(offset: int, value: bytes) -> Callable[[Path], None]:
    """Change bytes of the first entry's record in the archive's directory."""

    def patch(path: Path) -> None:
        data = bytearray(path.read_bytes())
        start = data.index(b"PK\x01\x02") + offset
        data[start : start + len(value)] = value
        path.write_bytes(bytes(data))

    return patch


def _wrong_crc(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = data.index(b"application/vnd.mshopper") + 3
    data[place] ^= 1
    path.write_bytes(bytes(data))


def _many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"photos/{number:064d}", b"")


def _claims(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-14:-10] = struct.pack("<HH", 65_535, 65_535)
    path.write_bytes(bytes(data))


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "path traversal": (_with("../../evil"), "doesn't belong"),
    "absolute path": (_with("/etc/passwd"), "doesn't belong"),
    "Windows path": (_with("photos\\..\\evil"), "doesn't belong"),
    "nested archive": (_with("inner.zip", b"PK"), "doesn't belong"),
    "strange name": (_with("fotò\x01"), "doesn't belong"),
    "unknown picture": (_with("photos/" + "0" * 64), "doesn't belong"),
    "folder": (_with("photos/"), "doesn't belong"),
    "link": (_link, "is a link"),
    "twice": (_twice, "twice"),
    "bomb": (_bomb, "beyond reason"),
    "encrypted": (_patched(8, b"\x01\x00"), "encrypted"),
    "too large": (_patched(24, b"\xff\xff\xff\x7f"), "too large"),
    "unknown packing": (_patched(10, b"\x0e\x00"), "can't be read"),
    "wrong checksum": (_wrong_crc, "can't be read"),
    "many entries": (_many, "20000 entries"),
    "claimed entries": (_claims, "65535 entries"),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:-30]), "damaged or cut off"),
    "a comment at the end": (lambda path: path.write_bytes(path.read_bytes() + b"x"), "damaged or cut off"),
    "nothing": (lambda path: path.write_bytes(b"PK\x03\x04"), "damaged or cut off"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_archives_are_refused_in_bounded_memory(
    source: tuple[ops.Workspace, str, Path], tmp_path: Path, kind: str
) -> None:
    """Each is refused with a sentence that names the file, before anything large is read."""
    make, words = HOSTILE[kind]
    path = packed(source[2], tmp_path / "a.mshopper-visit")
    make(path)
    tracemalloc.start()
    try:
        with pytest.raises(MshopperError, match=words) as refused:
            ops.open_exported(path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    assert "a.mshopper-visit" in str(refused.value)


@settings(max_examples=40)
@given(place=st.floats(0, 1), value=st.integers(0, 255))
def test_any_changed_byte_of_the_file_is_refused_found_or_without_meaning(
    source: tuple[ops.Workspace, str, Path], tmp_path_factory: pytest.TempPathFactory, place: float, value: int
) -> None:
    """Whatever byte of the archive is another: only a sentence comes out, or the visit reads just as it was."""
    workspace, visit_id, file = source
    data = bytearray(file.read_bytes())
    data[min(int(place * len(data)), len(data) - 1)] = value
    changed = tmp_path_factory.mktemp("byte") / "a.mshopper-visit"
    changed.write_bytes(bytes(data))
    try:
        with ops.open_exported(changed) as exported:
            record = exported.visit.record
        found = ops.verify_file(workspace, changed)
    except MshopperError:
        return
    assert found.of(DIFFERS) or record == workspace.record(visit_id)
