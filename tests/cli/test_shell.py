"""mshopper as a program of its own: pipes, Ctrl-C, odd names, full disks, folders and files that can't be used."""

import contextlib
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from mshopper.store import open_store
from tests.cli.conftest import Run

Answers = Callable[..., Path]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals, mounts and limits of Linux")


def shell(
    *arguments: object, env: dict[str, str] | None = None, preexec_fn: Callable[[], None] | None = None
) -> "subprocess.CompletedProcess[str]":
    """`mshopper …` in a process of its own, as its users have it: without the switch for developers."""
    return subprocess.run(
        [sys.executable, "-m", "mshopper", *(str(one) for one in arguments)],
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        cwd=Path(__file__).resolve().parents[2],
        env={name: value for name, value in os.environ.items() if name != "MSHOPPER_DEBUG"} | (env or {}),
        preexec_fn=preexec_fn,
    )


def one_sentence(ended: "subprocess.CompletedProcess[str]") -> str:
    """What a command that failed said: one line on stderr, exit 1, no traceback."""
    assert (ended.returncode, ended.stdout) == (1, ""), ended
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "went wrong inside" not in ended.stderr
    return ended.stderr


def content(folder: Path) -> dict[str, bytes]:
    """Every file in a folder that says anything: SQLite leaves an empty log and its index behind, for looking."""
    files = (path for path in sorted(folder.iterdir()) if not path.name.endswith("-shm"))
    return {path.name: data for path in files if (data := path.read_bytes())}


def test_a_reader_that_goes_away_is_no_error(recorded: str, data: Path) -> None:
    """`mshopper visit show … --json | head -1`: one line, no traceback."""
    command = f"'{sys.executable}' -m mshopper visit show {recorded} --json | head -1"
    for line in (command, command.replace("head -1", "true")):
        piped = subprocess.run(line, shell=True, capture_output=True, encoding="utf-8", cwd=data.parent)
        assert (piped.returncode, piped.stderr) == (0, "")
    refused = subprocess.run(
        "exec >&-; " + command.partition(" |")[0], shell=True, capture_output=True, encoding="utf-8"
    )
    assert "Traceback" not in refused.stderr


def test_names_that_are_not_unicode_and_terminals_that_lack_letters(data: Path, recorded: str, tmp_path: Path) -> None:
    """A file name of odd bytes is named escaped; on an old terminal what it lacks is escaped and JSON still UTF-8."""
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/odd \xff.yaml")
    assert "odd" in one_sentence(shell("form", "check", odd))
    problem = json.loads(shell("form", "check", "--json", odd).stdout)[0]["problems"][0]
    assert "odd" in problem["what"]
    old_terminal = {"PYTHONIOENCODING": "latin-1", "LC_ALL": "it_IT"}
    shown = shell("visit", "show", recorded, env=old_terminal)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "57,14%" in shown.stdout
    assert "\\u2014 One till" in shown.stdout
    as_json = shell("visit", "show", recorded, "--json", env=old_terminal)
    assert json.loads(as_json.stdout)["visit_id"] == recorded


# Says when the sync has begun, then waits in it, so that the signal surely falls into it.
SLOW_SYNC = """
import sys, time
from mshopper.cli import run
from mshopper.operations import syncing
take = syncing.take
def slow(*arguments):
    print("begun", flush=True)
    time.sleep(60)
    return take(*arguments)
syncing.take = slow
sys.exit(run(sys.argv[1:]))
"""


def test_ctrl_c_in_a_sync_ends_quietly_and_the_next_one_completes_it(run: Run, recorded: str, tmp_path: Path) -> None:
    """Exit 130, no traceback; what was sent isn't sent again, nothing is doubled."""
    office = tmp_path / "office"
    command = [sys.executable, "-c", SLOW_SYNC, "sync", str(office)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        _out, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.strip() == ""
    again = run("sync", office, "--json").json
    assert (again["published"], again["merged"]) == (0, 1)
    assert (office / "head-office.csv").read_text(encoding="utf-8").count(recorded) == 1


def test_a_second_process_is_told_that_the_first_has_the_folder(
    data: Path, form: Path, answers: Answers, recorded: str, run: Run
) -> None:
    """While another process holds the folder: lists work, recording and sync are refused in a sentence."""
    stores = data.parent / "stores.csv"
    stores.write_text("store_id\nX\n", encoding="utf-8")
    with open_store(data):
        listed = shell("visit", "list")
        assert (listed.returncode, listed.stdout[:36]) == (0, recorded)
        for command in (
            ["visit", "record", "--form", form, "--store", "MI-001", "--answers", answers()],
            ["sync", data.parent / "office"],
            ["stores", "import", stores],
        ):
            assert "already open" in one_sentence(shell(*command))
    assert not (data.parent / "office").exists()


def _limit(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_disk_that_takes_no_more_is_said_and_loses_nothing(
    run: Run, recorded: str, data: Path, form: Path, answers: Answers, tmp_path: Path
) -> None:
    """Files can't grow (RLIMIT_FSIZE): recording, sync and report end in a sentence; all that was there stays."""
    big = answers({"greeted": True, "who": "x" * 2_000_000}, "big.json")
    record = ["visit", "record", "--form", form, "--store", "MI-001", "--answers", big]
    before = run("visit", "show", recorded, "--json").json
    size = (data / "mshopper.sqlite").stat().st_size
    report = ["report", recorded, "--out", tmp_path / "r"]
    for command, limit in ((record, size + 10_000), (["sync", tmp_path / "office"], 100), (report, 100)):
        one_sentence(shell(*command, preexec_fn=_limit(limit)))
    assert run("visit", "show", recorded, "--json").json == before
    assert [row["visit_id"] for row in run("visit", "list", "--json").json] == [recorded]
    assert not list((tmp_path / "r").glob("*.pdf"))
    assert run(*record).code == 0
    assert run("sync", tmp_path / "office", "--json").json["published"] == 1


def test_a_first_start_on_a_full_disk_can_be_repeated(tmp_path: Path, run: Run) -> None:
    """The data file can't be made: a sentence; with space it is made."""
    one_sentence(shell("--data", tmp_path / "new", "visit", "list", preexec_fn=_limit(20_000)))
    assert run("--data", tmp_path / "new", "visit", "list").code == 0


@contextlib.contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of its own, of `size`; skips where this user or machine may not mount one."""
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True)
    if made.returncode:
        pytest.skip("can't mount a file system here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting takes root")
@pytest.mark.skipif(shutil.which("mount") is None, reason="there is no mount here")
def test_full_and_read_only_disks(run: Run, data: Path, form: Path, answers: Answers, tmp_path: Path) -> None:
    """Until a real disk is full, each visit said to be kept is there; read-only, then, is said and changes nothing."""
    said = answers({"greeted": True, "who": "x" * 100_000})
    with small_disk(tmp_path / "disk", "1800k") as disk:
        folder = Path(shutil.copytree(data, disk / "data"))
        record = ["--data", folder, "visit", "record", "--form", form, "--store", "MI-001", "--answers", said]
        kept = []
        while (ended := run(*record)).code == 0:
            kept.append(ended.out.strip())
        assert ended.err.count("\n") == 1
        assert "is full" in ended.err
        assert kept
        listed = run("--data", folder, "visit", "list", "--json").json
        assert {row["visit_id"] for row in listed} == set(kept)
        before = content(folder)
        assert subprocess.run(["mount", "-o", "remount,ro", disk]).returncode == 0
        assert "can't be written" in one_sentence(shell(*record))
        assert "can't be written" in one_sentence(shell("--data", disk / "new", "visit", "list"))
        run("merge", disk)
        assert content(folder) == before
        assert not (disk / "new").exists()


def test_a_read_only_folder_for_those_who_obey_modes(data: Path, recorded: str, tmp_path: Path) -> None:
    """A folder that may not be written to: a sentence, nothing changed. Root writes anywhere, so it skips."""
    if os.geteuid() == 0:
        pytest.skip("root doesn't obey modes")
    data.chmod(0o500)
    try:
        assert "can't be written" in one_sentence(shell("stores", "import", tmp_path / "x.csv"))
    finally:
        data.chmod(0o700)


def _newer(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")


def _torn(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def _zeroed(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[4096:] = bytes(len(whole) - 4096)
    file.write_bytes(whole)


def _noise(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 64)


def _somebody_elses(file: Path) -> None:
    file.unlink()
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE recipes (name)")


def _a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("harm", [_newer, _torn, _zeroed, _noise, _somebody_elses, _a_folder])
def test_a_data_file_that_cannot_be_used_is_left_as_it_is(
    recorded: str, data: Path, run: Run, form: Path, answers: Answers, harm: Callable[[Path], None]
) -> None:
    """Newer, torn, overwritten, somebody else's: every command says so in a sentence and changes no byte."""
    harm(data / "mshopper.sqlite")
    before = {} if harm is _a_folder else content(data)
    record = ["visit", "record", "--form", form, "--store", "MI-001", "--answers", answers()]
    for command in (["visit", "list"], record, ["sync", data.parent / "office"]):
        ended = run(*command)
        assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
        assert str(data) in ended.err
    one_sentence(shell("visit", "list"))
    assert harm is _a_folder or content(data) == before


@pytest.mark.parametrize("what", ["file", "synced", "below a file"])
def test_a_data_folder_that_cannot_be_one_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """MSHOPPER_DATA on a file, below one, in a synced folder: exit 1 and a sentence."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    places = {"file": tmp_path / "file", "synced": tmp_path / "OneDrive" / "x", "below a file": tmp_path / "file" / "x"}
    monkeypatch.setenv("MSHOPPER_DATA", str(places[what]))
    refused = run("visit", "list")
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_bug_of_ours_is_a_sentence_too(monkeypatch: pytest.MonkeyPatch, run: Run, data: Path) -> None:
    """Whatever breaks inside, the user reads one sentence; developers see it whole."""
    from mshopper import operations as ops

    monkeypatch.setattr(ops, "list_visits", lambda *_args, **_kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run("visit", "list")
    monkeypatch.delenv("MSHOPPER_DEBUG")
    ended = run("visit", "list")
    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert "ZeroDivisionError" in ended.err


def test_pictures_that_are_none_leave_no_visit(
    run: Run, data: Path, form: Path, answers: Answers, tmp_path: Path
) -> None:
    """A truncated photo, a bomb of a PNG, text: refused within the time and memory that a bomb would not keep."""
    Image.effect_noise((400, 400), 50).save(tmp_path / "whole.jpg")
    (tmp_path / "bomb.png").write_bytes(_bomb())
    (tmp_path / "text.jpg").write_text("hello", encoding="utf-8")
    (tmp_path / "empty.jpg").write_bytes(b"")
    record = ["visit", "record", "--form", form, "--store", "MI-001", "--answers", answers(), "--photo"]
    for name in ("bomb.png", "text.jpg", "empty.jpg"):
        before = time.process_time()
        refused = run(*record, f"view={name}")
        assert (refused.code, refused.out, refused.err.count("\n")) == (1, "", 1)
        assert name in refused.err
        assert time.process_time() - before < 5
    assert run("visit", "list", "--json").json == []


def _bomb() -> bytes:
    """A PNG that says it has 40,000 x 40,000 pixels, in a few bytes."""
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
