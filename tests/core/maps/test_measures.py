"""Means with their intervals, and sentences that claim no more than the numbers."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.maps.measures import Summary, neighbour_change, sentences, summarise
from embfilter_core.maps.neighbours import nearest
from embfilter_core.maps.projection import map_points
from embfilter_core.quality.bootstrap import Estimate, bootstrap_mean
from embfilter_core.spectral.selection import KeptDirections

RNG = np.random.default_rng(0)
LABELS = np.repeat(["a", "b", "c"], 20)
TOPICS = RNG.normal(size=(3, 6)).repeat(20, axis=0)
# Directions 2 to 7 hold the topic; 0 and 1 are loud and hold none.
C = np.concatenate([20 * RNG.normal(size=(60, 2)), TOPICS + 0.3 * RNG.normal(size=(60, 6))], axis=1)
LOUD_ENDS_OUT = map_points(C, KeptDirections.band(8, 2, 8))
EVERYTHING = map_points(C, KeptDirections.unfiltered(8))
SUMMARY = Summary(
    texts=101,
    k=10,
    surviving=Estimate(0.12, 0.11, 0.13),
    jaccard=Estimate(0.06, 0.05, 0.07),
    purity_unfiltered=Estimate(0.61, 0.55, 0.67),
    purity_filtered=Estimate(0.74, 0.7, 0.78),
    purity_difference=Estimate(0.13, 0.05, 0.21),
    anisotropy=(0.914, -0.0312),
)


def test_the_interval_holds_the_mean_and_is_the_same_every_time() -> None:
    values = RNG.normal(size=200)
    found = bootstrap_mean(values)
    assert found == bootstrap_mean(values)
    assert found.value == pytest.approx(values.mean())
    assert found.low < found.value < found.high


def test_the_interval_is_as_wide_as_the_standard_error_says() -> None:
    values = RNG.normal(size=400)
    found = bootstrap_mean(values)
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_equal_values_leave_no_doubt_and_nan_is_left_out() -> None:
    assert bootstrap_mean(np.array([0.5, np.nan, 0.5, 0.5])) == Estimate(0.5, 0.5, 0.5)
    assert np.isnan(bootstrap_mean(np.array([np.nan])).value)


@pytest.mark.parametrize(
    ("low", "high", "includes"), [(-0.1, 0.1, True), (0.0, 0.1, True), (0.01, 0.1, False), (-0.2, -0.1, False)]
)
def test_an_interval_knows_whether_it_includes_zero(low: float, high: float, includes: bool) -> None:
    assert Estimate((low + high) / 2, low, high).includes_zero is includes


def test_the_change_is_measured_in_the_spaces_of_either_side() -> None:
    change = neighbour_change(LOUD_ENDS_OUT, 5, LABELS)
    assert np.array_equal(change.unfiltered, nearest(LOUD_ENDS_OUT.unfiltered, 5))
    assert np.array_equal(change.filtered, nearest(LOUD_ENDS_OUT.filtered, 5))
    cosines = LOUD_ENDS_OUT.filtered @ LOUD_ENDS_OUT.filtered.T - LOUD_ENDS_OUT.unfiltered @ LOUD_ENDS_OUT.unfiltered.T
    assert change.cosine_change[7] == pytest.approx(cosines[7, change.unfiltered[7]].mean())
    assert change.purity_filtered.mean() > change.purity_unfiltered.mean() + 0.3


def test_nothing_changes_where_everything_is_kept() -> None:
    change = neighbour_change(EVERYTHING, 5, LABELS)
    assert (change.surviving == 1).all()
    assert (change.jaccard == 1).all()
    assert not change.cosine_change.any()
    assert change.anisotropy[0] == change.anisotropy[1]
    assert summarise(change).purity_difference == Estimate(0, 0, 0)


def test_without_labels_there_is_no_purity() -> None:
    summary = summarise(neighbour_change(LOUD_ENDS_OUT, 5))
    assert summary.purity_unfiltered is summary.purity_filtered is summary.purity_difference is None
    assert len(sentences(summary)) == 2


def test_labels_that_are_all_empty_are_no_labels() -> None:
    assert len(sentences(summarise(neighbour_change(LOUD_ENDS_OUT, 5, np.full(60, ""))))) == 2


def test_the_summary_is_the_means_and_the_difference_is_paired() -> None:
    change = neighbour_change(LOUD_ENDS_OUT, 5, LABELS)
    summary = summarise(change)
    assert (summary.texts, summary.k) == (60, 5)
    assert summary.surviving == bootstrap_mean(change.surviving)
    assert summary.purity_difference == bootstrap_mean(change.purity_filtered - change.purity_unfiltered)
    gap = summary.purity_filtered.value - summary.purity_unfiltered.value
    assert summary.purity_difference.value == pytest.approx(gap)
    assert not summary.purity_difference.includes_zero


def test_more_neighbours_than_texts_are_refused() -> None:
    with pytest.raises(InputError, match="neighbours"):
        neighbour_change(LOUD_ENDS_OUT, 60)


def test_the_sentences_are_the_numbers() -> None:
    assert sentences(SUMMARY) == [
        "12.0 % of the 10 nearest neighbours survive (11.0 to 13.0; by chance 10.0 %).",
        "Mean cosine of all pairs 0.914 → -0.031.",
        "Topic purity 0.610 → 0.740, difference +0.130 (+0.050 to +0.210).",
    ]


@pytest.mark.parametrize(("low", "high"), [(-0.02, 0.21), (-0.2, 0.0), (0.0, 0.0)])
def test_where_the_interval_includes_zero_the_sentence_says_that_the_texts_cannot_tell(low: float, high: float) -> None:
    said = sentences(replace(SUMMARY, purity_difference=Estimate((low + high) / 2, low, high)))[-1]
    assert said.endswith("the interval includes 0, so these texts cannot tell.")


def test_a_bound_close_to_zero_is_not_written_as_zero() -> None:
    said = sentences(replace(SUMMARY, purity_difference=Estimate(0.1, 0.002, 0.2)))[-1]
    assert "difference +0.100 (+0.002 to +0.200)" in said
    assert "cannot tell" not in said


def test_a_fall_is_written_with_a_minus_sign_and_no_praise_or_blame() -> None:
    said = sentences(replace(SUMMARY, purity_difference=Estimate(-0.13, -0.21, -0.05)))
    assert "difference -0.130 (-0.210 to -0.050)." in said[-1]
    assert not any(word in " ".join(said).lower() for word in ("improve", "better", "worse", "gain", "lose"))
