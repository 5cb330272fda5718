"""What rules cost: one evaluation against two XPath libraries, and one answer in a large form."""

import datetime as dt
import statistics
import time
import timeit
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import elementpath
from lxml import etree

from mshopper.model.answer import Answer, AnswerKey
from mshopper.model.form import Form, Question, Section
from mshopper.model.rules.compiler import compile_rule
from mshopper.model.visit import Visit

NOW = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.UTC)
ROUNDS = 2_000
SECTIONS, EACH = 10, 50


def run() -> list[tuple[str, float, float | None]]:
    """(what, ratio, limit)."""
    ours, elements, libxml = _one_evaluation()
    few, many = _answer_seconds(300), _answer_seconds(3_000)
    return [
        ("selected(${a}, 'x') and ${b} > 3 / elementpath", ours / elements, 0.2),
        ("selected(${a}, 'x') and ${b} > 3 / lxml", ours / libxml, 0.2),
        ("one answer, 500 questions and 300 rules / 1 ms", few / 0.001, 1.0),
        ("one answer, 3,000 rules that don't read it / 300", many / few, 1.3),
    ]


def _one_evaluation() -> tuple[float, float, float]:
    """Median seconds of one compiled evaluation: ours, elementpath's, lxml's; all true on the same answers."""
    form = Form("data", "1", sections=(Section("s", items=(Question("a", "choices"), Question("b", "integer"))),))
    visit = Visit(form, now=lambda: NOW)
    visit.set_answer(AnswerKey("s/a"), Answer(value=("w", "x")))
    visit.set_answer(AnswerKey("s/b"), Answer(value=5))
    rule = compile_rule("selected(${a}, 'x') and ${b} > 3", form, "s")
    frame = visit._root

    text = "<data><s><a>w x</a><b>5</b></s></data>"
    parser = elementpath.XPath2Parser()
    parser.symbol_table = dict(parser.symbol_table)
    token = parser.parse("contains(concat(' ', /data/s/a, ' '), ' x ') and number(/data/s/b) > 3")
    root = ElementTree.fromstring(text)
    tree = ElementTree.ElementTree(root)

    def selected(_context: Any, chosen: list[Any], choice: str) -> bool:
        return choice in chosen[0].text.split()

    extensions = {("o", "selected"): selected}
    xpath = etree.XPath("o:selected(/data/s/a, 'x') and /data/s/b > 3", namespaces={"o": "o"}, extensions=extensions)
    document = etree.fromstring(text)
    evaluate = rule.run
    contenders: list[Callable[[], Any]] = [
        lambda: evaluate(frame),
        lambda: token.evaluate(elementpath.XPathContext(tree)),
        lambda: xpath(document),
    ]
    assert all(contender() is True for contender in contenders)
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(ROUNDS // 10):
        for taken, contender in zip(times, contenders, strict=True):
            taken.append(timeit.timeit(contender, number=50) / 50)
    ours, elements, libxml = (statistics.median(taken) for taken in times)
    return ours, elements, libxml


def _answer_seconds(rules: int) -> float:
    """Median seconds of one answer in a form of 500 questions, with so many rules, of which three read that answer."""
    questions = [Question(f"q{n}", "integer") for n in range(SECTIONS * EACH)]
    rules_each = [f"${{q{2 + n % (SECTIONS * EACH - 2)}}} > 3 and not(${{q1}} = {n})" for n in range(rules)]
    unread = [Question(f"c{n}", "calculate", calculate=rule) for n, rule in enumerate(rules_each)]
    read = [Question(f"d{n}", "calculate", calculate=f"${{q0}} * {n} + ${{q{n + 2}}}") for n in range(3)]
    items = [*questions, *unread, *read]
    step = len(items) // SECTIONS + 1
    sections = (Section(f"s{n}", items=tuple(items[n * step : (n + 1) * step])) for n in range(SECTIONS))
    form = Form("data", "1", sections=tuple(sections))
    visit = Visit(form, now=lambda: NOW)
    for number in range(2, SECTIONS * EACH):
        visit.set_answer(AnswerKey(form.by_name[f"q{number}"][0]), Answer(value=Decimal(number)))
    key = AnswerKey(form.by_name["q0"][0])
    taken = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        change = visit.set_answer(key, Answer(value=number))
        taken.append(time.perf_counter() - start)
        assert number == 0 or len(change.recalculated) == 2  # d0 is always its second term
    return statistics.median(taken)


if __name__ == "__main__":
    for what, ratio, limit in run():
        print(f"{what:55} {ratio:8.4f}  limit {limit}")
