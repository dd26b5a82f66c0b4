"""Measured quality of every band of a grid, as a browser looks it up while a band is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.instrument.packing import packed
from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.spectral.selection import KeptDirections

if TYPE_CHECKING:
    from embfilter_core.instrument.data import Json  # needs torch, which a stored measurement is shown without


def measured_bands(found: BandMap, d: int, measure: str, data: str) -> Json:
    """Return what a browser needs to tell the measured difference to unfiltered of the band under the hand.

    It looks up the band with the nearest ends, as `nearest_band` does, and says which that is where it is another.

    Args:
        found: The bands.
        d: Number of directions there are.
        measure: Id of the measure.
        data: Name of the data measured.

    Returns:
        `d`, `step` (ends are that far apart), `count` of bands; `starts` and `stops` (`u2`); `gains`, `low` and `high`
        (`f4`, in points to unfiltered), packed in one order; `unfiltered` (its score); `what` (a sentence).
    """
    starts, stops = found.bands.T
    gain = found.to_unfiltered
    return {
        "d": d,
        "step": found.step,
        "count": len(found.bands),
        "starts": packed(starts, "u2"),
        "stops": packed(stops, "u2"),
        "gains": packed(gain.values, "f4"),
        "low": packed(gain.low, "f4"),
        "high": packed(gain.high, "f4"),
        "unfiltered": round(found.unfiltered, 2),
        "what": (
            f"{MEASURES[measure].explanation} on {data}, in points to unfiltered ({found.unfiltered:.1f}), with the "
            f"95 % interval over {found.units:,} {found.unit}; each band looked at alone"
        ),
    }


def nearest_band(bands: np.ndarray, start: int, stop: int) -> int:
    """Return the position of the measured band whose two ends are nearest, (b, 2); of equally near ones the first.

    Raises:
        InputError: start and stop are no band.
    """
    d = max(int(bands.max()), stop)
    KeptDirections.band(d, start, stop)  # refuses what is no band
    return int(np.abs(bands - (start, stop)).sum(axis=1).argmin())
