"""The grid of the dragged band: single directions at both ends, every preset's band on it, sums that add up."""

import numpy as np
import pytest

from embfilter_core.spectral.direction_grid import SINGLES, grid_edges, prefix_sums
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
