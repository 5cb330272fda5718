"""What the commands share: the data folder, progress on a terminal, JSON, sentences on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mshopper import paths
from mshopper.i18n import current_language
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.model.form import Form
    from mshopper.operations import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(path_type=Path)


def data_option(command: Command) -> Command:
    """`--data DIR`, before or after the command's name."""
    return click.option("--data", "data", type=FOLDER, help="The data folder (or MSHOPPER_DATA).", expose_value=True)(
        command
    )


def json_option(command: Command) -> Command:
    """`--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print machine-readable results.")(command)


def data_folder(data: Path | None) -> Path:
    """The folder that this command works on: its own `--data`, the program's, or the user's."""
    given = click.get_current_context().find_root().params.get("data")
    return data or given or paths.default_data_folder()


@contextmanager
def opened(data: Path | None) -> Iterator["Workspace"]:
    """The workspace for the time of a command."""
    from mshopper.operations import open_workspace

    with open_workspace(data_folder(data)) as workspace:
        yield workspace


def print_json(data: Any) -> None:
    """JSON on stdout, in UTF-8 whatever the terminal's encoding; half a character is escaped, as JSON allows."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    click.echo(text.encode("utf-8", errors="backslashreplace"))


def shown_language(form: "Form") -> str:
    """The language in which a form's texts are shown: the program's where the form has it, else the form's own."""
    language = current_language()
    return language if language in form.languages else form.language


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A progress bar on stderr, on a terminal only."""
    stream = sys.stderr
    if not stream.isatty():
        yield Progress()
        return
    with click.progressbar(length=1, label=label, file=stream) as bar:
        shown = {"done": 0}

        def listen(done: int, total: int, _what: str) -> None:
            bar.length = total
            bar.update(done - shown["done"])
            shown["done"] = done

        yield Progress(listen)
