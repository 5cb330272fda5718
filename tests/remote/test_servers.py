"""A head-office folder on a server, reached by its URL: the same as one on a disk, and safe when the network isn't."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError
from mshopper.exchange.address import Address, Login, read_address
from mshopper.exchange.remote import LoginError, RemoteFolder
from tests.operations.conftest import FORM, GREETED, begin, said, submitted
from tests.remote.conftest import PASSWORD, USER, Server

Laptop = Callable[[str], ops.Workspace]
STORES = "store_id;name\nMI-001;Milano Duomo\nNA-003;Napoli, Città\n"
PLAN = "plan_id,store_id,form_id,from,to\np1,NA-003,visit,2026-11-01,2026-11-30\n"


@pytest.fixture(params=["webdav", "sftp", "s3"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each kind of server."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def address_of(server: Server, path: str = "uffici/sede è #1") -> Address:
    """The address of a folder with an odd name there, whose parent is there too."""
    if not server.url.startswith("s3:"):
        (server.files / Path(path).parent).mkdir(parents=True, exist_ok=True)
    plain, _question, options = server.url.partition("?")
    address, login = read_address(f"{plain}/{path}?{options}".replace(" ", "%20").replace("#", "%23"))
    assert login is None
    return address


def known(workspace: ops.Workspace, address: Address, password: str = PASSWORD) -> Address:
    ops.remember_login(workspace, address, Login(USER, password))
    return address


def there(workspace: ops.Workspace, address: Address, scratch: Path) -> dict[str, bytes]:
    """All files of the folder, read past the mirror."""
    scratch.mkdir(exist_ok=True)
    found: dict[str, bytes] = {}

    def look(folder: str) -> None:
        listing = remote.list(folder)
        assert listing is not None
        for name in listing.files:
            path = f"{folder}/{name}".strip("/")
            remote.read(path, scratch / "file")
            found[path] = (scratch / "file").read_bytes()
        for name in listing.folders:
            look(f"{folder}/{name}".strip("/"))

    with RemoteFolder(address, Login(USER, PASSWORD), scratch / "hosts") as remote:
        look("")
    return found


def with_photo(workspace: ops.Workspace, photo: Path) -> str:
    """The seal of a visit submitted with a photo."""
    opened = begin(workspace)
    ops.answer(workspace, opened, GREETED, said("yes"))
    ops.attach_photo(workspace, opened, GREETED, ops.take_in(photo))
    ops.submit_visit(workspace, opened)
    return opened.header.seal


def put(address: Address, scratch: Path, path: str, text: str) -> None:
    scratch.mkdir(exist_ok=True)
    (scratch / "source").write_text(text, encoding="utf-8")
    with RemoteFolder(address, Login(USER, PASSWORD), scratch / "hosts") as remote:
        remote.put(path, scratch / "source")


def test_two_laptops_and_a_head_office_meet_on_a_server(
    server: Server, laptop: Laptop, camera: Callable[..., Path], tmp_path: Path
) -> None:
    """Visits, photos and the merged tables go there; forms, stores and plan come; a second sync changes nothing."""
    address, scratch = address_of(server), tmp_path / "scratch"
    seals = []
    with laptop("a") as head:
        seals.append(with_photo(head, camera("door.jpg")))
        result = ops.sync(head, known(head, address), evidence=True)
        assert (result.published, result.merged, result.problems) == (1, 1, ())
        assert result.evidence == 2
    put(address, scratch, "forms/Visita #2 (è).yaml", FORM.replace('"1"', '"2"'))
    put(address, scratch, "stores.csv", STORES)
    put(address, scratch, "plan.csv", PLAN)
    with laptop("b") as field:
        seals.append(submitted(field).header.seal)
        result = ops.sync(field, known(field, address))
        assert (result.published, result.merged, result.problems) == (1, None, ())
        assert (result.taken_forms, result.taken_stores, result.taken_plan) == (1, 2, 1)
        before = there(field, address, scratch)
        again = ops.sync(field, address)
        assert (again.published, again.taken_forms, again.taken_stores, again.taken_plan) == (0, 0, 0, 0)
        assert there(field, address, scratch) == before
        assert ops.sync_state(field).to_publish == 0
    with laptop("a") as head:
        report = ops.merge(head, known(head, address), excel="it")
        assert (report.visits, report.problems) == (2, ())
        ops.change_settings(head, head_office=str(address))
        mirror = ops.chosen_folder(head)
        assert mirror is not None
        assert (mirror / "head-office.csv").is_file()
    files = there(head, address, scratch)
    shown = csv.DictReader(files["head-office.csv"].decode().splitlines())
    assert sorted(row["seal"] for row in shown) == sorted(seals)
    assert {"datapackage.json", "head-office.it.csv", "merger.json", "head-office.json"} <= files.keys()
    evidence = [data for path, data in files.items() if path.startswith("evidence/")]
    assert sorted(data[:4] for data in evidence) == [b"%PDF", b"\xff\xd8\xff\xe0"]
    assert not [path for path in files if path.endswith(".tmp") or path.startswith("merged/")]


def test_a_wrong_password_is_a_sentence_and_a_right_one_mends_it(server: Server, laptop: Laptop) -> None:
    """Neither the sentence, nor the settings, nor any file of the data folder has a password."""
    if server.url.startswith("s3:"):
        pytest.skip("moto lets everybody in")
    address = address_of(server)
    with laptop("a") as workspace:
        ops.change_settings(workspace, head_office=str(address))
        with pytest.raises(LoginError) as refused:
            ops.sync(workspace, known(workspace, address, "wrong-password"))
        assert "wrong-password" not in str(refused.value) + str(refused.value.__cause__)
        assert ops.list_syncs(workspace)[0].problems == (str(refused.value),)
        assert ops.sync(workspace, known(workspace, address)).merged == 0
        folder = workspace.folder
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"wrong-password" not in kept
    assert PASSWORD.encode() not in kept


def test_a_server_of_another_key_is_not_trusted(sftp: Server, laptop: Laptop) -> None:
    """What was remembered of an SFTP server at first sight is held against it."""
    address = address_of(sftp)
    with laptop("a") as workspace:
        ops.sync(workspace, known(workspace, address))
        hosts = workspace.folder / "remote" / "known_hosts"
        (line,) = hosts.read_text().splitlines()
        name, kind, key = line.split()
        hosts.write_text(f"{name} {kind} {key[:-8]}AAAAAAAA\n")
        with pytest.raises(HeadOfficeError, match="isn't the one that answered before"):
            ops.sync(workspace, address)
