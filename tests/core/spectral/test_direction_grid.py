"""The grid of the dragged band: single directions at both ends, every preset's band on it, sums that add up."""

import numpy as np
import pytest

from embfilter_core.spectral.direction_grid import (
    MOST_TICKS,
    SINGLES,
    direction_ticks,
    grid_edges,
    place_on_grid,
    prefix_sums,
)
from embfilter_core.spectral.presets import PRESETS, choose_directions

SIZES = [4, 16, 32, 64, 576, 896, 4096]


@pytest.mark.parametrize("d", SIZES)
def test_the_grid_rises_from_the_first_to_the_last_direction_by_single_ones_at_both_ends(d: int) -> None:
    edges = grid_edges(d)
    assert (edges[0], edges[-1]) == (0, d)
    steps = np.diff(edges)
    assert (steps > 0).all()
    singles = min(SINGLES, d // 4)
    assert (steps[:singles] == 1).all()
    assert (steps[len(steps) - singles :] == 1).all()
    assert len(steps) <= 80


@pytest.mark.parametrize("d", SIZES)
@pytest.mark.parametrize("bulk_start", [None, 3])
def test_the_band_of_every_preset_lies_on_the_grid(d: int, bulk_start: int | None) -> None:
    edges = set(grid_edges(d, bulk_start).tolist())
    for preset in PRESETS.values():
        for ratio in (2, 4, 8):
            if preset.contiguous and preset.filters and d // ratio:
                kept = choose_directions(preset.id, d, ratio, bulk_start=bulk_start)
                assert set(kept.bounds or ()) <= edges, (preset.id, ratio)


def test_the_difference_of_two_sums_is_the_sum_of_the_band() -> None:
    values, edges = np.random.default_rng(0).normal(size=(3, 64)), grid_edges(64)
    sums = prefix_sums(values, edges)
    for start, stop in [(0, len(edges) - 1), (0, 1), (5, 20), (30, 44)]:
        expected = values[:, edges[start] : edges[stop]].sum(axis=1)
        assert sums[:, stop] - sums[:, start] == pytest.approx(expected, abs=1e-12)


def test_every_step_is_equally_wide_on_the_axis_of_the_grid() -> None:
    edges = grid_edges(576)
    assert [place_on_grid(edge, edges) for edge in edges] == list(range(len(edges)))
    assert place_on_grid(0.5, edges) == 0.5


@pytest.mark.parametrize("d", SIZES)
def test_the_ticks_are_directions_with_room_and_both_ends_are_among_them(d: int) -> None:
    edges = grid_edges(d)
    ticks = direction_ticks(edges)
    assert list(ticks) == sorted(ticks)
    assert 0 in ticks
    assert d - 1 in ticks
    assert len(ticks) <= MOST_TICKS + 1
    for direction, place in ticks.items():
        assert place == place_on_grid(direction + 0.5, edges)
    assert (np.diff(list(ticks.values())) >= (len(edges) - 1) / MOST_TICKS).all()
