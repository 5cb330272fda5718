"""What a form means, checked as a whole: ids, references, bands, bounds, marks and translations.

Works on the Form, so that every format of form file is held to the same; what it finds is placed by the keys of the form
language. Rules are `rule_checks`'s, a question's own sense `question_checks`'s.
"""

from collections import Counter
from collections.abc import Iterator

from mshopper.formfile.problems import Finding, Location, suggestion
from mshopper.formfile.question_checks import question_findings
from mshopper.formfile.staff_checks import staff_findings
from mshopper.i18n import _
from mshopper.model.form import Form, Question, Section, Text

Item = Question | Section


def meaning_findings(form: Form) -> Iterator[Finding]:
    """All that is wrong or doubtful in the form, apart from its rules."""
    yield from _form_findings(form)
    yield from _twins(form.sections, ("sections",))
    for location, item, depth in _places(form.sections, ("sections",), 0):
        yield from _reference_findings(form, item, location)
        if isinstance(item, Section):
            yield from _section_findings(item, location, depth)
        else:
            yield from question_findings(item, location)
        for text_location, text in _texts(item, location):
            yield from _text_findings(form, text, text_location)


def _places(items: tuple[Item, ...], around: Location, depth: int) -> Iterator[tuple[Location, Item, int]]:
    for position, item in enumerate(items):
        location = (*around, position)
        yield location, item, depth
        if isinstance(item, Section):
            yield from _places(item.items, (*location, "questions"), depth + 1)


def _form_findings(form: Form) -> Iterator[Finding]:
    for key, text in (("title", form.title), ("briefing", form.briefing)):
        yield from _text_findings(form, text, (key,))
    if not form.title:
        yield _warning(("title",), _("the form has no title"), _("Add one: `title: …`; its id is shown till then."))
    if not form.sections:
        yield _warning(("sections",), _("the form has no sections"), _("Add one, with questions."))
    for position, dimension in enumerate(form.dimensions):
        yield from _text_findings(form, dimension.title, ("dimensions", position, "title"))
    yield from _repeated([dimension.id for dimension in form.dimensions], ("dimensions",), "id")
    yield from _repeated(list(form.languages), ("languages",))
    yield from _table_findings(form)
    grades = form.scoring.grades
    yield from _repeated([grade.id for grade in grades], ("scoring", "grades"), "id")
    yield from _repeated([str(grade.from_percent) for grade in grades], ("scoring", "grades"), "from")
    if form.scoring.pass_mark is not None and not any(_scores(section) for section in form.sections):
        yield _warning(
            ("scoring", "pass_mark"),
            _("nothing in the form scores, so no visit can reach this mark"),
            _("Give points to a question, or remove the mark."),
        )


def _table_findings(form: Form) -> Iterator[Finding]:
    yield from _repeated([table.name for table in form.tables], ("tables",), "name")
    for position, table in enumerate(form.tables):
        yield from _repeated(list(table.columns), ("tables", position, "columns"))
        for number, row in enumerate(table.rows):
            if len(row) != len(table.columns):
                yield Finding(
                    ("tables", position, "rows", number),
                    _("the row has {count} texts for {columns} columns").format(
                        count=len(row), columns=len(table.columns)
                    ),
                    _('Write one for each column, "" where there is nothing.'),
                )


def _repeated(names: list[str], location: Location, key: str = "") -> Iterator[Finding]:
    """A name that stands twice in a list, found at its later places."""
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name in seen:
            place = (*location, position, key) if key else (*location, position)
            yield Finding(place, _("`{name}` stands twice in this list").format(name=name), _("Remove one of them."))
        seen.add(name)


def _twins(items: tuple[Item, ...], around: Location) -> Iterator[Finding]:
    """Ids that stand twice in one section; in different sections they may (XLSForm permits it)."""
    count = Counter(item.id for item in items)
    seen: set[str] = set()
    for position, item in enumerate(items):
        location = (*around, position)
        if count[item.id] > 1 and item.id in seen:
            yield Finding(
                (*location, "id"),
                _("the id `{id}` stands twice in the same section").format(id=item.id),
                _("Give this one another id: `{id}_{number}`.").format(id=item.id, number=2),
            )
        seen.add(item.id)
        if isinstance(item, Section):
            yield from _twins(item.items, (*location, "questions"))


def _section_findings(section: Section, location: Location, depth: int) -> Iterator[Finding]:
    if not section.title:
        yield _warning((*location, "title"), _("the section has no title"), _("Add one: `title: …`; its id is shown."))
    if not section.items:
        yield _warning((*location, "questions"), _("the section has no questions"), _("Add some, or remove it."))
    if depth and section.weight != 1:
        yield _warning(
            (*location, "weight"),
            _("the weight of a section within a section has no effect"),
            _("Weigh the questions, or the section around it."),
        )
    if section.pass_mark is not None and not _scores(section):
        yield _warning(
            (*location, "pass_mark"),
            _("nothing in the section scores, so this mark has no effect"),
            _("Give points to a question in it, or remove the mark."),
        )
    repeat = section.repeat
    if repeat is not None and repeat.maximum is not None and repeat.minimum > repeat.maximum:
        yield Finding(
            (*location, "repeat", "max"),
            _("the most instances ({maximum}) are fewer than the least ({minimum})").format(
                maximum=repeat.maximum, minimum=repeat.minimum
            ),
            _("Make `max` at least `min`."),
        )


def _scores(section: Section) -> bool:
    """Whether anything in the section can earn or cost points."""
    return any(_scores(item) if isinstance(item, Section) else item.scores for item in section.items)


def _reference_findings(form: Form, item: Item, location: Location) -> Iterator[Finding]:
    if not isinstance(item, Question):
        return
    known = [dimension.id for dimension in form.dimensions]
    for position, dimension in enumerate(item.dimensions):
        if dimension not in known:
            yield Finding(
                (*location, "dimension", position),
                _("`{name}` is no dimension of this form").format(name=dimension),
                suggestion(dimension, known),
                relies_on="dimensions",
            )
    yield from _repeated(list(item.dimensions), (*location, "dimension"))
    yield from staff_findings(form.people, item, location)
    tables = [table.name for table in form.tables]
    if item.choices_from and item.choices_from not in tables:
        what = _("`{name}` is no table of this form").format(name=item.choices_from)
        remedy = suggestion(item.choices_from, tables) if tables else _("Add it under `tables:`.")
        yield Finding((*location, "choices_from"), what, remedy, relies_on="tables")
    for position, name in enumerate(item.trigger):
        if name not in form.by_name:
            what = _("there is no question `{name}`").format(name=name)
            yield Finding((*location, "trigger", position), what, suggestion(name, list(form.by_name)))


def _texts(item: Item, location: Location) -> Iterator[tuple[Location, Text]]:
    if isinstance(item, Section):
        yield (*location, "title"), item.title
        yield (*location, "hint"), item.hint
        if item.repeat is not None:
            yield (*location, "repeat", "label"), item.repeat.label
        return
    yield (*location, "label"), item.label
    yield (*location, "hint"), item.hint
    yield (*location, "guidance"), item.guidance
    yield (*location, "required_message"), item.required_message
    for position, choice in enumerate(item.choices):
        yield (*location, "choices", position, "label"), choice.label
    for position, check in enumerate(item.checks):
        yield (*location, "check", position, "message"), check.message


def _text_findings(form: Form, text: Text, location: Location) -> Iterator[Finding]:
    """A language that the form doesn't have, and one that the text lacks; a text without language serves for all."""
    words = dict(text.values)
    for language in words:
        if language and language not in form.languages:
            yield Finding(
                (*location, language),
                _("the language `{language}` is not among the form's").format(language=language),
                suggestion(language, list(form.languages))
                if form.languages
                else _("Add `languages: [{language}]` to the form.").format(language=language),
                relies_on="languages",
            )
    missing = [language for language in form.languages if not (words.get(language) or words.get(""))]
    if words and missing:
        yield _warning(
            location,
            _("there is no text in: {languages}").format(languages=", ".join(missing)),
            _("Translate it; another language is shown till then."),
            relies_on="languages",
        )


def _warning(location: Location, what: str, remedy: str, relies_on: str = "") -> Finding:
    return Finding(location, what, remedy, warning=True, relies_on=relies_on)
