"""The merge: every visit once, at its highest revision, whatever arrives in whatever order; readers never see half."""

import csv
import hashlib
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mshopper.errors import HeadOfficeError
from mshopper.exchange.folder import HeadOffice
from mshopper.exchange.merge import MergeReport, merge
from mshopper.exchange.merged import MergedTables, read_merged
from mshopper.exchange.schema import ANSWERS, MERGED_TABLES, PHOTOS, SCORES, TABLES, VISITS
from mshopper.exchange.segment import SegmentProblem
from mshopper.exchange.spreadsheet import write_spreadsheets
from mshopper.progress import Cancelled, Progress

RFC_4180 = re.compile(r'(?:(?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*\r\n)+')
TOP = (*(table.file for table in MERGED_TABLES), "datapackage.json")


def office_merge(head_office: HeadOffice, **more: Any) -> MergeReport:
    return merge(head_office, device_id="office", **more)


def top(head_office: HeadOffice) -> dict[str, bytes]:
    return {name: (head_office.folder / name).read_bytes() for name in TOP}


def shown(folder: Path) -> dict[str, tuple[str, str]]:
    """What the merged tables show of each visit: revision and percent."""
    merged = read_merged(folder)
    assert merged is not None
    return {row["visit_id"][-1]: (row["revision"], row["percent"]) for row in merged.rows(VISITS)}


def test_three_laptops(head_office: HeadOffice, laptop: Any, visit: Any, check_signature: Any) -> None:
    """Visits of three laptops, one corrected, one not done, stand once each, the newest last, with their own rows only."""
    anna, bruno, carla = laptop("anna"), laptop("bruno"), laptop("carla")
    anna.publish(head_office, visit(3), visit(1, earned=5))
    bruno.publish(head_office, visit(2, status="not_done"))
    carla.publish(head_office, visit(4, comment="=1+1"))
    anna.publish(head_office, visit(1, revision=2, earned=8, comment="corrected"))
    report = office_merge(head_office, verify=check_signature)
    assert (report.segments, report.visits, report.problems, report.conflicts) == (4, 4, (), ())
    assert report.written == TOP
    assert report.sentences() == []
    merged = read_merged(head_office.folder)
    assert merged is not None
    assert not merged.is_previous
    visits = list(merged.rows(VISITS))
    assert [(row["visit_id"][-1], row["revision"], row["percent"]) for row in visits] == [
        ("1", "2", "80.00"),
        ("2", "1", "100.00"),
        ("3", "1", "100.00"),
        ("4", "1", "100.00"),
    ]
    assert visits[1]["status"] == "not_done"
    for table in (SCORES, ANSWERS, PHOTOS):
        rows = [(row["visit_id"][-1], row["revision"]) for row in merged.rows(table)]
        assert sorted(rows) == [("1", "2"), ("2", "1"), ("3", "1"), ("4", "1")], table.name
    assert {row["comment"] for row in merged.rows(ANSWERS)} == {"", "corrected", "=1+1"}


def test_every_table_is_rfc_4180_and_as_the_package_says(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """UTF-8 without a byte order mark, CRLF, the designed columns; rows, bytes and hash as in datapackage.json."""
    laptop("anna").publish(head_office, visit(1, comment='“È”, "quoted"\r\nline'), visit(2))
    office_merge(head_office)
    package = json.loads((head_office.folder / "datapackage.json").read_text("utf-8"))
    assert package["profile"] == "tabular-data-package"
    for table, resource in zip(MERGED_TABLES, package["resources"], strict=True):
        data = (head_office.folder / resource["path"]).read_bytes()
        assert RFC_4180.fullmatch(data.decode("utf-8"))
        rows = list(csv.reader(data.decode("utf-8").splitlines(keepends=True), strict=True))
        fields = resource["schema"]["fields"]
        assert rows[0] == [field["name"] for field in fields] == list(table.column_names)
        assert all(field["description"] for field in fields)
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"


def test_merging_again_touches_nothing(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """A second merge writes no file; a table that a new visit doesn't change isn't written either."""
    anna = laptop("anna")
    anna.publish(head_office, visit(1))
    office_merge(head_office)
    stamps = {name: (head_office.folder / name).stat().st_mtime_ns for name in TOP}
    assert office_merge(head_office).written == ()
    assert {name: (head_office.folder / name).stat().st_mtime_ns for name in TOP} == stamps
    anna.publish(head_office, visit(2, status="approved"))
    anna.review(head_office, visit(1), "approve")
    assert set(office_merge(head_office).written) == {*TOP[:4], "head-office-reviews.csv", "datapackage.json"}
    assert list(head_office.folder.rglob("*.tmp")) == []


def test_an_empty_folder_has_empty_tables(head_office: HeadOffice) -> None:
    """Before anybody published there are headers to open."""
    assert office_merge(head_office).visits == 0
    assert (head_office.folder / "head-office.csv").read_text("utf-8").startswith("visit_id,revision,plan_id,")


def test_two_corrections_of_one_visit_are_a_conflict(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """The lower seal is shown, the other named to be reviewed, also after the next revision settles what is shown."""
    anna, bruno = laptop("anna"), laptop("bruno")
    anna.publish(head_office, visit(1), visit(1, revision=2, earned=5))
    bruno.publish(head_office, visit(1), visit(1, revision=2, earned=7))
    seals = sorted(visit(1, revision=2, earned=earned).header.seal for earned in (5, 7))
    report = office_merge(head_office)
    assert [(one.revision, one.shown, one.others) for one in report.conflicts] == [(2, seals[0], (seals[1],))]
    assert "corrected in two places" in report.sentences()[0]
    merged = read_merged(head_office.folder)
    assert merged is not None
    assert [row["seal"] for row in merged.rows(VISITS)] == [seals[0]]
    assert len(list(merged.rows(ANSWERS))) == 1
    anna.publish(head_office, visit(1, revision=3))
    assert office_merge(head_office).conflicts == report.conflicts
    assert shown(head_office.folder) == {"1": ("3", "100.00")}


def test_what_is_not_a_segment_is_named_and_left_alone(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Conflicted copies, halves, damage and strangers: none is merged, none is removed, the rest is merged."""
    anna = laptop("anna")
    good, damaged, half = (anna.publish(head_office, visit(n)) for n in (1, 2, 3))
    folder = good.folder
    damaged.path(ANSWERS).write_bytes(damaged.path(ANSWERS).read_bytes() + b"x")
    (folder / f"{half.name}.json").unlink()
    shutil.copy(good.path(VISITS), folder / f"{good.name}.visits (1).csv")
    shutil.copy(good.path(VISITS), folder / f"{good.name}.visits in conflitto.csv")
    (head_office.results / "notes.txt").write_text("hello")
    (head_office.results / "desktop.ini").write_text("noise")
    (folder / ".DS_Store").write_bytes(b"noise")
    before = {path: path.read_bytes() for path in head_office.results.rglob("*") if path.is_file()}
    report = office_merge(head_office)
    assert report.problems == (
        SegmentProblem(f"anna/{good.name}.visits (1).csv", "copy"),
        SegmentProblem(f"anna/{good.name}.visits in conflitto.csv", "copy"),
        SegmentProblem(f"anna/{damaged.name}", "damaged"),
        SegmentProblem(f"anna/{half.name}", "half"),
        SegmentProblem("notes.txt", "foreign"),
    )
    assert len(report.sentences()) == 5
    assert set(shown(head_office.folder)) == {"1"}
    assert {path: path.read_bytes() for path in head_office.results.rglob("*") if path.is_file()} == before


def test_a_half_downloaded_folder_does_no_harm(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """A merge that lacks segments of the one before leaves it, and says for what to wait."""
    gone = laptop("anna").publish(head_office, visit(1))
    laptop("bruno").publish(head_office, visit(2))
    office_merge(head_office)
    before = top(head_office)
    (gone.folder / f"{gone.name}.json").rename(head_office.folder / "later")
    laptop("carla").publish(head_office, visit(3))
    report = office_merge(head_office)
    assert (report.missing, report.written) == ((f"anna/{gone.name}",), ())
    assert "downloaded completely" in " ".join(report.sentences())
    assert top(head_office) == before
    (head_office.folder / "later").rename(gone.folder / f"{gone.name}.json")
    assert office_merge(head_office).visits == 3


def test_only_the_merger_writes_in_the_folder(head_office: HeadOffice, laptop: Any, visit: Any, tmp_path: Path) -> None:
    """Another device merges into its own folder, with the same bytes, or is told how to take over."""
    laptop("anna").publish(head_office, visit(1))
    with pytest.raises(HeadOfficeError, match="--claim"):
        merge(head_office, device_id="anna")
    report = merge(head_office, device_id="anna", into=tmp_path / "own")
    assert report.target == tmp_path / "own"
    assert not (head_office.folder / "head-office.csv").exists()
    office_merge(head_office)
    assert top(head_office) == top(HeadOffice(tmp_path / "own"))
    head_office.claim("anna")
    assert merge(head_office, device_id="anna").target == head_office.folder


@pytest.mark.parametrize("kind", ["kill", "open in Excel"])
def test_readers_see_one_generation_whenever_a_merge_is_broken_off(
    head_office: HeadOffice, laptop: Any, visit: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    """Killed or refused at any rename, the tables that are read belong together; the next merge completes."""
    anna = laptop("anna")
    anna.publish(head_office, visit(1))
    office_merge(head_office, state=tmp_path / "state")
    real: Callable[..., Path] = Path.replace
    for number in range(2, 8):
        anna.publish(head_office, visit(number))
        calls = iter(range(100))

        def refused(path: Path, target: Path, calls: Any = calls, last: int = number - 2) -> Path:
            if next(calls) == last:
                raise KeyboardInterrupt if kind == "kill" else PermissionError(13, "The file is open in Excel")
            return real(path, target)

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", refused)
            waiting: tuple[str, ...] = ()
            try:
                report = office_merge(head_office, state=tmp_path / "state")
                waiting = report.waiting
            except (HeadOfficeError, KeyboardInterrupt):
                # Nothing of the new generation was there yet, or all of it.
                pass
        merged = read_merged(head_office.folder)
        assert merged is not None
        counts = {sum(1 for _ in merged.rows(table)) for table in TABLES}
        assert counts == {number} or (number == 2 and counts == {1})
        if waiting:
            assert merged.is_previous
            assert "is open in another program" in " ".join(report.sentences())
            assert waiting[0] in " ".join(report.sentences())
        assert list(head_office.folder.glob("*.tmp")) == []
        assert office_merge(head_office, state=tmp_path / "state").visits == number
        merged = read_merged(head_office.folder)
        assert merged is not None
        assert not merged.is_previous
    assert len(list((head_office.folder / "merged").iterdir())) == 2


def test_an_edited_table_is_not_read(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Saved over in a spreadsheet, a table no longer matches: the generation before is read, the next merge mends it."""
    anna = laptop("anna")
    anna.publish(head_office, visit(1))
    office_merge(head_office)
    anna.publish(head_office, visit(2))
    office_merge(head_office)
    (head_office.folder / "head-office.csv").write_text("visit_id;revision\n")
    merged = read_merged(head_office.folder)
    assert merged is not None
    assert merged.is_previous
    assert [row["visit_id"][-1] for row in merged.rows(VISITS)] == ["1"]
    assert office_merge(head_office).written == ("head-office.csv", "datapackage.json")
    assert set(shown(head_office.folder)) == {"1", "2"}


def test_a_cancelled_merge_leaves_everything(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Cancelling at any step raises Cancelled, and nothing is there that wasn't."""
    laptop("anna").publish(head_office, visit(1), visit(2))
    before = sorted(head_office.folder.rglob("*"))
    for step in range(3):
        asked = iter(range(100))
        with pytest.raises(Cancelled):
            office_merge(head_office, progress=Progress(is_cancelled=lambda a=asked, s=step: next(a) == s))  # type: ignore[misc]
        assert sorted(head_office.folder.rglob("*")) == before


events = st.lists(
    st.tuples(
        st.sampled_from(("anna", "bruno", "carla")),
        st.lists(
            st.tuples(st.integers(1, 4), st.integers(1, 3), st.sampled_from((0, 5, 10))),
            min_size=1,
            max_size=4,
            unique_by=lambda one: one[:2],
        ),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(published=events, seed=st.integers(0, 1000))
def test_the_merge_is_a_function_of_the_segments(
    published: Any, seed: int, tmp_path_factory: pytest.TempPathFactory, laptop: Any, visit: Any
) -> None:
    """Whatever was published where: segments arriving in any order, merged at any time, give the same bytes in the end;
    each visit stands once at its highest revision; merging again changes nothing."""
    place = tmp_path_factory.mktemp("merge")
    source = HeadOffice.open(place / "source", device_id="office")
    laptops = {name: laptop(name) for name in ("anna", "bruno", "carla")}
    highest: dict[str, int] = {}
    for name, visits in published:
        laptops[name].publish(source, *(visit(n, revision=r, earned=e) for n, r, e in visits))
        for n, r, _e in visits:
            highest[str(n)] = max(r, highest.get(str(n), 0))
    report = office_merge(source)
    assert {name: int(revision) for name, (revision, _percent) in shown(source.folder).items()} == highest
    assert report.rows.keys() == {table.name for table in MERGED_TABLES}
    assert {table.name: report.rows[table.name] for table in TABLES} == {table.name: len(highest) for table in TABLES}
    wanted = top(source)
    assert office_merge(source).written == ()

    other = HeadOffice.open(place / "other", device_id="office")
    files = [path for path in source.results.rglob("*") if path.is_file()]
    random.Random(seed).shuffle(files)
    for index, path in enumerate(files):
        copy = other.folder / path.relative_to(source.folder)
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, copy)
        if index % 5 == seed % 5:
            office_merge(other)
    office_merge(other)
    assert top(other) == wanted


def test_italian_excel(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Byte order mark, semicolons, decimal commas in numbers only; formulas stay harmless; written once."""
    laptop("anna").publish(head_office, visit(1, earned=7, comment="-2,5;=1"), visit(2, earned=-1))
    with pytest.raises(HeadOfficeError, match="merge first"):
        write_spreadsheets(head_office.folder, "it")
    office_merge(head_office)
    paths = write_spreadsheets(head_office.folder, "it")
    assert sorted(head_office.folder.glob("head-office.it*.csv")) == sorted(paths)
    tables = {path.name: path.read_bytes().decode("utf-8") for path in paths}
    assert all(text.startswith("\ufeffvisit_id;revision;") for text in tables.values())
    visits = list(csv.DictReader(tables["head-office.it.csv"][1:].splitlines(), delimiter=";", strict=True))
    assert [(row["percent"], row["earned"], row["minutes"], row["store_id"]) for row in visits] == [
        ("70,00", "7,00", "1,5", "010"),
        ("-10,00", "-1,00", "1,5", "010"),
    ]
    assert '"\'-2,5;=1"' in tables["head-office.it-answers.csv"]
    stamps = [path.stat().st_mtime_ns for path in paths]
    write_spreadsheets(head_office.folder, "it")
    assert [path.stat().st_mtime_ns for path in paths] == stamps


def test_a_package_of_a_newer_version_is_left(head_office: HeadOffice, laptop: Any, visit: Any) -> None:
    """Tables that a newer mshopper merged are neither replaced nor misread."""
    laptop("anna").publish(head_office, visit(1))
    office_merge(head_office)
    path = head_office.folder / "datapackage.json"
    package = json.loads(path.read_bytes())
    package["mshopper"]["format"] = 2
    path.write_text(json.dumps(package))
    with pytest.raises(HeadOfficeError, match="newer mshopper"):
        office_merge(head_office)
    with pytest.raises(HeadOfficeError, match="newer mshopper"):
        read_merged(head_office.folder)


def test_no_merge_is_no_tables(tmp_path: Path) -> None:
    """A folder without a merge has none to read, and one that isn't a head office is said."""
    assert read_merged(tmp_path) is None
    with pytest.raises(HeadOfficeError, match="isn't a head-office folder"):
        merge(HeadOffice(tmp_path / "none"), device_id="office", into=tmp_path / "own")
    assert isinstance(MergedTables(tmp_path, {"mshopper": {"segments": {}}}, False).segments, frozenset)
