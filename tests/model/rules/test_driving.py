"""What a visit does with the rules that XLSForm adds: filters, counts, triggers, preloads, defaults, N/A choices."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mshopper.model.answer import NO_ANSWER, Answer, AnswerKey, inverse
from mshopper.model.form import Choice, Form, Question, Repeat, Section, Table, Text
from mshopper.model.rules import compile_form_rules
from mshopper.model.scoring import score
from mshopper.model.visit import Visit

NOW = dt.datetime(2026, 11, 21, 10, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def form(*items: Question | Section, **more: Any) -> Form:
    """A form whose questions stand outside any group, as most of an XLSForm's do."""
    return Form("data", "3", sections=(Section("top", items=items, is_implicit=True),), **more)


def visit(made: Form, **more: Any) -> Visit:
    """A visit of a form whose rules are all right."""
    assert compile_form_rules(made).problems == ()
    return Visit(made, now=lambda: NOW, visit_id="v", **more)


def key(name: str, instance: str = "") -> AnswerKey:
    """A question by its path below the implicit section."""
    return AnswerKey(f"top/{name}", instance)


def ids(choices: tuple[Choice, ...]) -> str:
    """Choices by their ids."""
    return " ".join(choice.id for choice in choices)


def town(name: str, region: str) -> Choice:
    """A choice with a column to filter by."""
    return Choice(name, Text.of(name.title()), attributes=(("region", region),))


TOWNS = (town("rome", "south"), town("bari", "south"), town("turin", "north"))


def test_an_implicit_section_is_not_there_for_paths() -> None:
    """`/data/q`, `../q` and `..` pass through it; `${section}` means what it always did."""
    made = form(
        Question("a", "integer"),
        Section("g", items=(Question("b", "calculate", calculate="/data/a + ../../a"),)),
        Question("c", "calculate", calculate="count(/data/g/*) + count(../a) + count(//b)"),
    )
    there = visit(made)
    there.set_answer(key("a"), Answer(4))
    assert there.value(key("g/b")) == 8
    assert there.value(key("c")) == 3


def test_a_filter_offers_what_its_row_allows() -> None:
    """Bare names are the row's columns, `${q}` the form's answers; an answer no longer offered can't stand."""
    made = form(
        Question("r", "text"), Question("t", "choice", choices=TOWNS, choice_filter="region = ${r} and name != 'bari'")
    )
    there = visit(made)
    assert ids(there.offered(key("t"))) == ""
    change = there.set_answer(key("r"), Answer("south"))
    assert change.reoffered == {key("t")}
    assert ids(there.offered(key("t"))) == "rome"
    there.set_answer(key("t"), Answer("rome"))
    assert there.violations(key("t")) == ()
    there.set_answer(key("r"), Answer("north"))
    assert [v.code for v in there.violations(key("t"))] == ["unknown_choice"]
    assert there.is_invalid(key("t"))


def test_choices_come_from_a_table() -> None:
    """A table's rows are choices by the columns that the parameters name, with labels by language."""
    table = Table("shops", ("id", "label::en", "size"), (("a", "Alpha", "3"), ("b", "Beta", "12")))
    parameters = (("value", "id"),)
    made = form(
        Question("s", "choice", choices_from="shops", parameters=parameters, choice_filter="size > 5"),
        Question("w", "calculate", calculate="jr:choice-name(${s}, '${s}')"),
        languages=("en",),
        tables=(table,),
    )
    there = visit(made)
    assert ids(there.offered(key("s"))) == "b"
    there.set_answer(key("s"), Answer("b"))
    assert there.violations(key("s")) == ()
    assert there.value(key("w")) == "Beta"


def test_randomized_choices_keep_their_order() -> None:
    """A visit shuffles once; a seed gives the same order to every visit, and may be an answer."""
    many = tuple(Choice(str(n)) for n in range(20))
    free = Question("a", "choice", choices=many, parameters=(("randomize", "true"),))
    seeded = Question("b", "choice", choices=many, parameters=(("randomize", "true"), ("seed", "${n}")))
    there = visit(form(free, seeded, Question("n", "integer")))
    assert there.offered(key("a")) == visit(form(free, seeded, Question("n", "integer"))).offered(key("a")) != many
    before = there.offered(key("b"))
    assert there.set_answer(key("n"), Answer(7)).reoffered == {key("b")}
    assert there.offered(key("b")) != before


def test_a_rule_counts_instances() -> None:
    """A count makes and takes instances; answers that went come back with theirs, and every step can be taken back."""
    tills = Section("t", repeat=Repeat(0, count="${n}"), items=(Question("x", "integer", default="1"),))
    made = form(Question("n", "integer"), tills, Question("sum", "calculate", calculate="sum(${x})"))
    there = visit(made)
    assert there.counts == {key("t"): 0}
    change = there.set_answer(key("n"), Answer(3))
    assert change.recounted == {key("t")}
    assert there.value(key("sum")) == 3
    there.set_answer(key("t/x", "3"), Answer(10))
    shrunk = there.set_answer(key("n"), Answer(1))
    assert there.value(key("sum")) == 1
    assert key("t/x", "3") not in there.answers
    there.apply(inverse(shrunk))
    assert there.value(key("sum")) == 12
    there.set_answer(key("n"), Answer(2))
    there.set_answer(key("n"), Answer(3))
    assert there.answer(key("t/x", "3")).value == 10
    again = visit(made, answers=there.answers, counts=there.counts)
    assert again.value(key("sum")) == 12
    there.set_answer(key("n"), Answer(-4))
    assert there.counts == {key("t"): 0}
    there.set_answer(key("n"), Answer(10**9))
    assert there.counts == {key("t"): 1000}


def test_a_count_that_chases_itself_ends() -> None:
    """A count that depends on its own instances stops somewhere."""
    tills = Section("t", repeat=Repeat(0, count="if(${n} > 0, 1 - count(${x}), 0)"), items=(Question("x", "text"),))
    there = visit(form(Question("n", "integer"), tills))
    there.set_answer(key("n"), Answer(1))
    assert there.counts[key("t")] in (0, 1)


def test_running_totals_follow_other_instances() -> None:
    """What reads the instance before is calculated anew when that changes, comes or goes."""
    running = Question(
        "all", "calculate", calculate="../x + coalesce(indexed-repeat(${all}, ${t}, position(..) - 1), 0)"
    )
    sibling = Question("prev", "calculate", calculate="../preceding-sibling::t[1]/x")
    there = visit(form(Section("t", repeat=Repeat(3), items=(Question("x", "integer"), running, sibling))))
    for number in (1, 2, 3):
        there.set_answer(key("t/x", str(number)), Answer(number))
    assert [there.value(key("t/all", n)) for n in "123"] == [1, 3, 6]
    there.set_answer(key("t/x", "1"), Answer(10))
    assert [there.value(key("t/all", n)) for n in "123"] == [10, 12, 15]
    assert [there.value(key("t/prev", n)) for n in "123"] == [None, 10, 2]
    there.remove_instance(key("t"), 1)
    assert [there.value(key("t/all", n)) for n in "12"] == [2, 5]


def test_a_repeat_named_inside_itself_is_this_instance() -> None:
    """`position(${repeat})` counts like `position(..)`, also from a repeat within, and follows removals."""
    inner = Section(
        "s", repeat=Repeat(2), items=(Question("at", "calculate", calculate="position(${t}) * 10 + position(${s})"),)
    )
    there = visit(
        form(Section("t", repeat=Repeat(2), items=(Question("n", "calculate", calculate="position(${t})"), inner)))
    )
    assert [there.value(key("t/n", n)) for n in "12"] == [1, 2]
    assert [there.value(key("t/s/at", n)) for n in ("1.1", "1.2", "2.1", "2.2")] == [11, 12, 21, 22]
    there.remove_instance(key("t"), 1)
    assert (there.value(key("t/n", "1")), there.value(key("t/s/at", "1.2"))) == (1, 12)


def test_a_trigger_sets_a_calculation_off() -> None:
    """The calculation runs when the trigger's answer changes, and then only; its value is kept like an answer."""
    stamped = Question("at", "calculate", calculate="concat(${a}, '-', ${b})", trigger=("a",))
    made = form(Question("a", "text"), Question("b", "text"), stamped)
    there = visit(made)
    there.set_answer(key("b"), Answer("y"))
    assert there.value(key("at")) is None
    change = there.set_answer(key("a"), Answer("x"))
    assert there.value(key("at")) == "x-y"
    assert key("at") in {step.key for step in change.answers}
    there.set_answer(key("b"), Answer("z"))
    assert there.value(key("at")) == "x-y"
    assert visit(made, answers=there.answers).value(key("at")) == "x-y"


def test_once_stays_when_a_visit_is_opened_again() -> None:
    """`once(now())` keeps its first moment, also in a visit read back later."""
    made = form(Question("at", "calculate", calculate="once(now())"))
    there = visit(made)
    there.apply(there.defaults())
    later = Visit(made, now=lambda: NOW + dt.timedelta(days=1), answers=there.answers)
    assert later.value(key("at")) == "2026-11-21T10:30:00.000+01:00"


def test_the_machine_answers_what_is_its_own() -> None:
    """Preloads fill in what a form records of device, person and times; rules read them."""
    machine = ("start", "today", "deviceid", "username", "simserial")
    items = [Question(name, "calculate", preload=name) for name in machine]
    there = visit(
        form(*items, Question("who", "calculate", calculate="concat(${username}, '@', ${deviceid})")),
        preloads={"deviceid": "d1", "username": "anna"},
        started=NOW - dt.timedelta(hours=1),
    )
    assert there.value(key("start")) == "2026-11-21T09:30:00.000+01:00"
    assert there.value(key("today")) == "2026-11-21"
    assert there.value(key("who")) == "anna@d1"
    assert there.value(key("simserial")) is None


def test_defaults_are_evaluated_once() -> None:
    """At the start and with each new instance; what a person cleared stays clear."""
    inner = Section("t", repeat=Repeat(1), items=(Question("x", "integer", default="${n} + 1"),))
    there = visit(form(Question("n", "integer", default="4"), inner))
    there.apply(there.defaults())
    there.apply(there.defaults())
    assert there.value(key("t/x", "1")) == 5
    there.set_answer(key("t/x", "1"), NO_ANSWER)
    there.set_answer(key("n"), Answer(9))
    change = there.add_instance(key("t"))
    assert there.value(key("t/x", "2")) == 10
    assert key("t/x", "2") in {step.key for step in change.answers}
    there.apply(there.defaults())
    assert there.value(key("t/x", "1")) is None


def test_a_rule_makes_an_answer_required() -> None:
    """`required_when` with the author's own words; a read-only question asks nothing of anybody."""
    words = Text.of("Say why")
    why = Question("why", "text", required_when="${ok} = 'no'", required_message=words)
    there = visit(form(Question("ok", "yes_no"), why, Question("fixed", "text", required=True, read_only=True)))
    assert there.problems() == ()
    change = there.set_answer(key("ok"), Answer("no"))
    assert change.revalidated == {key("why")}
    assert [(v.code, v.message) for v in there.problems()] == [("required", words)]
    assert there.progress() == (1, 2)


def test_a_choice_may_mean_not_applicable() -> None:
    """The author's own N/A choice counts as N/A in the score, while rules read it as the choice that it is."""
    choices = (Choice("good", points=Fraction(5)), Choice("none", points=Fraction(0)))
    asked = Question("q", "choice", choices=choices, na_choice="none")
    made = form(asked, Question("seen", "calculate", calculate="${q} = 'none'"))
    there = visit(made)
    there.set_answer(key("q"), Answer("none"))
    assert there.is_na(key("q"))
    assert there.value(key("seen")) == "true"
    sheet = score(made, there)
    assert [line.status for line in sheet.lines if line.path == "top/q"] == ["na"]
    assert sheet.percent is None


def test_a_rule_names_the_visit() -> None:
    """`instance_name`; nothing where it fails."""
    there = visit(form(Question("a", "text"), instance_name="concat('Shop ', ${a})"))
    there.set_answer(key("a"), Answer("x"))
    assert there.name() == "Shop x"
    assert visit(form(instance_name="regex('a', '[')")).name() == ""
    assert visit(form()).name() == ""


def test_rules_read_the_forms_tables() -> None:
    """`instance()` and `pulldata()` find the lists that came with the form."""
    table = Table("p", ("code", "price"), (("a", "3"), ("b", "4.5")))
    looked = Question("l", "calculate", calculate="pulldata('p', 'price', 'code', ${c})")
    summed = Question("s", "calculate", calculate="sum(instance('p')/root/item/price)")
    there = visit(form(Question("c", "text"), looked, summed, tables=(table,)))
    there.set_answer(key("c"), Answer("b"))
    assert (there.value(key("l")), there.value(key("s"))) == ("4.5", Decimal("7.5"))


def test_a_failing_rule_is_noted_and_inactive() -> None:
    """A rule that can't be evaluated leaves its question as it would be without it, and says so."""
    made = form(Question("p", "text"), Question("q", "text", when="regex('a', ${p})"))
    there = visit(made)
    there.set_answer(key("p"), Answer("["))
    assert there.is_relevant(key("q"))
    assert any("[" in said for said in there.failures.values())
    there.set_answer(key("p"), Answer("b"))
    assert not there.is_relevant(key("q"))
    assert there.failures == {}
