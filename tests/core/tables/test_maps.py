"""Tables of a mapped corpus: rows keep the order of the texts and hold the measures to the letter."""

from collections.abc import Callable

import numpy as np
import pytest

from embfilter_core import Backbone, EmbedFilter
from embfilter_core.data.corpora import Corpus
from embfilter_core.lens import corpus_tokens
from embfilter_core.lens.corpus_tokens import TopTokens, token_ids_zipf, top_token_ids, top_tokens
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates
from embfilter_core.maps.measures import NeighbourChange, neighbour_change
from embfilter_core.maps.projection import Picture, map_points
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.tables.files import to_csv
from embfilter_core.tables.maps import map_table, neighbours_table, selection_table
from embfilter_core.vocabulary.token_frequency import token_zipf

N, D, K = 9, 6, 3
TEXTS = tuple(f"text {i}" for i in range(N))
LABELS = ("a", "b", "", "a", "b", "c", "a", "b", "c")
LABELLED, BARE = (Corpus("c", "C", TEXTS, "made here", labels) for labels in (LABELS, None))
POINTS = map_points(np.random.default_rng(0).normal(size=(N, D)), KeptDirections.band(D, 1, 4))
PICTURE = Picture(POINTS.unfiltered[:, :2], POINTS.filtered[:, :2], "PCA")
TOKENS = tuple(
    TopTokens(
        [f"{side}{i}" for i in range(N)],
        np.arange(N) * 3.0,
        np.arange(N) > 4,
        np.arange(N) < 2,
        np.arange(N) / 2,
        "here",
    )
    for side in "ba"
)


def measured(corpus: Corpus) -> NeighbourChange:
    return neighbour_change(POINTS, K, None if corpus.labels is None else np.array(corpus.labels))


def test_the_whole_table_holds_every_text_in_order_with_its_places_and_measures() -> None:
    change = measured(LABELLED)
    table = map_table(LABELLED, PICTURE, change, TOKENS)
    assert table["position"].tolist() == list(range(1, N + 1))
    assert tuple(table["text"]) == TEXTS
    assert tuple(table["label"]) == LABELS
    assert np.array_equal(table[["x_unfiltered", "y_unfiltered"]], PICTURE.unfiltered)
    assert np.array_equal(table[["x_filtered", "y_filtered"]], PICTURE.filtered)
    for name in ("surviving", "jaccard", "cosine_change", "purity_unfiltered", "purity_filtered"):
        assert np.array_equal(table[name], getattr(change, name), equal_nan=True)
    for side in ("unfiltered", "filtered"):
        read = [[int(position) - 1 for position in row.split()] for row in table[f"neighbours_{side}"]]
        assert np.array_equal(read, getattr(change, side))
    assert table["token_unfiltered"].tolist() == TOKENS[0].texts
    for name in ("per_million", "estimated", "frequent", "zipf"):
        assert np.array_equal(table[f"{name}_filtered"], getattr(TOKENS[1], name))


@pytest.mark.parametrize("corpus", [LABELLED, BARE], ids=["labels", "none"])
def test_columns_of_labels_are_there_only_with_labels(corpus: Corpus) -> None:
    change = measured(corpus)
    tables = (
        map_table(corpus, PICTURE, change, TOKENS),
        selection_table(corpus, np.array([2]), change),
        neighbours_table(corpus, 2, change),
    )
    for table in tables:
        assert ("label" in table) == (corpus.labels is not None)
    assert ("purity_filtered" in tables[0]) == (corpus.labels is not None)


def test_the_download_is_readable_and_runs_no_formula() -> None:
    corpus = Corpus("c", "C", ("=1+1", *TEXTS[1:]), "made here")
    assert b"'=1+1" in to_csv(map_table(corpus, PICTURE, measured(corpus), TOKENS))


def test_selected_texts_stand_beside_their_nearest_neighbours_on_both_sides() -> None:
    change, chosen = measured(LABELLED), np.array([7, 2])
    table = selection_table(LABELLED, chosen, change)
    assert table["position"].tolist() == [8, 3]
    assert table["label"].tolist() == ["b", ""]
    assert table["nearest_unfiltered"].tolist() == [TEXTS[i] for i in change.unfiltered[chosen, 0]]
    assert table["nearest_filtered"].tolist() == [TEXTS[i] for i in change.filtered[chosen, 0]]
    assert np.array_equal(table["surviving"], change.surviving[chosen])


def test_nothing_selected_is_an_empty_table_with_the_same_columns() -> None:
    nothing, one = (selection_table(LABELLED, np.arange(m), measured(LABELLED)) for m in (0, 1))
    assert len(nothing) == 0
    assert list(nothing) == list(one)


def test_the_neighbours_of_a_text_say_which_of_them_survive() -> None:
    change = measured(LABELLED)
    for position in range(N):
        table = neighbours_table(LABELLED, position, change)
        for side in ("unfiltered", "filtered"):
            rows = table[table["list"] == side]
            assert (rows["position"] - 1).tolist() == getattr(change, side)[position].tolist()
            assert rows["in_both"].mean() == pytest.approx(change.surviving[position])


def test_the_first_token_of_each_text_is_that_of_the_lens_whatever_the_blocks(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    embeddings = np.random.default_rng(1).normal(size=(7, llama.d)).astype(np.float32)
    filtered = EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d)).project(embeddings)
    for given in (embeddings, filtered, embeddings[:0], embeddings[:3]):
        monkeypatch.setattr(corpus_tokens, "ROWS_PER_BLOCK", 3)
        assert np.array_equal(top_token_ids(llama, given), llama.lens(given, 1).token_ids[:, 0])


def test_the_first_tokens_are_rated_by_the_rates_that_are_given(llama: Backbone) -> None:
    rates = token_rates(count_tokens(llama, ["the cat sat", "a dog"], "here"))
    embeddings = np.random.default_rng(1).normal(size=(40, llama.d)).astype(np.float32)
    first = top_tokens(llama, embeddings, KeptDirections.unfiltered(llama.d), rates)
    ids = top_token_ids(llama, embeddings)
    assert first.per_million.tolist() == rates.per_million[ids].tolist()
    assert first.estimated.tolist() == (~rates.seen[ids]).tolist()
    assert first.frequent.tolist() == rates.frequent[ids].tolist()


def test_the_zipf_of_a_token_is_that_of_its_text(tiny: Callable[..., Backbone]) -> None:
    backbone = tiny("llama")
    ids = np.arange(360)
    expected = [token_zipf(backbone.token_texts.text(i)) for i in ids.tolist()]
    assert np.array_equal(token_ids_zipf(backbone, ids), expected, equal_nan=True)
    assert len(set(map(str, expected))) > 2
