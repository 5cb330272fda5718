"""YAML text -> Document, in the strict dialect of the form language.

YAML 1.1 turns `no` into false, `12:30` into 750 and `010` into 8, and lets a key stand twice. Here every plain scalar is
text except `true` and `false`, nothing at all is None, and anchors, aliases, merges and tags are problems. The events of
libyaml are read one by one rather than by a loader, so that deep nesting costs no stack.
"""

import yaml

from mshopper.formfile.document import DocumentBuilder, UnreadableError
from mshopper.formfile.problems import Finding, Mark
from mshopper.i18n import _

_BOOLEANS = {"true": True, "false": False}
_PLAIN = (None, "")


def read_yaml(text: str, name: str) -> tuple[DocumentBuilder, bool]:
    """The document in `text` with its findings, and whether it was read to the end."""
    builder = DocumentBuilder(name)
    try:
        _read_events(text, builder)
    except UnreadableError:
        builder.abandon()
        return builder, False
    except yaml.YAMLError as error:
        builder.findings.append(_syntax_finding(error, text))
        builder.abandon()
        return builder, False
    return builder, True


def _read_events(text: str, builder: DocumentBuilder) -> None:
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                builder.find(
                    _("a second document begins here"),
                    _("Keep one form in one file: remove `---` and what follows, or the form before it."),
                    _mark(event),
                )
                raise UnreadableError
        elif isinstance(event, yaml.NodeEvent):
            _read_node(event, builder)
        elif isinstance(event, yaml.CollectionEndEvent):
            builder.close()


def _read_node(event: yaml.NodeEvent, builder: DocumentBuilder) -> None:
    mark = _mark(event)
    if isinstance(event, yaml.AliasEvent):
        _find_alias(event, builder)
        return
    _find_anchor_and_tag(event, builder)
    if builder.expects_key:
        if not isinstance(event, yaml.ScalarEvent):
            builder.find(
                _("a list or a mapping stands where a key is due"),
                _("Put a text that begins with [ or {{ in quotes.").format(),
                mark,
            )
            raise UnreadableError
        _read_key(event, builder)
    elif isinstance(event, yaml.ScalarEvent):
        builder.value(_scalar(event), mark)
    else:
        builder.open({} if isinstance(event, yaml.MappingStartEvent) else [], mark)


def _scalar(event: yaml.ScalarEvent) -> object:
    if event.style not in _PLAIN:
        return event.value
    return _BOOLEANS.get(event.value, event.value or None)


def _read_key(event: yaml.ScalarEvent, builder: DocumentBuilder) -> None:
    builder.key(event.value, _mark(event))
    if event.value == "<<" and event.style in _PLAIN:
        builder.find(_("a form has no merge keys"), _("Write the keys themselves here."), _mark(event))
        builder.skip_value()


def _find_alias(event: yaml.AliasEvent, builder: DocumentBuilder) -> None:
    builder.find(
        _("a form has no aliases (`*{name}`)").format(name=event.anchor),
        _("Write the value itself here, or put a text that begins with * in quotes."),
        _mark(event),
        unreadable=True,
    )
    if builder.expects_key:
        raise UnreadableError
    builder.value(None, _mark(event))


def _find_anchor_and_tag(event: yaml.NodeEvent, builder: DocumentBuilder) -> None:
    if event.anchor:
        builder.find(
            _("a form has no anchors (`&{name}`)").format(name=event.anchor),
            _("Remove it, or put a text that begins with & in quotes."),
            _mark(event),
        )
    if tag := getattr(event, "tag", None):
        builder.find(
            _("a form has no tags (`{tag}`)").format(tag=tag.replace("tag:yaml.org,2002:", "!!")),
            _("Remove it, or put a text that begins with ! in quotes."),
            _mark(event),
        )


def _mark(event: yaml.Event) -> Mark:
    assert event.start_mark is not None
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


def _syntax_finding(error: yaml.YAMLError, text: str) -> Finding:
    """What the parser stumbled over, in the words of somebody who writes forms."""
    detail = getattr(error, "problem", None) or ""
    marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
    if "end of stream" in detail:
        marks.reverse()
    mark = marks[0] or marks[1]
    if mark is None:
        return _unreadable_character(error, text)
    place = Mark(mark.line + 1, mark.column + 1)
    what, remedy = _in_words(detail, _line_of(text, place.line))
    return Finding((), what, remedy, mark=place)


def _in_words(detail: str, line: str) -> tuple[str, str]:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return _("the line is indented with a tab"), _("Indent with spaces.")
    if "mapping values are not allowed" in detail:
        return (
            _("a colon stands where no key can be"),
            _("Put the text in quotes if it holds a colon and a space; else check the indentation."),
        )
    if "cannot start any token" in detail:
        return _("a character stands here that no text can begin with"), _("Put the text in quotes.")
    if "could not find expected ':'" in detail:
        return _("a key without its colon"), _("Write `key: value`, and indent a long text under its key.")
    if "unexpected end of stream" in detail:
        return _("a quotation mark or bracket is never closed"), _("Close it.")
    return (
        _("this isn't YAML ({detail})").format(detail=detail or _("unknown")),
        _("Check the indentation, the brackets and the quotation marks here and on the line above."),
    )


def _line_of(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _unreadable_character(error: yaml.YAMLError, text: str) -> Finding:
    """libyaml's reader gives no line: the first character that YAML doesn't allow is looked for here."""
    for number, line in enumerate(text.split("\n"), start=1):
        for column, character in enumerate(line, start=1):
            if (character < " " and character not in "\t\r") or character == "\x7f":
                what = _("a control character (U+{code}) stands here").format(code=f"{ord(character):04X}")
                return Finding((), what, _("Remove it."), mark=Mark(number, column))
    return Finding((), _("this isn't YAML ({detail})").format(detail=error), _("Save the file as UTF-8."))
