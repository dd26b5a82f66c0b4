"""Facts of SmolLM2-135M-Instruct, measured once and independently; they must come out again."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from embfilter_core import Backbone, EmbedFilter, KeptDirections, load_backbone, reference_token_rates
from embfilter_core.data.corpora import lee_50, lee_50_similarities, lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.lens.list_frequency import ListFrequency, list_frequency
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.spectral.geometry import edge_shares, energy
from embfilter_core.spectral.spectroscopy import average_token, frequency_r_squared
from embfilter_core.vocabulary.token_frequency import vocabulary_zipf

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def smollm() -> Backbone:
    return load_backbone("smollm2-135m-instruct")


@pytest.fixture(scope="module")
def lee(smollm: Backbone) -> np.ndarray:
    return embed_corpus(smollm, lee_50(), "prompteol")


def spearman(embeddings: np.ndarray) -> float:
    """Agreement of cosines with people, x 100, over the 1,225 pairs."""
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    pairs = np.triu_indices(len(unit), k=1)
    return 100 * spearmanr((unit @ unit.T)[pairs], lee_50_similarities()[pairs]).statistic


def test_the_singular_values_are_the_known_ones(smollm: Backbone) -> None:
    values = smollm.spectrum.singular_values
    assert values.shape == (576,)
    assert np.allclose(values[[0, 1, 2, 3]], [509.92, 96.13, 62.19, 56.23], atol=0.005)
    assert np.isclose(values[-1], 5.589, atol=0.0005)


def test_prompteol_becomes_the_known_token_ids(smollm: Backbone) -> None:
    encoded = smollm.encode(["hello"], "prompteol")[0]
    assert encoded.token_ids == [13764, 3298, 836, 260, 6330, 42, 476, 28120, 18, 281, 582, 2229, 25898]
    assert encoded.pooled == (12, 13)


def test_the_head_gives_the_models_own_logits(smollm: Backbone) -> None:
    assert smollm.head_error < 1e-4
    assert smollm.head_error_on("The committee met on Tuesday.") < 1e-4


@pytest.mark.parametrize(
    ("keep", "expected"), [(576, 46.8), (540, 50.6), (504, 46.9), (288, 46.7), (144, 44.8), (72, 41.4)]
)
def test_agreement_with_people_on_lee_50_is_the_known_one(
    smollm: Backbone, lee: np.ndarray, keep: int, expected: float
) -> None:
    kept = KeptDirections.bulk(smollm.d, keep=keep)
    assert spearman(EmbedFilter(smollm.spectrum, kept).reduce(lee)) == pytest.approx(expected, abs=0.2)


@pytest.mark.long
def test_leaving_out_the_closing_quotation_mark_costs_agreement(smollm: Backbone, lee: np.ndarray) -> None:
    half = EmbedFilter(smollm.spectrum, KeptDirections.bulk(smollm.d, ratio=2))
    unclosed = smollm.embed(lee_50().texts, 'Summarize the sentence: "{text}" in one word:')
    assert spearman(half.reduce(lee)) - spearman(half.reduce(unclosed)) > 5


def test_the_filter_lowers_the_share_of_frequent_tokens_and_the_mean_zipf(smollm: Backbone) -> None:
    embeddings, rates = embed_corpus(smollm, lee_background(), "prompteol")[:100], reference_token_rates(smollm)

    def listed(ratio: int) -> ListFrequency:
        kept = KeptDirections.bulk(smollm.d, ratio=ratio)
        lens = smollm.lens(EmbedFilter(smollm.spectrum, kept).project(embeddings))
        return list_frequency(lens.token_ids, smollm.token_texts, rates)

    raw, half, eighth = listed(1), listed(2), listed(8)
    assert raw.frequent_share - half.frequent_share > 0.25
    assert eighth.zipf.mean < half.zipf.mean < raw.zipf.mean - 1
    assert half.zipf.known_share < raw.zipf.known_share


def test_the_mean_embedding_lies_at_the_ends_of_the_spectrum(smollm: Backbone, lee: np.ndarray) -> None:
    ends = edge_shares(energy(smollm.spectrum.coefficients(lee.mean(axis=0, keepdims=True))))
    assert ends.block == 36
    assert (ends.first, ends.last, ends.very_last) == pytest.approx((0.22, 0.61, 0.26), abs=0.01)


@pytest.mark.parametrize(("bias", "expected"), [("zero", 0.14), ("mean", 0.41)])
def test_the_average_token_explains_the_known_share_of_log_frequency(
    smollm: Backbone, bias: str, expected: float
) -> None:
    counts = count_tokens(smollm, lee_background().texts, "Lee")
    assert (counts.seen, counts.unseen) == (8374, 40778)
    weight = smollm.architecture.head.weight
    average = average_token(weight, smollm.spectrum, counts.log_frequencies(), counts.padded, bias)
    assert average.r_squared == pytest.approx(expected, abs=0.01)


def test_zipf_is_readable_from_the_ends_and_not_from_the_middle(smollm: Backbone) -> None:
    zipf = vocabulary_zipf(smollm.token_texts, smollm.vocab_size)
    known = np.where(zipf > 0, zipf, np.nan)
    weight = smollm.architecture.head.weight
    blocks = [
        frequency_r_squared(weight, smollm.spectrum, known, slice(start, start + 36)) for start in range(0, 576, 36)
    ]
    assert blocks[0] > 0.5
    assert blocks[-1] == pytest.approx(0.11, abs=0.01)
    assert max(blocks[1:-1]) <= 0.02
