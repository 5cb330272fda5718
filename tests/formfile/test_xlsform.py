"""XLSForms as small tables beside the assertion: what is understood, what is mended, and what is said about it."""

import textwrap
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from mshopper.errors import MshopperError
from mshopper.exchange.workbook import write_workbook
from mshopper.formfile import FormCheck, check_form, read_form
from mshopper.formfile.xlsform.reader import check_sheets
from mshopper.model.form import Choice, Form, Question, Repeat, Section, Table, Text


def rows(table: str) -> list[list[str]]:
    """A table written with bars, a row a line."""
    return [[cell.strip() for cell in line.split("|")] for line in textwrap.dedent(table).strip().splitlines()]


def check(survey: str, choices: str = "", settings: str = "", path: str = "f.xlsx", **more: str) -> FormCheck:
    """The form in these sheets."""
    sheets = {"survey": survey, "choices": choices, "settings": settings, **more}
    return check_sheets({name: rows(table) for name, table in sheets.items() if table}, Path(path))


def form_of(*tables: str, **more: str) -> Form:
    """The form in these sheets, which has no problems."""
    found = check(*tables, **more)
    assert [problem.sentence for problem in found.problems] == []
    assert found.form is not None
    return found.form


def question(form: Form, path: str) -> Question:
    """The question at `path`."""
    item = form.places[path].item
    assert isinstance(item, Question)
    return item


def told(found: FormCheck) -> list[str]:
    """Warnings as "sheet row column: what"."""
    return [f"{w.sheet} {w.line} {w.column}: {w.what}" for w in found.warnings]


LISTS = """
    list_name | name  | label
    yn        | yes   | Yes
    yn        | no    | No
    big list  | one   | One
"""


def test_questions_outside_groups_stand_in_implicit_sections_in_order() -> None:
    """Runs of loose questions become pages around the groups, which nest as they are."""
    form = form_of("""
        type         | name | label
        text         | a    | A
        begin group  | g    | G
        begin_repeat | r    | R
        integer      | b    | B
        end repeat   |      |
        end group    |      |
        text         | c    | C
    """)
    assert form.sections == (
        Section("page_1", Text.of("f"), is_implicit=True, items=(Question("a", "text", Text.of("A")),)),
        Section(
            "g",
            Text.of("G"),
            items=(Section("r", Text.of("R"), repeat=Repeat(), items=(Question("b", "integer", Text.of("B")),)),),
        ),
        Section("page_2", Text.of("f"), is_implicit=True, items=(Question("c", "text", Text.of("C")),)),
    )


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("select one yn", "choice"),
        ("select_one from yn", "choice"),
        ("select1 yn", "choice"),
        ("Select_One  YN", "choice"),
        ("select_one big_list", "choice"),
        ("select all that apply from yn", "choices"),
        ("select_multiple yn", "choices"),
        ("add select one prompt using yn", "choice"),
        ("odk:rank yn", "ranking"),
        ("string", "text"),
        ("int", "integer"),
        ("decimal", "number"),
        ("dateTime", "datetime"),
        ("gps", "location"),
        ("photo", "photo"),
        ("acknowledge", "choice"),
        ("hidden", "calculate"),
        ("deviceid", "calculate"),
        ("geotrace", "note"),
        ("audio", "note"),
        ("nonsense", "note"),
        ("select_one nowhere", "text"),
        ("select_one_from_file nowhere.csv", "text"),
        ("yn", "choice"),
        ("select_mutiple yn", "choices"),
        ("selct one yn", "choice"),
    ],
)
def test_a_type_in_any_spelling(written: str, ours: str) -> None:
    """Each spelling of the standard's types becomes one of ours; what can't be asked is shown or asked as text."""
    assert question(form_of(f"type | name | label\n{written} | q | Q", LISTS), "page_1/q").type == ours


def test_what_cannot_be_asked_is_said_with_its_row_and_remedy() -> None:
    """A sound recording is never made, an unknown type is a note with the likely one, a missing list a text."""
    found = check(
        """
        type              | name | label
        audio             | a    | A
        integr            | b    | B
        select_one yesno  | c    | C
        """,
        LISTS,
    )
    assert [(w.sheet, w.line, w.column, w.where) for w in found.warnings] == [
        ("survey", 2, 1, "a"),
        ("survey", 3, 1, "b"),
        ("survey", 4, 1, "c"),
    ]
    assert found.warnings[0].what == "sound is never recorded here; the question is shown as a note"
    assert found.warnings[1].remedy == "Did you mean `integer`?"
    assert found.warnings[2].sentence == (
        "f.xlsx:[survey]A4: c: there is no list of choices `yesno`; a text is asked for. Use one of: yn, big list."
    )


def test_groups_that_do_not_balance_are_mended() -> None:
    """An end too many is left out, a missing one stands at the end, an end of the other kind closes what is open."""
    found = check("""
        type         | name | label
        end group    |      |
        begin repeat | r    | R
        text         | a    | A
        end group    |      |
        begin group  | g    | G
        text         | b    | B
    """)
    assert list(found.form.questions) == ["r/a", "g/b"]
    assert told(found) == [
        "survey 2 1: this closes a group, and none is open",
        "survey 5 1: this closes a group, and the repeat `r` is open",
        "survey 6 1: this group is never closed; it ends with the form",
    ]


def test_headers_in_any_spelling() -> None:
    """Case, blanks, colons, synonyms, a near misspelling, and a title above the header."""
    found = check("""
        My survey of everything
        Type | NAME | Label : English (en) | media::image | Relevence | constraint message | Constraint | read only | caption
        text | q    | Ask                  | a.png        | 1 = 1     | Not that           | . != 'a'   | yes       |
    """)
    asked = question(found.form, "page_1/q")
    assert asked.label == Text.of({"en": "Ask"})
    assert asked.media == (("image", Text.of("a.png")),)
    assert (asked.when, asked.checks[0].that, asked.checks[0].message) == ("1 = 1", ". != 'a'", Text.of("Not that"))
    assert asked.read_only
    assert found.form.languages == ("en",)
    assert told(found) == [
        "survey 2 5: the column “Relevence” is read as `relevant`",
        "survey 3 4: the picture a.png isn't beside the form, so it can't be shown",
    ]


def test_languages_are_one_however_each_sheet_names_them() -> None:
    """ "English (en)", "english" and "EN" are the language en; the default comes first; plain labels beside others too."""
    form = form_of(
        "type | name | label::Italiano (it) | label::English (en)\nselect_one yn | q | Va bene? | All right?",
        "list_name | name | label::italiano | label::EN\nyn | yes | Sì | Yes",
        "form_title | default_language\nF | English (en)",
    )
    assert form.languages == ("en", "it")
    assert question(form, "page_1/q").choices == (Choice("yes", Text.of({"it": "Sì", "en": "Yes"})),)
    plain = form_of("type | name | label | label::Français\ntext | q | Name? | Nom ?")
    assert plain.languages == ("default", "Français")
    label = question(plain, "page_1/q").label
    assert (label.get("default"), label.get("Français")) == ("Name?", "Nom ?")


def test_names_that_cannot_be_are_mended_with_their_references() -> None:
    """A name with a blank, a name that stands twice, a reference in other case: all keep meaning what was meant."""
    found = check("""
        type    | name     | label            | relevant
        integer | my age   | Age              |
        text    | 1st      | You are ${my age}| ${My Age} > 3
        text    | my age   | Again            | ${1st} != ''
    """)
    assert list(found.form.questions) == ["page_1/my_age", "page_1/_1st", "page_1/my_age_2"]
    first, second = question(found.form, "page_1/_1st"), question(found.form, "page_1/my_age_2")
    assert (first.when, first.label) == ("${my_age} > 3", Text.of("You are ${my_age}"))
    assert second.when == "${_1st} != ''"
    assert len(found.warnings) == 4


def test_a_rule_that_cannot_be_understood_goes_and_the_question_stays() -> None:
    """The warning quotes the rule at its cell; the rest of the form is as it was."""
    found = check("type | name | label | relevant\ntext | a | A ${gone} | nonsense(1)\ntext | b | B | ${a} = 'x'")
    asked = question(found.form, "page_1/a")
    assert (asked.when, asked.label) == ("", Text.of("A gone"))
    assert question(found.form, "page_1/b").when == "${a} = 'x'"
    places = [(w.line, w.column) for w in found.warnings]
    assert places == [(2, 3), (2, 4)]
    assert "this rule is left out: nonsense(1)" in found.warnings[1].what


def test_choices_as_spreadsheets_spoil_them() -> None:
    """Blanks in names go, in rules too; repeated rows go once; a stray row and a nameless choice are told."""
    found = check(
        "type | name | label | relevant\nselect_one l | q | Q |\ntext | t | T | ${q} = 'very good'",
        """
        list name | name      | label     | colour
        l         | very good | Very good | red
        l         | bad       | Bad       |
        l         | bad       | Bad       |
        l         |           | Nameless  |
                  | stray     | Stray     |
        """,
    )
    assert [(c.id, c.attributes) for c in question(found.form, "page_1/q").choices] == [
        ("very_good", (("colour", "red"),)),
        ("bad", ()),
        ("Nameless", ()),
    ]
    assert question(found.form, "page_1/t").when == "${q} = 'very_good'"
    assert [w.line for w in found.warnings if w.sheet == "choices"] == [2, 4, 5, 6]


def test_or_other_adds_the_choice_and_a_text() -> None:
    """The standard's shorthand: `other` after the choices, and a text question that follows it."""
    form = form_of("type | name | label\nselect_one yn or_other | q | Q", LISTS)
    assert [choice.id for choice in question(form, "page_1/q").choices] == ["yes", "no", "other"]
    assert question(form, "page_1/q_other").when == "selected(../q, 'other')"


@pytest.mark.parametrize(
    ("cell", "required", "rule"),
    [("yes", True, ""), ("TRUE", True, ""), ("1", True, ""), ("true()", True, ""), ("no", False, ""), ("", False, ""),
     ("*", True, ""), ("${a} = 'x'", False, "${a} = 'x'"), ("maybe", False, "")],
)  # fmt: skip
def test_required_is_a_flag_or_a_rule(cell: str, required: bool, rule: str) -> None:
    """What authors write for yes is yes; an expression stays one; a word that is neither isn't required."""
    form = form_of(f"type | name | label | required\ntext | a | A |\ntext | q | Q | {cell}")
    assert (question(form, "page_1/q").required, question(form, "page_1/q").required_when) == (required, rule)


@pytest.mark.parametrize(
    ("kind", "written", "default"),
    [("decimal", "1,5", "1.5"), ("decimal", "1.5", "1.5"), ("geopoint", "45.46 9.19", "45.46 9.19 0 0"),
     ("integer", "abc", ""), ("dateTime", "2026-11-21", "2026-11-21T00:00:00"), ("text", "1,5", "1,5")],
)  # fmt: skip
def test_a_default_is_read_as_its_author_meant(kind: str, written: str, default: str) -> None:
    """A comma in a number's text, a place without altitude, a day for a moment; what is no answer goes."""
    form = form_of(f"type | name | label | default\n{kind} | q | Q | {written}")
    assert question(form, "page_1/q").default == default


def test_what_sets_itself_off_is_left_out() -> None:
    """A trigger that is the calculation itself goes with its rule, in a warning."""
    found = check("type | name | label | calculation | trigger\ncalculate | c | | | ${c}\ntext | t | T | 'x' | ${c}")
    assert found.form is not None
    assert question(found.form, "page_1/c").trigger == ()
    assert any("depends on itself" in said for said in told(found))


def test_ranges_metadata_and_calculations() -> None:
    """A range bounds a number; metadata is filled in; a calculation without a rule takes its default."""
    form = form_of("""
        type      | name | label | parameters             | calculation | default | trigger
        range     | r    | R     | start=0 end=5 step=0.5 |             |         |
        range     | s    | S     |                        |             |         |
        start     | t    |       |                        |             |         |
        calculate | c    |       |                        |             | Rome    |
        calculate | d    |       |                        | now()       |         | ${r}
    """)
    r, s = question(form, "page_1/r"), question(form, "page_1/s")
    assert (r.type, r.minimum, r.maximum) == ("number", 0, 5)
    assert r.parameters == (("start", "0"), ("end", "5"), ("step", "0.5"))
    assert (s.type, s.minimum, s.maximum) == ("integer", Fraction(1), Fraction(10))
    assert question(form, "page_1/t").preload == "start"
    assert question(form, "page_1/c").calculate == "'Rome'"
    assert question(form, "page_1/d").trigger == ("r",)


def test_disabled_rows_and_the_groups_they_open() -> None:
    """A disabled row isn't there; a disabled group takes its rows along unless its end is disabled too."""
    form = form_of("""
        type        | name | label | disabled
        text        | a    | A     | yes
        begin group | g    | G     | yes
        text        | b    | B     |
        end group   |      |       |
        begin group | h    | H     | yes
        text        | c    | C     |
        end group   |      |       | yes
        text        | d    | D     |
    """)
    assert list(form.questions) == ["page_1/c", "page_1/d"]


def test_choices_and_rules_read_files_beside_the_form(tmp_path: Path) -> None:
    """A CSV beside the workbook becomes a table of the form, in whatever dialect; so does a list that a rule reads."""
    (tmp_path / "shops.csv").write_text("name;label;region\ns1;Uno;nord\ns2;Due;sud\n", encoding="cp1252")
    form = form_of(
        """
        type                           | name | label | choice_filter    | calculation
        select_one yn                  | a    | A     |                  |
        select_one_from_file shops.csv | q    | Q     | region != ${a}   |
        calculate                      | c    |       |                  | count(instance('yn')/root/item)
        """,
        LISTS,
        path=str(tmp_path / "f.xlsx"),
    )
    assert question(form, "page_1/q").choices_from == "shops"
    assert form.tables == (
        Table("shops", ("name", "label", "region"), (("s1", "Uno", "nord"), ("s2", "Due", "sud"))),
        Table("yn", ("name", "label"), (("yes", "Yes"), ("no", "No"))),
    )


def test_search_fetches_choices_from_a_file(tmp_path: Path) -> None:
    """SurveyCTO's search() in the appearance: the list names columns of the CSV; without the file the list stays."""
    (tmp_path / "shops.csv").write_text("code,title,region\ns1,Uno,nord\ns2,Due,sud\n")
    tables = (
        """
        type        | name | label | appearance
        text        | a    | A     |
        select_one s| q    | Q     | minimal search('shops', 'matches', 'region', ${a})
        """,
        "list_name | name | label\ns | code | title\ns | -1 | None of them",
    )
    asked = question(form_of(*tables, path=str(tmp_path / "f.xlsx")), "page_1/q")
    assert (asked.choices_from, asked.choice_filter, asked.appearance) == ("shops", "region = ${a}", "minimal")
    assert asked.parameters == (("value", "code"), ("label", "title"))
    assert [choice.id for choice in asked.choices] == ["-1"]
    found = check(*tables)
    assert [choice.id for choice in question(found.form, "page_1/q").choices] == ["code", "-1"]
    assert len(found.warnings) == 1


def test_scoring_columns_say_what_yaml_says() -> None:
    """Types of ours, points by answer and by choice, bands, criticals, evidence, N/A and the form's policy."""
    form = form_of(
        """
        type          | name  | label | mshopper::type | score::points | score::bands              | score::critical | score::evidence                | score::dimension | score::na
        begin group   | g     | G     |                |               |                           |                 |                                |                  |
        select_one yn | hello | Hello | yes_no         | 5             |                           | no => cap 50    | photos=1 comment=20 when=no    | courtesy, time   | true
        integer       | wait  | Wait  | duration       |               | 60=10, 180=5, else=0      | . > 600         |                                |                  |
        select_one pr | price | Price |                |               |                           |                 |                                |                  | none
        range         | nps   | NPS   | nps            | 10            |                           |                 |                                |                  |
        end group     |       |       |                |               |                           |                 |                                |                  |
        """,  # noqa: E501
        "list_name | name | label | score\nyn | yes | Yes |\nyn | no | No |\npr | right | Right | 4\npr | none | None |",
        "form_id | score::pass_mark | score::grades | mshopper::people\nf | 80 | A=90, B=0 | role",
    )
    hello, wait = question(form, "g/hello"), question(form, "g/wait")
    assert (hello.type, hello.points, hello.na, hello.dimensions) == ("yes_no", 5, True, ("courtesy", "time"))
    assert (hello.critical[0].when.answers, hello.critical[0].cap) == (("no",), 50)
    assert (hello.evidence[0].photos, hello.evidence[0].comment) == (1, 20)
    assert [(band.to, band.points) for band in wait.bands] == [(60, 10), (180, 5), (None, 0)]
    assert wait.critical[0].when.rule == ". > 600"
    assert [choice.points for choice in question(form, "g/price").choices] == [4, None]
    assert question(form, "g/price").na_choice == "none"
    assert (question(form, "g/nps").type, question(form, "g/nps").maximum) == ("nps", None)
    assert (form.scoring.pass_mark, form.people) == (80, "role")
    assert [(grade.id, grade.from_percent) for grade in form.scoring.grades] == [("A", 90), ("B", 0)]


def test_a_workbook_that_asks_for_more_than_its_people_is_refused_at_its_cell() -> None:
    """`mshopper::staff` is read; a name where the form says `people: role` is a problem at that cell."""
    survey = "type | name | label | mshopper::staff\ntext | who | Who? | name\ntext | role | Role? | role"
    found = check(survey, "", "form_id | mshopper::people\nf | role")
    assert [(p.sheet, p.line, p.column) for p in found.problems] == [("survey", 2, 4)]
    assert "by name" in found.problems[0].what
    form = form_of(survey, "", "form_id | mshopper::people\nf | name")
    assert [placed.item.staff for placed in form.questions.values()] == ["name", "role"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("column", "cell", "what"),
    [
        ("score::points", "many", "`many` is not a number"),
        ("score::dimension", "kindness", "`kindness` is no dimension of this form"),
        ("mshopper::type", "nsp", "`nsp` is no type of question"),
        ("score::critical", "12", "`12` is no answer to this question"),
        ("score::bands", "soon", "a list is due here"),
        ("score::weight", "-1", "-1 is negative"),
    ],
)
def test_a_wrong_score_is_a_problem_at_its_cell(column: str, cell: str, what: str) -> None:
    """Scoring columns are held to the YAML language's checks: a form that would score wrongly doesn't open."""
    found = check(f"type | name | label | mshopper::type | {column}\nrange | q | Q | nps | {cell}"
                  if column != "mshopper::type" else f"type | name | label | {column}\nrange | q | Q | {cell}")  # fmt: skip
    assert found.form is None
    assert [(p.sheet, p.line, p.column, p.what) for p in found.problems] == [
        ("survey", 2, 4 if column == "mshopper::type" else 5, what)
    ]


@pytest.mark.parametrize(
    ("sheets", "what"),
    [
        ({"Sheet1": "a | b\n1 | 2"}, "there is no sheet `survey`, so nothing to ask"),
        ({"survey": "a | b\n1 | 2"}, "the sheet has no header with the columns type and name"),
        ({"survey": "type | name | label"}, "the survey has no questions"),
    ],
)
def test_only_what_has_no_meaning_is_refused(sheets: dict[str, str], what: str) -> None:
    """No survey, no header, no questions."""
    found = check_sheets({name: rows(table) for name, table in sheets.items()}, Path("f.xlsx"))
    assert found.form is None
    assert [problem.what for problem in found.problems] == [what]


SURVEY = [["type", "name", "label"], ["integer", "q", "Q"], ["text", "t", "=1+1"]]


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    """A workbook under a foreign suffix, a CSV with its sheets below one another, a CSV of the survey alone: one form."""
    workbook = tmp_path / "book.yaml"
    write_workbook(workbook, {"Survey ": SURVEY, "settings": [["form_id", "version"], ["f", 2]]})
    stacked = tmp_path / "stacked.csv"
    stacked.write_text(
        '"survey",,\n,type,name,label\n,integer,q,Q\n,text,t,=1+1\n"settings",,\n,form_id,version\n,f,2\n'
    )
    alone = tmp_path / "alone.txt"
    alone.write_bytes("\ufefftype;name;label\r\ninteger;q;Q\r\ntext;t;=1+1\r\n".encode())
    forms = [read_form(path) for path in (workbook, stacked, alone)]
    asked = [[placed.item for placed in form.questions.values()] for form in forms]
    assert asked[0] == asked[1] == asked[2]
    assert [(form.id, form.version) for form in forms] == [("f", "2"), ("f", "2"), ("alone", "1")]


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="survey">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


MANIFEST = """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
</manifest:manifest>"""


def test_an_ods_workbook_is_read_too(tmp_path: Path) -> None:
    """The open document format, as LibreOffice keeps forms: the same form as from the other formats."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    lines = ("".join(cell.format(text) for text in row) for row in SURVEY)
    rows_ = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    with zipfile.ZipFile(tmp_path / "f.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr("content.xml", ODS.format(rows=rows_))
    assert list(read_form(tmp_path / "f.ods").questions) == ["page_1/q", "page_1/t"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04 and nothing else", "can't be read as a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "can't be read as a workbook"),
    ],
)
def test_a_broken_workbook_is_refused_with_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    """What is no workbook after all says so and what to do."""
    (tmp_path / "f.xlsx").write_bytes(content)
    with pytest.raises(MshopperError, match=sentence):
        check_form(tmp_path / "f.xlsx")
