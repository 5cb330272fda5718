"""Chains of statements: the same ones give the same order however they arrive; whatever a statement says, nothing breaks."""

import contextlib
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from mshopper.model.chain import chain
from mshopper.model.corrective import ActionStep, actions_of, read_step, step_content
from mshopper.model.review import Decision, decision_content, read_decision, reviews_of, status_after


@dataclass(frozen=True)
class Link:
    hash: str
    previous: str
    seen: tuple[str, ...] = ()


@st.composite
def links(draw: st.DrawFn) -> list[Link]:
    """A dozen statements, each after some earlier one, after none, or after one that never arrives."""
    made: list[Link] = []
    for number in range(draw(st.integers(0, 12))):
        before = draw(st.sampled_from(["", "lost", *(one.hash for one in made)]))
        seen = draw(st.lists(st.sampled_from(["x", *(one.hash for one in made)]), max_size=2))
        made.append(Link(f"{draw(st.integers(0, 9))}-{number}", before, tuple(seen)))
    return made


@given(made=links(), data=st.data())
def test_order_of_arrival_changes_nothing(made: list[Link], data: st.DataObject) -> None:
    """What stands is one path from the beginning; each statement is in one part; conflicts are unseen ends of others."""
    found = chain(made)
    assert chain(data.draw(st.permutations(made))) == found
    parts = (*found.standing, *found.others, *found.waiting)
    assert sorted(one.hash for one in parts) == sorted(one.hash for one in made)
    before = ""
    for one in found.standing:
        assert one.previous == before
        before = one.hash
    assert not [one for one in made if one.previous == before]
    seen = {end for one in found.standing for end in one.seen}
    assert {one.hash for one in found.conflicts}.isdisjoint(seen)
    assert set(found.conflicts) <= set(found.others)


def test_people_who_went_on_outweigh_a_lower_hash() -> None:
    """1 and 2 follow the same one; 2 was gone on with, so it stands, and 1 is the conflict until somebody has seen it."""
    start, one, two, three = Link("9", ""), Link("1", "9"), Link("2", "9"), Link("3", "2")
    assert chain([start, one, two]).standing == (start, one)
    found = chain([start, one, two, three])
    assert (found.standing, found.conflicts, found.head) == ((start, two, three), (one,), "3")
    assert chain([start, one, two, Link("3", "2", ("1",))]).conflicts == ()


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=4),
    st.lists(st.text(max_size=3), max_size=2),
    st.just("open"),
)
DECISION = decision_content(Decision("", "v", 1, "s", "approve")) | {
    "created": "2026-11-21T12:00:00+01:00",
    "device": "d",
}
STEP = step_content(ActionStep("", "a", "open", "v", 1, "q", "", "lost", "Q", "S", "Shop", "f")) | {
    "created": "2026-11-21T12:00:00+01:00",
    "device": "d",
}


@given(changes=st.dictionaries(st.sampled_from(sorted(DECISION | STEP)), ANYTHING, max_size=3))
def test_whatever_a_statement_says_is_read_or_refused(changes: dict[str, object]) -> None:
    """A decision or a step with any fields of any type is read, or refused by one of the three errors that readers know."""
    for document, read in ((DECISION | changes, read_decision), (STEP | changes, read_step)):
        with contextlib.suppress(KeyError, TypeError, ValueError):
            said = read(document, "h")
            if isinstance(said, Decision):
                assert status_after(reviews_of([said]).get(said.visit_id, chain([said])).standing, said.seal) in (
                    "",
                    "approved",
                    "returned",
                )
            else:
                assert all(one.first for one in actions_of([said]).values())


def test_the_statements_of_this_test_are_read() -> None:
    """What the property above changes is right as it stands."""
    assert read_decision(DECISION, "h").kind == "approve"
    assert read_step(STEP, "h").finding == "lost"
