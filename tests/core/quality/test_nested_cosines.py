"""Cosines under many selections from one pass, against filtering for each selection afresh."""

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.quality.clustering import clustering_ks
from embfilter_core.quality.nested_cosines import cosine_rows, pair_cosines
from embfilter_core.quality.selections import band_step, bands_between, grid_bands, spread_ks
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.families import FAMILIES
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum
from tests.core.scored_by_hand import cosines_of_pairs
from tests.each import for_each

D, TEXTS, PAIRS = 24, 30, 60
ALL_KS = range(1, D + 1)
RANDOM_AND_QUIET = [KeptDirections.random(D, keep=k, seed=k) for k in (3, 9, 20)] + [
    KeptDirections.quiet(D, np.sin(np.arange(D)), keep=7)
]
SELECTIONS = {
    **{name: choose_family(name, D, ALL_KS) for name in FAMILIES},
    "bulk from direction 2": choose_family("bulk", D, ALL_KS, bulk_start=2),
    "bulk, largest k first": choose_family("bulk", D, ALL_KS[::-1]),
    "bands": grid_bands(D, 5),
    "other sets": RANDOM_AND_QUIET,
}


def draw(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Embeddings of which one direction holds nearly all the energy, as real ones do, and pairs of them."""
    random = np.random.default_rng(seed)
    embeddings = random.normal(size=(TEXTS, D))
    embeddings[:, [0, -1]] *= 1e5
    left, right = random.integers(0, TEXTS, size=(2, PAIRS))
    return embeddings, left, right


def directly(embeddings: np.ndarray, kept: KeptDirections, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return cosines_of_pairs(embeddings[:, kept.indices], left, right)


@for_each(name=SELECTIONS, seed=range(2))
def test_pairs_have_the_cosines_of_filtering_for_each_selection(name: str, seed: int) -> None:
    embeddings, left, right = draw(seed)
    found = list(pair_cosines(embeddings, left, right, SELECTIONS[name]))
    expected = [directly(embeddings, kept, left, right) for kept in SELECTIONS[name]]
    assert len(found) == len(SELECTIONS[name])
    assert np.abs(np.array(found) - expected).max() <= 1.1e-9


@pytest.mark.parametrize("name", SELECTIONS)
def test_every_text_has_the_cosines_of_filtering_to_every_other(name: str) -> None:
    embeddings, _, _ = draw()
    queries = np.arange(4)
    left, right = np.repeat(queries, TEXTS), np.tile(np.arange(TEXTS), 4)
    for kept, cosines in zip(
        SELECTIONS[name], cosine_rows(embeddings[queries], embeddings, SELECTIONS[name]), strict=True
    ):
        assert np.abs(cosines.ravel() - directly(embeddings, kept, left, right)).max() <= 1.1e-9


def test_they_are_the_cosines_of_what_embed_filter_gives() -> None:
    embeddings, left, right = draw(3)
    directions, _ = np.linalg.qr(np.random.default_rng(4).normal(size=(D, D)))
    spectrum = Spectrum(np.arange(D, 0, -1.0), directions)
    selections = choose_family("bulk", D, [6, 12, D])
    found = pair_cosines(spectrum.coefficients(embeddings), left, right, selections)
    for kept, cosines in zip(selections, found, strict=True):
        reduced = EmbedFilter(spectrum, kept).reduce(embeddings)
        assert np.abs(cosines - cosines_of_pairs(reduced, left, right)).max() <= 2e-9


def test_all_directions_give_the_cosines_of_the_embeddings_themselves() -> None:
    embeddings, left, right = draw()
    (found,) = pair_cosines(embeddings, left, right, choose_family("bulk", D, [D]))
    assert np.abs(found - cosines_of_pairs(embeddings, left, right)).max() <= 1.1e-9


def test_a_part_a_billion_times_smaller_than_the_text_keeps_its_cosine() -> None:
    embeddings, left, right = draw()
    embeddings[:, 0] *= 1e9
    kept = choose_family("secondary", D, [1, 5, D - 1])
    for selection, found in zip(kept, pair_cosines(embeddings, left, right, kept), strict=True):
        assert np.abs(found - directly(embeddings, selection, left, right)).max() <= 1.1e-9


def test_a_text_without_energy_in_the_kept_directions_has_cosine_zero() -> None:
    embeddings, left, right = draw()
    kept = KeptDirections.bulk(D)
    embeddings[left[0], kept.indices] = 0
    (found,) = pair_cosines(embeddings, left, right, [kept])
    touched = (left == left[0]) | (right == left[0])
    assert (found[touched] == 0).all()
    assert (found[~touched] != 0).all()


def test_in_one_direction_every_pair_is_at_one_or_minus_one_to_the_last_bit() -> None:
    embeddings, left, right = draw()
    (found,) = pair_cosines(embeddings, left, right, [KeptDirections.bulk(D, keep=1)])
    assert set(np.unique(found)) == {-1.0, 1.0}


def test_blocks_of_directions_do_not_change_the_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    embeddings, left, right = draw()
    whole = list(pair_cosines(embeddings, left, right, SELECTIONS["edges"]))
    monkeypatch.setattr("embfilter_core.quality.nested_cosines.NUMBERS_PER_BLOCK", 1)
    assert np.allclose(whole, list(pair_cosines(embeddings, left, right, SELECTIONS["edges"])), rtol=0, atol=1.1e-9)


def test_a_selection_for_another_width_and_a_position_that_is_not_there_are_refused() -> None:
    embeddings, left, right = draw()
    with pytest.raises(InputError, match="over 8 directions, the coefficients have 24"):
        list(pair_cosines(embeddings, left, right, [KeptDirections.bulk(8)]))
    with pytest.raises(InputError, match="no text at position -1"):
        list(pair_cosines(embeddings, left * 0 - 1, right, [KeptDirections.bulk(D)]))


def test_the_grid_has_all_the_bands_between_multiples_of_the_step() -> None:
    spans = [kept.bounds for kept in grid_bands(10, 4)]
    assert spans == [(0, 4), (0, 8), (0, 10), (4, 8), (4, 10), (8, 10)]


def test_a_finer_look_at_a_cell_has_every_band_between_its_ends() -> None:
    spans = [kept.bounds for kept in bands_between(10, 2, 4, 3, 5, step=1)]
    assert spans == [(2, 3), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)]
    assert bands_between(10, -5, 2, 9, 40, step=2)[-1].bounds == (2, 10)


@pytest.mark.parametrize("step", [0, 11])
def test_a_step_that_is_impossible_is_refused(step: int) -> None:
    with pytest.raises(InputError, match="step"):
        grid_bands(10, step)


def test_more_pairs_make_the_cells_of_the_map_wider() -> None:
    assert band_step(576, 1500) == 12
    assert band_step(576, 100) == 12
    assert band_step(576, 20_000) > 40


@pytest.mark.parametrize("d", [1, 8, 32, 576, 4096])
def test_the_numbers_of_directions_to_compare_hold_unfiltered_and_every_ratio(d: int) -> None:
    for ks in (spread_ks(d, 60), clustering_ks(d)):
        assert (np.diff(ks) > 0).all()
        assert (ks[0] >= 1) and (ks[-1] == d)
        assert {d // tau for tau in (1, 2, 4, 8) if tau <= d} <= set(ks.tolist())
    assert len(spread_ks(d, 60)) <= 64
    assert len(clustering_ks(d)) <= 20


def test_every_number_of_directions_is_compared_where_there_are_few() -> None:
    assert spread_ks(48, 60).tolist() == list(range(1, 49))
