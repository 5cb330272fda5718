"""A network that breaks off, a server that fails, is full or loses files: a sentence, and the next sync completes.

On WebDAV, whose server the tests can make fail at each request.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from mshopper import operations as ops
from mshopper.errors import HeadOfficeError
from mshopper.exchange import mirror
from mshopper.exchange.address import Address
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.segment import Segment
from mshopper.progress import Cancelled, Progress
from tests.operations.conftest import submitted
from tests.remote.conftest import Server
from tests.remote.test_servers import Laptop, address_of, known

FOLDER = "sede"


def office(webdav: Server) -> Path:
    return webdav.files / FOLDER


def seals(folder: Path) -> list[str]:
    with (folder / "head-office.csv").open(encoding="utf-8", newline="") as stream:
        return sorted(row["seal"] for row in csv.DictReader(stream))


def whole(folder: Path) -> int:
    """How many segments stand there; whatever has a statement is whole."""
    head_office = HeadOffice(folder)
    found = [head_office.segment(place) for place in head_office.scan().segments]
    assert all(isinstance(one, Segment) for one in found)
    return len(found)


@pytest.fixture
def address(webdav: Server) -> Address:
    return address_of(webdav, FOLDER)


def test_a_server_that_fails_at_each_step_gets_all_in_the_end(webdav: Server, address: Address, laptop: Laptop) -> None:
    """Each request that writes fails once (cut off, no room, an error): a sentence each time, then all is there once."""
    with laptop("a") as workspace:
        seal = submitted(workspace).header.seal
        known(workspace, address)
        failed: set[tuple[str, str]] = set()

        def answer(method: str, path: str) -> int | None:
            if method not in {"PUT", "MOVE"} or (method, path) in failed:
                return None
            failed.add((method, path))
            return (0, 507, 500)[len(failed) % 3]

        webdav.faults.answer = answer
        said, most = set(), [0]
        for _attempt in range(60):
            try:
                result = ops.sync(workspace, address)
                break
            except HeadOfficeError as error:
                said.add(str(error))
                if (office(webdav) / "results").is_dir():
                    most.append(whole(office(webdav)))
        assert len(failed) > 10
        assert all(str(address) in words for words in said)
        assert max(most) <= 1
        assert {"no room left" in words for words in said} == {True, False}
        assert result.merged == 1
        assert whole(office(webdav)) == 1
        assert seals(office(webdav)) == [seal]
        assert ops.sync_state(workspace).to_publish == 0
        assert ops.sync(workspace, address).published == 0


def test_what_was_not_delivered_is_still_to_be_sent(webdav: Server, address: Address, laptop: Laptop) -> None:
    """A visit isn't shown as sent while its segment lies in the mirror alone."""
    with laptop("a") as workspace:
        ops.change_settings(workspace, head_office=str(address))
        ops.sync(workspace, known(workspace, address))
        submitted(workspace)
        webdav.faults.answer = lambda method, path: 500 if method == "PUT" and ".visits.csv" in path else None
        with pytest.raises(HeadOfficeError, match="broke off"):
            ops.sync(workspace, address)
        assert ops.sync_state(workspace).to_publish == 1
        assert [row.synced for row in ops.list_visits(workspace, limit=5, offset=0)] == [False]
        webdav.faults.answer = lambda method, path: None
        ops.sync(workspace, address)
        assert ops.sync_state(workspace).to_publish == 0
        history = ops.list_syncs(workspace)
        assert [one.result is not None for one in history] == [True, False, True]


def test_a_sync_stopped_at_any_step_is_gone_on_with(
    webdav: Server, address: Address, laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled at each file in turn, or killed between a file and the note of it: in the end each visit once."""
    with laptop("a") as workspace:
        known(workspace, address)
        expected = [submitted(workspace).header.seal]
        for steps in range(0, 30, 8):
            left = [steps]

            def cancelled(left: list[int] = left) -> bool:
                left[0] -= 1
                return left[0] < 0

            try:
                ops.sync(workspace, address, Progress(is_cancelled=cancelled))
                break
            except Cancelled:
                pass
        expected.append(submitted(workspace).header.seal)
        remember = mirror.Mirror._remember
        for notes in range(1, 12, 5):
            count = [notes]

            def dying(self: mirror.Mirror, *args: object, count: list[int] = count) -> None:
                count[0] -= 1
                if count[0] < 0:
                    raise KeyboardInterrupt
                remember(self, *args)  # type: ignore[arg-type]

            monkeypatch.setattr(mirror.Mirror, "_remember", dying)
            try:
                ops.sync(workspace, address)
            except KeyboardInterrupt:
                continue
        monkeypatch.setattr(mirror.Mirror, "_remember", remember)
        ops.sync(workspace, address)
        assert seals(office(webdav)) == sorted(expected)
        assert whole(office(webdav)) == 2


def test_what_the_server_lost_goes_again_and_a_lost_mirror_is_no_loss(
    webdav: Server, address: Address, laptop: Laptop, camera: Callable[..., Path]
) -> None:
    """A segment that went or was damaged there is sent again; nothing there is deleted, whatever is missing here."""
    with laptop("a") as workspace:
        seal = submitted(workspace).header.seal
        ops.sync(workspace, known(workspace, address), evidence=True)
        (pdf,) = (office(webdav) / "evidence").rglob("*.pdf")
        (visits,) = office(webdav).glob("results/*/*.visits.csv")
        kept = visits.read_bytes()
        visits.unlink()
        assert ops.sync(workspace, address).published == 1
        visits.write_bytes(kept[:-20])
        assert ops.sync(workspace, address).published == 1
        assert visits.read_bytes() == kept
        pdf.unlink()
        pdf.parent.rmdir()
        assert ops.sync(workspace, address, evidence=True).evidence == 1
        there = {path for path in office(webdav).rglob("*") if path.is_file()}
        (home,) = [path for path in (workspace.folder / "remote").iterdir() if path.is_dir()]
        for path in sorted(home.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        result = ops.sync(workspace, address, evidence=True)
        assert (result.published, result.merged) == (0, 1)
        assert there <= {path for path in office(webdav).rglob("*") if path.is_file()}
        assert seals(office(webdav)) == [seal]


def test_another_folder_at_the_address_gets_all_that_it_lacks(webdav: Server, address: Address, laptop: Laptop) -> None:
    """The folder was moved away and a new one is there: everything is published to it, and the old one is known again."""
    with laptop("a") as workspace:
        expected = [submitted(workspace).header.seal]
        ops.sync(workspace, known(workspace, address))
        office(webdav).rename(webdav.files / "vecchia")
        expected.append(submitted(workspace).header.seal)
        assert ops.sync(workspace, address).published == 2
        assert seals(office(webdav)) == sorted(expected)
        old = known(workspace, address_of(webdav, "vecchia"))
        assert ops.sync(workspace, old).published == 1
        assert seals(webdav.files / "vecchia") == sorted(expected)


def test_a_look_changes_nothing_there(webdav: Server, address: Address, laptop: Laptop) -> None:
    """What would go and come is counted, and nothing is written."""
    with laptop("b") as other:
        ops.sync(other, known(other, address))
    (office(webdav) / "stores.csv").write_text("store_id,name\nNA-9,Napoli\n", encoding="utf-8")
    with laptop("a") as workspace:
        submitted(workspace)
        before = {path: path.stat().st_mtime_ns for path in office(webdav).rglob("*")}
        webdav.faults.asked.clear()
        found = ops.look(workspace, known(workspace, address))
        assert (found.visits, found.coming.stores, found.coming.forms) == (1, 1, ())
        assert {path: path.stat().st_mtime_ns for path in office(webdav).rglob("*")} == before
        assert {method for method, _path in webdav.faults.asked} == {"PROPFIND", "GET"}


def test_nobody_there(laptop: Laptop, webdav: Server) -> None:
    """A server that isn't up, and a folder without a place, are sentences."""
    with laptop("a") as workspace:
        gone = ops.place_of(workspace, "webdav://127.0.0.1:9/sede")
        with pytest.raises(HeadOfficeError, match="can't be reached"):
            ops.sync(workspace, gone)
        nowhere = Address("webdav", "127.0.0.1", address_of(webdav, "x").port, "no/such/parent/sede", "anna")
        with pytest.raises(HeadOfficeError, match="no folder at"):
            ops.sync(workspace, known(workspace, nowhere))
