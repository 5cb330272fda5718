"""The program `mshopper`: its commands, and the app without one."""

from pathlib import Path

import click

from mshopper import __version__
from mshopper.cli import common
from mshopper.cli.backups import backup, restore
from mshopper.cli.compare import compare
from mshopper.cli.demo import demo
from mshopper.cli.encryption import encryption_group
from mshopper.cli.forms import form_group, score
from mshopper.cli.head_office import merge, sync
from mshopper.cli.lists import plan_group, stores_group
from mshopper.cli.opening import open_command
from mshopper.cli.privacy import privacy_group
from mshopper.cli.review import action_group, review_group
from mshopper.cli.starting import STOPPED, start_app
from mshopper.cli.verifying import rescore, verify
from mshopper.cli.visits import report, visit_group


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mshopper")
@common.data_option
@click.option("--quit-after-ms", type=int, hidden=True)
@click.pass_context
def program(context: click.Context, data: Path | None, quit_after_ms: int | None) -> None:
    """Evaluate shops offline: forms, visits, exact scores, reports, head-office sync. Without a command: the app."""
    if context.invoked_subcommand is None:
        context.exit(start_app(data, quit_after_ms=quit_after_ms))


COMMANDS = (
    open_command,
    demo,
    form_group,
    score,
    visit_group,
    report,
    stores_group,
    plan_group,
    sync,
    merge,
    compare,
    review_group,
    action_group,
    verify,
    rescore,
    backup,
    restore,
    encryption_group,
    privacy_group,
)
"""One a line, so that two people can add one."""

for command in COMMANDS:
    program.add_command(command)


def run_command(arguments: list[str]) -> int:
    """Run a command. Returns its exit code; raises what went wrong, except wrong usage, which is said here."""
    try:
        result = program.main(args=arguments, prog_name="mshopper", standalone_mode=False)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        return STOPPED
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return result if isinstance(result, int) else 0
