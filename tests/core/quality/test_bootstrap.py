"""Scores over resamples, against ranking every resample again, and how often the intervals hold the truth."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.bootstrap import Bootstrap, bootstrap, half_masks, percentile_interval, resample_counts
from embfilter_core.quality.evidence import MeanEvidence
from embfilter_core.quality.judged_pairs import JudgedPairs
from embfilter_core.quality.pair_evidence import PairEvidence, PearsonEvidence, SpearmanEvidence, pair_evidence
from embfilter_core.spectral.presets import choose_family

D = 10
SELECTIONS = choose_family("bulk", D, range(1, D + 1))
AGAIN = {SpearmanEvidence: spearmanr, PearsonEvidence: pearsonr}
by_both = pytest.mark.parametrize("correlation", AGAIN)


def draw_pairs(pairs: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients of 2 x `pairs` texts, who is with whom, and judgements with many ties."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(pairs, D))
    close = random.uniform(0, 2, size=pairs)
    coefficients = np.concatenate([shared, shared + close[:, None] * random.normal(size=(pairs, D))])
    return coefficients, np.arange(pairs), np.arange(pairs) + pairs, np.round(2 - close)


def all_pairs(texts: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    left, right = np.array(list(combinations(range(texts), 2))).T
    return random.normal(size=(texts, D)), left, right, np.round(random.normal(size=len(left)), 1)


def cosine(coefficients: np.ndarray, i: int, j: int, indices: np.ndarray) -> float:
    one, other = coefficients[i, indices], coefficients[j, indices]
    return round(float(one @ other / np.linalg.norm(one) / np.linalg.norm(other)), 9)


@by_both
def test_a_resample_of_pairs_scores_as_its_copies_ranked_again(correlation: type[PairEvidence]) -> None:
    coefficients, left, right, judgements = draw_pairs()
    evidence = pair_evidence(coefficients, left, right, judgements, SELECTIONS, correlation)
    counts = resample_counts(40, 6, np.random.default_rng(1))
    found = evidence.scores(counts)
    for b, kept in enumerate(SELECTIONS):
        cosines = np.array([cosine(coefficients, i, j, kept.indices) for i, j in zip(left, right, strict=True)])
        for r, count in enumerate(counts):
            drawn = np.repeat(np.arange(40), count)
            expected = AGAIN[correlation](cosines[drawn], judgements[drawn]).statistic
            assert found[b, r] == pytest.approx(expected, abs=1e-10)


@by_both
def test_a_resample_of_texts_scores_as_all_pairs_of_its_copies_without_a_text_and_itself(
    correlation: type[PairEvidence],
) -> None:
    coefficients, left, right, judgements = all_pairs(9)
    of_pair = {(i, j): v for i, j, v in zip(left.tolist(), right.tolist(), judgements, strict=True)}
    evidence = pair_evidence(coefficients, left, right, judgements, SELECTIONS[4:6], correlation, shared_texts=True)
    counts = resample_counts(9, 8, np.random.default_rng(2))
    found = evidence.scores(counts)
    for r, count in enumerate(counts):
        copies = np.repeat(np.arange(9), count).tolist()
        drawn = [tuple(sorted(pair)) for pair in combinations(copies, 2) if pair[0] != pair[1]]
        for b, kept in enumerate(SELECTIONS[4:6]):
            cosines = [cosine(coefficients, i, j, kept.indices) for i, j in drawn]
            expected = AGAIN[correlation](cosines, [of_pair[pair] for pair in drawn]).statistic
            assert found[b, r] == pytest.approx(expected, abs=1e-10)


def test_the_data_as_they_are_score_as_scipy_says() -> None:
    coefficients, left, right, judgements = draw_pairs(200, seed=5)
    boot = bootstrap(pair_evidence(coefficients, left, right, judgements, SELECTIONS), resamples=100)
    for score, kept in zip(boot.scores, SELECTIONS, strict=True):
        cosines = [cosine(coefficients, i, j, kept.indices) for i, j in zip(left, right, strict=True)]
        assert score == pytest.approx(spearmanr(cosines, judgements).statistic, abs=1e-10)


def test_texts_without_a_pair_are_no_units() -> None:
    coefficients, left, right, judgements = all_pairs(9)
    more = np.concatenate([np.zeros((3, D)), coefficients])
    apart = pair_evidence(more, left + 3, right + 3, judgements, SELECTIONS, shared_texts=True)
    together = pair_evidence(coefficients, left, right, judgements, SELECTIONS, shared_texts=True)
    counts = resample_counts(9, 5, np.random.default_rng(0))
    assert (apart.units, apart.unit, apart.pairs) == (9, "texts", 36)
    assert (apart.scores(counts) == together.scores(counts)).all()


def test_one_resample_after_the_other_scores_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    coefficients, left, right, judgements = draw_pairs()
    counts = resample_counts(40, 7, np.random.default_rng(1))
    for correlation in AGAIN:
        evidence = pair_evidence(coefficients, left, right, judgements, SELECTIONS, correlation)
        at_once = evidence.scores(counts)
        with monkeypatch.context() as patch:
            patch.setattr("embfilter_core.quality.pair_evidence.RESAMPLES_AT_ONCE", 2)
            assert np.abs(evidence.scores(counts) - at_once).max() <= 1e-12


@by_both
def test_what_is_the_same_for_all_pairs_orders_nothing(correlation: type[PairEvidence]) -> None:
    coefficients, left, right, judgements = draw_pairs()
    counts = resample_counts(40, 5, np.random.default_rng(1))
    flat = pair_evidence(np.ones_like(coefficients), left, right, judgements, SELECTIONS, correlation)
    assert (flat.scores(counts) == 0).all()
    unjudged = pair_evidence(coefficients, left, right, np.full(40, 3.3), SELECTIONS, correlation)
    assert (unjudged.scores(counts) == 0).all()


def test_a_mean_is_taken_over_the_copies() -> None:
    values = np.array([[0.0, 1.0, 0.5], [1.0, 1.0, 0.0]])
    counts = np.array([[1, 1, 1], [3, 0, 0], [0, 1, 2]])
    found = MeanEvidence(values, "queries").scores(counts)
    assert np.allclose(found, [[0.5, 0.0, 2 / 3], [2 / 3, 1.0, 1 / 3]])


def test_resamples_draw_as_many_as_there_are_and_the_seed_decides_which() -> None:
    counts, again, other = (resample_counts(30, 50, np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (counts.sum(axis=1) == 30).all()
    assert (counts == again).all()
    assert (counts != other).any()


def test_halves_are_halves() -> None:
    masks = half_masks(11, 200, np.random.default_rng(0))
    assert (masks.sum(axis=1) == 5).all()
    assert 0.3 < masks.mean(axis=0).min() <= masks.mean(axis=0).max() < 0.6


def test_intervals_and_differences_come_from_the_same_resamples() -> None:
    samples = np.random.default_rng(0).normal(size=(3, 400))
    samples[1] = samples[0] + 0.25
    boot = Bootstrap(np.array([0.0, 0.25, 0.1]), samples)
    assert np.allclose(boot.intervals().low, np.quantile(samples, 0.025, axis=1))
    assert np.allclose(boot.intervals().high, np.quantile(samples, 0.975, axis=1))
    difference = boot.differences(to=1)
    assert np.allclose([difference.low[0], difference.high[0]], -0.25)
    assert difference.values.tolist() == [-0.25, 0.0, -0.15]
    assert (difference.low[1], difference.high[1]) == (0, 0)


@by_both
def test_false_from_the_progress_cancels(correlation: type[PairEvidence]) -> None:
    evidence = pair_evidence(*draw_pairs(), SELECTIONS, correlation)
    calls = []
    with pytest.raises(Cancelled):
        bootstrap(evidence, 1200, progress=lambda done, total: calls.append((done, total)) or len(calls) < 2)
    assert len(calls) == 2
    with pytest.raises(Cancelled):
        pair_evidence(*draw_pairs(), SELECTIONS, correlation, progress=lambda done, total: done < 3)


@by_both
def test_progress_goes_up_to_all(correlation: type[PairEvidence]) -> None:
    calls = []
    bootstrap(pair_evidence(*draw_pairs(), SELECTIONS, correlation), 1200, progress=lambda *at: calls.append(at))
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1][0] == calls[-1][1]
    assert len({total for _, total in calls}) == 1


def test_data_that_say_nothing_are_refused() -> None:
    coefficients, left, right, judgements = draw_pairs()
    with pytest.raises(InputError, match="39 scores are no pairs"):
        pair_evidence(coefficients, left, right, judgements[1:], SELECTIONS)
    with pytest.raises(InputError, match="no pairs"):
        pair_evidence(coefficients, left[:0], right[:0], judgements[:0], SELECTIONS)
    with pytest.raises(InputError, match="not a number"):
        pair_evidence(coefficients, left, right, judgements * np.nan, SELECTIONS)
    with pytest.raises(InputError, match="7 pairs are too few"):
        bootstrap(pair_evidence(coefficients, left[:7], right[:7], judgements[:7], SELECTIONS))
    with pytest.raises(InputError, match="99 resamples are too few"):
        bootstrap(pair_evidence(coefficients, left, right, judgements, SELECTIONS), 99)


def population_spearman(correlation: float) -> float:
    """Of two normal variables (Pearson 1907)."""
    return 6 / np.pi * np.arcsin(correlation / 2)


def covered(samples: np.ndarray, truth: float) -> bool:
    low, high = percentile_interval(samples)
    return bool(low <= truth <= high)


def ranked(x: list[np.ndarray], y: np.ndarray, left: np.ndarray, right: np.ndarray, texts: int | None) -> PairEvidence:
    return SpearmanEvidence.of_cosines(JudgedPairs(left, right, y, texts), x)


def test_intervals_of_pairs_and_of_differences_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(7)
    pairs, trials, strong, weak = 100, 300, 0.7, 0.5
    truth = population_spearman(strong) - population_spearman(weak)
    held, held_difference = 0, 0
    for _ in range(trials):
        y, noise, other = random.normal(size=(3, pairs))
        alike = 0.8 * noise + 0.6 * other
        x = [strong * y + np.sqrt(1 - strong**2) * noise, weak * y + np.sqrt(1 - weak**2) * alike]
        nowhere = np.arange(pairs)
        samples = ranked(x, y, nowhere, nowhere, None).scores(resample_counts(pairs, 200, random))
        held += covered(samples[0], population_spearman(strong))
        held_difference += covered(samples[0] - samples[1], truth)
    assert 0.90 <= held / trials <= 0.98
    assert 0.90 <= held_difference / trials <= 0.98


def test_where_pairs_share_texts_only_resampling_the_texts_covers_the_truth() -> None:
    random = np.random.default_rng(3)
    texts, trials, correlation = 30, 150, 0.6
    left, right = np.triu_indices(texts, k=1)
    mixing = np.linalg.cholesky([[1, correlation], [correlation, 1]])
    held = {"texts": 0, "pairs": 0}
    for _ in range(trials):
        of_text = random.normal(size=(texts, 2)) @ mixing.T
        of_pair = random.normal(size=(len(left), 2)) @ mixing.T
        x, y = (of_text[left] + of_text[right] + of_pair).T
        for unit, units in (("texts", texts), ("pairs", None)):
            evidence = ranked([x], y, left, right, units)
            samples = evidence.scores(resample_counts(evidence.units, 200, random))
            held[unit] += covered(samples[0], population_spearman(correlation))
    assert 0.90 <= held["texts"] / trials <= 0.98
    assert held["pairs"] / trials < 0.7
