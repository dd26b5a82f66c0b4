"""What the three answers choose, and that their sentences hold their numbers and compare none with itself."""

import re
from dataclasses import replace

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.decisions.budget import Standing, budget
from embfilter_core.quality.decisions.goals import chosen_treatment, decide, how_decided
from embfilter_core.quality.decisions.improve import Verdict, improve
from embfilter_core.quality.decisions.measured import MeasuredTreatments, weigh
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.decisions.questions import GOALS, find_goal
from embfilter_core.quality.decisions.shrink import shrink
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.decisions.wording import at_worst, width_sentence
from embfilter_core.quality.evidence import MeanEvidence
from tests.core.quality.decisions.simulated import TREATMENTS, D, Effect, simulated, simulated_values


def with_effect(effect: Effect, seed: int = 0) -> MeasuredTreatments:
    return simulated(effect, seed)


def stepped(one: Treatment) -> float:
    """The bulk gains 2 points in float32 and 4 bits from 24 directions up; sign bits and all else lose 3."""
    if one.is_unfiltered:
        return 0.0
    return 2.0 if one.line == "bulk" and one.precision != "sign" and one.k >= 24 else -3.0


def losing(one: Treatment) -> float:
    return 0.0 if one.is_unfiltered else -5.0


def test_the_smallest_index_without_a_loss_is_kept_and_the_next_smaller_one_explained() -> None:
    found = shrink(with_effect(stepped))
    chosen = found.chosen.measured
    assert (chosen.treatment, chosen.bytes) == (Treatment("bulk", 24, "4bit", D), 12)
    assert found.sentence.startswith(
        "Keep 24 directions of the bulk in 4 bits: 12 bytes a vector instead of 256; gains"
    )
    said = " ".join(found.sentences())
    assert found.smaller == sum(one.bytes < 12 for one in TREATMENTS) == found.worse
    assert f"Of the {found.smaller} smaller candidates, {found.worse} are shown to lose more than 0.5 points." in said
    assert found.nearest.bounds.low < -0.5
    assert found.nearest.measured.treatment.description in said
    assert f"{found.chosen.bounds.low:+.1f} or more at 95 % for all {len(TREATMENTS) - 1} candidates" in said


def test_a_larger_candidate_of_its_line_that_loses_blocks_the_smaller_ones() -> None:
    def broken(one: Treatment) -> float:
        return -5.0 if (one.line, one.k, one.precision) == ("bulk", 32, "4bit") else stepped(one)

    chosen = shrink(with_effect(broken)).chosen.measured.treatment
    assert chosen == Treatment("bulk", 48, "4bit", D)


def test_bounds_are_simultaneous_hence_wider_than_each_candidates_own() -> None:
    found = shrink(with_effect(stepped)).chosen
    own = found.measured.to_unfiltered
    assert found.bounds.low < own.low < own.value == found.bounds.value


def test_where_nothing_smaller_is_good_enough_it_is_said_what_the_data_can_show() -> None:
    found = shrink(with_effect(losing))
    assert found.chosen is None
    assert found.sentence.startswith("Not enough data to tell: no smaller index is shown to lose at most 0.5 points. ")
    assert f"differences of about {found.half_width:.1f} points or more" in found.sentence
    assert "Keep" not in " ".join(found.sentences())


def test_a_width_finer_than_the_margin_is_left_as_it_is() -> None:
    measured = with_effect(stepped)
    fine, coarse = (width_sentence(measured, width, 0.5) for width in (0.31, 2.0))
    assert "±0.31 points, finer than the margin of 0.5" in fine
    assert "drawn like these" not in fine
    assert "±2.00 points; about 1,600 queries drawn like these would bring that to ±0.5." in coarse


def test_pairs_that_share_texts_are_counted_in_both() -> None:
    measured = replace(with_effect(stepped), unit="texts", units=20, pairs=190)
    assert "80 texts (3,200 pairs)" in width_sentence(measured, 1.0, 0.5)
    assert "190 pairs of 20 texts" in " ".join(shrink(measured).sentences())
    assert "the resampling unit is the text" in how_decided(measured, "shrink")[-1]
    assert not any("resampling unit" in said for said in how_decided(with_effect(stepped), "shrink"))


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (-0.41, "loses at most 0.5 points"),
        (-0.4, "loses at most 0.4 points"),
        (-0.004, "loses at most 0.01 points"),
        (0.0, "loses nothing"),
        (0.09, "loses nothing"),
        (1.29, "gains at least 1.2 points"),
    ],
)
def test_a_bound_is_rounded_away_from_the_claim(bound: float, said: str) -> None:
    assert at_worst(bound) == said


def test_a_planned_gain_is_answered_with_its_ratio_and_the_search_is_called_one() -> None:
    found = improve(with_effect(stepped))
    assert (found.verdict, found.shown.tau, found.shown.measured.treatment.k) == (Verdict.PLANNED, 2, 32)
    assert found.sentence.startswith("Yes: τ = 2 (32 directions) gains +")
    assert [one.tau for one in found.planned] == [2, 4, 8]
    planned, search = found.sentences()[1:]
    for one in found.planned:
        assert f"τ = {one.tau}: {one.gain.value:+.1f} ({one.gain.low:+.1f} to {one.gain.high:+.1f})" in planned
    assert search.startswith(f"Searched among {len(TREATMENTS)} treatments: the best is ")
    assert f"{found.searched.gain.value:+.1f}" in search


def test_planned_ratios_that_all_lose_are_said_to_be_beaten() -> None:
    found = improve(with_effect(losing))
    assert found.verdict is Verdict.WORSE
    assert "The filter is beaten here" in found.sentence
    assert "none scores more than unfiltered float32" in found.sentences()[-1]
    assert "the best is" not in found.sentences()[-1]


def test_what_is_not_shown_is_said_with_what_could_be() -> None:
    found = improve(with_effect(lambda one: 0.0))
    assert found.verdict is Verdict.UNDECIDED
    assert f"differences of about {found.half_width:.1f} points or more" in found.sentence


def test_a_budget_gets_the_best_that_fits_and_both_neighbours_on_the_front() -> None:
    measured = with_effect(stepped)
    found = budget(measured, 12)
    assert found.best.treatment == Treatment("bulk", 24, "4bit", D)
    assert found.fitting == sum(one.bytes <= 12 for one in TREATMENTS)
    sizes, scores = measured.bytes, measured.scores.values
    assert found.best.score.value == scores[sizes <= 12].max()
    assert found.smaller.score.value == scores[sizes < 12].max()
    above = scores > found.best.score.value
    assert found.larger.bytes == sizes[above].min()
    said = found.sentences()
    assert said[0].startswith("For 12 bytes a vector, keep 24 directions of the bulk in 4 bits: ")
    assert "searched for among" in said[1]
    for one in (found.smaller, found.larger):
        change = one.score.value - found.best.score.value
        assert f"{one.treatment.description}: {one.bytes} bytes, {one.score.value:.1f} ({change:+.1f})" in said[3]


def test_a_budget_above_the_best_says_what_the_best_takes_and_none_below_the_smallest_is_answered() -> None:
    measured = with_effect(stepped)
    found = budget(measured, 1000)
    assert found.larger is None
    assert f"({found.best.bytes} bytes)" in found.sentence
    assert "No larger budget scores higher here." in " ".join(found.sentences())
    smallest = min(one.bytes for one in TREATMENTS)
    assert budget(measured, smallest).smaller is None
    with pytest.raises(InputError, match=f"Nothing that was measured fits {smallest - 1} bytes"):
        budget(measured, smallest - 1)


def test_that_the_filter_is_beaten_is_said() -> None:
    found = budget(with_effect(lambda one: 2.0 if one.line == "truncated" else 0.0), 48)
    assert found.standing is Standing.BEATEN
    (said,) = (one for one in found.sentences() if one.startswith("The filter is beaten here: "))
    assert found.filter_gain.high < 0
    assert f"{-found.filter_gain.value:+.1f} ({-found.filter_gain.high:+.1f} to {-found.filter_gain.low:+.1f})" in said


def test_where_nothing_but_unfiltered_is_best_no_number_is_compared_with_itself() -> None:
    measured = with_effect(losing)
    said = budget(measured, 4 * D).sentences()
    assert (
        said[0]
        == f"For 256 bytes a vector, keep all {D} numbers, unfiltered, in float32: nothing that fits scores more."
    )
    assert "+0.0 (+0.0 to +0.0)" not in " ".join(said)


def test_no_sentence_holds_what_is_no_number() -> None:
    for effect in (stepped, losing, lambda one: 0.0):
        for goal in GOALS:
            answer = decide(with_effect(effect), goal, bytes_a_vector=12)
            assert answer.sentences()[0] == answer.sentence
            assert not re.search(r"nan|None|inf\b|-0\.0\b", " ".join(answer.sentences())), goal


def test_goals_are_asked_by_name() -> None:
    measured = with_effect(stepped)
    assert decide(measured, "shrink", 1.5) == shrink(measured, 1.5)
    assert decide(measured, "improve") == improve(measured)
    assert decide(measured, "budget", bytes_a_vector=20) == budget(measured, 20)
    assert chosen_treatment(shrink(with_effect(losing))) is None
    assert chosen_treatment(budget(measured, 12)) == Treatment("bulk", 24, "4bit", D)
    with pytest.raises(InputError, match="Unknown goal 'grow'"):
        find_goal("grow")
    with pytest.raises(InputError, match="needs a number of bytes"):
        decide(measured, "budget")
    for margin in (0, -1, np.inf, np.nan):
        with pytest.raises(InputError, match="margin"):
            decide(measured, "shrink", margin)


def test_the_front_rises_in_bytes_and_score_and_nothing_beats_it() -> None:
    random = np.random.default_rng(0)
    sizes, scores = random.integers(1, 40, size=200), random.normal(size=200)
    front = pareto_front(sizes, scores)
    assert (np.diff(sizes[front]) > 0).all()
    assert (np.diff(scores[front]) > 0).all()
    for size, score in zip(sizes, scores, strict=True):
        assert (scores[front][sizes[front] <= size] >= score).any()
    assert pareto_front(np.array([5, 5, 2]), np.array([1.0, 1.0, 1.0])).tolist() == [2]


def test_scores_and_differences_are_those_of_the_units_in_points() -> None:
    values = simulated_values(stepped, np.random.default_rng([7, 0]))
    measured = with_effect(stepped)
    at = measured.find("bulk", 24, "4bit")
    assert measured.scores.values == pytest.approx(100 * values.mean(axis=1))
    assert measured.to_unfiltered.values[at] == pytest.approx(100 * (values[at] - values[0]).mean())
    error = 100 * (values[at] - values[0]).std() / np.sqrt(len(values[0]))
    assert isinstance(measured.to_unfiltered.at(at), Estimate)
    assert measured.to_unfiltered.at(at).half_width == pytest.approx(1.96 * error, rel=0.2)


def test_the_best_of_a_half_is_reported_where_it_was_not_searched() -> None:
    measured = with_effect(lambda one: 0.0)
    assert measured.scores.values.max() > measured.scores.values[measured.unfiltered]
    assert measured.searched.gain.value < measured.to_unfiltered.values.max()
    assert sum(measured.searched.chosen) == pytest.approx(1)
    assert len(measured.searched.chosen) == len(TREATMENTS)


def test_unfiltered_is_needed_once_and_a_treatment_that_was_not_measured_is_refused() -> None:
    values = np.random.default_rng(0).normal(size=(2, 20))
    for treatments in (TREATMENTS[:1] * 2, TREATMENTS[1:3]):
        with pytest.raises(InputError, match="Unfiltered float32 was measured"):
            weigh(MeanEvidence(values, "texts"), treatments, "accuracy")
    with pytest.raises(InputError, match="was not measured"):
        with_effect(stepped).find("pca", 8, "float32")
