"""Writes the demo as files: the reports of some visits, and a head-office folder with the merged tables of all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mshopper.errors import HeadOfficeError, MshopperError
from mshopper.exchange.files import write_file
from mshopper.exchange.folder import HeadOffice
from mshopper.i18n import _
from mshopper.operations.demo.making import head_office_folder, make_demo, read_mark
from mshopper.operations.identity import this_device
from mshopper.operations.reports import write_report
from mshopper.operations.syncing import merge, sync
from mshopper.operations.workspace import Workspace
from mshopper.progress import Progress

_SPREADSHEET = "it"
"""The language whose spreadsheets get tables of their own."""
_SAMPLE_FILE = "sample.txt"
_SAMPLE_WORDS = "Sample data made by `mshopper demo`, which replaces it when it runs again.\n"
_MADE_HERE = ("results", "reviews", "merged", "merger.json", "datapackage.json")


@dataclass(frozen=True, slots=True)
class DemoOutput:
    """The files that were written. `problems` are sentences; there should be none."""

    pdfs: tuple[Path, ...]
    tables: tuple[Path, ...]
    problems: tuple[str, ...] = ()


def write_demo(folder: Path, out: Path, *, language: str, progress: Progress | None = None) -> DemoOutput:
    """Write reports into `out`/reports and the merged tables into `out`/head-office, of the demo in the data folder `folder`.

    The demo is made first where it isn't there yet. Raises MshopperError (a folder that can't be written, or that holds a
    head office's real data) and Cancelled.
    """
    progress = progress or Progress()
    with make_demo(folder, progress=progress) as workspace:
        problems = list(sync(workspace, head_office_folder(folder), progress).problems)
        target = out / "head-office"
        _copy_head_office(workspace, target)
        merged = merge(workspace, target, excel=_SPREADSHEET, progress=progress)
        problems += merged.sentences()
        mark = read_mark(workspace)
        assert mark is not None, "make_demo leaves its mark"
        progress.expect(len(mark.reports))
        pdfs = []
        for visit_id in mark.reports:
            path, warnings = write_report(workspace, visit_id, out / "reports", language=language)
            pdfs.append(path)
            problems += warnings
            progress.advance(path.name)
    return DemoOutput(tuple(pdfs), tuple(sorted(target.glob("head-office*.csv"))), tuple(problems))


def _copy_head_office(workspace: Workspace, target: Path) -> None:
    """Make `target` the demo's head-office folder as it is now; what an earlier demo left there goes, nothing else does."""
    device_id = this_device(workspace).device_id
    with _writing(target):
        if target.exists() and any(target.iterdir()) and not (target / _SAMPLE_FILE).exists():
            raise HeadOfficeError(
                _("“{folder}” holds results that aren't the demo's: name another folder with --out.").format(
                    folder=target
                )
            )
        target.mkdir(parents=True, exist_ok=True)
    write_file(target / _SAMPLE_FILE, _SAMPLE_WORDS.encode())
    with _writing(target):
        if HeadOffice(target).merger() != device_id:
            for path in [*(target / name for name in _MADE_HERE), *target.glob("head-office*.csv")]:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.copytree(head_office_folder(workspace.folder), target, dirs_exist_ok=True)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # shutil gathers what went wrong in a list instead of a reason.
        reason = error.strerror or str(error)
        raise MshopperError(
            _("“{folder}” can't be written ({reason}): name another folder with --out.").format(
                folder=folder, reason=reason
            )
        ) from error
