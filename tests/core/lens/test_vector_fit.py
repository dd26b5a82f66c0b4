"""How well W_U fits vectors: their energy in the edge spectrum against chance, and the lens that they give."""

from collections.abc import Callable

import numpy as np
import pytest

from embfilter_core import Backbone
from embfilter_core.lens.corpus_evidence import frequent_shares
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import TokenRates, token_rates
from embfilter_core.lens.vector_fit import describe_fit, vector_fit
from embfilter_core.number_format import format_share
from embfilter_core.spectral.geometry import edge_block, edge_shares, energy

TEXTS = ("the cat sat on the dog", "a dog", "one word in a sentence", "the the the")


@pytest.fixture
def rates(llama: Backbone) -> TokenRates:
    return token_rates(count_tokens(llama, TEXTS, "texts"))


def along(backbone: Backbone, weights: np.ndarray, n: int = 60) -> np.ndarray:
    """Vectors whose coefficients have these standard deviations."""
    return (np.random.default_rng(0).normal(size=(n, backbone.d)) * weights) @ backbone.spectrum.directions


def edge_weights(backbone: Backbone, inside: float, outside: float) -> np.ndarray:
    block, weights = edge_block(backbone.d), np.full(backbone.d, outside)
    weights[:block] = weights[-block:] = inside
    return weights


def test_energy_and_lens_are_those_that_other_pages_show(llama: Backbone, rates: TokenRates) -> None:
    vectors = llama.embed(TEXTS)
    fit = vector_fit(llama, vectors, rates, own=vectors)
    shares = edge_shares(energy(llama.spectrum.coefficients(vectors)))
    assert fit.given.edge.value == pytest.approx(shares.first + shares.last, abs=1e-12)
    assert fit.given.frequent.value == pytest.approx(frequent_shares(llama, vectors, rates).mean())
    assert fit.given == fit.own
    assert (fit.block, fit.d, fit.given.vectors) == (2, 32, 4)


def test_the_length_of_a_vector_changes_nothing(llama: Backbone, rates: TokenRates) -> None:
    vectors = llama.embed(TEXTS)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    one, other = vector_fit(llama, vectors, rates), vector_fit(llama, 3 * unit, rates)
    assert one.given.edge.value == pytest.approx(other.given.edge.value)
    assert one.given.frequent == other.given.frequent


def test_chance_is_what_random_subspaces_hold_of_a_vector(llama: Backbone, rates: TokenRates) -> None:
    fit = vector_fit(llama, np.ones((4, llama.d)), rates)
    random, held = np.random.default_rng(0), []
    for _ in range(4000):
        basis, _ = np.linalg.qr(random.normal(size=(llama.d, 2 * fit.block)))
        held.append(np.square(basis[0]).sum())
    assert fit.chance.value == pytest.approx(np.mean(held), abs=0.01)
    assert np.quantile(held, [0.025, 0.975]) == pytest.approx([fit.chance.low, fit.chance.high], abs=0.02)


@pytest.mark.parametrize(
    ("inside", "outside", "fits", "said"),
    [
        (4, 1, True, "a special place for these vectors too"),
        (1, 1, False, "this W_U does not fit them"),
        (0.05, 1, False, "keep out of the edge spectrum"),
    ],
)
def test_the_verdict_follows_from_the_energy_at_the_edge(
    llama: Backbone, rates: TokenRates, inside: float, outside: float, fits: bool, said: str
) -> None:
    fit = vector_fit(llama, along(llama, edge_weights(llama, inside, outside)), rates)
    assert fit.fits is fits
    sentences = describe_fit(fit)
    assert said in sentences[2]
    assert f"({format_share(fit.given.edge.low)} to {format_share(fit.given.edge.high)})" in sentences[0]
    assert "own embeddings" not in " ".join(sentences)


def test_much_less_at_the_edge_than_the_backbones_own_is_told(llama: Backbone, rates: TokenRates) -> None:
    some, much = (along(llama, edge_weights(llama, inside, 1)) for inside in (3, 20))
    fit = vector_fit(llama, some, rates, own=much, reference="the news")
    assert "though much less than for the backbone's own embeddings" in describe_fit(fit)[2]
    assert "own embeddings (the news)" in describe_fit(fit)[0]
    assert "as the filter supposes" in describe_fit(vector_fit(llama, much, rates, own=some))[2]


def test_rows_are_taken_from_all_over_a_sorted_file(llama: Backbone, rates: TokenRates) -> None:
    halves = [along(llama, edge_weights(llama, inside, 1), 2000) for inside in (0.01, 20)]
    fit = vector_fit(llama, np.concatenate(halves), rates)
    assert fit.given.vectors == 1000
    assert fit.given.edge.value == pytest.approx(0.5, abs=0.05)


def test_a_vector_of_zeros_has_no_energy_to_share(llama: Backbone, rates: TokenRates) -> None:
    vectors = along(llama, np.ones(llama.d))
    with_zero = np.concatenate([vectors, np.zeros((1, llama.d))])
    one, other = vector_fit(llama, vectors, rates), vector_fit(llama, with_zero, rates)
    assert one.given.edge.value == pytest.approx(other.given.edge.value)


@pytest.mark.parametrize("family", ["phi", "gpt2"])
def test_other_families_are_read_too(tiny: Callable[..., Backbone], family: str) -> None:
    backbone = tiny(family)
    rates = token_rates(count_tokens(backbone, TEXTS, "texts"))
    assert len(describe_fit(vector_fit(backbone, backbone.embed(TEXTS), rates))) == 4
