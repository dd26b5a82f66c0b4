"""Which selections of directions to measure, and texts or queries measured under all of them.

Every score comes from one embedding pass. Pairs are measured by
`evidence.pair_evidence`, in order of the selections built here.
"""

from collections.abc import Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections

FAMILIES = ("bulk", "dominant", "secondary", "edges")
TAUS = (1, 2, 4, 8)
BANDS_TIMES_PAIRS = 1_800_000
MOST_BLOCKS, FEWEST_BLOCKS = 48, 8


def spread_ks(d: int, most: int) -> np.ndarray:
    """Up to `most` numbers of directions from 1 to d, evenly spaced, and those of tau = 1, 2, 4, 8, ascending int64."""
    spaced = np.round(np.linspace(1, d, min(most, d))).astype(np.int64)
    return np.unique(np.r_[spaced, [d // tau for tau in TAUS if tau <= d]])


def family(name: str, d: int, ks: Sequence[int], bulk_start: int | None = None) -> list[KeptDirections]:
    """A preset that keeps each of ks directions, in their order; ascending, each holds the one before.

    Raises:
        InputError: The preset is unknown or not of this kind, or a k is out of range.
    """
    if name not in FAMILIES:
        raise InputError(f"{name!r} is not a family of presets.", f"Use one of {', '.join(FAMILIES)}.")
    return [choose_directions(name, d, keep=int(k), bulk_start=bulk_start) for k in ks]


def band_step(d: int, pairs: int) -> int:
    """Width of a cell of the map of bands with which scores and intervals of all take about 10 s."""
    blocks = int(np.clip(np.sqrt(2 * BANDS_TIMES_PAIRS / max(pairs, 1)), FEWEST_BLOCKS, MOST_BLOCKS))
    return -(-d // blocks)


def grid_bands(d: int, step: int) -> list[KeptDirections]:
    """Every band start .. stop - 1 whose ends are multiples of `step`, or d: by start, then stop.

    Raises:
        InputError: The step is not from 1 to d.
    """
    return bands_between(d, 0, d, 0, d, step)


def bands_between(
    d: int, first_start: int, last_start: int, first_stop: int, last_stop: int, step: int
) -> list[KeptDirections]:
    """Every band with ends between these, all included, `step` apart: a finer look around one cell.

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
