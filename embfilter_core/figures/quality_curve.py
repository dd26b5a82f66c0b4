"""Measured quality against unfiltered over the number of directions kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.palette import COMPARED, EARLIER, FILTERED, GUIDE, UNFILTERED
from embfilter_core.figures.quality_marks import SYMBOLS, Mark, RandomSubspaceCurve, add_mark, side_by_side
from embfilter_core.figures.style import GUIDE_LINE, plain, quiet_layout
from embfilter_core.number_format import format_bytes, format_interval

CURVE_HEIGHT = 460
BAND_OPACITY = 0.2
DASHES = ("dash", "dot", "dashdot")
AIR = 0.06
SMALLEST_SHARE = 16
BYTES_A_NUMBER = 4_000_000
"""What one float32 takes in a million vectors."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Differences to all directions over the number of directions kept, in points.

    Attributes:
        name: For the legend.
        ks: (b,) ascending.
        differences: (b,).
        low: (b,) lower ends of their 95 % intervals.
        high: (b,) upper ends.
        unfiltered: Score of all directions, which the differences are to.
    """

    name: str
    ks: np.ndarray
    differences: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unfiltered: float


def quality_curve(
    curve: Curve,
    d: int,
    measure: str,
    marks: Sequence[Mark] = (),
    random: RandomSubspaceCurve | None = None,
    kept: int | None = None,
    earlier: Sequence[Curve] = (),
) -> go.Figure:
    """Quality against unfiltered over the directions kept, and, on top, what a million vectors of k float32 take.

    The customdata of every point is its k.

    Args:
        curve: The differences of now.
        d: Number of directions there are.
        measure: What is drawn, for the axis.
        marks: Presets, and what was searched for.
        random: Random subspaces, drawn as a band.
        kept: The number of directions kept now, or None where the choice is not of this family.
        earlier: Curves of earlier measurements, each against its own unfiltered.
    """
    figure = go.Figure()
    if random is not None:
        _add_band(figure, random.ks, random.low, random.high, GUIDE)
        medians = Curve(random.name, random.ks, random.middle, random.low, random.high, curve.unfiltered)
        _add_line(figure, medians, {"color": GUIDE, "width": 1.5}, "the middle 95 % of the seeds")
    for i, before in enumerate(earlier):
        look = {"color": EARLIER[i % len(EARLIER)], "dash": DASHES[i % len(DASHES)], "width": 1.5}
        _add_line(figure, before, look, "95 %")
    _add_band(figure, curve.ks, curve.low, curve.high, FILTERED)
    _add_line(figure, curve, {"color": FILTERED, "width": 2.5}, "95 %")
    _add_unfiltered(figure, d, curve.unfiltered)
    for i, (mark, x) in enumerate(zip(marks, side_by_side([mark.k for mark in marks], d), strict=True)):
        add_mark(figure, mark, x, COMPARED[i % len(COMPARED)], SYMBOLS[i % len(SYMBOLS)])
    _lay_out_curve(figure, d, measure, _range_of(marks, random, [curve, *earlier]))
    if kept is not None:
        figure.add_vline(x=kept, line=GUIDE_LINE)
    return figure


def _add_band(figure: go.Figure, ks: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str) -> None:
    figure.add_scatter(
        x=np.concatenate([ks, ks[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        mode="lines",
        line={"width": 0},
        fill="toself",
        fillcolor=_see_through(colour),
        hoverinfo="skip",
        showlegend=False,
    )


def _add_unfiltered(figure: go.Figure, d: int, score: float) -> None:
    figure.add_scatter(
        x=[0, d],
        y=[0, 0],
        mode="lines",
        name=f"unfiltered, all {d} directions: {score:.1f}",
        hoverinfo="skip",
        line={"color": UNFILTERED, "dash": "dash"},
    )


def _add_line(figure: go.Figure, curve: Curve, line: dict, ends: str) -> None:
    name = plain(curve.name)
    rows = zip(curve.ks, curve.differences, curve.low, curve.high, strict=True)
    figure.add_scatter(
        x=curve.ks,
        y=curve.differences,
        customdata=curve.ks,
        mode="lines+markers",
        marker={"size": 4 if len(curve.ks) > 100 else 5},
        line=line,
        name=name,
        hovertext=[
            f"{name}<br>{k} directions: {format_interval(value, low, high, '+.1f')} to unfiltered, {ends}<br>"
            f"score {curve.unfiltered + value:.1f}"
            for k, value, low, high in rows
        ],
        hoverinfo="text",
    )


def _range_of(
    marks: Sequence[Mark], random: RandomSubspaceCurve | None, curves: Sequence[Curve]
) -> tuple[float, float]:
    """Lowest and highest of what is to be seen: the steep fall below d / 16 would flatten all the rest."""
    rows = [np.array([0.0, *(y for mark in marks for y in (mark.difference, mark.low, mark.high))])]
    for curve in curves:
        shown = curve.ks >= min(curve.ks[-1] / SMALLEST_SHARE, curve.ks[len(curve.ks) // 2])
        rows += [ends[shown] for ends in (curve.differences, curve.low, curve.high)]
    rows += [] if random is None else [random.low, random.high]
    drawn = np.concatenate(rows)
    return float(np.nanmin(drawn)), float(np.nanmax(drawn))


def _lay_out_curve(figure: go.Figure, d: int, measure: str, range_: tuple[float, float]) -> None:
    quiet_layout(figure, CURVE_HEIGHT)
    air = AIR * max(range_[1] - range_[0], 0.1)
    ticks = np.unique(np.round(np.linspace(0, d, 5)).astype(int))[1:].tolist()
    shared = {"range": [0, 1.06 * d], "fixedrange": True, "tickvals": ticks}
    figure.add_scatter(x=[None], y=[None], xaxis="x2", hoverinfo="skip", showlegend=False)  # else its axis is left out
    figure.update_layout(
        xaxis={**shared, "title": {"text": "directions kept, k", "standoff": 4}},
        xaxis2={
            **shared,
            "ticktext": [format_bytes(BYTES_A_NUMBER * k) for k in ticks],
            "title": {"text": "a million vectors in float32", "standoff": 4},
            "overlaying": "x",
            "side": "top",
            "showgrid": False,
        },
        yaxis={
            "range": [range_[0] - air, range_[1] + air],
            "title": {"text": plain(measure)},
            "tickformat": "+",
            "zeroline": False,
        },
        showlegend=True,
        legend={"orientation": "h", "y": -0.16, "x": 0},
        hovermode="closest",
    )


def _see_through(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND_OPACITY})"
