"""The colours of tokens by how frequent they are: one scale, mixed as a browser mixes it (in Oklab)."""

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from embfilter_core.figures.palette import RATE_ENDS, RATE_SCALE
from embfilter_core.vocabulary.token_frequency import log_rate

# From linear sRGB to the cone responses of Oklab, and from their cube roots to its axes (Ottosson 2020).
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
STEPS = 33
"""Colours of the scale that are handed to plotly, which mixes neighbouring ones in sRGB."""


def rate_colours(per_million: Iterable[float]) -> list[str]:
    """Return the colour of each rate per million tokens, as `#rrggbb`."""
    return log_rate_colours(log_rate(list(per_million)))


def log_rate_colours(log_rates: np.ndarray) -> list[str]:
    """Return the colour of each rate, (n,) powers of ten per million tokens, as `#rrggbb`."""
    low, high = RATE_ENDS
    return _mixed((log_rates - low) / (high - low))


@cache
def rate_colour_scale() -> Sequence[tuple[float, str]]:
    """Return the scale as plotly takes it, from `RATE_ENDS[0]` to `RATE_ENDS[1]`."""
    places = np.linspace(0, 1, STEPS)
    return list(zip(places.tolist(), _mixed(places), strict=True))


def _mixed(places: np.ndarray) -> list[str]:
    """Colours of the scale at places from 0 to 1; what lies beyond takes the colour of the end."""
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in RATE_SCALE]) / 255
    lab = np.cbrt(_linear(stops) @ _TO_CONES.T) @ _TO_LAB.T
    at = np.clip(places, 0, 1) * (len(RATE_SCALE) - 1)
    mixed = np.stack([np.interp(at, range(len(RATE_SCALE)), axis) for axis in lab.T], axis=1)
    linear = ((mixed @ np.linalg.inv(_TO_LAB).T) ** 3) @ np.linalg.inv(_TO_CONES).T
    bytes_ = np.round(255 * _gamma(np.clip(linear, 0, 1))).astype(int)
    return [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in bytes_]


def _linear(rgb: np.ndarray) -> np.ndarray:
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _gamma(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
