"""Which numbers and bands of directions to measure."""

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.spectral.selection import KeptDirections

BANDS_TIMES_PAIRS = 1_800_000
MOST_BLOCKS, FEWEST_BLOCKS = 48, 8


def spread_ks(d: int, most: int) -> np.ndarray:
    """Return up to `most` numbers of directions from 1 to d, evenly spaced, and those of every tau, ascending int64."""
    spaced = np.round(np.linspace(1, d, min(most, d))).astype(np.int64)
    return np.unique(np.r_[spaced, list(ks_of_taus(d).values())])


def band_step(d: int, pairs: int) -> int:
    """Return the width of a cell of the map of bands with which scores and intervals of all take about 10 s."""
    blocks = int(np.clip(np.sqrt(2 * BANDS_TIMES_PAIRS / max(pairs, 1)), FEWEST_BLOCKS, MOST_BLOCKS))
    return -(-d // blocks)


def grid_bands(d: int, step: int) -> list[KeptDirections]:
    """Return every band start .. stop - 1 whose ends are multiples of `step`, or d: by start, then stop.

    Raises:
        InputError: The step is not from 1 to d.
    """
    return bands_between(d, 0, d, 0, d, step)


def bands_between(
    d: int, first_start: int, last_start: int, first_stop: int, last_stop: int, step: int
) -> list[KeptDirections]:
    """Return every band with ends between these, all included, `step` apart: a finer look around one cell.

    Raises:
        InputError: The step is not from 1 to d.
    """
    if not 1 <= step <= d:
        raise InputError(f"A step of {step} directions is impossible.", f"Use a whole number from 1 to {d}.")
    starts, stops = _ticks(first_start, last_start, step, d), _ticks(first_stop, last_stop, step, d)
    return [KeptDirections.band(d, start, stop) for start in starts for stop in stops if start < stop]


def _ticks(first: int, last: int, step: int, d: int) -> list[int]:
    """From first to last, and what of that is beyond 0 or d is cut off there: the steps are not moved by it."""
    inside = [edge for edge in range(first, last + 1, step) if 0 <= edge <= d]
    return sorted({max(0, first), *inside, min(d, last)})
