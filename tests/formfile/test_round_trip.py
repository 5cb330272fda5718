"""A form goes to data, to YAML and to JSON and comes back equal; its hash names what it means, not how it was written."""

import copy
import hashlib
import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mshopper import paths
from mshopper.formfile import check_form, check_text, form_schema, read_form, read_form_document, write_yaml
from mshopper.model.canonical import canonical_json
from mshopper.model.form import Form, Text
from mshopper.model.form_document import decimal_text, form_document, form_hash

_spec = importlib.util.spec_from_file_location("strategies", Path(__file__).parent / "strategies.py")
assert _spec is not None
assert _spec.loader is not None
strategies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(strategies)

SHIPPED = sorted(paths.forms_folder().glob("*.yaml"))
patient = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def opened(text: str, name: str = "form.yaml") -> Form:
    """The form in a text without problems."""
    found = check_text(text, name)
    assert found.form is not None, [problem.sentence for problem in found.problems]
    return found.form


@patient
@given(strategies.forms)
def test_a_form_comes_back_equal_from_its_document(form: Form) -> None:
    """What the store keeps is the whole form, through JSON text as well."""
    document = form_document(form)
    assert read_form_document(document, name="form") == form
    assert opened(json.dumps(document)) == form


@patient
@given(strategies.forms)
def test_a_form_comes_back_equal_from_yaml(form: Form) -> None:
    """An exported form reads back as the same form, whatever its texts look like to YAML."""
    again = opened(write_yaml(form))
    assert again == form
    assert form_hash(again) == form_hash(form)


@patient
@given(strategies.forms)
def test_every_form_keeps_to_the_json_schema(form: Form) -> None:
    """What the reader takes, the schema for editors takes too."""
    assert departures(form_document(form), form_schema()) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_form_opens_without_a_word(path: Path) -> None:
    """Every form that comes with mshopper has neither problems nor warnings, and keeps to the schema."""
    found = check_form(path)
    assert [problem.sentence for problem in (*found.problems, *found.warnings)] == []
    assert found.form is not None
    assert departures(form_document(found.form), form_schema()) == []
    assert opened(write_yaml(found.form)) == found.form


def test_forms_are_shipped() -> None:
    """The test above has something to open."""
    assert len(SHIPPED) >= 9


CASES = next((p / "shared" / "scoring_cases.json" for p in Path(__file__).parents if (p / "shared").is_dir()), None)


@pytest.mark.skipif(CASES is None, reason="the shared scoring cases aren't beside this checkout")
def test_the_forms_of_the_scoring_cases_open() -> None:
    """Forms as JSON data with numbers, as published examples are kept, are read like files."""
    assert CASES is not None
    for case in json.loads(CASES.read_text(encoding="utf-8"))["score"]:
        form = read_form_document(case["form"], name=case["name"])
        assert opened(json.dumps(case["form"], indent=1)) == form


WRITTEN = """\
# the same form twice: with all that goes without saying, and without
mshopper: 1
id: f
version: 2026.10
title: F
channel: ""
people: none
dimensions: [time, quality, professionalism, efficiency, courtesy]
scoring: {aggregate: points, unanswered: zero, cap: true, grades: []}
sections:
  - id: s
    weight: 1.0
    questions:
      - {id: q, type: yes_no, label: Q, points: 5.00, weight: 1, na: false, critical: {when: [no], effect: fail}}
"""
BRIEF = """\
{"mshopper": 1, "version": "2026.10", "id": "f", "title": "F", "sections": [{"id": "s", "questions": [
  {"points": 5, "label": {"": "Q"}, "type": "yes_no", "id": "q", "critical": [{"when": "no"}]}]}]}
"""


def test_the_hash_is_of_the_meaning() -> None:
    """Defaults, comments, order of keys, notation and format don't change a form's hash; a point does."""
    form = opened(WRITTEN)
    brief = opened(BRIEF)
    assert form == brief
    canonical = (
        b'{"id":"f","mshopper":1,"sections":[{"id":"s","questions":[{"critical":{"when":"no"},"id":"q","label":"Q",'
        b'"points":"5","type":"yes_no"}]}],"title":"F","version":"2026.10"}'
    )
    assert form_hash(form) == form_hash(brief) == hashlib.sha256(canonical).hexdigest()
    assert form_hash(opened(WRITTEN.replace("5.00", "5.01"))) != form_hash(form)


def test_what_has_its_default_is_not_in_the_document() -> None:
    """A field added later with a default leaves old documents, and so their hashes, as they are."""
    assert form_document(opened(WRITTEN)) == {
        "mshopper": 1,
        "id": "f",
        "version": "2026.10",
        "title": "F",
        "sections": [
            {
                "id": "s",
                "questions": [{"id": "q", "type": "yes_no", "label": "Q", "points": "5", "critical": {"when": "no"}}],
            }
        ],
    }


def test_an_exported_form_is_pleasant_to_edit(tmp_path: Path) -> None:
    """Numbers stand without quotes, ids like `no` too, what YAML would mistake in quotes, long texts as blocks."""
    form = opened(WRITTEN)
    text = write_yaml(replace(form, briefing=Text.of({"it": "Uno\nDue: sì\n"}), languages=("it",)))
    assert text == (
        'mshopper: 1\nid: f\nversion: "2026.10"\ntitle: F\nlanguages: [it]\nbriefing:\n  it: |\n    Uno\n    Due: sì\n'
        "sections:\n- id: s\n  questions:\n  - id: q\n    type: yes_no\n    label: Q\n    points: 5\n    critical: {when: no}\n"
    )
    (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    assert read_form(tmp_path / "f.yaml").briefing.get("it") == "Uno\nDue: sì\n"


@given(st.integers(-(10**20), 10**20), st.integers(0, 15))
def test_decimal_text_is_exact_and_shortest(numerator: int, places: int) -> None:
    """Decimal text gives the same fraction back, without exponent or trailing zeros."""
    value = Fraction(numerator, 10**places)
    text = decimal_text(value)
    assert Fraction(text) == value
    assert "e" not in text.lower()
    assert "." not in text or not text.endswith(("0", "."))


def test_a_third_has_no_decimal_text() -> None:
    """No file can hold it, so it would be our bug."""
    with pytest.raises(ValueError, match="no finite decimal"):
        decimal_text(Fraction(1, 3))


def departures(data: object, schema: dict[str, Any], root: dict[str, Any] | None = None, where: str = "") -> list[str]:
    """Where `data` departs from the JSON Schema, by the words of it that pydantic writes (none is passed over)."""
    root = root or schema
    if "$ref" in schema:
        return departures(data, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, where)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            fits = [option for option in schema[choice] if not departures(data, option, root, where)]
            enough = len(fits) == 1 if choice == "oneOf" else fits
            return [] if enough else [f"{where}: {len(fits)} of {choice}"]
    unknown = set(schema) - {"type", "properties", "required", "additionalProperties", "items", "enum", "const"}
    unknown -= {
        "pattern",
        "minimum",
        "maximum",
        "minItems",
        "title",
        "description",
        "$defs",
        "$schema",
        "discriminator",
    }
    assert not unknown
    types = schema.get("type", [])
    if types and not any(_is(data, name) for name in ([types] if isinstance(types, str) else types)):
        return [f"{where}: not {types}"]
    found = []
    if "enum" in schema and data not in schema["enum"]:
        found.append(f"{where}: not one of {schema['enum']}")
    if "const" in schema and data != schema["const"]:
        found.append(f"{where}: not {schema['const']}")
    if isinstance(data, dict):
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{where}: no {key}" for key in schema.get("required", []) if key not in data]
        for key, value in data.items():
            if key not in properties and others is False:
                found.append(f"{where}.{key}: unknown")
            inner = properties.get(key, others if isinstance(others, dict) else {})
            found += departures(value, inner, root, f"{where}.{key}")
    if isinstance(data, list):
        for position, item in enumerate(data):
            found += departures(item, schema.get("items", {}), root, f"{where}.{position}")
    return found


def _is(data: object, name: str) -> bool:
    kinds = {"string": str, "number": int | float, "integer": int, "boolean": bool, "object": dict, "array": list}
    return (
        data is None
        if name == "null"
        else isinstance(data, kinds[name]) and (name == "boolean") == isinstance(data, bool)
    )


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda form: form.update(colour="red"), ".colour: unknown"),
        (lambda form: form.pop("id"), ": no id"),
        (lambda form: form["sections"][0].update(weight=True), ".sections.0.weight: 0 of anyOf"),
        (lambda form: form["sections"][0]["questions"][0].update(choices=[]), ".sections.0.questions.0: 0 of oneOf"),
        (lambda form: form["sections"][0]["questions"][0].update(type="star"), ".sections.0.questions.0: 0 of oneOf"),
        (lambda form: form["sections"][0]["questions"][0].update(na="yes"), ".sections.0.questions.0: 0 of oneOf"),
    ],
)
def test_the_json_schema_refuses_what_the_reader_refuses(change: Callable[[Any], object], where: str) -> None:
    """An editor marks an unknown key, a missing one, a key of another type and a wrong value."""
    document = form_document(opened(WRITTEN))
    assert departures(document, form_schema()) == []
    change(wrong := copy.deepcopy(document))
    assert departures(wrong, form_schema()) == [where]


def test_canonical_json_is_rfc_8785() -> None:
    """Keys in UTF-16 order, no blanks, the shortest escapes, UTF-8: the example of RFC 8785, section 3.2.3, and more."""
    data = {"\u20ac": "Euro", "\r": "CR", "\ufb33": "Dalet", "1": "One", "\U0001f600": "Smile", "\x80": "C", "ö": "O"}
    assert canonical_json(data) == (
        '{"\\r":"CR","1":"One","\x80":"C","ö":"O","€":"Euro","😀":"Smile","\ufb33":"Dalet"}'.encode()
    )
    assert canonical_json({"b": [True, None, 5, -1], "a": ('\x1f"\\/\b\t\x7f',)}) == (
        b'{"a":["\\u001f\\"\\\\/\\b\\t\x7f"],"b":[true,null,5,-1]}'
    )


@pytest.mark.parametrize(
    ("data", "error"),
    [(0.5, TypeError), ({1: "a"}, TypeError), ({"a"}, TypeError), (2**53, ValueError), ("\ud800", ValueError)],
)
def test_canonical_json_refuses_what_has_no_one_form(data: object, error: type[Exception]) -> None:
    """A float, a key that isn't text, a number that others would round and half a character are our bugs."""
    with pytest.raises(error):
        canonical_json(data)
