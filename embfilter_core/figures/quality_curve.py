"""Measured quality over the number of directions kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.quality_marks import SYMBOLS, Mark, RandomSubspaceCurve, add_mark, side_by_side
from embfilter_core.figures.style import COMPARED, EARLIER, FILTERED, GUIDE, GUIDE_LINE, UNFILTERED, plain, quiet_layout
from embfilter_core.number_format import format_bytes

CURVE_HEIGHT = 460
BAND_OPACITY = 0.2
DASHES = ("dash", "dot", "dashdot")
AIR = 0.06
SMALLEST_SHARE = 16
BYTES_A_NUMBER = 4_000_000
"""What one float32 takes in a million vectors."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Scores over the number of directions kept.

    Attributes:
        name: For the legend.
        ks: (b,) ascending.
        scores: (b,) in points.
        low: (b,) lower ends of the 95 % intervals, or None where there are none.
        high: (b,) upper ends.
    """

    name: str
    ks: np.ndarray
    scores: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def quality_curve(
    curve: Curve,
    d: int,
    raw: float,
    measure: str,
    marks: Sequence[Mark] = (),
    controls: RandomSubspaceCurve | None = None,
    kept: int | None = None,
    earlier: Sequence[Curve] = (),
) -> go.Figure:
    """Quality against the directions kept, and, on top, what a million vectors of that many numbers take in float32.

    The customdata of every point is its k.

    Args:
        curve: The scores of now.
        d: Number of directions there are.
        raw: Score of all directions, in points.
        measure: Name of the score, for the axis.
        marks: Presets and baselines.
        controls: Random controls, drawn as a band.
        kept: The number of directions kept now, or None where the choice is not of this family.
        earlier: Curves of earlier runs, for comparison.
    """
    figure = go.Figure()
    if controls is not None:
        _add_band(figure, controls.ks, controls.low, controls.high, GUIDE)
        range_ = Curve(controls.name, controls.ks, controls.middle, controls.low, controls.high)
        _add_line(figure, range_, {"color": GUIDE, "width": 1.5}, "seeds")
    for i, run in enumerate(earlier):
        look = {"color": EARLIER[i % len(EARLIER)], "dash": DASHES[i % len(DASHES)], "width": 1.5}
        _add_line(figure, run, look, "95 %")
    if curve.low is not None:
        _add_band(figure, curve.ks, curve.low, curve.high, FILTERED)
    _add_line(figure, curve, {"color": FILTERED, "width": 2.5}, "95 %")
    name = f"raw, all {d} directions"
    figure.add_scatter(
        x=[0, d], y=[raw, raw], mode="lines", name=name, hoverinfo="skip", line={"color": UNFILTERED, "dash": "dash"}
    )
    for i, (mark, x) in enumerate(zip(marks, side_by_side([mark.k for mark in marks], d), strict=True)):
        add_mark(figure, mark, x, COMPARED[i % len(COMPARED)], SYMBOLS[i % len(SYMBOLS)])
    _lay_out_curve(figure, d, measure, _span(curve, raw, marks, controls, earlier))
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


def _add_line(figure: go.Figure, curve: Curve, line: dict, ends: str) -> None:
    name = plain(curve.name)
    spans = [""] * len(curve.ks)
    if curve.low is not None:
        spans = [f" ({low:.1f} to {high:.1f}, {ends})" for low, high in zip(curve.low, curve.high, strict=True)]
    rows = zip(curve.ks, curve.scores, spans, strict=True)
    figure.add_scatter(
        x=curve.ks,
        y=curve.scores,
        customdata=curve.ks,
        mode="lines+markers",
        marker={"size": 4 if len(curve.ks) > 100 else 5},
        line=line,
        name=name,
        hovertext=[f"{name}<br>{k} directions: {score:.1f}{span}" for k, score, span in rows],
        hoverinfo="text",
    )


def _span(
    curve: Curve, raw: float, marks: Sequence[Mark], controls: RandomSubspaceCurve | None, earlier: Sequence[Curve]
) -> tuple[float, float]:
    """Lowest and highest of what is to be seen: the steep fall below d / 16 would flatten everything else."""
    rows = []
    for run in (curve, *earlier):
        shown = run.ks >= min(run.ks[-1] / SMALLEST_SHARE, run.ks[len(run.ks) // 2])
        rows += [ends[shown] for ends in (run.scores, run.low, run.high) if ends is not None]
    rows += [] if controls is None else [controls.low, controls.high]
    points = [raw] + [y for mark in marks for y in (mark.score, mark.low, mark.high) if y is not None]
    everything = np.concatenate([*rows, points])
    return float(np.nanmin(everything)), float(np.nanmax(everything))


def _lay_out_curve(figure: go.Figure, d: int, measure: str, span: tuple[float, float]) -> None:
    quiet_layout(figure, CURVE_HEIGHT)
    air = AIR * max(span[1] - span[0], 0.1)
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
        yaxis={"range": [span[0] - air, span[1] + air], "title": {"text": plain(measure)}},
        showlegend=True,
        legend={"orientation": "h", "y": -0.16, "x": 0},
        hovermode="closest",
    )


def _see_through(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND_OPACITY})"
