"""The head-office folder: who makes it, who merges in it, and what it offers."""

from pathlib import Path
from typing import Any

import pytest

from mshopper.errors import HeadOfficeError
from mshopper.exchange.folder import HeadOffice


def test_whoever_makes_the_folder_merges(tmp_path: Path) -> None:
    """The first device to open it is named in merger.json; the next one isn't; a claim changes that."""
    made = HeadOffice.open(tmp_path / "ho", device_id="anna")
    assert HeadOffice.open(tmp_path / "ho", device_id="bruno").merger() == "anna"
    made.claim("bruno")
    assert made.merger() == "bruno"


def test_a_folder_that_head_office_prepared_by_hand_gets_a_merger(tmp_path: Path) -> None:
    """Forms and stores alone don't tell who merges: the first device does."""
    (tmp_path / "forms").mkdir()
    (tmp_path / "stores.csv").write_text("store_id\n010\n")
    assert HeadOffice.open(tmp_path, device_id="anna").merger() == "anna"


def test_a_half_downloaded_folder_gets_none(tmp_path: Path, laptop: Any, visit: Any) -> None:
    """Where others publish already, a missing or empty merger.json has only not arrived."""
    head_office = HeadOffice.open(tmp_path, device_id="office")
    laptop("anna").publish(head_office, visit(1))
    (tmp_path / "merger.json").unlink()
    assert HeadOffice.open(tmp_path, device_id="bruno").merger() is None
    (tmp_path / "merger.json").write_bytes(b"")
    assert HeadOffice.open(tmp_path, device_id="bruno").merger() is None


def test_a_mistyped_path_makes_nothing(tmp_path: Path) -> None:
    """The folder around it must be there, and it must be a folder."""
    with pytest.raises(HeadOfficeError, match="There is no folder"):
        HeadOffice.open(tmp_path / "not" / "there", device_id="anna")
    (tmp_path / "file").write_text("x")
    with pytest.raises(HeadOfficeError, match="is a file"):
        HeadOffice.open(tmp_path / "file", device_id="anna")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_offered(tmp_path: Path) -> None:
    """Form files of every kind, without what spreadsheets and systems leave behind."""
    head_office = HeadOffice.open(tmp_path, device_id="anna")
    assert (head_office.offered().stores, head_office.offered().plan) == (None, None)
    for name in ("b.yaml", "a.XLSX", "~$a.xlsx", ".b.yaml.swp", "readme.txt", "c.yml.tmp"):
        (head_office.forms / name).write_text("x")
    (tmp_path / "plan.csv").write_text("x")
    offered = head_office.offered()
    assert [path.name for path in offered.forms] == ["a.XLSX", "b.yaml"]
    assert offered.plan == tmp_path / "plan.csv"


def test_a_device_id_is_never_a_path(tmp_path: Path) -> None:
    """Only a-z, 0-9 and "-" name a folder."""
    head_office = HeadOffice.open(tmp_path, device_id="anna")
    for device_id in ("../x", "", "A", "a/b", "x" * 41, "-a"):
        with pytest.raises(ValueError, match="device id"):
            head_office.device_folder(device_id)
