"""stores.csv and plan.csv as they really come."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mshopper.errors import HeadOfficeError
from mshopper.exchange.columns import PLAN, STORES, read_listed
from mshopper.exchange.csvfile import table_bytes
from mshopper.exchange.stores_csv import read_plan, read_stores, read_table, stores_of
from mshopper.exchange.workbook import write_workbook
from mshopper.model.record import PlanItem, Store

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "csv"
DUOMO = Store("010", "Milano Duomo", "Lombardia", "flagship", "P.za Duomo 1, Milano", "45.4642", "9.19")
ENGLISH = "store_id,name,region,format,address,latitude,longitude\r\n"
ITALIAN = "Codice punto vendita;Nome;Regione;Formato;Indirizzo;Latitudine;Longitudine\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        ENGLISH + '010,Milano Duomo,Lombardia,flagship,"P.za Duomo 1, Milano",45.4642,9.19\r\n',
        ITALIAN + "010;Milano Duomo;Lombardia;flagship;P.za Duomo 1, Milano;45,4642;9,19\r\n;;;;;;\r\n",
        "sep=;\r\n" + ITALIAN + '010;"Milano Duomo";Lombardia;flagship;P.za Duomo 1, Milano;45,4642;9,19',
        ENGLISH.replace(",", "\t") + "010\tMilano Duomo\tLombardia\tflagship\tP.za Duomo 1, Milano\t45.4642\t9.19\n",
    ],
    ids=["english", "italian", "sep", "tab"],
)
def test_every_dialect_is_the_same_store(tmp_path: Path, text: str, encoding: str) -> None:
    """Comma, semicolon and tab; decimal points and commas; four encodings; English and Italian headers."""
    path = tmp_path / "stores.csv"
    path.write_bytes(text.encode(encoding))
    assert read_stores(path) == [DUOMO]


def test_accents_of_windows_1252(tmp_path: Path) -> None:
    """As Italian Excel saves a plain CSV, the euro sign included."""
    path = tmp_path / "stores.csv"
    path.write_bytes("store_id;name\r\nA;Caffè – Città €\r\n".encode("cp1252"))
    assert [store.name for store in read_stores(path)] == ["Caffè – Città €"]


def test_other_columns_are_kept(tmp_path: Path) -> None:
    """What we don't know, and a coordinate that isn't a number, go into extra; short lines are filled up."""
    path = tmp_path / "stores.csv"
    path.write_text("Cap,store_id,latitude,phone\n00100,A,37°N,+39 02 1\n,B\n", "utf-8")
    assert read_stores(path) == [
        Store("A", extra=(("Cap", "00100"), ("phone", "+39 02 1"), ("latitude", "37°N"))),
        Store("B", extra=(("Cap", ""), ("phone", ""))),
    ]


@pytest.mark.parametrize("separator", [",", ";"])
def test_plan(tmp_path: Path, separator: str) -> None:
    """Dates as Excel in Italy shows them, or ISO; an open end is empty."""
    path = tmp_path / "plan.csv"
    lines = (
        "plan_id,store_id,form_id,auditor_id,dal,al",
        "1,010,visit,anna,1/11/2026,30/11/2026",
        "2,010,visit,,2026-12-01,",
    )
    path.write_text("\n".join(line.replace(",", separator) for line in lines), "utf-8")
    assert read_plan(path) == [
        PlanItem("1", "010", "visit", "anna", "2026-11-01", "2026-11-30"),
        PlanItem("2", "010", "visit", "", "2026-12-01", ""),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "has no column .store_id."),
        (b"name,region\nA,B\n", "has no column .store_id."),
        (b"PK\x03\x04\0\0\0", "can't be read as a workbook"),
        (b'store_id,name\nA,"open\n', "near line 2"),
        (b"store_id,name\nA,x\n,y\n", "line 3: the column .store_id. is empty"),
        (b"store_id,name\nA,x\nB,z\nA,y\n", "line 2 and, with other values, in line 4"),
    ],
)
def test_stores_that_cannot_be_used(tmp_path: Path, data: bytes, sentence: str) -> None:
    """One sentence that names the file, the line, and what to do."""
    path = tmp_path / "stores.csv"
    path.write_bytes(data)
    with pytest.raises(HeadOfficeError, match=sentence) as raised:
        read_stores(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("dates", ["31/02/2026,", "soon,", "2026-12-01,2026-11-30"])
def test_plans_that_cannot_be_used(tmp_path: Path, dates: str) -> None:
    """Days that don't exist, words, and ends before starts."""
    path = tmp_path / "plan.csv"
    path.write_text(f"plan_id,store_id,form_id,from,to\n1,010,visit,{dates}\n", "utf-8")
    with pytest.raises(HeadOfficeError, match=r"line 2"):
        read_plan(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    """With its path and the system's reason."""
    with pytest.raises(HeadOfficeError, match="can't be read"):
        read_stores(tmp_path / "stores.csv")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))))
def test_our_own_tables_come_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    """Names of any kind, formulas, paths and line breaks: a stores.csv in our dialect reads as it was written."""
    stores = [Store(f"s{index}", name.strip()) for index, (_id, name) in enumerate(rows)]
    path = tmp_path / "stores.csv"
    data, _file = table_bytes(("store_id", "name"), [{"store_id": one.store_id, "name": one.name} for one in stores])
    path.write_bytes(data)
    assert read_stores(path) == stores


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus isn't beside the project")
@pytest.mark.parametrize("path", sorted((CORPUS / "spectrum").glob("*.csv")), ids=lambda path: path.stem)
def test_corpus(path: Path) -> None:
    """Every file of the CSV spectrum reads as its JSON says."""
    header, *lines = (cells for _number, cells in read_table(path))
    rows = [dict(zip(header, cells, strict=True)) for cells in lines]
    expected = json.loads((CORPUS / "spectrum-json" / f"{path.stem}.json").read_text("utf-8"))
    if path.stem == "location_coordinates":  # its JSON is one object, and tells another phone number than its CSV
        expected = [expected | {"Contact Phone Number": "2095257564"}]
    assert rows == expected


FORMS = CORPUS.parent / "forms"


@pytest.mark.skipif(not FORMS.is_dir(), reason="the corpus isn't beside the project")
@pytest.mark.parametrize("path", sorted(FORMS.glob("*.xls")), ids=lambda path: path.stem)
def test_old_workbooks_open(path: Path) -> None:
    """Real .xls files by other programs: a sheet's titles and rows are read, and that it holds no stores is said."""
    listed = read_listed(path, STORES)
    assert listed.titles
    assert listed.records
    with pytest.raises(HeadOfficeError, match="has no column"):
        stores_of(listed, listed.guess())


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_the_sheet_and_the_line_with_the_titles_are_found(tmp_path: Path, name: str) -> None:
    """A title and a date above the header, another sheet before it; numbers and dates come as they are read."""
    rows = [
        ["Piano visite"],
        ["22/11/2026"],
        ["Cod. negozio", "Modulo", "Dal", "Entro"],
        ["7", "visit", "1/12/26", "2026-12-31"],
    ]
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("\n".join(",".join(row) for row in rows), "utf-16")
    else:
        write_workbook(path, {"Legenda": [["Testo"], ["Altro"]], "Piano": rows})
    assert read_plan(path) == [PlanItem("2026-12-31-7-visit", "7", "visit", "", "2026-12-01", "2026-12-31")]
    assert read_listed(path, PLAN).records[0][0] == 4
