"""Bands in thousandths of d, as links of version 1 hold them."""

from __future__ import annotations

from embfilter_core.errors import InputError
from embfilter_core.spectral.selection import KeptDirections

PER_MILLE = 1000


def directions_per_mille(d: int, start: int, stop: int) -> KeptDirections:
    """The band between two thousandths of d, at least one direction wide.

    Raises:
        InputError: Not 0 <= start <= stop <= 1000.
    """
    if not 0 <= start <= stop <= PER_MILLE:
        raise InputError(f"The band {start} to {stop} is impossible.", f"Use 0 <= start <= stop <= {PER_MILLE}.")
    first = min(_direction(d, start), d - 1)
    return KeptDirections.band(d, first, max(_direction(d, stop), first + 1))


def _direction(d: int, edge: int) -> int:
    """The direction that an edge in thousandths of d stands for, rounded half up."""
    return (2 * edge * d + PER_MILLE) // (2 * PER_MILLE)
