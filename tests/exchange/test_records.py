"""The records of a table as bytes: the same that the csv module finds, and nothing that it would read otherwise."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mshopper.exchange.cells import write_cell
from mshopper.exchange.csvfile import table_bytes
from mshopper.exchange.records import (
    DamagedTableError,
    body_of,
    joined,
    only,
    plain_cells,
    record_keys,
    split_records,
)

COLUMNS = ("visit_id", "revision", "text", "more")
cell = st.text() | st.text(alphabet='",\r\nx\0', max_size=8)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3), cell, cell), max_size=8))
@example([("a", 1, 'say "hi",\r\n"', ""), ("b", 2, '"', '""'), ("c", 3, "x" * 32_767, "\ufeff🛍️שלום\0")])
def test_records_are_those_of_the_csv_module(rows: list[tuple[str, int, str, str]]) -> None:
    """Whatever the cells hold: a record a row, with its bytes, cells and visit; put together they are the body."""
    table = [dict(zip(COLUMNS, (row[0], str(row[1]), *row[2:]), strict=True)) for row in rows]
    body = body_of(table_bytes(COLUMNS, table)[0], COLUMNS)
    records = split_records(body, len(COLUMNS))
    assert joined(records) == body
    for record, (visit, revision, text, more) in zip(records, rows, strict=True):
        cells = plain_cells(record)
        wanted = [visit, str(revision), write_cell(text), write_cell(more)]
        assert [cell.decode() for cell in cells] == ["" if set(one) & set('",\r\n') else one for one in wanted]
        assert next(csv.reader(io.StringIO(record.decode(), newline=""), strict=True)) == wanted
    assert record_keys(records) == {f"{row[0]},{row[1]},".encode() for row in rows}
    assert len(only(records, {b"a,1,"})) == sum(1 for row in rows if row[:2] == ("a", 1))


@given(st.text(alphabet='",\r\nab', max_size=14))
def test_what_is_taken_is_what_a_strict_reader_reads(text: str) -> None:
    """Any bytes are refused, or are the same records to the csv module: no quote can swallow its neighbours' rows."""
    body = text.encode()
    try:
        records = split_records(body, 2)
    except DamagedTableError:
        return
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(row) for row in rows] == [2] * len(records)
    assert [next(csv.reader([record.decode()])) for record in records if b"\n" not in record] == [
        row for row, record in zip(rows, records, strict=True) if b"\n" not in record
    ]


@pytest.mark.parametrize(
    "body",
    [b"a,1", b"a,1\n", b"a\r\n", b"a,b,c\r\n", b'a,"b\r\n', b'a,b"c"\r\n', b"a,\xff\r\n", b"a,b\rc\r\n", b"\r\n"],
)
def test_what_is_no_table_is_refused(body: bytes) -> None:
    """Broken off, another number of cells, stray quotes and line ends, bytes that are no text."""
    with pytest.raises(DamagedTableError):
        split_records(body, 2)


def test_a_record_without_a_visit_is_refused() -> None:
    """Every row belongs to a revision of a visit, and another header is another table."""
    for record in (b",1,x", b"a,0,x", b'"a",1,x', b"a,x,x", b"../a,1,x"):
        with pytest.raises(DamagedTableError):
            record_keys([record])
    with pytest.raises(DamagedTableError):
        body_of(b"visit_id,other\r\n", ("visit_id", "revision"))
