"""The house seen from outside: what lies where, what is declared, what must not be in any file."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from mshopper import operations

HOUSE = Path(__file__).resolve().parents[1]
PYPROJECT = (HOUSE / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PYPROJECT)
IGNORED = [line.rstrip("/") for line in (HOUSE / ".gitignore").read_text(encoding="utf-8").split()]


def is_ignored(path: Path) -> bool:
    return any(fnmatch(part, pattern) for part in path.parts for pattern in IGNORED)


def own_files(*folders: str) -> Iterator[Path]:
    """The project's own files, as paths within it: in `folders`, or everywhere."""
    for folder in folders or ["."]:
        for path in sorted((HOUSE / folder).rglob("*")):
            within = path.relative_to(HOUSE)
            if path.is_file() and within.parts[0] != ".git" and not is_ignored(within):
                yield within


def text_of(path: Path) -> str:
    """The text of one of `own_files`; "" for what isn't text."""
    try:
        return (HOUSE / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def name_of(requirement: str) -> str:
    """The distribution that a requirement names, spelt as `distributions_of` spells it."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def imported_names(folder: str) -> dict[str, str]:
    """Each top-level module that the Python files of `folder` import, with a file that does."""
    found: dict[str, str] = {}
    for path in own_files(folder):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(text_of(path))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0]: str(path) for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module.partition(".")[0]] = str(path)
    return {name: path for name, path in found.items() if name not in sys.stdlib_module_names and name != "mshopper"}


OF_EXTRAS = {"smbclient": "smbprotocol"}
"""Modules of extras that are called otherwise than what installs them, for where that isn't installed."""


def distributions_of(module: str) -> set[str]:
    """What installs `module`; the module's own name where it isn't installed (an extra)."""
    installed_by = packages_distributions().get(module, [OF_EXTRAS.get(module, module)])
    return {name.lower().replace("_", "-") for name in installed_by}


def test_top_level_holds_what_the_design_lists() -> None:
    """Beside dotfiles and what git ignores, the top level holds what the design lists and nothing else."""
    listed = "mshopper forms resources tests pyproject.toml build.spec README.md uv.lock LICENSE CHANGELOG.md run check"
    present = {
        path.name for path in HOUSE.iterdir() if not path.name.startswith(".") and not is_ignored(Path(path.name))
    }
    assert present == set(listed.split())


def test_imports_are_declared() -> None:
    """What mshopper/ imports is declared in pyproject.toml, and what every installation brings is imported."""
    always = {name_of(requirement) for requirement in PROJECT["project"]["dependencies"]}
    extras = {name_of(line) for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines}
    imported = imported_names("mshopper")
    undeclared = {name: path for name, path in imported.items() if not distributions_of(name) & (always | extras)}
    assert undeclared == {}
    assert always - {distribution for name in imported for distribution in distributions_of(name)} == set()


def test_each_dependency_says_why() -> None:
    """Every requirement in pyproject.toml has a comment on its line."""
    project = PROJECT["project"]
    groups = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    ]
    lines = PYPROJECT.splitlines()
    for requirement in (requirement for group in groups for requirement in group):
        after = [line.partition(f'"{requirement}"')[2] for line in lines if f'"{requirement}"' in line]
        assert any(re.search(r"# \w", rest) for rest in after), f"{requirement}: say what it is for"


@pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for bash")
@pytest.mark.parametrize("script", ["run", "check", ".ci/run", ".ci/prepare", ".ci/try-build", ".ci/package"])
def test_scripts_are_well_formed(script: str) -> None:
    """bash can parse each script, and git and people can start those that are to be started."""
    assert subprocess.run(["bash", "-n", HOUSE / script], check=False, capture_output=True).stderr == b""
    assert bool((HOUSE / script).stat().st_mode & 0o100) == (script != ".ci/prepare")


def test_no_file_names_a_machine_or_a_registry() -> None:
    """No file knows the folders of the machine it was written on, and only the lock names the public index."""
    folders = re.compile(r"(?<![\w.)])/(work|root)/")  # `instance('x')/root/item` is a rule, not a folder
    registries = re.compile(r"pypi\.org|pythonhosted\.org")
    for path in own_files():
        text = text_of(path)
        assert not folders.search(text), path
        assert path.name == "uv.lock" or not registries.search(text), path
    assert "file:" not in text_of(Path("uv.lock"))


def test_nothing_is_left_undone() -> None:
    """No reminder to finish something and no stub is left in the program or its tests."""
    reminders = re.compile(r"\b(TO[D]O|FIX[M]E|Not[I]mplementedError)\b")  # the brackets spare this very line
    for path in own_files("mshopper", "tests", "forms"):
        assert not reminders.search(text_of(path)), path


def test_no_use_case_is_called_as_a_module() -> None:
    """A use case of a module's name would be hidden by it as soon as that is imported; settings is imported at once."""
    folder = HOUSE / "mshopper" / "operations"
    modules = {path.stem for path in folder.iterdir()}
    assert modules & set(operations.__all__) == {"settings"}


def test_wheel_carries_forms_and_resources(tmp_path: Path) -> None:
    """The wheel holds the package and every shipped form and resource, and the program in it finds them."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=HOUSE, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        carried = {name for name in wheel.namelist() if name.startswith("mshopper/")}
        wheel.extractall(tmp_path / "site")
    shipped = {f"mshopper/_data/{path.as_posix()}" for path in own_files("forms", "resources")}
    assert shipped
    assert carried == shipped | {path.as_posix() for path in own_files("mshopper")}

    ask = "from mshopper import paths; print(paths.forms_folder(), paths.resources_folder(), sep='\\n')"
    alone = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    found = subprocess.run(
        [sys.executable, "-c", ask], cwd=tmp_path, env=alone, check=True, capture_output=True, text=True
    )
    data = tmp_path / "site" / "mshopper" / "_data"
    assert found.stdout.splitlines() == [str(data / "forms"), str(data / "resources")]
