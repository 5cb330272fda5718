"""What the commands share: the data folder, progress on a terminal, JSON, sentences on stderr."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mshopper import paths
from mshopper.errors import MshopperError
from mshopper.i18n import _, current_language
from mshopper.progress import Progress

if TYPE_CHECKING:
    from mshopper.model.form import Form
    from mshopper.operations import Workspace
    from mshopper.store.cipher import Key

Command = TypeVar("Command", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(path_type=Path)

_LONGEST = 4096
"""Characters of a passphrase that are read from a file."""

_PASSPHRASE_FILE = "mshopper.passphrase_file"  # noqa: S105 - the name of a place, not a secret


def data_option(command: Command) -> Command:
    """`--data DIR` and `--passphrase-file FILE`, before or after the command's name."""
    command = click.option(
        "--passphrase-file",
        type=FILE,
        expose_value=False,
        callback=_keep_passphrase_file,
        help="A file whose first line opens encrypted data (or MSHOPPER_PASSPHRASE).",
    )(command)
    return click.option("--data", "data", type=FOLDER, help="The data folder (or MSHOPPER_DATA).", expose_value=True)(
        command
    )


def _keep_passphrase_file(context: click.Context, _option: click.Parameter, file: Path | None) -> None:
    if file is not None:
        context.meta[_PASSPHRASE_FILE] = file


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

    folder = data_folder(data)
    with open_workspace(folder, key=key_of(folder)) as workspace:
        yield workspace


def key_of(folder: Path) -> "Key | None":
    """The key of the data folder: by the passphrase given, the system's keyring, or asked for on a terminal.

    None where the data isn't encrypted, or nothing and nobody gives the passphrase. Raises WrongPassphraseError.
    """
    from mshopper import operations as ops

    if ops.encryption_state(folder) != "encrypted":
        return None
    passphrase = given_passphrase()
    if passphrase is None:
        if (key := ops.remembered_key(folder)) is not None:
            return key
        passphrase = ask_secret(_("Passphrase"))
    return None if passphrase is None else ops.unlock(folder, passphrase)


def given_passphrase() -> str | None:
    """The passphrase of `--passphrase-file` or MSHOPPER_PASSPHRASE."""
    return secret(click.get_current_context().meta.get(_PASSPHRASE_FILE), "MSHOPPER_PASSPHRASE")


def secret(file: Path | None, variable: str) -> str | None:
    """The first line of a file, else what an environment variable holds. Raises MshopperError for a file of another kind."""
    if file is None:
        return os.environ.get(variable) or None
    try:
        with file.open(encoding="utf-8") as stream:
            return stream.readline(_LONGEST).rstrip("\r\n")
    except UnicodeDecodeError:
        raise MshopperError(_("{file} isn't text: its first line is to be the passphrase.").format(file=file)) from None


def ask_secret(name: str, *, twice: bool = False) -> str | None:
    """Ask on the terminal, without showing what is typed; None where there is no terminal."""
    if not sys.stdin.isatty():
        return None
    return str(click.prompt(name, hide_input=True, confirmation_prompt=twice, err=True))


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
