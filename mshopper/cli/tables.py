"""Tables and sentences on a terminal."""

import unicodedata
from collections.abc import Sequence

import click


def print_sentences(words: Sequence[str]) -> None:
    """A line free, then each sentence."""
    click.echo()
    for one in words:
        click.echo(click.wrap_text(one, 100))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their cells; the first one to the left, numbers to the right; empty columns are left out."""
    kept = [place for place in range(len(header)) if any(row[place] for row in rows)]
    lines = [[line[place] for place in kept] for line in (header, *rows)]
    widths = [max(_width(line[place]) for line in lines) for place in range(len(kept))]
    for line in lines if kept else []:
        cells = [
            cell + " " * (width - _width(cell)) if not place else " " * (width - _width(cell)) + cell
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
