"""Average precision and AUC over resamples: those of scikit-learn with the counts as weights, ties included."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.quality.binary_evidence import AucEvidence, AveragePrecisionEvidence, BinaryEvidence
from embfilter_core.quality.bootstrap import resample_counts
from embfilter_core.quality.judged_pairs import JudgedPairs
from embfilter_core.quality.pair_evidence import pair_evidence
from embfilter_core.spectral.presets import choose_family

BY_SKLEARN = {AveragePrecisionEvidence: average_precision_score, AucEvidence: roc_auc_score}
both = pytest.mark.parametrize("kind", BY_SKLEARN)
DECIMALS = {"all different": 9, "many ties": 1, "all but equal": 0}


def judged(pairs: int = 120, yes: float = 0.3, seed: int = 0) -> tuple[JudgedPairs, np.ndarray]:
    random = np.random.default_rng(seed)
    said = (random.random(pairs) < yes).astype(np.float64)
    places = np.arange(pairs)
    return JudgedPairs.of(places, places + pairs, said, False), 0.4 * said + random.normal(size=(3, pairs)) / 3


@both
@pytest.mark.parametrize("decimals", DECIMALS.values(), ids=DECIMALS)
@pytest.mark.parametrize("yes", [0.1, 0.5, 0.9])
def test_every_resample_scores_as_scikit_learn_says_of_weighted_pairs(
    kind: type[BinaryEvidence], decimals: int, yes: float
) -> None:
    pairs, cosines = judged(yes=yes)
    rows = [np.round(row, decimals) for row in cosines]
    counts = resample_counts(len(pairs), 40, np.random.default_rng(1))
    found = kind.of_cosines(pairs, rows).scores(counts)
    expected = [[BY_SKLEARN[kind](pairs.judgements, row, sample_weight=count) for count in counts] for row in rows]
    assert found == pytest.approx(np.array(expected), abs=1e-12)


@both
def test_pairs_that_share_texts_count_as_often_as_both_are_drawn(kind: type[BinaryEvidence]) -> None:
    random = np.random.default_rng(3)
    left, right = np.array(list(combinations(range(9), 2))).T
    said, vectors = (random.random(len(left)) < 0.4).astype(float), random.normal(size=(9, 10))
    evidence = pair_evidence(vectors, left, right, said, choose_family("bulk", 10, [10]), kind, shared_texts=True)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = np.round((unit @ unit.T)[left, right], 9)
    for count in resample_counts(9, 10, np.random.default_rng(2)):
        weights = count[left].astype(float) * count[right]
        expected = BY_SKLEARN[kind](said, cosines, sample_weight=weights)
        assert evidence.scores(count[None])[0, 0] == pytest.approx(expected, abs=1e-12)


def test_equal_cosines_order_nothing() -> None:
    pairs, _ = judged()
    counts = resample_counts(len(pairs), 20, np.random.default_rng(0))
    flat = [np.full(len(pairs), 0.5)]
    assert AucEvidence.of_cosines(pairs, flat).scores(counts) == pytest.approx(np.full((1, 20), 0.5))
    shares = counts @ pairs.judgements / counts.sum(axis=1)
    assert AveragePrecisionEvidence.of_cosines(pairs, flat).scores(counts)[0] == pytest.approx(shares)


def test_a_resample_of_one_judgement_alone_has_a_score_that_says_nothing() -> None:
    pairs, cosines = judged()
    for only, precision in ((0.0, 0.0), (1.0, 1.0)):
        counts = (pairs.judgements == only).astype(np.uint16)[None]
        assert AucEvidence.of_cosines(pairs, cosines).scores(counts) == pytest.approx(np.full((3, 1), 0.5))
        found = AveragePrecisionEvidence.of_cosines(pairs, cosines).scores(counts)
        assert found == pytest.approx(np.full((3, 1), precision))


@both
def test_judgements_of_three_values_are_refused(kind: type[BinaryEvidence]) -> None:
    three = JudgedPairs.of(np.arange(3), np.arange(3) + 3, np.arange(3.0), False)
    with pytest.raises(InputError, match="take 3 values"):
        kind.of_cosines(three, [np.arange(3.0)])


@both
def test_scoring_stops_where_its_progress_says_so(kind: type[BinaryEvidence]) -> None:
    pairs, cosines = judged()
    counts = resample_counts(len(pairs), 5, np.random.default_rng(0))
    with pytest.raises(Cancelled):
        kind.of_cosines(pairs, cosines).scores(counts, lambda done, total: done < 2)
