"""Where two texts swap their order along a family of bands, against the order written out for every k."""

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.ranking import order as ordering
from embfilter_core.ranking.cosines import ranks
from embfilter_core.ranking.flips import describe_flips, flips_against, near_ties

KS = np.arange(1, 41)


def draw(seed: int, n: int, values: int = 4) -> np.ndarray:
    """Cosines for 40 k, (40, n), with many exact ties."""
    return np.random.default_rng(seed).integers(-values, values + 1, size=(40, n)) / values


def order_flips(earlier: np.ndarray, later: np.ndarray, ks: object) -> np.ndarray:
    return flips_against(np.stack([earlier, later], axis=1), 0, ks)[1]


def flips_written_out(cosines: np.ndarray, one: int, other: int) -> list[int]:
    places = np.array([ranks(row) for row in cosines])
    first = places[:, one] < places[:, other]
    return [int(KS[i]) for i in range(38, -1, -1) if first[i] != first[i + 1]]


@pytest.mark.parametrize("seed", range(5))
def test_two_texts_flip_where_the_rankings_disagree_about_them(seed: int) -> None:
    cosines = draw(seed, 2)
    found = order_flips(cosines[:, 0], cosines[:, 1], KS)
    assert found.dtype == np.int64
    assert found.tolist() == flips_written_out(cosines, 0, 1) != []


@pytest.mark.parametrize("reference", [0, 6, 11])
def test_all_texts_against_one_are_each_pair_alone(reference: int) -> None:
    cosines = draw(7, 12)
    found = flips_against(cosines, reference, KS)
    assert len(found) == 12
    assert found[reference].size == 0
    for text in set(range(12)) - {reference}:
        assert found[text].tolist() == flips_written_out(cosines, reference, text)


def test_a_text_that_never_flips_has_an_empty_list_wherever_it_stands() -> None:
    cosines = np.stack([np.full(40, 2.0), np.zeros(40), np.sin(KS), np.full(40, -2.0)], axis=1)
    found = flips_against(cosines, 1, KS)
    assert [len(flips) > 0 for flips in found] == [False, False, True, False]


def test_a_flip_is_named_by_the_smaller_k_at_which_the_order_is_another() -> None:
    assert order_flips(np.array([0.1, 0.1, 0.9]), np.array([0.5, 0.5, 0.5]), [10, 20, 30]).tolist() == [20]


def test_a_tie_belongs_to_the_earlier_text() -> None:
    ks, half = [1, 2, 3], np.full(3, 0.5)
    assert order_flips(half, np.array([0.4, 0.5, 0.4]), ks).tolist() == []  # led, ties, leads
    assert order_flips(half, np.array([0.6, 0.5, 0.6]), ks).tolist() == [2, 1]  # was behind, ties, falls behind
    later_reference = flips_against(np.array([[0.5, 0.6], [0.5, 0.5], [0.5, 0.6]]), 1, ks)
    assert [flips.tolist() for flips in later_reference] == [[2, 1], []]


def test_equal_texts_never_flip() -> None:
    cosines = draw(8, 1)[:, 0]
    assert order_flips(cosines, cosines.copy(), KS).size == 0


def test_the_k_can_come_in_any_order() -> None:
    cosines = draw(9, 6)
    shuffled = np.random.default_rng(0).permutation(40)
    straight, mixed = flips_against(cosines, 2, KS), flips_against(cosines[shuffled], 2, KS[shuffled])
    assert [flips.tolist() for flips in straight] == [flips.tolist() for flips in mixed]


def test_one_k_alone_flips_nothing() -> None:
    assert [flips.tolist() for flips in flips_against(draw(1, 5)[:1], 3, [8])] == [[]] * 5


@pytest.mark.parametrize("ks", [KS[:-1], np.full(40, 3)])
def test_rows_that_do_not_belong_to_different_k_are_refused(ks: np.ndarray) -> None:
    with pytest.raises(InputError, match="40 rows of cosines"):
        flips_against(draw(1, 5), 0, ks)


def test_near_ties_mark_both_neighbours_and_nobody_else() -> None:
    cosines = np.array([0.9, 0.2, 0.50004, 0.7, 0.5, -0.3, 0.2])
    assert np.flatnonzero(near_ties(cosines)).tolist() == [1, 2, 4, 6]
    assert np.flatnonzero(near_ties(cosines, tolerance=1e-9)).tolist() == [1, 6]
    assert near_ties(cosines, tolerance=3).all()


@pytest.mark.parametrize("radix_from", [0, 10**9], ids=["radix", "comparing"])
def test_near_ties_are_those_of_the_closest_other_text(monkeypatch: pytest.MonkeyPatch, radix_from: int) -> None:
    monkeypatch.setattr(ordering, "FEWEST_FOR_RADIX", radix_from)
    cosines = np.random.default_rng(2).uniform(-1, 1, 300)
    gaps = np.abs(cosines[:, None] - cosines[None])
    np.fill_diagonal(gaps, np.inf)
    marked = near_ties(cosines, tolerance=2e-3)
    assert np.array_equal(marked, gaps.min(1) < 2e-3)
    assert 0 < marked.sum() < 300


@pytest.mark.parametrize("n", [0, 1])
def test_without_a_neighbour_nothing_is_near(n: int) -> None:
    assert near_ties(np.ones(n)).tolist() == [False] * n


@pytest.mark.parametrize(
    ("flips", "said"),
    [
        ([], "keep their order for every k of the bulk."),
        ([12, 7], "change places where the bulk keeps k = 12, 7."),
        (range(40, 8, -1), "12, 11 and 2 more."),
    ],
)
def test_the_flips_of_two_texts_are_told_in_a_sentence(flips: list[int], said: str) -> None:
    assert describe_flips(np.array(list(flips), dtype=np.int64), "bulk").endswith(said)
