"""What the rows of one form share while they are read: its lists, names, languages, tables and notes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from mshopper.formfile.beside import FilesBeside
from mshopper.formfile.xlsform.choices import ChoiceLists
from mshopper.formfile.xlsform.names import free_name, mended_name, mended_rule, with_literals, with_references
from mshopper.formfile.xlsform.notes import Notes, Place
from mshopper.formfile.xlsform.outline import Node
from mshopper.formfile.xlsform.table import Row
from mshopper.formfile.xlsform.tables import read_table_file, table_name
from mshopper.i18n import _
from mshopper.model.form import Table, Text


@dataclass
class Context:
    """What is known of a form while its rows become questions. `rows` says from which row each path came.

    `with_other` are the lists that some question asks for with `or_other`: the standard adds `other` to the list itself.
    """

    notes: Notes
    lists: ChoiceLists
    languages: tuple[str, ...] = ()
    beside: FilesBeside = field(default_factory=lambda: FilesBeside(Path("-")))
    tables: dict[str, Table] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    rules: dict[str, Place] = field(default_factory=dict)
    with_other: set[str] = field(default_factory=set)
    _known: dict[str, str] = field(default_factory=dict)

    @property
    def language(self) -> str:
        """The default language; "" where the form names none."""
        return self.languages[0] if self.languages else ""

    def name_all(self, nodes: list[Node]) -> None:
        """Give every node a name that is an id, and no two in a group the same one."""
        taken: set[str] = set()
        for node in nodes:
            node.name = self._name(node, taken)
            taken.add(node.name)
            self._known.setdefault(node.name.lower(), node.name)
            if node.cell.has_other:
                if found := self.lists.find(node.cell.list_name):
                    self.with_other.add(found.name)
                self._known.setdefault(f"{node.name}_other".lower(), f"{node.name}_other")
            self.name_all(node.items)

    def _name(self, node: Node, taken: set[str]) -> str:
        row, written = node.row, node.row.get("name")
        if not written:
            made_up = f"generated_note_name_{row.number}" if node.cell.type == "note" else f"{_word(node)}_{row.number}"
            if node.cell.type != "note" and not node.is_group:
                self.notes.warn(
                    row.place("name", made_up),
                    _("the row has no name; it is called `{name}`").format(name=made_up),
                    _("Write one in the column name."),
                )
            return free_name(made_up, taken)
        name = mended_name(written)
        if name != written:
            self._known.setdefault(written.lower(), name)
            self.notes.warn(
                row.place("name"),
                _("`{name}` can't be a name; it is called `{mended}`").format(name=written, mended=name),
                _("Begin with a letter and use letters, digits, - and _ only."),
            )
        free = free_name(name, taken)
        if free != name:
            self.notes.warn(
                row.place("name"),
                _("the name `{name}` stands twice in the same group; this one is called `{mended}`").format(
                    name=name, mended=free
                ),
                _("Give one of them another name; rules that say `{name}` mean the first.").format(name=name),
            )
        return free

    def reference(self, written: str) -> str:
        """The name that `${written}` means: itself, or what its name was mended to, or spelt in other case."""
        name = self._known.get(written.lower()) or self._known.get(mended_name(written).lower() if written else "")
        return name or written

    def rule(self, row: Row, kind: str) -> str:
        """The rule in a cell, its references and quoted choices as they are called now."""
        written = row.get(kind)
        if not written:
            return ""
        rule = with_literals(with_references(mended_rule(written), self.reference), self.lists.renamed)
        self.rules.setdefault(rule, row.place(kind))
        return rule

    def text(self, row: Row, kind: str) -> Text:
        """The words in a cell, their references as they are called now."""
        text = row.text(kind)
        if not any("${" in words for _language, words in text.values):
            return text
        return Text(tuple((language, with_references(words, self.reference)) for language, words in text.values))

    def table(self, file: str) -> Table | None:
        """The table of that name: the form's own, or the file beside it."""
        name = table_name(file)
        if name not in self.tables and (table := read_table_file(self.beside, file)) is not None:
            self.tables[name] = table
        return self.tables.get(name)

    def names(self) -> Iterable[str]:
        """Every name that a rule may refer to."""
        return self._known.values()


def _word(node: Node) -> str:
    return node.cell.structure or node.cell.type or "question"
