"""Presets, baselines and random subspaces on the curve of quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.style import plain

SYMBOLS = ("diamond", "square", "triangle-up", "triangle-down", "x", "star", "pentagon", "hexagon")
MARKS_APART = 0.014


@dataclass(frozen=True)
class Mark:
    """A preset or a baseline: a point at the number of dimensions that it stores.

    Attributes:
        name: For people.
        k: Numbers a vector has.
        score: In points.
        low: Lower end of its 95 % interval.
        high: Upper end.
    """

    name: str
    k: int
    score: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class RandomSubspaceCurve:
    """Random subspaces over many seeds.

    Attributes:
        name: What they are, and how many seeds.
        ks: (c,) ascending.
        low: (c,) score at the lower end of the range shown, in points.
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
        "array": [mark.high - mark.score],
        "arrayminus": [mark.score - mark.low],
        "thickness": 1.2,
        "color": colour,
    }
    score = f"{mark.score:.1f} ({mark.low:.1f} to {mark.high:.1f}, 95 %)"
    figure.add_scatter(
        x=[x],
        y=[mark.score],
        customdata=[mark.k],
        mode="markers",
        marker={"color": colour, "symbol": symbol, "size": 10},
        error_y=error,
        name=plain(mark.name),
        hovertext=f"{plain(mark.name)}<br>{mark.k} numbers: {score}",
        hoverinfo="text",
    )
