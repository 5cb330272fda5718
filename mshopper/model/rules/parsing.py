"""Text to a tree by an LALR(1) table: the part of a parser that runs when a form is opened.

`table` holds what lark makes of the grammar. This driver does what lark's does, in a fifth of the time: of two regular
expressions it knows by its state which to try, and a part that holds but one part (`or_expr` an `and_expr`, that an
`eq_expr`, …) is passed over in one step, remembered by state and next symbol.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from mshopper.model.rules import table

_END = "$END"


class Token(NamedTuple):
    """A word of a text: its kind in the grammar, and its column from 1."""

    kind: str
    text: str
    column: int


class UnexpectedTextError(ValueError):
    """Text that the grammar doesn't have there; `column` counts from 1, 0 where the text ends too early."""

    def __init__(self, column: int) -> None:
        super().__init__("unexpected text")
        self.column = column


class _Rule(NamedTuple):
    """How a part ends: its name, how many symbols it has, what is done with them; `passes` where it is what it holds.

    `letters` are "" where every symbol is kept.
    """

    name: str
    size: int
    letters: str
    act: Callable[..., Any] | None
    passes: bool

    def value(self, symbols: list[Any]) -> Any:
        """What the part becomes."""
        if self.letters:
            kept: list[Any] = []
            for letter, symbol in zip(self.letters, symbols, strict=True):
                if letter == "k":
                    kept.append(symbol)
                elif letter == "i":
                    kept += symbol
            symbols = kept
        if self.act is not None:
            return self.act(*symbols)
        return symbols if self.name.startswith("_") else symbols[0]


class Parser:
    """Reads texts; `tree` has a method for each part of the grammar."""

    def __init__(self, tree: object) -> None:
        self._rules = [_rule(line, tree) for line in table.RULES.split()]
        self._rows = [_row(line) for line in table.STATES[1:-1].split("\n")]
        operand, operator = re.compile(table.OPERAND).match, re.compile(table.OPERATOR).match
        self._operator = operator
        # Behind a lone "/" both a step and an operator may stand; a name is a step there.
        self._match = [operator if "MUL_OP" in row and "NAME" not in row else operand for row in self._rows]
        self._jumps: dict[tuple[int, str, str], int] = {}

    def parse(self, text: str) -> Any:
        """The tree of `text`. Raises UnexpectedTextError."""
        rows, matches, rules, jumps = self._rows, self._match, self._rules, self._jumps
        state, at = table.START, 0
        states = [state]
        values: list[Any] = []
        while True:
            match, row = matches[state](text, at), rows[state]
            if (match is None or match.lastgroup not in row) and "MUL_OP" in row:
                match = self._operator(text, at)
            kind, word, start = _word(match, text, at, row)
            while (action := rows[state].get(kind)) is not None and action < 0:
                rule = rules[~action]
                symbols = values[-rule.size :]
                del values[-rule.size :], states[-rule.size :]
                values.append(rule.value(symbols))
                below = states[-1]
                jump = (below, rule.name, kind)
                state = jumps[jump] if jump in jumps else self._jump(*jump)
                states.append(state)
                if state == table.END and kind == _END:
                    return values[-1]
            column = start - text.rfind("\n", 0, start)
            if action is None or match is None:
                raise UnexpectedTextError(0 if kind == _END else column)
            state, at = action, match.end()
            states.append(state)
            values.append(Token(kind, word, column))

    def _jump(self, below: int, name: str, kind: str) -> int:
        """The state behind a part, once all parts that it alone makes up have ended too."""
        rows, rules = self._rows, self._rules
        state = rows[below][name]
        while (action := rows[state].get(kind)) is not None and action < 0:
            rule = rules[~action]
            if not rule.passes or rule.size != 1:
                break
            state = rows[below][rule.name]
        self._jumps[below, name, kind] = state
        return state


def _word(match: re.Match[str] | None, text: str, at: int, row: dict[str, int]) -> tuple[str, str, int]:
    """The kind, text and place of what was matched; where nothing was, of what stands there, or of the text's end."""
    if match is None:
        rest = text[at:].lstrip("\ufeff \t\r\n\f\v\u00a0")
        return ("", rest[:1], len(text) - len(rest)) if rest.strip() else (_END, "", len(text))
    kind, group = match.lastgroup or "", match.lastindex or 0
    if kind == "DSLASH" and kind not in row:
        kind = "_DSLASH"
    return kind, match[group], match.start(group)


def _rule(line: str, tree: object) -> _Rule:
    name, callback, letters = line.split(":")
    act = getattr(tree, callback) if callback not in ("", "list") else None
    return _Rule(name, len(letters), letters.strip("k") and letters, act, passes=not callback)


def _row(line: str) -> dict[str, int]:
    """A state's actions by symbol: a state to go to, or ~rule."""
    row: dict[str, int] = {}
    for part in filter(None, line.split(",")):
        symbol, goes, state = part.partition("=")
        if goes:
            row[symbol] = int(state)
            continue
        symbols, _ends, rule = part.partition("<")
        for symbol in symbols.split(" "):
            row[symbol] = ~int(rule)
    return row
