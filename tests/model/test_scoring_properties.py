"""What holds of every score, over random forms and answers."""

# An exact Fraction equals an int here, which strict equality doesn't know.
# mypy: disable-error-code="comparison-overlap"

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from mshopper.i18n import speaking
from mshopper.model.answer import NO_ANSWER, Answer
from mshopper.model.form import Form, Question, Section
from mshopper.model.reasons import effect_sentence, sentence
from mshopper.model.scoresheet import ScoreSheet
from mshopper.model.scoring import LiveScore, score
from tests.builders import form_of, policy, question, section, sheet_of, visit_of
from tests.model.random_forms import Case, cases

patient = settings(max_examples=50, deadline=None)


def changed(form: Form, change: Callable[[Question | Section, str], Question | Section]) -> Form:
    """The form with each place changed, from the outside in."""

    def walk(item: Question | Section, prefix: str) -> Question | Section:
        path = f"{prefix}{item.id}"
        item = change(item, path)
        if isinstance(item, Section):
            return replace(item, items=tuple(walk(inner, f"{path}/") for inner in item.items))
        return item

    found = tuple(walk(one, "") for one in form.sections)
    return replace(form, sections=tuple(one for one in found if isinstance(one, Section)))


def numbers(sheet: ScoreSheet) -> object:
    """All of a sheet that doesn't depend on the order of the form; ids by their last name."""

    def parts(subtotals: object) -> object:
        return sorted((s.id, s.earned, s.possible, s.percent is None, s.percent or 0) for s in subtotals)  # type: ignore[attr-defined]

    return (
        (sheet.percent, sheet.earned, sheet.possible, sheet.coverage, sheet.verdict, sheet.grade),
        parts(sheet.sections),
        parts(sheet.dimensions),
        parts(sheet.touchpoints),
        parts(sheet.phases),
        sorted((line.path, line.instance, line.status, line.earned, line.possible) for line in sheet.lines),
        sorted((hit.path, hit.effect) for hit in sheet.criticals),
        sheet.metrics,
    )


@patient
@given(cases(cap=True))
def test_capped_percentages_lie_within_bounds(case: Case) -> None:
    """With `cap`, every percentage of the sheet lies within 0-100, and nothing possible means no number."""
    sheet = case.sheet()
    groups = (*sheet.sections, *sheet.instances, *sheet.dimensions, *sheet.touchpoints, *sheet.phases)
    for percent in (sheet.percent, sheet.coverage, *(group.percent for group in groups)):
        assert percent is None or 0 <= percent <= 100
    assert all((group.percent is None) == (group.possible == 0) for group in groups)
    assert (sheet.percent is None) == (sheet.possible == 0)


@patient
@given(cases(), st.data())
def test_na_changes_no_other_line(case: Case, data: st.DataObject) -> None:
    """Answering one question N/A changes its own line only."""
    if not case.answers:
        return
    key = data.draw(st.sampled_from(sorted(case.answers)))
    other = case.sheet(answers={**case.answers, key: Answer(na=True)})
    for before, after in zip(case.sheet().lines, other.lines, strict=True):
        if (before.path, before.instance) == key:
            assert after.status in ("na", "not_relevant", "unscored")
            assert (after.earned, after.possible) == (0, 0)
        else:
            assert before == after


@patient
@given(cases(), st.data())
def test_hiding_changes_no_other_line(case: Case, data: st.DataObject) -> None:
    """Hiding a question or a whole section changes the lines of nothing else."""
    place = data.draw(st.sampled_from(sorted(case.form.places)))
    hidden = changed(case.form, lambda item, path: replace(item, when="false()") if path == place else item)
    for before, after in zip(case.sheet().lines, case.sheet(hidden).lines, strict=True):
        if f"{before.path}/".startswith(f"{place}/"):
            assert (after.status, after.earned, after.possible) == ("not_relevant", 0, 0)
        else:
            assert before == after


@patient
@given(cases(), st.randoms(use_true_random=False))
def test_order_never_matters(case: Case, chance: object) -> None:
    """Shuffled sections and questions give the same numbers, verdict and grade."""

    def shuffled(item: Question | Section, _path: str = "") -> Question | Section:
        if isinstance(item, Section):
            items = list(item.items)
            chance.shuffle(items)  # type: ignore[attr-defined]
            return replace(item, items=tuple(items))
        return item

    form = changed(replace(case.form, sections=case.form.sections[::-1]), shuffled)
    assert numbers(case.sheet(form)) == numbers(case.sheet())


@patient
@given(cases(), st.fractions(Fraction(1, 9), 9), st.booleans())
def test_weights_scaled_together_never_matter(case: Case, factor: Fraction, of_sections: bool) -> None:
    """All section weights, or all question weights, times one factor leave percentages, verdict and grade."""

    def scaled(item: Question | Section, _path: str) -> Question | Section:
        return replace(item, weight=item.weight * factor) if isinstance(item, Section) is of_sections else item

    before, after = case.sheet(), case.sheet(changed(case.form, scaled))
    assert (before.percent, before.coverage, before.verdict, before.grade) == (
        after.percent,
        after.coverage,
        after.verdict,
        after.grade,
    )
    assert [s.percent for s in before.sections] == [s.percent for s in after.sections]


@patient
@given(cases())
def test_mean_and_points_agree_over_one_section(case: Case) -> None:
    """With a single scored section both aggregates give its percentage (after its cap, where there is one)."""
    one = replace(case.form, sections=case.form.sections[:1])
    answers = {key: said for key, said in case.answers.items() if key.path.startswith(f"{one.sections[0].id}/")}
    inside = Case(
        one, answers, {k: n for k, n in case.counts.items() if f"{k.path}/".startswith(f"{one.sections[0].id}/")}
    )
    by = {a: inside.sheet(replace(one, scoring=replace(one.scoring, aggregate=a))) for a in ("points", "mean")}
    assert by["points"].percent == by["mean"].percent
    assert (by["points"].earned, by["points"].possible) == (by["mean"].earned, by["mean"].possible)


@given(st.lists(st.sampled_from(["yes", "no"]), min_size=1, max_size=8), st.integers(1, 4))
def test_mean_and_points_agree_over_equal_sections(said: list[str], size: int) -> None:
    """Sections of equal weight and equal possible points: the mean of percentages is the percentage of sums."""
    tops = [section(f"s{i}", *(question(f"q{i}_{j}", points=2) for j in range(size))) for i in range(len(said))]
    answers = {f"q{i}_0": one for i, one in enumerate(said)}
    by_points, by_mean = (
        sheet_of(form_of(*tops, scoring=policy(aggregate=aggregate)), answers) for aggregate in ("points", "mean")
    )
    assert by_points.percent == by_mean.percent


@patient
@given(cases())
def test_score_is_deterministic(case: Case) -> None:
    """The same form and answers give the same sheet."""
    assert case.sheet() == case.sheet()


@patient
@given(cases())
def test_every_line_and_effect_is_explained(case: Case) -> None:
    """Each line's reason, and each critical's effect, is a sentence in Italian and English."""
    sheet = case.sheet()
    for language in ("it", "en"):
        with speaking(language):
            told = [sentence(line.reason, case.form, language, line.path) for line in sheet.lines]
            told += [sentence(hit.reason, case.form, language, hit.path) for hit in sheet.criticals]
            told += [effect_sentence(hit, case.form, language) for hit in sheet.criticals]
            assert all(words.endswith(".") and "{" not in words and "_" not in words for words in told), told


@patient
@given(cases())
def test_effects_only_lower(case: Case) -> None:
    """Without its critical effects no visit and no section would score lower."""
    calm = changed(case.form, lambda item, _path: replace(item, critical=()) if isinstance(item, Question) else item)
    with_effects, without = case.sheet(), case.sheet(calm)
    assert (with_effects.percent is None) == (without.percent is None)
    if with_effects.percent is not None and without.percent is not None:
        assert with_effects.percent <= without.percent
    for one, other in zip(with_effects.sections, without.sections, strict=True):
        assert one.earned <= other.earned
        assert one.possible == other.possible
    assert with_effects.lines == without.lines
    assert with_effects.dimensions == without.dimensions


@patient
@given(cases())
def test_totals_are_the_sums_of_their_lines(case: Case) -> None:
    """Where no effect hit, earned and possible of the visit are the weighted sums of the lines themselves."""
    sheet = case.sheet()
    weight = {top.id: top.weight for top in case.form.sections}

    def total(part: str) -> Fraction:
        return sum(
            (weight[line.path.split("/")[0]] * line.weight * getattr(line, part) for line in sheet.lines), Fraction(0)
        )

    assert sheet.possible == total("possible")
    if not any(hit.effect == "zero_section" for hit in sheet.criticals):
        assert sheet.earned == total("earned")


@patient
@given(cases())
def test_a_score_that_follows_each_change_is_the_score_of_the_visit(case: Case) -> None:
    """Answers given one by one and taken back: the live sheet, kept up by what changed, is the sheet made from nothing."""
    visit = visit_of(case.form, {}, {f"{key.path}[{key.instance}]": n for key, n in case.counts.items()})
    live = LiveScore(case.form, visit)
    for said in (case.answers, dict.fromkeys(list(case.answers)[::2], NO_ANSWER)):
        for key, answer in said.items():
            live.follow(visit.set_answer(key, answer))
        assert live.sheet() == score(case.form, visit, answered_only=True)
