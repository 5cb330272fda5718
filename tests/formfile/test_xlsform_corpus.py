"""Real workbooks open, keep, export and agree with what the standard's own converter makes of them."""

import importlib.util
from dataclasses import fields
from pathlib import Path

import pytest

from mshopper.formfile import check_form, check_text, read_form_document, write_yaml, xlsform_sheets
from mshopper.model.form_document import form_document, form_hash

_spec = importlib.util.spec_from_file_location("oracle", Path(__file__).parent / "oracle.py")
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

CORPUS = next((p / "shared" / "corpus" / "forms" for p in Path(__file__).parents if (p / "shared").is_dir()), None)
FILES = sorted(CORPUS.glob("*.xls*")) if CORPUS else []
pytestmark = pytest.mark.skipif(not FILES, reason="the shared forms aren't beside this checkout")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_a_real_form_opens_and_can_be_kept(path: Path) -> None:
    """No problems; each warning has a place and a remedy; document, YAML and XLSForm give the same form back."""
    found = check_form(path)
    assert [problem.sentence for problem in found.problems] == []
    assert all(warning.sheet and warning.what and warning.remedy for warning in found.warnings)
    assert read_form_document(form_document(found.form), name="kept") == found.form
    assert check_text(write_yaml(found.form), "f.yaml").form == found.form
    _sheets, lost = xlsform_sheets(found.form)
    assert lost == ()


SLOW = ("PMA-2020__fp_registration_ke-v3-jef",)
"""The converter takes seconds for its empty rows, and reads nothing else in it than in its smaller twin."""


@pytest.mark.parametrize("path", [p for p in FILES if p.stem not in SLOW], ids=lambda path: path.stem[:40])
def test_a_real_form_agrees_with_the_standards_converter(path: Path) -> None:
    """Order, nesting, types, labels, hints, choices, rules and defaults are the converter's, but where a warning says why."""
    if (survey := oracle.converted(path)) is None:
        pytest.skip("the converter refuses it")
    found = check_form(path)
    expected = {seen.path: seen for seen in oracle.theirs(survey)}
    ours = {seen.path: seen for seen in oracle.our_view(found.form) if not seen.path.endswith("audit")}
    assert list(ours) == list(expected)
    told = {warning.where.split(".")[0] for warning in found.warnings}
    apart = []
    for place, theirs in expected.items():
        mine = ours[place]
        for name in (field.name for field in fields(theirs)):
            left, right = getattr(theirs, name), getattr(mine, name)
            if left != right and place.rpartition("/")[2] not in told and not _is_meant(name, theirs, mine):
                apart.append((place, name, left, right))
    assert apart == []


def _is_meant(name: str, theirs: "oracle.Seen", mine: "oracle.Seen") -> bool:
    """Where we say the same in other words, or hold what the converter's data leaves out."""
    if mine.type in ("note", "calculate"):
        return name in ("more", "constraint") or (name == "calculation" and not theirs.calculation)
    if mine.type == "range" or theirs.type == "range":
        return name == "type"
    if mine.choices == (("OK", ("OK",)),):
        return name == "choices"
    if name == "relevant":
        return theirs.relevant in ("yes", "1", "true()") and not mine.relevant
    return False


def test_the_same_forms_give_the_same_hash_twice() -> None:
    """Reading depends on nothing but the file."""
    path = FILES[0]
    assert form_hash(check_form(path).form) == form_hash(check_form(path).form)
