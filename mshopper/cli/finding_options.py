"""The options of `mshopper compare` that show findings and flags instead of the table."""

from typing import Any

import click

VIEWS = {
    "lost": "Show the questions that lose the most points.",
    "journey": "Show the customer-journey map: percentages by phase and touchpoint.",
    "times": "Show waiting and response times against their targets.",
    "metrics": "Show NPS, CSAT and CES, and what goes with them.",
    "flags": "List the visits that are unusual, and why.",
}
_HEAT = ("dimension", "section", "touchpoint", "phase")


def finding_options(command: Any) -> Any:
    """`--lost`, `--journey`, …, of which the last given counts, as `view`; `--heat KIND`."""
    for name, text in reversed(VIEWS.items()):
        command = click.option(f"--{name}", "view", flag_value=name, help=text)(command)
    return click.option("--heat", type=click.Choice(_HEAT), help="Show a heat map of the groups by these.")(command)
