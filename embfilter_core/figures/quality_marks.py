"""Presets and random subspaces on the curve of quality, each against unfiltered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.style import plain
from embfilter_core.number_format import format_interval

SYMBOLS = ("diamond", "square", "triangle-up", "triangle-down", "x", "star", "pentagon", "hexagon")
MARKS_APART = 0.014


@dataclass(frozen=True)
class Mark:
    """A preset, or a treatment that was searched for: a point at the number of dimensions that it stores.

    Attributes:
        name: For people.
        k: Numbers a vector has.
        difference: To all directions, in points.
        low: Lower end of its 95 % interval.
        high: Upper end.
        searched: Whether it was chosen by its own score: drawn hollow.
    """

    name: str
    k: int
    difference: float
    low: float
    high: float
    searched: bool = False


@dataclass(frozen=True, eq=False)
class RandomSubspaceCurve:
    """Random subspaces over many seeds.

    Attributes:
        name: What they are, and how many seeds.
        ks: (c,) ascending.
        low: (c,) difference to unfiltered at the lower end of the range shown, in points.
        middle: (c,) median.
        high: (c,) upper end.
    """

    name: str
    ks: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


def side_by_side(ks: Sequence[int], d: int) -> list[float]:
    """Return where marks stand: at their k, or beside each other around it where several share it."""
    return [k + (list(ks[:i]).count(k) - (list(ks).count(k) - 1) / 2) * MARKS_APART * d for i, k in enumerate(ks)]


def add_mark(figure: go.Figure, mark: Mark, x: float, colour: str, symbol: str) -> None:
    """Draw one mark with its interval at x."""
    error = {
        "array": [mark.high - mark.difference],
        "arrayminus": [mark.difference - mark.low],
        "thickness": 1.2,
        "color": colour,
    }
    line = {"width": 2, "color": colour} if mark.searched else {"width": 0}
    difference = f"{format_interval(mark.difference, mark.low, mark.high, '+.1f')} to unfiltered, 95 %"
    figure.add_scatter(
        x=[x],
        y=[mark.difference],
        customdata=[mark.k],
        mode="markers",
        marker={"color": colour, "symbol": f"{symbol}-open" if mark.searched else symbol, "size": 10, "line": line},
        error_y=error,
        name=plain(mark.name),
        hovertext=f"{plain(mark.name)}<br>{mark.k} numbers: {difference}",
        hoverinfo="text",
    )
