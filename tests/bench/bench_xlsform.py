"""Opening an XLSForm: its time against the standard's own converter, and the memory of a form of 1,300 rows.

The first opening is that of a fresh process, with all that it has to load, as when the app or a command opens its form;
the converter's is measured alike.

`run()` gives (name, value, limit) triples; the limit is the most that the value may be, None where it is only told.
"""

import contextlib
import gc
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from pathlib import Path

from mshopper.exchange.workbook import write_workbook
from mshopper.formfile import check_form

Result = tuple[str, float, float | None]

ROUNDS = 5
ROWS = 1_300
MEGABYTE = 1024 * 1024


def run() -> list[Result]:
    """The largest form that the converter takes, opened by both; and what a long form costs to hold and to read."""
    with tempfile.TemporaryDirectory() as folder:
        long_form = long_workbook(Path(folder) / "long.xlsx")
        largest = largest_form()
        results = [*_first_openings(largest, folder), *_against_converter(largest)] if largest else []
        # The made-up form has a rule in every second row and short texts: told, but no form of anybody's.
        results += [(f"{name} (1,300 rows)", value, None) for name, value, _limit in _against_converter(long_form)]
        return results + _memory(long_form)


def largest_form() -> Path | None:
    """The corpus form with the most rows that the converter accepts, where the corpus is at hand."""
    folders = [parent / "shared" / "corpus" / "forms" for parent in Path(__file__).resolve().parents]
    folder = next((path for path in folders if path.is_dir()), None)
    if folder is None:
        return None
    counted = sorted(folder.glob("*.xls*"), key=_rows, reverse=True)
    return next((path for path in counted if _accepted(path)), None)


def _rows(path: Path) -> int:
    form = check_form(path).form
    return len(form.places) if form else 0


def _accepted(path: Path) -> bool:
    from pyxform.errors import PyXFormError

    try:
        _convert(path)
    except PyXFormError:
        return False
    return True


def _convert(path: Path) -> None:
    from pyxform.xls2xform import convert

    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        convert(str(path), warnings=[])


_FIRST = {
    "ours": "from mshopper.formfile import check_form; open_form = lambda path: check_form(path)",
    "the converter's": "from pyxform.xls2xform import convert; open_form = lambda path: convert(path, warnings=[])",
}


def _first_openings(path: Path, folder: str) -> list[Result]:
    """Both in fresh processes, by turns: loading the code (compiled once, as an installed program's is) and opening."""
    times: dict[str, list[float]] = {name: [] for name in _FIRST}
    for number in range(ROUNDS + 1):
        for name, load in _FIRST.items():
            code = (
                "import sys, time, warnings; warnings.simplefilter('ignore'); started = time.perf_counter()\n"
                f"{load}\nopen_form(sys.argv[1]); print(time.perf_counter() - started)"
            )
            environment = os.environ | {
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": str(Path(folder) / "code"),
            }
            done = subprocess.run(
                [sys.executable, "-c", code, str(path)], env=environment, capture_output=True, text=True, check=True
            )
            if number:  # the first writes the compiled code
                times[name].append(float(done.stdout.split()[-1]))
    ours, theirs = (statistics.median(found) for found in times.values())
    return [
        ("opening a form first in a process, ms", ours * 1000, None),
        ("the converter first in a process, ms", theirs * 1000, None),
        ("opening a form first, share of the converter's time", ours / theirs, 0.25),
    ]


def _against_converter(path: Path) -> list[Result]:
    """Both as they are in a program that has opened a form before: each keeps what it parsed."""
    ours, theirs = _median(lambda: check_form(path)), _median(lambda: _convert(path))
    return [
        ("opening a form, ms", ours * 1000, None),
        ("opening a form whose rules were never parsed before, ms", _median(lambda: _open_afresh(path)) * 1000, None),
        ("the converter, ms", theirs * 1000, None),
        ("opening a form, share of the converter's time", ours / theirs, 0.25),
    ]


def _open_afresh(path: Path) -> object:
    """Open a form with nothing remembered of its rules."""
    from mshopper.model.rules import grammar

    grammar.parse.cache_clear()
    return check_form(path)


def _median(work: Callable[[], object]) -> float:
    work()
    times = []
    for _round in range(ROUNDS):
        gc.collect()
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def long_workbook(path: Path) -> Path:
    """A form of 1,300 rows: groups of ten questions of all common types, with rules, in two languages."""
    survey: list[list[str]] = [
        ["type", "name", "label::Italiano (it)", "label::English (en)", "relevant", "constraint", "calculation"]
    ]
    kinds = ("integer", "text", "select_one l", "select_multiple l", "decimal", "date", "note", "calculate")
    number = 0
    while len(survey) + 12 <= ROWS:
        group = len(survey)
        survey.append(["begin_group", f"g{group}", f"Gruppo {group}", f"Group {group}", "", "", ""])
        for step in range(10):
            kind = kinds[number % len(kinds)]
            before = f"${{q{number - 8}}}" if number >= 8 else ""
            relevant = f"{before} != '' and {number} > {step}" if before and step % 3 == 0 else ""
            constraint = f". >= {step} and . < {number + 100}" if kind in ("integer", "decimal") else ""
            calculation = f"if({before or 1} = {number}, 'a', 'b')" if kind == "calculate" else ""
            labels = [f"Domanda numero {number}?", f"Question number {number}?"]
            survey.append([kind, f"q{number}", *labels, relevant, constraint, calculation])
            number += 1
        survey.append(["end_group", "", "", "", "", "", ""])
    choices = [["list_name", "name", "label::Italiano (it)", "label::English (en)"]]
    choices += [["l", f"c{index}", f"Scelta {index}", f"Choice {index}"] for index in range(20)]
    write_workbook(path, {"survey": survey, "choices": choices, "settings": [["form_id"], ["long"]]})
    return path


def _memory(path: Path) -> list[Result]:
    check_form(path)  # what is imported and compiled once is no form's
    gc.collect()
    tracemalloc.start()
    found = check_form(path)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.form is not None
    return [
        ("a form of 1,300 rows held, MB", held / MEGABYTE, 30.0),
        ("a form of 1,300 rows while read, MB", peak / MEGABYTE, 30.0),
    ]


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    outcome = run()
    for title, measured, most in outcome:
        sys.stdout.write(f"{title}: {measured:.3f}" + (f" (at most {most})\n" if most is not None else "\n"))
    sys.exit(any(most is not None and measured > most for _title, measured, most in outcome))
