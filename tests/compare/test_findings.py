"""Where points are lost, beside what the same numbers give by hand, by scipy and by Python's own statistics."""

import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.compare.heat import heat_map
from mshopper.compare.known_forms import KnownForms
from mshopper.compare.lost import journey, lost_points, visits_losing
from mshopper.compare.satisfaction import MINIMUM_PAIRS, satisfaction
from mshopper.compare.waiting import waiting_times
from mshopper.i18n import speaking
from mshopper.model.comparison import Filters
from mshopper.model.finding_words import finding_sentence, weights_note
from mshopper.model.form import Band, Form, Question, Section
from mshopper.model.metrics import ces, csat, nps
from tests.compare.honest import Row, Rows, answer, honest_rows, opened, visit

stats = pytest.importorskip("scipy.stats")

FORM = Form(
    "f",
    "1",
    sections=(
        Section(
            "before",
            phase="before",
            touchpoint="website",
            weight=Fraction(2),
            items=(Question("found", "yes_no", points=Fraction(5), weight=Fraction(3)),),
        ),
        Section(
            "visit",
            phase="during",
            touchpoint="store",
            items=(
                Question("greeted", "yes_no", points=Fraction(5)),
                Question("queue", "duration", bands=(Band(Fraction(5), Fraction(60)), Band(Fraction(0)))),
            ),
        ),
        Section("till", phase="during", touchpoint="till", items=(Question("receipt", "yes_no", points=Fraction(2)),)),
        Section("rest", items=(Question("tidy", "yes_no", points=Fraction(1)),)),
    ),
)
DAY = Filters()


def scored(visit_id: str, question: str, earned: float, possible: float, **cells: str) -> Row:
    """An answer that counts."""
    return answer(visit_id, question, "yes_no", "yes", earned=str(earned), possible=str(possible), **cells)


def two_visits() -> Rows:
    """The first loses at `found` and at the till, the second a little; a bonus and an N/A count for nothing lost."""
    return {
        "visits": [visit(0, form_hash="h"), visit(1, form_hash="h")],
        "answers": [
            scored("v000000", "found", 0, 5),
            scored("v000000", "greeted", 5, 5),
            scored("v000000", "receipt", -1, 2),
            scored("v000001", "found", 4, 5),
            scored("v000001", "receipt", 2, 2),
            scored("v000001", "tidy", 0, 1),
            scored("v000001", "extra", 3, 0),
            answer("v000001", "greeted", "yes_no", "", na="true"),
        ],
        "scores": [],
        "photos": [],
    }


def test_lost_points_are_weighed_as_the_score_weighs_them() -> None:
    """`found` weighs 3 in a section that weighs 2: 5 and 1 lost points are 36 of 40, and lead to their visits."""
    with opened(two_visits()) as source:
        found = lost_points(source, KnownForms(source, {"h": FORM}), DAY)
        behind = visits_losing(source, DAY, "f", "found")

    assert [(one.question_id, one.lost, one.share) for one in found.questions] == [
        ("found", 36, 90),
        ("receipt", 3, 7.5),
        ("tidy", 1, 2.5),
        ("greeted", 0, 0),
    ]
    first = found.questions[0]
    assert (found.weights, first.n, first.answers.hits, first.possible, first.percent) == ("form", 2, 2, 60, 40)
    assert (first.section, first.phase, first.touchpoint) == ("before", "before", "website")
    assert [(one.visit_id, one.earned, one.possible) for one in behind] == [("v000000", 0, 5), ("v000001", 4, 5)]


def test_without_the_forms_points_are_weighed_alike_only_where_the_scores_say_so() -> None:
    """Answers that add up to the scores' possible points have no weights; otherwise it says that weights are missing."""
    rows = two_visits()
    for line, possible in zip(rows["visits"], ("12", "8"), strict=True):
        line["possible"] = possible
    with opened(rows) as source:
        alike = lost_points(source, KnownForms(source, {}), DAY)
        rows["visits"][0]["possible"] = "60"
    with opened(rows) as source:
        unknown = lost_points(source, KnownForms(source, {}), DAY)

    assert (alike.weights, unknown.weights) == ("alike", "none")
    assert alike.lost == unknown.lost == 10
    assert [reason.code for reason in unknown.sentences][-1] == "lost_unweighed"
    assert len({weights_note(weights) for weights in ("form", "alike", "none")}) == 3


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_lost_points_are_those_of_adding_up_every_answer(seed: int) -> None:
    """Random answers: each question loses Σ max(0, possible − earned), and shares add up to 100."""
    chance = random.Random(seed)
    rows: Rows = {"visits": [visit(number) for number in range(8)], "answers": []}
    expected: dict[str, float] = {}
    for _answer in range(60):
        question, earned, possible = f"q{chance.randrange(5)}", chance.randint(-8, 20) / 4, chance.randint(0, 16) / 4
        rows["answers"].append(scored(f"v{chance.randrange(8):06}", question, earned, possible))
        if possible:
            expected[question] = expected.get(question, 0) + max(0.0, possible - earned)
    with opened(rows) as source:
        found = lost_points(source, KnownForms(source, {}), DAY)

    assert {one.question_id: one.lost for one in found.questions} == expected
    assert sum(one.share for one in found.questions) == pytest.approx(100 if found.lost else 0)


def test_the_journey_goes_as_a_customer_walks() -> None:
    """Before, during, after; touchpoints in the form's order; weighed as touchpoints are; what stands nowhere is told apart."""
    with opened(two_visits()) as source:
        found = journey(source, KnownForms(source, {"h": FORM}), DAY)

    assert (found.phases, found.touchpoints, found.is_crossed) == (
        ("before", "during"),
        ("website", "store", "till"),
        True,
    )
    assert [(cell.phase, cell.touchpoint, cell.n, cell.percent, cell.lost) for cell in found.cells] == [
        ("before", "website", 2, 40, 18),
        ("during", "store", 1, 100, 0),
        ("during", "till", 2, 25, 3),
    ]
    assert found.elsewhere == 1


def test_without_the_forms_the_journey_has_its_margins() -> None:
    """Phases and touchpoints each by themselves, in a customer's order, from the scores."""
    rows = two_visits()
    rows["scores"] = [
        {
            "visit_id": "v000000",
            "revision": "1",
            "kind": kind,
            "id": part,
            "percent": "50",
            "earned": "5",
            "possible": "10",
        }
        for kind, part in (("phase", "after"), ("phase", "before"), ("touchpoint", "till"), ("touchpoint", "website"))
    ]
    with opened(rows) as source:
        found = journey(source, KnownForms(source, {}), DAY)

    assert (found.phases, found.touchpoints, found.is_crossed) == (("before", "after"), ("website", "till"), False)
    assert {cell.percent for cell in found.cells} == {50}


def test_a_heat_map_has_the_mean_of_each_cell_with_its_interval() -> None:
    """Each store's mean percentage of each dimension and Student's interval are scipy's."""
    rows = honest_rows(200, seed=5)
    stores = {row["visit_id"]: row["store_id"] for row in rows["visits"]}
    values: dict[tuple[str, str], list[float]] = {}
    for row in rows["scores"]:
        values.setdefault((stores[row["visit_id"]], row["id"]), []).append(float(row["percent"]))
    with opened(rows) as source:
        known = KnownForms(source, {})
        found = heat_map(source, known, DAY)
        by_region = heat_map(source, known, DAY, by="region")
        with pytest.raises(ValueError, match="colour"):
            heat_map(source, known, DAY, kind="colour")

    assert [column for column, _title in found.columns] == ["time", "quality", "courtesy"]
    assert {(cell.row, cell.column) for cell in found.cells} == values.keys()
    for cell in found.cells:
        sample = values[cell.row, cell.column]
        low, high = stats.t.interval(
            0.95, len(sample) - 1, statistics.fmean(sample), statistics.stdev(sample) / len(sample) ** 0.5
        )
        assert cell.interval is not None
        assert (cell.n, cell.percent) == (len(sample), pytest.approx(statistics.fmean(sample), abs=1e-9))
        assert cell.interval.low == pytest.approx(max(0, low), abs=1e-9)
        assert cell.interval.high == pytest.approx(min(100, high), abs=1e-9)
    assert all(cell.interval is None for cell in by_region.cells)


def test_times_stand_beside_their_targets_by_question_touchpoint_and_hour() -> None:
    """The first band (60 s) is the target; median and ninth decile are Python's own; N/A and nonsense are no times."""
    times = [12, 50, 60, 61, 300, 45, 70]
    rows: Rows = {"visits": [visit(number, form_hash="h") for number in range(9)], "answers": []}
    for number, seconds in enumerate(times):
        rows["answers"].append(answer(f"v{number:06}", "queue", "duration", str(seconds), earned="0", possible="5"))
    rows["answers"] += [
        answer("v000007", "queue", "duration", "9", na="true"),
        answer("v000008", "queue", "duration", "soon"),
    ]
    with opened(rows) as source:
        known = KnownForms(source, {"h": FORM})
        assert known.question("h", "queue").target == 60
        found = waiting_times(source, DAY)

    (queue,), (store,) = found.questions, found.touchpoints
    assert (queue.n, queue.target, queue.within and queue.within.hits) == (7, 60, 4)
    assert queue.median == statistics.median(times)
    assert queue.p90 == pytest.approx(statistics.quantiles(times, n=10, method="inclusive")[8], abs=1e-9)
    assert (store.id, store.n) == ("store", 7)
    assert {(one.kind, one.hour): one.n for one in found.by_hour if one.kind == "question"} == {
        ("question", 9): 2,
        ("question", 11): 1,
        ("question", 13): 1,
        ("question", 15): 1,
        ("question", 17): 1,
        ("question", 19): 1,
    }


def test_metrics_are_those_of_the_definition_and_variants_never_mix() -> None:
    """NPS, CSAT of five and of faces, two CES: the values of `model.metrics` over the answers, by store and in all."""
    chance = random.Random(3)
    kinds = {("nps", ""): 10, ("csat", "5"): 5, ("csat", "faces"): 3, ("ces", "seven_mean"): 7, ("ces", "five_top"): 5}
    rows: Rows = {"visits": [visit(number) for number in range(80)], "answers": []}
    said: dict[tuple[str, str, str], list[int]] = {}
    for number in range(80):
        for (kind, variant), highest in kinds.items():
            value = chance.randint(0 if kind == "nps" else 1, highest)
            rows["answers"].append(answer(f"v{number:06}", kind + variant, kind, str(value), variant=variant))
            for group in ("", f"s{number % 40}"):
                said.setdefault((kind, variant, group), []).append(value)
    rows["answers"] += [answer("v000000", "odd", "nps", "11"), answer("v000000", "odd", "csat", "2.5", variant="5")]
    with opened(rows) as source:
        found = satisfaction(source, DAY)

    results = {(one.metric, one.variant, one.group): one for one in (*found.metrics, *found.groups)}
    assert results.keys() == said.keys()
    for (kind, variant, group), values in said.items():
        one = results[kind, variant, group]
        exact = nps(values) if kind == "nps" else csat(values, variant) if kind == "csat" else ces(values, variant)
        assert (one.n, one.value) == (len(values), float(exact or 0))
    mean = results["ces", "seven_mean", ""]
    values = said["ces", "seven_mean", ""]
    low, high = stats.t.interval(0.95, 79, statistics.fmean(values), statistics.stdev(values) / 80**0.5)
    assert mean.interval is not None
    assert (mean.interval.low, mean.interval.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


def test_what_goes_with_nps_is_spearmans_correlation() -> None:
    """r and p over the visits are scipy's to 1e-9, ties and all; under twenty visits nothing is said."""
    rows = honest_rows(150, seed=8)
    said = {row["visit_id"]: int(row["value"]) for row in rows["answers"] if row["type"] == "nps"}
    percents: dict[str, dict[str, float]] = {}
    for row in rows["scores"]:
        row["percent"] = str(round(float(row["percent"]) / 5) * 5)
        percents.setdefault(row["id"], {})[row["visit_id"]] = float(row["percent"])
    with opened(rows) as source:
        found = [one for one in satisfaction(source, DAY).associations if one.metric == "nps"]
    with opened(honest_rows(MINIMUM_PAIRS - 1)) as source:
        few = satisfaction(source, DAY).associations

    assert {one.dimension for one in found} == {"time", "quality", "courtesy"}
    for one in found:
        oracle = stats.spearmanr([percents[one.dimension][name] for name in said], list(said.values()))
        assert one.n == 150
        assert one.r == pytest.approx(oracle.statistic, abs=1e-9)
        assert one.p == pytest.approx(oracle.pvalue, abs=1e-9)
        assert one.goes_with == 1
        assert one.interval is not None
        assert one.interval.low < oracle.statistic < one.interval.high
    assert {(one.note, one.r) for one in few} == {("few", None)}


def test_what_goes_with_nothing_is_not_said_to() -> None:
    """Answers drawn apart from the scores: of ten tables at most two say that some dimension goes with them."""
    going = 0
    for seed in range(10):
        rows = honest_rows(40, seed)
        chance = random.Random(seed + 100)
        for row in rows["answers"]:
            if row["type"] in ("nps", "csat"):
                row["value"] = str(chance.randint(1, 5))
        with opened({**rows, "photos": []}) as source:
            going += any(one.goes_with for one in satisfaction(source, DAY).associations)

    assert going <= 2


@pytest.mark.parametrize("language", ["en", "it"])
def test_tables_without_anything_are_said_to_be_so(language: str) -> None:
    """No visit, or none with a value: no error, no number, and a sentence for each finding."""
    for rows in ({}, {"visits": [{"visit_id": "a"}, {"visit_id": "b", "revision": "1", "status": "submitted"}]}):
        with opened(rows) as source, speaking(language):
            known = KnownForms(source, {})
            for found in (
                lost_points(source, known, DAY),
                journey(source, known, DAY),
                heat_map(source, known, DAY),
                waiting_times(source, DAY),
                satisfaction(source, DAY),
            ):
                assert [finding_sentence(reason) for reason in found.sentences]


def test_findings_are_told_in_words() -> None:
    """The sentences of real findings hold their numbers and the words of the questions."""
    rows = honest_rows(60)
    with opened(rows) as source, speaking("en"):
        known = KnownForms(source, {})
        waiting_times(source, DAY)
        words = " ".join(
            finding_sentence(reason)
            for found in (lost_points(source, known, DAY), heat_map(source, known, DAY), satisfaction(source, DAY))
            for reason in found.sentences
        )

    assert "Most points are lost at “" in words
    assert "NPS: " in words
    assert "It doesn't say why." in words
