"""Cosines in the kept directions, against the formula written out, and the order they give."""

import numpy as np
import pytest

from embfilter_core.ranking.cosines import compare_neighbours, cosines, mean_pair_cosine, ranks
from embfilter_core.spectral.selection import KeptDirections
from tests.each import for_each

D, N = 12, 40
SELECTIONS = {
    "band": KeptDirections.band(D, 3, 9),
    "one": KeptDirections.band(D, 11, 12),
    "edges": KeptDirections.edges(D),
    "random": KeptDirections.random(D, 3, seed=5),
    "unfiltered": KeptDirections.unfiltered(D),
}


def draw(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.normal(size=D), random.normal(size=(N, D))


def written_out(query: np.ndarray, text: np.ndarray, kept: KeptDirections) -> float:
    dot = sum(query[i] * text[i] for i in kept.indices)
    lengths = sum(query[i] ** 2 for i in kept.indices) * sum(text[i] ** 2 for i in kept.indices)
    return dot / lengths**0.5


@for_each(kept=SELECTIONS.values(), seed=range(3))
def test_it_is_the_cosine_over_the_kept_coordinates_alone(kept: KeptDirections, seed: int) -> None:
    query, corpus = draw(seed)
    expected = [written_out(query, text, kept) for text in corpus]
    assert np.abs(cosines(query, corpus, kept) - expected).max() <= 1e-12


@pytest.mark.parametrize("kept", SELECTIONS.values(), ids=SELECTIONS)
def test_it_is_the_cosine_of_the_projected_embeddings(kept: KeptDirections) -> None:
    directions, _ = np.linalg.qr(np.random.default_rng(9).normal(size=(D, D)))
    query, corpus = draw()
    basis = directions[kept.indices]
    h, texts = query @ directions @ basis.T @ basis, corpus @ directions @ basis.T @ basis
    expected = texts @ h / np.linalg.norm(h) / np.linalg.norm(texts, axis=1)
    assert np.abs(cosines(query, corpus, kept) - expected).max() <= 1e-12


@pytest.mark.parametrize("scale", [1e-6, 3.0, 1e6])
def test_length_does_not_matter(scale: float) -> None:
    query, corpus = draw()
    kept = SELECTIONS["band"]
    assert np.allclose(cosines(scale * query, corpus / scale, kept), cosines(query, corpus, kept), atol=1e-12)


def test_a_text_is_at_one_from_itself_and_minus_one_from_its_opposite() -> None:
    query, _ = draw()
    assert np.allclose(cosines(query, np.stack([query, -query]), SELECTIONS["edges"]), [1, -1])


def test_float32_coefficients_are_multiplied_in_float64() -> None:
    query, corpus = (array.astype(np.float32) for array in draw())
    result = cosines(query, corpus, SELECTIONS["band"])
    assert result.dtype == np.float64
    assert np.abs(result - cosines(query.astype(float), corpus.astype(float), SELECTIONS["band"])).max() == 0


def test_a_text_without_energy_in_the_kept_directions_has_cosine_zero() -> None:
    query, corpus = draw()
    kept = SELECTIONS["band"]
    corpus[4, kept.indices] = 0
    result = cosines(query, corpus, kept)
    assert result[4] == 0
    assert np.isfinite(result).all()
    assert np.count_nonzero(result) == N - 1


def test_a_query_without_energy_in_the_kept_directions_is_at_zero_from_everything() -> None:
    query, corpus = draw()
    kept = SELECTIONS["band"]
    query[kept.indices] = 0
    assert cosines(query, corpus, kept).tolist() == [0.0] * N


def test_an_empty_corpus_has_no_cosines() -> None:
    query, corpus = draw()
    assert cosines(query, corpus[:0], SELECTIONS["band"]).shape == (0,)


@pytest.mark.parametrize("seed", range(4))
def test_ranks_count_the_larger_ones_and_the_earlier_equals(seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 5, size=30) / 4  # many ties
    expected = [
        1 + sum(v > mine or (v == mine and j < i) for j, v in enumerate(values)) for i, mine in enumerate(values)
    ]
    assert ranks(values).tolist() == expected


def test_equal_similarities_are_ranked_by_position() -> None:
    assert ranks(np.array([0.5, 0.9, 0.5, 0.9])).tolist() == [3, 1, 4, 2]


def test_the_nearest_unfiltered_or_filtered_are_listed_in_the_order_of_the_filtered() -> None:
    query, corpus = draw()
    unfiltered, kept = SELECTIONS["unfiltered"], SELECTIONS["edges"]
    found = compare_neighbours(query, corpus, kept, top=7)
    old, new = (
        sorted(range(N), key=lambda i: (-c[i], i)) for c in (cosines(query, corpus, k) for k in (unfiltered, kept))
    )
    assert set(found.positions) == {*old[:7], *new[:7]}
    assert 7 < len(found.positions) < 14  # so that both lists and what they share are seen
    assert found.positions.tolist() == [i for i in new if i in found.positions]


def test_every_listed_text_has_rank_and_cosine_in_the_whole_corpus_under_both() -> None:
    query, corpus = draw()
    unfiltered, kept = SELECTIONS["unfiltered"], SELECTIONS["edges"]
    found = compare_neighbours(query, corpus, kept, top=7)
    for selection, own_ranks, own_cosines in (
        (unfiltered, found.ranks_unfiltered, found.cosines_unfiltered),
        (kept, found.ranks_filtered, found.cosines_filtered),
    ):
        all_of_them = cosines(query, corpus, selection)
        assert own_cosines.tolist() == all_of_them[found.positions].tolist()
        assert own_ranks.tolist() == [1 + int((all_of_them > all_of_them[i]).sum()) for i in found.positions]
        assert own_ranks.max() > 7  # so that ranks among the listed ones alone would be noticed


def test_a_filter_that_keeps_every_direction_changes_no_rank() -> None:
    query, corpus = draw()
    found = compare_neighbours(query, corpus, SELECTIONS["unfiltered"], top=10)
    assert found.ranks_unfiltered.tolist() == found.ranks_filtered.tolist() == list(range(1, 11))
    assert found.cosines_unfiltered.tolist() == found.cosines_filtered.tolist()


def test_equally_near_texts_keep_the_order_of_the_corpus() -> None:
    query, corpus = draw()
    corpus[[3, 17, 30]] = query
    found = compare_neighbours(query, corpus, SELECTIONS["band"], top=3)
    assert found.positions.tolist() == [3, 17, 30]
    assert found.ranks_unfiltered.tolist() == found.ranks_filtered.tolist() == [1, 2, 3]


def test_a_corpus_smaller_than_asked_for_is_listed_whole() -> None:
    query, corpus = draw()
    found = compare_neighbours(query, corpus[:3], SELECTIONS["band"], top=5)
    assert sorted(found.positions) == [0, 1, 2]
    assert sorted(found.ranks_filtered) == sorted(found.ranks_unfiltered) == [1, 2, 3]


def test_the_mean_over_pairs_leaves_every_text_with_itself_out() -> None:
    assert mean_pair_cosine(np.array([[1, 0.2, 0.4], [0.2, 1, 0.6], [0.4, 0.6, 1]])) == pytest.approx(0.4)
