"""Bands in thousandths of d, as links and sliders hold them."""

from __future__ import annotations

from embfilter_core.errors import InputError
from embfilter_core.spectral.selection import KeptDirections

PER_MILLE = 1000


def band_per_mille(kept: KeptDirections) -> tuple[int, int]:
    """Return the band of kept directions in thousandths of d, rounded; the two ends where they are not contiguous."""
    start, stop = kept.bounds or (0, kept.d)
    return round(start * PER_MILLE / kept.d), round(stop * PER_MILLE / kept.d)


def directions_per_mille(d: int, start: int, stop: int) -> KeptDirections:
    """The band between two thousandths of d, at least one direction wide.

    Raises:
        InputError: Not 0 <= start <= stop <= 1000.
    """
    if not 0 <= start <= stop <= PER_MILLE:
        raise InputError(f"The band {start} to {stop} is impossible.", f"Use 0 <= start <= stop <= {PER_MILLE}.")
    first = min(edge_per_mille(d, start), d - 1)
    return KeptDirections.band(d, first, max(edge_per_mille(d, stop), first + 1))


def edge_per_mille(d: int, edge: int) -> int:
    """The direction that an edge in thousandths of d stands for, rounded half up."""
    return (2 * edge * d + PER_MILLE) // (2 * PER_MILLE)
