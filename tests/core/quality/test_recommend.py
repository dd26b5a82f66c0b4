"""Recommendations: planted effects are found, noise is not, and the numbers are those of the data."""

import re
from dataclasses import replace

import numpy as np
import pytest

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.bootstrap import bootstrap
from embfilter_core.quality.evidence import MeanEvidence
from embfilter_core.quality.pair_evidence import PairEvidence, pair_evidence
from embfilter_core.quality.recommend import recommend, smallest_within
from embfilter_core.quality.recommendation import Reason, Recommendation, how_decided, reasons
from embfilter_core.spectral.presets import choose_family

D, EDGE = 24, 3
KS = range(1, D + 1)


def planted(pairs: int, noise: float, seed: int = 0) -> PairEvidence:
    """Pairs judged by how alike they are in the middle directions; the 3 at either end are noise."""
    random = np.random.default_rng(seed)
    alike = random.uniform(-0.2, 0.9, size=pairs)[:, None]
    one, other = random.normal(size=(2, pairs, D))
    both = np.concatenate([one, alike * one + np.sqrt(1 - alike**2) * other])
    both[:, [*range(EDGE), *range(D - EDGE, D)]] = noise * random.normal(size=(2 * pairs, 2 * EDGE))
    judged = 5 * alike[:, 0] + 0.5 * random.normal(size=pairs)
    return pair_evidence(both, np.arange(pairs), np.arange(pairs) + pairs, judged, choose_family("bulk", D, KS))


def quick(evidence: PairEvidence | MeanEvidence, **more: float) -> Recommendation:
    return recommend(evidence, KS, **{"resamples": 300, "splits": 40, **more})


@pytest.fixture(scope="module")
def found() -> Recommendation:
    return quick(planted(1000, noise=2))


def test_the_planted_band_is_recommended(found: Recommendation) -> None:
    assert found.reason is Reason.RECOMMENDED
    assert D - 2 * EDGE - 3 <= found.k <= found.best_k == D - 2 * EDGE
    assert found.k == found.candidate_k
    assert found.other_half_gain.low > 0
    assert found.other_half_gain.value == pytest.approx(found.chosen_to_unfiltered.value, abs=0.3)


def test_the_numbers_are_those_of_the_bootstrap_in_points(found: Recommendation) -> None:
    boot = bootstrap(planted(1000, noise=2), resamples=300)
    best, chosen = KS.index(found.best_k), KS.index(found.candidate_k)
    assert best == boot.best
    for estimate, intervals, at in (
        (found.unfiltered, boot.intervals(), -1),
        (found.best, boot.intervals(), best),
        (found.chosen, boot.intervals(), chosen),
        (found.chosen_to_best, boot.differences(best), chosen),
        (found.chosen_to_unfiltered, boot.differences(D - 1), chosen),
        (found.best_to_unfiltered, boot.differences(D - 1), best),
    ):
        in_points = [100 * ends[at] for ends in (intervals.values, intervals.low, intervals.high)]
        assert [estimate.value, estimate.low, estimate.high] == pytest.approx(in_points, abs=1e-9)


def test_it_is_the_smallest_that_with_all_up_to_the_best_is_within_the_margin(found: Recommendation) -> None:
    evidence = planted(1000, noise=2)
    low = bootstrap(evidence, resamples=300).differences(KS.index(found.best_k)).low * 100
    assert (low[KS.index(found.candidate_k) : KS.index(found.best_k)] >= -found.margin).all()
    assert found.blocker == found.candidate_k - 1
    assert found.blocker_to_best.low == pytest.approx(low[KS.index(found.blocker)])
    assert found.blocker_to_best.low < -found.margin


def test_a_wider_margin_never_asks_for_more_directions() -> None:
    evidence = planted(600, noise=2)
    chosen = [quick(evidence, margin=margin).candidate_k for margin in (0.1, 0.5, 2, 8)]
    assert chosen == sorted(chosen, reverse=True)
    assert chosen[-1] < chosen[0]


def test_without_a_gain_there_are_not_enough_data_to_tell() -> None:
    random = np.random.default_rng(1)
    embeddings = random.normal(size=(300, D))
    left, right = np.arange(150), np.arange(150) + 150
    noise = pair_evidence(embeddings, left, right, random.normal(size=150), choose_family("bulk", D, KS))
    found = quick(noise)
    assert found.best.value > found.unfiltered.value + 3  # the search alone finds this
    assert (found.k, found.reason) == (None, Reason.NOT_ABOVE_UNFILTERED)
    assert found.other_half_best_gain.low <= 0


def test_searching_noise_for_a_gain_is_seldom_believed() -> None:
    believed = flattered = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        embeddings, judged = random.normal(size=(240, D)), random.normal(size=120)
        some = [*range(1, D, 4), D]
        evidence = pair_evidence(
            embeddings, np.arange(120), np.arange(120) + 120, judged, choose_family("bulk", D, some)
        )
        found = recommend(evidence, some, resamples=200, splits=10, seed=seed)
        believed += found.reason is not Reason.NOT_ABOVE_UNFILTERED
        flattered += found.best_to_unfiltered.low > 0
    assert believed <= 2
    assert flattered > believed


def test_where_unfiltered_is_best_nothing_is_recommended() -> None:
    values = np.repeat(np.linspace(0.2, 0.9, D)[:, None], 40, axis=1)
    found = quick(MeanEvidence(values, "texts"))
    assert (found.k, found.reason, found.best_k) == (None, Reason.NOT_ABOVE_UNFILTERED, D)
    assert found.other_half_best_gain.value == 0


def three(differences: np.ndarray, units: int = 400) -> MeanEvidence:
    """Three candidates: the middle one 20 points above unfiltered, the smallest `differences` (units,) from it."""
    random = np.random.default_rng(0)
    middle = random.normal(0.5, 0.05, size=units)
    return MeanEvidence(np.stack([middle + differences, middle, middle - 0.2]), "queries")


def test_the_best_alone_is_an_answer_where_its_neighbour_is_worse_for_certain() -> None:
    found = recommend(three(np.full(400, -0.1)), [4, 8, 16], resamples=200, splits=20)
    assert (found.k, found.best_k, found.blocker) == (8, 8, 4)


def test_the_best_alone_is_none_where_its_neighbour_cannot_be_told_from_it() -> None:
    apart = np.random.default_rng(1).normal(size=400)
    apart -= apart.mean() + 0.01
    found = recommend(three(apart), [4, 8, 16], resamples=200, splits=20)
    assert (found.k, found.reason, found.candidate_k) == (None, Reason.NO_PLATEAU, 8)
    assert found.blocker_to_best.low < -found.margin < 0 < found.blocker_to_best.high
    assert found.half_width == pytest.approx(found.blocker_to_best.half_width)


def test_the_units_needed_grow_with_the_square_of_the_half_width() -> None:
    found = quick(planted(100, noise=0.5))
    assert found.reason is Reason.NOT_ABOVE_UNFILTERED
    assert found.half_width == pytest.approx((found.best_to_unfiltered.high - found.best_to_unfiltered.low) / 2)
    assert found.needed_units == np.ceil(100 * (found.half_width / 0.5) ** 2)
    assert found.needed_pairs == found.needed_units > 100
    halved = quick(planted(100, noise=0.5), margin=1.0)
    assert halved.needed_units == pytest.approx(found.needed_units / 4, abs=1)


def test_pairs_that_share_texts_are_halved_by_text_and_counted_in_both() -> None:
    random = np.random.default_rng(0)
    left, right = np.triu_indices(20, k=1)
    embeddings, judged = random.normal(size=(20, D)), random.normal(size=190)
    found = quick(pair_evidence(embeddings, left, right, judged, choose_family("bulk", D, KS), shared_texts=True))
    assert (found.unit, found.units, found.pairs) == ("texts", 20, 190)
    assert found.needed_pairs == found.needed_units * (found.needed_units - 1) / 2
    assert "190 pairs of 20 texts" in " ".join(reasons(found))


def test_the_same_seed_gives_the_same_answer_and_another_does_not() -> None:
    evidence = planted(120, noise=1)
    assert quick(evidence, seed=3) == quick(evidence, seed=3)
    assert quick(evidence, seed=3) != quick(evidence, seed=4)


def test_within_a_half_the_stretch_up_to_the_best_must_not_break() -> None:
    scores = np.array([[0.90, 0.0, 0.9], [0.50, 0.9, 0.9], [0.89, 0.9, 0.9], [0.91, 0.91, 0.9]])
    assert smallest_within(scores, np.zeros((4, 4)), margin=0.05).tolist() == [2, 1, 0]
    unsure = np.full((4, 4), 0.1) - 0.1 * np.eye(4)
    assert smallest_within(scores, unsure, margin=0.05).tolist() == [3, 3, 0]


def test_the_sentences_hold_the_numbers_and_nothing_is_recommended_without_an_answer(found: Recommendation) -> None:
    said = " ".join(reasons(found))
    assert said.startswith(f"Keep {found.k} of {D} directions")
    for number in (found.chosen.value, found.unfiltered.value, found.best.value, found.other_half.value):
        assert f"{number:.1f}" in said
    for reason in (Reason.NOT_ABOVE_UNFILTERED, Reason.NO_PLATEAU):
        none = reasons(replace(found, k=None, reason=reason))
        assert none[0].startswith("Not enough data to tell")
        assert "Keep" not in " ".join(none)
    assert not re.search(r"nan|None|inf\b", said)


def test_how_it_is_decided_names_the_unit_and_why_texts_that_pairs_share_are_resampled(found: Recommendation) -> None:
    said = how_decided(found)
    assert f"{found.resamples:,} random resamples of the pairs" in said[0]
    assert f"over {found.splits} random splits" in said[1]
    assert f"at most {found.margin:g} points" in said[2]
    assert len(said) == 3
    shared = how_decided(replace(found, unit="texts", units=50))
    assert "the resampling unit is the text" in shared[-1]


def test_false_from_the_progress_cancels_and_progress_goes_up_to_all() -> None:
    evidence, calls = planted(60, noise=1), []
    quick(evidence, progress=lambda *at: calls.append(at))
    assert calls == sorted(calls)
    assert calls[-1][0] == calls[-1][1]
    with pytest.raises(Cancelled):
        quick(evidence, progress=lambda done, total: done < total / 2)


@pytest.mark.parametrize(("ks", "margin"), [([3, 2, 24], 0.5), ([24], 0.5), ([1, 24], 0)])
def test_candidates_or_a_margin_that_make_no_sense_are_refused(ks: list[int], margin: float) -> None:
    with pytest.raises(InputError):
        recommend(planted(60, noise=1), ks, margin)
