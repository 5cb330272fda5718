"""XLSForms with files beside them (lists, pictures), and what XLSForm says that only shows while filling in."""

import datetime as dt
import textwrap
from pathlib import Path

import pytest

from mshopper.exchange.workbook import write_workbook
from mshopper.formfile import FormCheck, check_form, check_text, write_yaml, xlsform_sheets
from mshopper.formfile.xlsform.reader import check_sheets
from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey
from mshopper.model.form import Question
from mshopper.model.form_document import form_hash
from mshopper.model.visit import Visit

NOW = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.UTC)
CSV = "name,label,size\na,Alpha,3\nb,Beta,12\n"
XML = """<?xml version="1.0"?>
<root>
  <item><name>a</name><label>Alpha</label><size>3</size></item>
  <item><name>b</name><label>Beta</label><size>12</size></item>
</root>"""
GEOJSON = """{"type": "FeatureCollection", "features": [
  {"type": "Feature", "id": "a", "properties": {"title": "Alpha", "size": 3},
   "geometry": {"type": "Point", "coordinates": [9.19, 45.46]}},
  {"type": "Feature", "properties": {"id": "b", "title": "Beta", "size": 12},
   "geometry": {"type": "Polygon", "coordinates": [[[9.0, 45.0], [9.1, 45.0], [9.0, 45.0]]]}}
]}"""


def written(folder: Path, survey: str, choices: str = "", name: str = "form") -> Path:
    """A workbook of these sheets, columns divided by bars."""
    tables = {"survey": survey, "choices": choices}
    sheets = {
        title: [[cell.strip() for cell in line.split("|")] for line in textwrap.dedent(table).strip().splitlines()]
        for title, table in tables.items()
        if table
    }
    path = folder / f"{name}.xlsx"
    write_workbook(path, sheets)
    return path


def visit(found: FormCheck) -> Visit:
    """A visit of a form without problems."""
    assert found.form is not None, found.problems
    return Visit(found.form, now=lambda: NOW, visit_id="v")


def key(name: str) -> AnswerKey:
    """A question outside any group."""
    return AnswerKey(f"page_1/{name}")


def told(found: FormCheck) -> list[str]:
    """Warnings as "sheet row column: what"."""
    return [f"{w.sheet} {w.line} {w.column}: {w.what}" for w in found.warnings]


@pytest.mark.parametrize(
    ("file", "content", "value", "place"),
    [
        ("shops.csv", CSV, "name", ""),
        ("shops.xml", XML, "name", ""),
        ("Shops.GeoJSON", GEOJSON, "id", "45.46 9.19 0 0"),
    ],
)
@pytest.mark.parametrize("beside", [".", "form-media"])
def test_a_list_beside_the_form_gives_choices_and_answers_rules(
    tmp_path: Path, file: str, content: str, value: str, place: str, beside: str
) -> None:
    """CSV, XML and GeoJSON alike, beside the workbook or in its media folder: choices, labels, filters, rules."""
    (tmp_path / beside).mkdir(exist_ok=True)
    (tmp_path / beside / file).write_text(content, encoding="utf-8")
    found = check_form(written(tmp_path, f"""
        type                            | name  | label | choice_filter | calculation
        select_one_from_file {file.lower()} | s     | S     | size > ${{least}} |
        integer                         | least | Least |               |
        calculate                       | n     |       |               | sum(instance('shops')/root/item/size)
        calculate                       | size  |       |               | pulldata('shops', 'size', '{value}', ${{s}})
        calculate                       | where |       |               | instance('shops')/root/item[size = 3]/geometry
        calculate                       | said  |       |               | jr:choice-name(${{s}}, '${{s}}')
    """))  # fmt: skip
    there = visit(found)
    assert told(found) == []
    there.set_answer(key("least"), Answer(5))
    assert [(choice.id, choice.label.get("")) for choice in there.offered(key("s"))] == [("b", "Beta")]
    there.set_answer(key("least"), Answer(0))
    there.set_answer(key("s"), Answer("a"))
    assert [there.value(key(name)) for name in ("n", "size", "said")] == [15, "3", "Alpha"]
    assert there.value(key("where")) == (place or None)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("shops.xml", "<root><item>"),
        ("shops.xml", '<!DOCTYPE r [<!ENTITY a "aaaa">]><root><item><name>&a;</name></item></root>'),
        ("shops.geojson", "[1, 2"),
        ("shops.geojson", '{"features": 3}'),
    ],
)
def test_a_list_that_is_none_is_told(tmp_path: Path, file: str, content: str) -> None:
    """A broken or hostile file is as good as none: a warning, and a text is asked for."""
    (tmp_path / file).write_text(content, encoding="utf-8")
    found = check_form(written(tmp_path, f"type | name | label\nselect_one_from_file {file} | s | S"))
    assert found.form.questions["page_1/s"].item.type == "text"
    assert [warning.where for warning in found.warnings] == ["s"]


def test_pictures_are_looked_for_and_sounds_are_named(tmp_path: Path) -> None:
    """Of survey and choices, in every language; a picture in the media folder is found whatever its case."""
    (tmp_path / "form-media").mkdir()
    (tmp_path / "form-media" / "Shelf.JPG").write_bytes(b"x")
    path = written(
        tmp_path,
        """
        type         | name | label | image::it | image::en | audio
        note         | n    | N     | shelf.jpg | shop.png  | hello.mp3
        select_one l | q    | Q     |           |           |
        """,
        """
        list_name | name | label | media::image
        l         | a    | A     | jr://images/shelf.jpg
        l         | b    | B     | gone.png
        """,
    )
    assert told(check_form(path)) == [
        "choices 3 4: the picture gone.png isn't beside the form, so it can't be shown",
        "survey 2 4: the picture shop.png isn't beside the form, so it can't be shown",
        "survey 2 6: `hello.mp3` is never shown or played here: this app shows pictures only",
    ]


def test_read_only_follows_its_rule(tmp_path: Path) -> None:
    """While the rule holds the answer may only be read, and asks nothing of anybody; the rule goes into YAML and back."""
    found = check_form(written(tmp_path, """
        type    | name | label | read_only     | required
        integer | a    | A     |               |
        text    | b    | B     | ${a} > 3      | yes
        text    | c    | C     | sometimes     |
    """))  # fmt: skip
    assert told(found) == ["survey 4 4: `sometimes` is neither yes nor no nor a rule; the answer may be changed"]
    there = visit(found)
    assert (there.is_read_only(key("b")), there.progress()) == (False, (0, 3))
    assert [violation.code for violation in there.problems()] == ["required"]
    change = there.set_answer(key("a"), Answer(4))
    assert key("b") in change.relabelled
    assert (there.is_read_only(key("b")), there.problems(), there.progress()) == (True, (), (1, 2))
    there.set_answer(key("a"), NO_ANSWER)
    assert not there.is_read_only(key("b"))
    again = check_text(write_yaml(found.form), "f.yaml").form
    assert again.questions["page_1/b"].item.read_only_when == "${a} > 3"
    assert form_hash(check_sheets(xlsform_sheets(again)[0], Path("f.xlsx")).form) == form_hash(found.form)


def test_photos_have_at_most_the_pixels_that_the_form_says(tmp_path: Path) -> None:
    """`max-pixels` in a workbook is `max_pixels` in YAML; what is no number of pixels is told."""
    found = check_form(written(tmp_path, """
        type  | name | label | parameters
        image | a    | A     | max-pixels=1024
        image | b    | B     | max-pixels=large
    """))  # fmt: skip
    assert told(found) == ["survey 3 4: max-pixels is no number of pixels: large; photos are kept as large as usual"]
    assert "max_pixels: 1024" in write_yaml(found.form)
    again = check_text(write_yaml(found.form), "f.yaml").form
    assert xlsform_sheets(again)[0]["survey"][1][-1] == "max-pixels=1024"
    assert [placed.item.max_pixels for placed in again.questions.values()] == [1024, None]


def test_what_cannot_be_answered_says_so_where_it_stands(tmp_path: Path) -> None:
    """A note keeps the type that was asked for; a standard's own type goes back into a workbook as it was."""
    found = check_form(written(tmp_path, """
        type          | name | label
        audio         | a    | A
        geoshape      | g    | G
        hologram      | h    | H
        note          | n    | N
    """))  # fmt: skip
    items = [placed.item for placed in found.form.questions.values()]
    assert all(isinstance(item, Question) and item.type == "note" for item in items)
    assert [item.unsupported for item in items] == ["audio", "geoshape", "hologram", ""]
    sheets, lost = xlsform_sheets(found.form)
    assert [row[0] for row in sheets["survey"][1:]] == ["audio", "geoshape", "note", "note"]
    assert lost == ()


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("jr:itext('/data/g/q:label')", "How many?"),
        ("jr:itext('/data/g:label')", "Group"),
        ("jr:itext(concat('/data/g/q', ':hint'))", "All of them"),
        ("jr:itext('/data/g/q:jr:constraintMsg')", "Too many"),
        ("jr:itext(instance('l')/root/item[name = 'b']/itextId)", "Beta"),
        ("jr:itext('/data/g/nothing:label')", None),
    ],
)
def test_a_rule_finds_texts_by_their_id(tmp_path: Path, rule: str, value: str | None) -> None:
    """By the ids that the standard's converter gives; an id that no text has is told where it stands."""
    found = check_form(written(tmp_path, f"""
        type         | name | label     | hint        | constraint | constraint_message | calculation
        begin group  | g    | Group     |             |            |                    |
        integer      | q    | How many? | All of them | . < 9      | Too many           |
        select_one l | s    | S         |             |            |                    |
        calculate    | c    |           |             |            |                    | {rule}
        end group    |      |           |             |            |                    |
    """, """
        list_name | name | label
        l         | a    | Alpha
        l         | b    | Beta
    """))  # fmt: skip
    assert visit(found).value(AnswerKey("g/c")) == value
    assert bool(told(found)) == (value is None)
