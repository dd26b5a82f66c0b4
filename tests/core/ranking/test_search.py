"""The ranking of a corpus, without the filter, with it and for every k, against filtering directly."""

import numpy as np
import pytest

from embfilter_core import KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.ranking import search
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.search import (
    containing,
    family_of,
    k_in_family,
    pair_flips,
    rank_by_baseline,
    rank_corpus,
    sweep_family,
)
from embfilter_core.spectral.baselines.registry import make_baseline
from embfilter_core.spectral.families import FAMILIES
from embfilter_core.spectral.presets import choose_directions
from tests.each import for_each

N, D = 40, 24
SELECTIONS = {
    "unfiltered": KeptDirections.unfiltered(D),
    "bulk": KeptDirections.bulk(D),
    "dominant": KeptDirections.dominant(D, 4),
    "secondary": KeptDirections.secondary(D, 4),
    "edges": KeptDirections.edges(D),
    "random": KeptDirections.random(D, 3, seed=5),
    "one": KeptDirections.band(D, 7, 8),
}


def draw(seed: int = 0, n: int = N, d: int = D) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of a query and of a corpus in which texts 3 and 30 are one text."""
    random = np.random.default_rng(seed)
    query, corpus = random.normal(size=d), random.normal(size=(n, d))
    if n > 30:
        corpus[30] = corpus[3]
    return query, corpus


def directly(query: np.ndarray, corpus: np.ndarray, kept: KeptDirections) -> np.ndarray:
    """Cosines in the kept directions, rounded so far that equal ones are equal."""
    q, c = query[kept.indices], corpus[:, kept.indices]
    return np.round(c @ q / np.linalg.norm(c, axis=1) / np.linalg.norm(q), 10)


def order_of(cosines: np.ndarray) -> list[int]:
    return sorted(range(len(cosines)), key=lambda i: (-cosines[i], i))


def ranked(cosines: np.ndarray) -> list[int]:
    places = np.empty(len(cosines), dtype=int)
    places[order_of(cosines)] = np.arange(1, len(cosines) + 1)
    return places.tolist()


@pytest.mark.parametrize("kept", SELECTIONS.values(), ids=SELECTIONS)
def test_a_corpus_is_ranked_as_its_filtered_embeddings_are(kept: KeptDirections) -> None:
    query, corpus = draw()
    ranking = rank_corpus(CorpusEnergies(corpus), query, kept)
    before, after = (directly(query, corpus, it) for it in (SELECTIONS["unfiltered"], kept))
    assert np.allclose(ranking.cosines_unfiltered, before, atol=1e-9)
    assert np.allclose(ranking.cosines_filtered, after, atol=1e-9)
    assert ranking.ranks_unfiltered.tolist() == ranked(before)
    assert ranking.ranks_filtered.tolist() == ranked(after)
    assert ranking.ranks_filtered[ranking.order].tolist() == list(range(1, N + 1))


def test_without_a_filter_nothing_moves() -> None:
    query, corpus = draw()
    ranking = rank_corpus(CorpusEnergies(corpus), query, SELECTIONS["unfiltered"])
    assert np.array_equal(ranking.ranks_unfiltered, ranking.ranks_filtered)
    assert np.array_equal(ranking.cosines_unfiltered, ranking.cosines_filtered)


def test_near_ties_are_those_of_the_kept_directions() -> None:
    query, corpus = draw()
    corpus[9] = corpus[8] + 1e-7
    corpus[9, 0] += 3  # left out by the bulk
    energies = CorpusEnergies(corpus)
    before = rank_corpus(energies, query, SELECTIONS["unfiltered"]).near_ties
    after = rank_corpus(energies, query, SELECTIONS["bulk"]).near_ties
    assert before[[3, 30]].all()
    assert not before[[8, 9]].any()
    assert after[[3, 8, 9, 30]].all()


@for_each(kept=SELECTIONS.values(), seed=range(3))
def test_equal_texts_share_a_cosine_to_the_last_bit_and_are_ranked_by_position(seed: int, kept: KeptDirections) -> None:
    query, corpus = draw(seed, 301)
    copies = np.sort(np.random.default_rng(seed).choice(301, 100, replace=False))
    corpus[copies] = corpus[copies[0]]
    ranking = rank_corpus(CorpusEnergies(corpus), query, kept)
    for cosines, ranks in (
        (ranking.cosines_unfiltered, ranking.ranks_unfiltered),
        (ranking.cosines_filtered, ranking.ranks_filtered),
    ):
        assert len(set(cosines[copies])) == 1
        assert (np.diff(ranks[copies]) > 0).all()
    assert ranking.near_ties[copies].all()


@pytest.mark.parametrize("n", [1, 2])
def test_a_corpus_of_one_or_two_texts_is_ranked(n: int) -> None:
    query, corpus = draw(n=n)
    ranking = rank_corpus(CorpusEnergies(corpus), query, SELECTIONS["bulk"])
    assert sorted(ranking.ranks_filtered) == list(range(1, n + 1))
    sweep = sweep_family(CorpusEnergies(corpus), query, "bulk", 15)
    assert sorted(sweep.leaders) == list(range(n))
    assert len(sweep.flips) == n
    assert sweep.flips[sweep.leaders[0]].size == 0


def test_a_selection_belongs_to_its_family_or_to_the_bulk() -> None:
    families = {name: family_of(kept) for name, kept in SELECTIONS.items()}
    expected = {name: name if name in FAMILIES else "bulk" for name in SELECTIONS}
    assert families == expected


def cases() -> list:
    return [(family, start) for family in FAMILIES for start in ((None, 3) if family == "bulk" else (None,))]


@pytest.mark.parametrize(("family", "bulk_start"), cases())
def test_the_ranks_of_every_k_are_those_of_filtering_directly(family: str, bulk_start: int | None) -> None:
    query, corpus = draw(1)
    sweep = sweep_family(CorpusEnergies(corpus), query, family, 6, bulk_start)
    assert sweep.family == family
    assert sweep.ks.tolist() == list(range(D, 0, -1))
    assert sweep.leaders.tolist() == order_of(directly(query, corpus, SELECTIONS["unfiltered"]))[:6]
    assert sweep.ranks[0].tolist() == list(range(1, 7))
    for k in sweep.ks:
        kept = choose_directions(family, D, keep=int(k), bulk_start=bulk_start)
        assert sweep.ranks[D - k].tolist() == np.array(ranked(directly(query, corpus, kept)))[sweep.leaders].tolist()


def flips_directly(query: np.ndarray, corpus: np.ndarray, one: int, other: int, **family: object) -> list[int]:
    """The k at which the order of two texts is another than at the next larger k."""
    first, flips = None, []
    for k in range(corpus.shape[1], 0, -1):
        order = order_of(directly(query, corpus, choose_directions(d=corpus.shape[1], keep=k, **family)))
        ahead = order.index(one) < order.index(other)
        if first is not None and ahead != first:
            flips.append(k)
        first = ahead
    return flips


@pytest.mark.parametrize(("family", "bulk_start"), cases())
def test_every_text_flips_with_the_first_leader_where_their_direct_cosines_change_order(
    family: str, bulk_start: int | None
) -> None:
    query, corpus = draw(2, 20)
    sweep = sweep_family(CorpusEnergies(corpus), query, family, 5, bulk_start)
    leader = int(sweep.leaders[0])
    expected = [
        flips_directly(query, corpus, text, leader, preset=family, bulk_start=bulk_start) if text != leader else []
        for text in range(20)
    ]
    assert [flips.tolist() for flips in sweep.flips] == expected
    assert sum(map(len, expected)) > 5


def test_a_copy_of_the_first_leader_never_flips_with_it() -> None:
    query, corpus = draw(3)
    leader = order_of(directly(query, corpus, SELECTIONS["unfiltered"]))[0]
    corpus[(leader + 5) % N] = corpus[leader]
    for family in FAMILIES:
        assert sweep_family(CorpusEnergies(corpus), query, family, 3).flips[(leader + 5) % N].size == 0


@pytest.mark.parametrize("nearest", [0, 1023, 1024, 1500, 2099])
def test_a_corpus_of_several_chunks_flips_as_in_one(monkeypatch: pytest.MonkeyPatch, nearest: int) -> None:
    query, corpus = draw(4, 2100, 8)
    corpus[nearest] = query  # wherever it stands, all others are compared with it
    corpus[nearest, 3:5] += [0.3, -0.3]
    energies = CorpusEnergies(corpus)
    chunked = sweep_family(energies, query, "bulk", 3)
    assert chunked.leaders[0] == nearest
    monkeypatch.setattr(search, "TEXTS_PER_CHUNK", 10_000)
    whole = sweep_family(energies, query, "bulk", 3)
    assert len(chunked.flips) == len(whole.flips) == 2100
    assert all(np.array_equal(*pair) for pair in zip(chunked.flips, whole.flips, strict=True))
    assert sum(map(len, whole.flips)) > 50


@pytest.mark.parametrize(("family", "bulk_start"), cases())
def test_the_flips_of_a_pair_are_the_same_either_way_round(family: str, bulk_start: int | None) -> None:
    query, corpus = draw(5)
    energies, found = CorpusEnergies(corpus), 0
    for one, other in ((2, 17), (17, 30), (39, 0)):
        flips = pair_flips(energies, query, one, other, family, bulk_start).tolist()
        assert flips == pair_flips(energies, query, other, one, family, bulk_start).tolist()
        assert flips == flips_directly(query, corpus, one, other, preset=family, bulk_start=bulk_start)
        found += len(flips)
    assert found


def test_the_flips_of_a_pair_with_the_leader_are_those_of_the_sweep() -> None:
    query, corpus = draw(6)
    energies = CorpusEnergies(corpus)
    sweep = sweep_family(energies, query, "edges", 3)
    for text in set(range(N)) - {int(sweep.leaders[0])}:
        flips = pair_flips(energies, query, text, int(sweep.leaders[0]), "edges")
        assert flips.tolist() == sweep.flips[text].tolist()


def test_a_sweep_shows_a_selection_of_its_family_and_one_that_is_unfiltered() -> None:
    shown = {name: k_in_family(kept, "bulk") for name, kept in SELECTIONS.items()}
    assert shown == {name: {"bulk": 12, "unfiltered": D}.get(name) for name in SELECTIONS}


def test_texts_are_found_in_the_order_of_the_ranking_whatever_their_case_and_never_as_a_pattern() -> None:
    texts, order = ("A cat.", "dog", "CATS", ".*"), np.array([2, 3, 1, 0])
    assert containing(texts, order, "cAt").tolist() == [2, 0]
    assert containing(texts, order, ".*").tolist() == [3]
    assert containing(texts, order, "").tolist() == order.tolist()
    assert containing(texts, order, "bird").tolist() == []


def test_a_baseline_ranks_by_the_cosines_of_what_it_makes_of_both() -> None:
    query, corpus = draw(7)
    found, similarities = rank_by_baseline(make_baseline("truncation", 6), query, corpus)
    expected = corpus[:, :6] @ query[:6] / np.linalg.norm(corpus[:, :6], axis=1) / np.linalg.norm(query[:6])
    assert np.allclose(similarities, expected)
    assert found.tolist() == ranked(np.round(expected, 10))
    with pytest.raises(InputError, match="no reference"):
        rank_by_baseline(make_baseline("centring"), query, corpus)
