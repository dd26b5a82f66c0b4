"""What Lee's 50 documents say about SmolLM2-135M-Instruct: measured once and independently, it must come out again."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from embfilter_core import Backbone, load_backbone
from embfilter_core.data.built_in_tasks import lee_50_pairs
from embfilter_core.data.corpora import lee_50, lee_50_similarities
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.quality.bootstrap import Bootstrap, bootstrap
from embfilter_core.quality.pair_evidence import PairEvidence, pair_evidence
from embfilter_core.quality.random_subspaces import measure_random_subspaces
from embfilter_core.quality.recommend import recommend
from embfilter_core.quality.recommendation import Reason, reasons
from embfilter_core.spectral.presets import choose_family

pytestmark = pytest.mark.real

KS = [72, 144, 216, 288, 360, 432, 504, 540, 576]
LEFT, RIGHT = np.triu_indices(50, k=1)


@pytest.fixture(scope="module")
def coefficients() -> np.ndarray:
    backbone: Backbone = load_backbone("smollm2-135m-instruct")
    return backbone.spectrum.coefficients(embed_corpus(backbone, lee_50(), "prompteol"))


@pytest.fixture(scope="module")
def judged() -> np.ndarray:
    return lee_50_similarities()[LEFT, RIGHT]


@pytest.fixture(scope="module")
def lee(coefficients: np.ndarray, judged: np.ndarray) -> PairEvidence:
    return pair_evidence(coefficients, LEFT, RIGHT, judged, choose_family("bulk", 576, KS), shared_texts=True)


@pytest.fixture(scope="module")
def boot(lee: PairEvidence) -> Bootstrap:
    return bootstrap(lee, resamples=4000)


def test_the_scores_are_the_known_ones(boot: Bootstrap) -> None:
    known = {576: 46.8, 540: 50.6, 504: 46.9, 288: 46.7, 144: 44.8, 72: 41.4}
    assert [100 * boot.scores[KS.index(k)] for k in known] == pytest.approx(list(known.values()), abs=0.2)


def test_no_difference_to_unfiltered_can_be_told_from_none(boot: Bootstrap) -> None:
    to_unfiltered = boot.differences(len(KS) - 1)
    known = {540: (-0.4, 9.0), 288: (-6.7, 6.3)}
    for k, interval in known.items():
        at = KS.index(k)
        assert [100 * to_unfiltered.low[at], 100 * to_unfiltered.high[at]] == pytest.approx(interval, abs=1)
    assert (to_unfiltered.low <= 0).all()


def test_fifty_documents_are_not_enough_to_tell(lee: PairEvidence) -> None:
    found = recommend(lee, KS)
    assert (found.k, found.reason, found.best_k) == (None, Reason.NOT_ABOVE_UNFILTERED, 540)
    assert found.needed_units > 50
    assert reasons(found)[0].startswith("Not enough data to tell")


def test_nor_is_tau_2_against_unfiltered(coefficients: np.ndarray, judged: np.ndarray) -> None:
    two = pair_evidence(coefficients, LEFT, RIGHT, judged, choose_family("bulk", 576, [288, 576]), shared_texts=True)
    found = recommend(two, [288, 576])
    assert (found.k, found.reason) == (None, Reason.NOT_ABOVE_UNFILTERED)


def test_a_random_half_of_the_directions_is_worse_than_unfiltered_more_often_than_not(
    coefficients: np.ndarray, boot: Bootstrap
) -> None:
    with threadpool_limits(1):  # a second thread makes small QR decompositions slow on a busy machine
        (found,) = measure_random_subspaces(lee_50_pairs(), (coefficients,), [288], "spearman", seeds=100).scores
    unfiltered = 100 * boot.scores[-1]
    assert np.median(found) == pytest.approx(45.9, abs=0.4)
    assert 0.1 <= np.mean(found > unfiltered) <= 0.35
