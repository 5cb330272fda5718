"""The program `mshopper`: its groups of commands, the app without one, and how errors reach the user."""

import os
import platform
import sys
from pathlib import Path

import click

from mshopper import __version__
from mshopper.cli import common
from mshopper.cli.demo import demo
from mshopper.cli.forms import form_group, score
from mshopper.cli.head_office import merge, stores_group, sync
from mshopper.cli.visits import report, visit_group
from mshopper.errors import MshopperError
from mshopper.i18n import _, system_language, use_language
from mshopper.progress import Cancelled


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mshopper")
@common.data_option
@click.option("--quit-after-ms", type=int, hidden=True)
@click.pass_context
def program(context: click.Context, data: Path | None, quit_after_ms: int | None) -> None:
    """Evaluate shops offline: forms, visits, exact scores, reports, head-office sync. Without a command: the app."""
    if context.invoked_subcommand is None:
        context.exit(start_app(data, quit_after_ms=quit_after_ms))


def start_app(data: Path | None, *, demo: bool = False, quit_after_ms: int | None = None) -> int:
    """Open the window. Raises MshopperError where there is no display."""
    if not has_display():
        raise MshopperError(_("There is no display for the window: see “mshopper --help” for what works without one."))
    from mshopper.app import run_app

    return run_app(data, demo=demo, quit_after_ms=quit_after_ms)


def has_display() -> bool:
    """Whether a window can be shown here."""
    if platform.system() == "Linux":
        return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    return True


for command in (demo, form_group, score, visit_group, report, stores_group, sync, merge):
    program.add_command(command)


def run(arguments: list[str]) -> int:
    """Run the command line. Returns the exit code; nothing but a sentence reaches the user."""
    use_language(system_language())
    try:
        result = program.main(args=arguments, prog_name="mshopper", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except (click.Abort, Cancelled, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except MshopperError as error:
        return _say(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        about = f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror or error)
        return _say(_("The system refused it ({reason}): check the folder and the free space.").format(reason=about))
    except Exception as error:
        if os.environ.get("MSHOPPER_DEBUG"):
            raise
        sentence = _("Something went wrong inside mshopper ({kind}); what was saved before is safe. Please report it.")
        return _say(sentence.format(kind=type(error).__name__))
    return result if isinstance(result, int) else 0


def _say(sentence: str) -> int:
    click.echo(sentence, err=True)
    return 1
