"""What the browser is sent is enough to draw every band of the grid exactly."""

from collections.abc import Callable

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections
from embfilter_core.lens.band_preview import preview_neighbours, preview_tokens
from embfilter_core.ranking.cosines import cosines
from embfilter_core.spectral.band_grid import BLOCKS, block_sums, grid_directions, grid_per_mille
from embfilter_core.spectral.per_mille import directions_per_mille
from embfilter_core.vocabulary.logit_lens import lens_logits

SIZES = [48, 64, 576, 896, 4096]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("d", [16, 32, *SIZES])
def test_the_grid_runs_from_the_first_to_the_last_direction(d: int) -> None:
    edges = grid_directions(d)
    assert len(edges) == BLOCKS + 1
    assert (edges[0], edges[-1]) == (0, d)
    assert (np.diff(edges) >= (1 if d >= BLOCKS else 0)).all()


@pytest.mark.parametrize("d", SIZES)
def test_an_edge_means_the_same_directions_when_it_is_committed(d: int) -> None:
    edges, per_mille = grid_directions(d), grid_per_mille()
    for start, stop in RNG.integers(0, BLOCKS + 1, size=(200, 2)):
        if start < stop:
            committed = directions_per_mille(d, int(per_mille[start]), int(per_mille[stop]))
            assert committed.bounds == (edges[start], edges[stop])


@pytest.mark.parametrize("d", [16, 64, 576])
def test_block_sums_add_up_to_the_sum_over_any_band(d: int) -> None:
    values = RNG.normal(size=(3, d))
    sums, edges = block_sums(values), grid_directions(d)
    for start, stop in [(0, BLOCKS), (0, 1), (7, 31), (47, 48)]:
        expected = values[:, edges[start] : edges[stop]].sum(axis=1)
        assert sums[:, start:stop].sum(axis=1) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("family", ["llama", "phi", "opt"])
def test_the_top_tokens_of_every_band_are_among_those_sent_with_their_logits(
    tiny: Callable[..., Backbone], family: str
) -> None:
    backbone = tiny(family, False) if family == "phi" else tiny(family)
    embedding = backbone.embed(["the cat sat on the dog"])[0]
    sent = preview_tokens(backbone, embedding, top=5)
    edges = grid_directions(backbone.d)
    bands = [(a, b) for a in range(BLOCKS) for b in range(a + 1, BLOCKS + 1) if edges[a] < edges[b]]
    for start, stop in bands[::7]:
        kept = KeptDirections.band(backbone.d, int(edges[start]), int(edges[stop]))
        logits = lens_logits(backbone.architecture.head, EmbedFilter(backbone.spectrum, kept).project(embedding[None]))[
            0
        ]
        drawn = sent.offsets + sent.parts[:, start:stop].sum(axis=1)
        assert np.allclose(drawn, logits[sent.token_ids], atol=1e-4 * np.abs(logits).max())
        best = np.sort(logits)[-5:]
        assert np.allclose(np.sort(drawn)[-5:], best, atol=1e-4 * np.abs(logits).max())


def test_a_bias_is_sent_once_and_not_per_block(tiny: Callable[..., Backbone]) -> None:
    phi = tiny("phi", False)
    assert phi.architecture.head.bias is not None
    sent = preview_tokens(phi, np.zeros(phi.d, dtype=np.float32))
    assert not sent.parts.any()
    assert np.allclose(sent.offsets, phi.architecture.head.bias.numpy()[sent.token_ids])


@pytest.mark.parametrize("d", [64, 576])
def test_dots_and_lengths_by_blocks_give_the_cosine_of_every_band(d: int) -> None:
    query, corpus = RNG.normal(size=d), RNG.normal(size=(7, d))
    sent, edges = preview_neighbours(query, corpus), grid_directions(d)
    for start, stop in [(0, BLOCKS), (0, 1), (12, 36), (40, 48), (5, 6)]:
        dots = sent.dots[:, start:stop].sum(axis=1)
        lengths = np.sqrt(sent.squares[:, start:stop].sum(axis=1) * sent.query_squares[start:stop].sum())
        kept = KeptDirections.band(d, int(edges[start]), int(edges[stop]))
        assert dots / lengths == pytest.approx(cosines(query, corpus, kept), abs=1e-5)


@pytest.mark.parametrize("n", [40, 400])
def test_the_nearest_texts_of_every_band_are_among_those_sent(n: int) -> None:
    query, corpus = RNG.normal(size=64), RNG.normal(size=(n, 64)) * np.linspace(3, 0.1, 64)
    corpus[n // 2 :] = -query  # never near
    sent, edges = preview_neighbours(query, corpus, top=5), grid_directions(64)
    assert len(sent.positions) <= n // 2
    for start, stop in [(a, b) for a in range(BLOCKS) for b in range(a + 1, BLOCKS + 1)][::9]:
        kept = KeptDirections.band(64, int(edges[start]), int(edges[stop]))
        nearest = np.argsort(-cosines(query, corpus, kept), kind="stable")[:5]
        assert set(nearest) <= set(sent.positions)


def test_a_small_corpus_is_sent_whole() -> None:
    sent = preview_neighbours(RNG.normal(size=64), RNG.normal(size=(7, 64)))
    assert sent.positions.tolist() == list(range(7))
