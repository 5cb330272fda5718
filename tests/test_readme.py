"""What README.md says is true: its commands are there, its example prints what it shows."""

import re
from pathlib import Path

import pytest

from mshopper.cli import run
from mshopper.cli.main import program

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(beginning: str) -> list[str]:
    """The lines of the indented block that begins with a line of these words."""
    lines = README.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(f"    {beginning}"))
    rest = lines[first:]
    end = next((i for i, line in enumerate(rest) if line and not line.startswith("    ")), len(rest))
    return [line[4:] for line in rest[:end]]


def test_every_command_listed_is_there_and_every_command_is_listed() -> None:
    """The list of commands is the program's."""
    lines = [line for line in block("mshopper demo") if line.startswith("mshopper ")]
    listed = {tuple(re.findall(r"^mshopper ([a-z]+)(?: ([a-z]+))?", line)[0]) for line in lines}
    there = set()
    for name, command in program.commands.items():
        inner = getattr(command, "commands", None)
        there |= {(name, one) for one in inner} if inner else {(name, "")}
    assert {(name, inner if (name, inner) in there else "") for name, inner in listed} == there


def test_the_example_prints_what_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The form, its answers and the score of the example, as a person would type them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    parts = re.split(r"^\$ (.*)$", "\n".join(block("$ cat hello.yaml")), flags=re.MULTILINE)
    texts = dict(zip(parts[1::2], (part.strip("\n") for part in parts[2::2]), strict=True))
    Path("hello.yaml").write_text(texts["cat hello.yaml"], encoding="utf-8")
    Path("answers.json").write_text(texts["cat answers.json"], encoding="utf-8")

    assert run(["score", "hello.yaml", "answers.json"]) == 0
    printed = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")  # a number and its unit stay on one line
    assert printed.strip() == texts["mshopper score hello.yaml answers.json"].strip()


def test_files_named_are_there() -> None:
    """Every file and folder of this repository that the page names exists."""
    here = Path(__file__).parents[1]
    named = re.findall(r"\]\(([^)#:]+)\)", README) + re.findall(r"`((?:forms|resources|tests|\.ci)/[\w./-]*)`", README)
    assert [name for name in named if not (here / name).exists()] == []


def test_nine_forms_come_along() -> None:
    """`forms/` holds as many YAML forms as the page says."""
    assert "`forms/` holds nine" in README
    assert len(list((Path(__file__).parents[1] / "forms").glob("*.yaml"))) == 9
