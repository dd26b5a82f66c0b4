"""Phrases that the answers to all three questions share."""

from __future__ import annotations

import math

from embfilter_core.number_format import format_interval
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.decisions.measured import MeasuredTreatments


def plain(estimate: Estimate) -> str:
    """Return a score with its interval: `76.7 (75.0 to 78.3)`."""
    return format_interval(estimate.value, estimate.low, estimate.high)


def signed(estimate: Estimate) -> str:
    """Return a difference with its interval: `+1.9 (+0.4 to +3.4)`."""
    value, low, high = (changed(end) for end in (estimate.value, estimate.low, estimate.high))
    return format_interval(value, low, high, "+.1f")


def changed(difference: float) -> float:
    """Return a difference in points as it is written, to one decimal; never -0."""
    return round(difference, 1) + 0.0


def sized(bytes_a_vector: int) -> str:
    """Return bytes of one vector: `72 bytes`."""
    return f"{bytes_a_vector:,} {'byte' if bytes_a_vector == 1 else 'bytes'}"


def shares_units(measured: MeasuredTreatments) -> bool:
    """Return whether pairs share texts, so that the texts are resampled."""
    return measured.pairs != measured.units


def counted(measured: MeasuredTreatments) -> str:
    """Return what was scored: `1,500 pairs`, or `1,225 pairs of 50 texts` where pairs share texts."""
    if not shares_units(measured):
        return f"{measured.units:,} {measured.unit}"
    return f"{measured.pairs:,} pairs of {measured.units:,} {measured.unit}"


def width_sentence(measured: MeasuredTreatments, half_width: float, aim: float) -> str:
    """Return to how many points the deciding difference is known, and what would bring it to `aim` where it is coarser.

    Half-widths are taken to fall with the square root of the number of units.
    """
    known = f"The deciding difference is known to ±{half_width:.2f} points"
    if half_width <= aim:
        return f"{known}, finer than the margin of {aim:g}: more data would hardly change the answer."
    units = _rounded_up(measured.units * (half_width / aim) ** 2)
    needed = f"{units:,} {measured.unit}"
    if shares_units(measured):
        share = measured.pairs / (measured.units * (measured.units - 1))
        needed += f" ({_rounded_up(share * units * (units - 1)):,} pairs)"
    return f"{known}; about {needed} drawn like these would bring that to ±{aim:g}."


def can_show(half_width: float) -> str:
    """Return what data can show: `differences of about 3.4 points or more`."""
    return f"differences of about {half_width:.1f} points or more"


def at_worst(bound: float) -> str:
    """Return what the lower bound of a difference in points allows: `loses at most 0.4 points`.

    Rounded away from what is claimed, so that the words hold; a loss to two decimals where one would say 0.
    """
    scale = 100 if -0.05 < bound < 0 else 10
    claimed = math.floor(bound * scale + 1e-9) / scale
    if claimed == 0:
        return "loses nothing"
    written = f"{abs(claimed):.2f}" if scale == 100 else f"{abs(claimed):.1f}"
    return f"loses at most {written} points" if claimed < 0 else f"gains at least {written} points"


def _rounded_up(number: float) -> int:
    """Two digits of a number, rounded up: what is estimated from a width deserves no more."""
    step = int(10 ** max(0, math.floor(math.log10(number)) - 1))
    return math.ceil(number / step) * step
