"""JSON text -> Document, with the line of every key, duplicate keys found and numbers exact.

The standard library's reader keeps neither places nor duplicate keys, and PyYAML refuses JSON's surrogate pairs; only its
scanner of strings is used here.
"""

import json
import re
from bisect import bisect_right
from decimal import Decimal

from mshopper.formfile.document import DocumentBuilder, UnreadableError
from mshopper.formfile.problems import Mark
from mshopper.i18n import _

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[^\s,\]}:\"]*")
_WORDS = {"true": True, "false": False, "null": None}
_LONGEST_INTEGER = 30
_SCANNER = json.JSONDecoder()


class _SyntaxError(Exception):
    """The text stops being JSON at `offset`."""

    def __init__(self, offset: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.offset, self.what, self.remedy = offset, what, remedy


def read_json(text: str, name: str) -> tuple[DocumentBuilder, bool]:
    """The document in `text` with its findings, and whether it was read to the end."""
    reader = _JsonReader(text, name)
    try:
        reader.read()
    except _SyntaxError as error:
        reader.builder.find(error.what, error.remedy, reader.mark(error.offset))
    except UnreadableError:
        pass
    else:
        return reader.builder, True
    reader.builder.abandon()
    return reader.builder, False


class _JsonReader:
    """Walks the text once; recursion is bounded by the builder's limit of nesting."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.builder = DocumentBuilder(name)
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def mark(self, offset: int) -> Mark:
        """Line and column of a place in the text."""
        line = bisect_right(self._line_starts, offset)
        return Mark(line, offset - self._line_starts[line - 1] + 1)

    def read(self) -> None:
        """The whole text: one value and nothing after it."""
        end = self._skip(self._value(self._skip(0)))
        if end < len(self.text):
            raise _SyntaxError(end, _("something follows the end of the form"), _("Remove it."))

    def _skip(self, offset: int) -> int:
        match = _SPACE.match(self.text, offset)
        assert match is not None
        return match.end()

    def _value(self, offset: int) -> int:
        match self.text[offset : offset + 1]:
            case "{":
                return self._mapping(offset)
            case "[":
                return self._list(offset)
            case '"':
                value, end = self._string(offset)
                self.builder.value(value, self.mark(offset))
                return end
            case "":
                raise _SyntaxError(offset, _("the file ends too early"), _("Close every bracket and quotation mark."))
        return self._number_or_word(offset)

    def _mapping(self, start: int) -> int:
        self.builder.open({}, self.mark(start))
        offset = self._skip(start + 1)
        while self.text[offset : offset + 1] != "}":
            if self.text[offset : offset + 1] != '"':
                raise self._expected(offset, '"')
            name, end = self._string(offset)
            self.builder.key(name, self.mark(offset))
            offset = self._skip(end)
            if self.text[offset : offset + 1] != ":":
                raise self._expected(offset, ":")
            offset = self._next(self._value(self._skip(offset + 1)), "}")
        self.builder.close()
        return offset + 1

    def _list(self, start: int) -> int:
        self.builder.open([], self.mark(start))
        offset = self._skip(start + 1)
        while self.text[offset : offset + 1] != "]":
            offset = self._next(self._value(offset), "]")
        self.builder.close()
        return offset + 1

    def _next(self, offset: int, closing: str) -> int:
        """Over the comma to the next item, or to the closing bracket."""
        offset = self._skip(offset)
        if self.text[offset : offset + 1] == closing:
            return offset
        if self.text[offset : offset + 1] != ",":
            raise self._expected(offset, f",` / `{closing}")
        after = self._skip(offset + 1)
        if self.text[after : after + 1] == closing:
            raise _SyntaxError(offset, _("a comma stands before the closing bracket"), _("Remove the comma."))
        return after

    def _string(self, offset: int) -> tuple[str, int]:
        try:
            value, end = _SCANNER.raw_decode(self.text, offset)
        except json.JSONDecodeError as error:
            raise _SyntaxError(
                error.pos,
                _("a text is never closed, or holds a line break or a wrong escape"),
                _("Close it with a quotation mark, and write a line break as \\n and a backslash as \\\\."),
            ) from None
        assert isinstance(value, str)
        return value, end

    def _number_or_word(self, offset: int) -> int:
        match = _WORD.match(self.text, offset)
        assert match is not None
        word = match.group()
        if word in _WORDS:
            self.builder.value(_WORDS[word], self.mark(offset))
        elif _NUMBER.fullmatch(word):
            is_integer = len(word) <= _LONGEST_INTEGER and word.lstrip("-").isdigit()
            self.builder.value(int(word) if is_integer else Decimal(word), self.mark(offset))
        else:
            raise _SyntaxError(
                offset,
                _("this isn't JSON"),
                _("A file that begins with {brace} is read as JSON: put texts and keys in quotation marks.").format(
                    brace="{"
                ),
            )
        return match.end()

    def _expected(self, offset: int, what: str) -> _SyntaxError:
        return _SyntaxError(
            offset,
            _("`{what}` is missing here").format(what=what),
            _("A file that begins with {brace} is read as JSON: put texts and keys in quotation marks.").format(
                brace="{"
            ),
        )
