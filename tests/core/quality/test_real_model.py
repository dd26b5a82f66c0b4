"""What Lee's 50 documents say about SmolLM2-135M-Instruct: measured once and independently, it must come out again."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from embfilter_core import Backbone, load_backbone
from embfilter_core.data.built_in_tasks import lee_50_pairs
from embfilter_core.data.corpora import lee_50, lee_50_similarities
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.quality.bootstrap import Bootstrap, bootstrap
from embfilter_core.quality.decisions.improve import Verdict, improve
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.shrink import shrink
from embfilter_core.quality.pair_evidence import PairEvidence, pair_evidence
from embfilter_core.quality.random_subspaces import measure_random_subspaces
from embfilter_core.spectral.presets import choose_family

pytestmark = pytest.mark.real

KS = [72, 144, 216, 288, 360, 432, 504, 540, 576]
LEFT, RIGHT = np.triu_indices(50, k=1)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return load_backbone("smollm2-135m-instruct")


@pytest.fixture(scope="module")
def coefficients(backbone: Backbone) -> np.ndarray:
    return backbone.spectrum.coefficients(embed_corpus(backbone, lee_50(), "prompteol"))


@pytest.fixture(scope="module")
def measured(backbone: Backbone) -> MeasuredTreatments:
    embedded = embed_corpus(backbone, lee_50(), "prompteol")
    return measure_treatments(lee_50_pairs(), (embedded,), backbone.spectrum, controls=False)


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


def test_fifty_documents_are_not_enough_to_tell_a_gain(measured: MeasuredTreatments) -> None:
    found = improve(measured)
    assert found.verdict is Verdict.UNDECIDED
    assert found.sentence.startswith("Not enough data to tell")
    assert found.half_width > 3
    for one, expected in zip(found.planned, (46.7, 44.8, 41.4), strict=True):
        assert one.measured.score.value == pytest.approx(expected, abs=0.2)


def test_fifty_documents_show_that_unfiltered_numbers_may_be_stored_in_a_byte_but_not_that_some_may_go(
    measured: MeasuredTreatments,
) -> None:
    chosen = shrink(measured).chosen.measured.treatment
    assert (chosen.line, chosen.k) == ("unfiltered", 576)


def test_a_random_half_of_the_directions_is_worse_than_unfiltered_more_often_than_not(
    coefficients: np.ndarray, boot: Bootstrap
) -> None:
    with threadpool_limits(1):  # a second thread makes small QR decompositions slow on a busy machine
        (found,) = measure_random_subspaces(lee_50_pairs(), (coefficients,), [288], "spearman", seeds=100).scores
    unfiltered = 100 * boot.scores[-1]
    assert np.median(found) == pytest.approx(45.9, abs=0.4)
    assert 0.1 <= np.mean(found > unfiltered) <= 0.35
