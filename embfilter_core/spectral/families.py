"""The bands of the presets: one definition for every k, whether one is kept, ranked by or measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embfilter_core.errors import InputError

TAUS = (1, 2, 4, 8)
"""The ratios of the paper; 1 is unfiltered."""
FAMILIES = ("bulk", "dominant", "secondary", "edges")
"""The presets whose kept directions are a band, or the complement of one, for every k."""


def ks_of_taus(d: int) -> dict[int, int]:
    """Return the number of directions kept, d // tau, by each tau that keeps one or more."""
    return {tau: d // tau for tau in TAUS if tau <= d}


def family_bands(
    name: str, d: int, ks: Sequence[int] | np.ndarray | None = None, bulk_start: int | None = None
) -> np.ndarray:
    """Return the band (start, stop) of every k of a family, (number of ks, 2) int64; for the edges, the band left out.

    Args:
        name: One of `FAMILIES`.
        d: Number of directions.
        ks: Numbers of kept directions; 1 .. d by default.
        bulk_start: First kept direction of the bulk, moved left where the band would not fit.

    Raises:
        InputError: The family is unknown or a k out of range.
    """
    k = np.arange(1, d + 1) if ks is None else np.asarray(ks, dtype=np.int64)
    outside = k[(k < 1) | (k > d)]
    if len(outside):
        raise InputError(f"Cannot keep {outside[0]} of {d} directions.", f"Use whole numbers from 1 to {d}.")
    if bulk_start is not None and bulk_start < 0:
        raise InputError(f"The bulk cannot start at direction {bulk_start}.", "Start it at 0 or later.")
    if name == "bulk":
        start = (d - k) // 2 if bulk_start is None else np.minimum(bulk_start, d - k)
        return np.stack([start, start + k], axis=1)
    if name == "dominant":
        return np.stack([np.zeros_like(k), k], axis=1)
    if name == "secondary":
        return np.stack([d - k, np.full_like(k, d)], axis=1)
    if name == "edges":
        return np.stack([k // 2, k // 2 + d - k], axis=1)
    raise InputError(f"{name!r} is no family of bands.", f"Use one of {', '.join(FAMILIES)}.")
