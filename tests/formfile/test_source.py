"""Files that can't be form files: one sentence that says what to do."""

import os
from pathlib import Path

import pytest

from mshopper.errors import FormProblemsError, MshopperError
from mshopper.formfile import check_form, read_form
from mshopper.formfile.source import LARGEST_FILE

FORM = "mshopper: 1\nid: f\nversion: 2026.10\ntitle: Città\nsections: []\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \r\n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is neither a workbook nor a text"),
        (b"PK\x03\x04\x14\0\0\0", "can't be read as a workbook"),
        (FORM.encode("utf-16"), "save it as UTF-8"),
        (FORM.encode("cp1252"), "isn't in UTF-8 (line 4)"),
        (b"#" * (LARGEST_FILE + 1), "more than the 8 MB of a form file"),
    ],
)
def test_a_file_that_is_no_form_text_is_refused_with_what_to_do(tmp_path: Path, content: bytes, words: str) -> None:
    """Empty, binary, huge and undecodable files are the user's problem, told in a sentence with the file's name."""
    file = tmp_path / "form.yaml"
    file.write_bytes(content)
    for read in (read_form, check_form):
        with pytest.raises(MshopperError) as refused:
            read(file)
        assert words in str(refused.value)
        assert str(file) in str(refused.value)
        assert not isinstance(refused.value, FormProblemsError)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.yaml", "doesn't exist"),
        (".", "is a folder"),
        ("form.yaml/x.yaml", "doesn't exist"),
        ("a\0b", "can't be read"),
    ],
)
def test_a_path_without_a_file_is_refused(tmp_path: Path, name: str, words: str) -> None:
    """A missing file, a folder and a name that no file can have are told, each in its words."""
    (tmp_path / "form.yaml").write_text(FORM, encoding="utf-8")
    with pytest.raises(MshopperError, match=words):
        read_form(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX systems")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    """What isn't a regular file is not opened, since opening a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(MshopperError, match="isn't a file"):
        read_form(tmp_path / "pipe.yaml")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_utf8_is_read_with_or_without_a_byte_order_mark(tmp_path: Path, mark: bytes, line_end: bytes) -> None:
    """Windows editors write a byte order mark and CRLF; the form is the same."""
    file = tmp_path / "form.yaml"
    file.write_bytes(mark + FORM.encode().replace(b"\n", line_end))
    form = read_form(file)
    assert (form.version, form.title.get("it")) == ("2026.10", "Città")


def test_a_form_with_problems_raises_all_of_them(tmp_path: Path) -> None:
    """The error's sentence names the file, how many problems and the first; `problems` holds each, located."""
    file = tmp_path / "form.yaml"
    file.write_text(FORM + "colour: red\nsize: 3\n", encoding="utf-8")
    with pytest.raises(FormProblemsError) as refused:
        read_form(file)
    assert str(refused.value) == (
        f"{file} can't be used, it has 2 problems. The first: "
        f"{file}:6: colour: the key `colour` is unknown here. Use one of: mshopper, id, version, title, languages, "
        "channel, briefing, people, dimensions, scoring, "
        "instance_name, tables, sections."
    )
    assert [problem.line for problem in check_form(file).problems] == [6, 7]
    assert refused.value.problems == check_form(file).problems
