"""The tree of rows -> sections: groups, repeats, and implicit sections for questions outside any group."""

from dataclasses import replace

from mshopper.formfile.xlsform.choices import media_of, other_label
from mshopper.formfile.xlsform.context import Context
from mshopper.formfile.xlsform.names import free_name, mended_name
from mshopper.formfile.xlsform.outline import Node
from mshopper.formfile.xlsform.questions import read_question
from mshopper.formfile.xlsform.scores import Scores
from mshopper.formfile.xlsform.table import Row
from mshopper.i18n import _
from mshopper.model.form import Question, Repeat, Section, Text

Item = Question | Section


class Sections:
    """Builds the sections of a form, and remembers from which row each came (`context.rows`)."""

    def __init__(self, context: Context, scores: Scores) -> None:
        self.context = context
        self.scores = scores

    def top(self, nodes: list[Node], title: Text) -> tuple[Section, ...]:
        """The form's sections: each group is one, and so is each run of questions between groups."""
        sections: list[Section] = []
        taken = {node.name for node in nodes}
        pages = 0
        position = 0
        while position < len(nodes):
            if nodes[position].is_group:
                sections.append(self._section(nodes[position], ""))
                position += 1
                continue
            run = []
            while position < len(nodes) and not nodes[position].is_group:
                run.append(nodes[position])
                position += 1
            pages += 1
            name = free_name(f"page_{pages}", taken)
            taken.add(name)
            if items := self._items(run, name, ""):
                sections.append(Section(name, title=title, is_implicit=True, items=items))
            else:
                pages -= 1
        return tuple(sections)

    def _items(self, nodes: list[Node], around: str, list_name: str) -> tuple[Item, ...]:
        items: list[Item] = []
        taken = {node.name for node in nodes}
        for node in nodes:
            path = f"{around}/{node.name}"
            if node.cell.role == "attach":
                self._attach(node)
            elif node.is_group:
                items.append(self._section(node, around))
            else:
                self.context.rows[path] = node.row
                items.append(self.scores.question(read_question(node, list_name, self.context), node.row))
                if node.cell.has_other:
                    items.append(self._other(node, free_name(f"{node.name}_other", taken), around))
        return tuple(items)

    def _other(self, node: Node, name: str, around: str) -> Question:
        """The question that follows one with `or_other`, as the standard has it."""
        taken_by = f"{around}/{name}"
        self.context.rows[taken_by] = node.row
        label = other_label(self.context.languages)
        return Question(name, "text", label=label, when=f"selected(../{node.name}, 'other')")

    def _section(self, node: Node, around: str) -> Section:
        row, context = node.row, self.context
        path = f"{around}/{node.name}" if around else node.name
        context.rows[path] = row
        count = context.rule(row, "repeat_count")
        is_repeat = node.cell.structure == "repeat" and node.cell.reason != "loop"
        if count and not is_repeat:
            context.notes.warn(
                row.place("repeat_count"), _("a group isn't repeated"), _("Write `begin repeat`, or clear the cell.")
            )
        list_name = row.get("list") or node.cell.list_name
        section = Section(
            id=node.name,
            title=context.text(row, "label"),
            hint=context.text(row, "hint"),
            when=self._relevance(row),
            appearance=row.get("appearance"),
            media=media_of(row),
            repeat=Repeat(count=count) if is_repeat else None,
            items=self._matrix(node, path, list_name)
            if node.cell.reason in ("kobomatrix", "loop")
            else self._items(node.items, path, list_name),
        )
        return self.scores.section(section, row)

    def _relevance(self, row: Row) -> str:
        rule = self.context.rule(row, "relevant")
        return "" if rule.lower() in ("yes", "true", "true()", "1") else rule

    def _matrix(self, node: Node, path: str, list_name: str) -> tuple[Item, ...]:
        """A matrix or loop: its questions once for each choice of its list."""
        found = self.context.lists.find(list_name)
        if found is None:
            return self._items(node.items, path, "")
        sections = []
        for choice in found.choices:
            name = mended_name(choice.id)
            items = self._items(node.items, f"{path}/{name}", "")
            texts = {"name": choice.id, "label": choice.label.get(self.context.language)}
            sections.append(Section(name, title=choice.label, items=tuple(_with_choice(item, texts) for item in items)))
            self.context.rows[f"{path}/{name}"] = node.row
        return tuple(sections)

    def _attach(self, node: Node) -> None:
        """A file that rules read."""
        row, context = node.row, self.context
        if context.table(node.name) is None:
            context.notes.warn(
                row.place("name"),
                _("the file {file} isn't beside the form; rules that read it find nothing").format(
                    file=f"{node.name}.csv"
                ),
                _("Put it into the form's folder as a CSV and open the form again."),
            )


def _with_choice(item: Item, texts: dict[str, str]) -> Item:
    """A loop's question with `%(label)s` and `%(name)s` in its label replaced."""
    if not isinstance(item, Question):
        return item
    words = []
    for language, text in item.label.values:
        for key, value in texts.items():
            text = text.replace(f"%({key})s", value)
        words.append((language, text))
    return replace(item, label=Text(tuple(words)))
