"""A grid over the singular directions for bands that are dragged: single directions at both ends, wide blocks between.

The ends hold most of an embedding's energy, so a band is moved over them by one
direction at a time. Whatever is linear in the coefficients of an embedding (a token's
logit, a dot product, a squared length) is the difference of two prefix sums over the
grid for every band whose ends lie on it.
"""

import numpy as np

from embfilter_core.spectral.families import FAMILIES, family_bands, ks_of_taus

SINGLES = 20
"""Directions at either end that are steps by themselves, where d has room for them."""
MIDDLE_BLOCKS = 9
"""About so many steps would cross the whole spectrum in the middle of it."""
MOST_TICKS = 10
"""Numbers that have room below an axis of the grid, on a phone too."""


def grid_edges(d: int, bulk_start: int | None = None) -> np.ndarray:
    """Return the edges of the grid, ascending from 0 to d, (b + 1,) int64; every preset's band lies on them.

    Args:
        d: Number of directions.
        bulk_start: First kept direction of the backbone's own bulk, or None where the bulk is the middle.
    """
    widest = max(1, d // MIDDLE_BLOCKS)
    first = list(range(min(SINGLES, d // 4) + 1))
    width = 2
    while width < widest and first[-1] + width < d // 2:
        first.append(first[-1] + width)
        width *= 2
    left, right = first[-1], d - first[-1]
    steps = max(1, -(-(right - left) // widest))
    middle = np.round(np.linspace(left, right, steps + 1)).astype(np.int64)
    return np.unique(np.concatenate([first, d - np.array(first), middle, _preset_edges(d, bulk_start)]))


def prefix_sums(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the sums of the first directions up to each edge, (n, d) -> (n, b + 1) float64."""
    sums = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, dtype=np.float64, out=sums[:, 1:])
    return sums[:, edges]


def place_on_grid(direction: float, edges: np.ndarray) -> float:
    """Return where a direction lies on an axis on which every step of the grid has the width 1."""
    return float(np.interp(direction, edges, np.arange(len(edges))))


def direction_ticks(edges: np.ndarray) -> dict[int, float]:
    """Return directions to write below such an axis, as many as have room, and where: their middles."""
    d = int(edges[-1])
    wanted = [i for near, far in ((0, 1), (5, 6), (10, 11), (20, 21)) for i in (near, d - far)]
    room, ticks = (len(edges) - 1) / MOST_TICKS, dict[int, float]()
    for direction in [*wanted, *edges[:-1].tolist()]:
        place = place_on_grid(direction + 0.5, edges)
        if 0 <= direction < d and all(abs(place - other) >= room for other in ticks.values()):
            ticks[direction] = place
    return dict(sorted(ticks.items()))


def _preset_edges(d: int, bulk_start: int | None) -> np.ndarray:
    ks = list(ks_of_taus(d).values())
    starts = (None, bulk_start) if bulk_start is not None else (None,)
    return np.concatenate([family_bands(name, d, ks, start).ravel() for name in FAMILIES for start in starts])
