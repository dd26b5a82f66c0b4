"""Figures of several backbones, or readings of one, over one axis: what share of the directions lies to the left.

Backbones have different numbers of directions; the share of them makes their spectra
and their measured curves comparable. The two outer sixteenths of the spectrum, where
frequent tokens are said to live, are drawn four times as wide as the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.palette import BACKBONES, GUIDE
from embfilter_core.figures.style import GUIDE_LINE, plain, quiet_layout
from embfilter_core.number_format import format_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.figures.quality_curve import Curve

END = 1 / 16
"""Share of the directions at either end."""
END_WIDTH = 0.25
"""Share of the axis that an end is drawn on."""
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
TICKS = (0, END, 0.5, 1 - END, 1)
SPECTRA_HEIGHT, CURVES_HEIGHT = 380, 360
SHADE = 0.14
LOWEST_SHARE = 1 / 16
"""Curves are drawn from this share of the directions on: the steep fall below would flatten all the rest."""


@dataclass(frozen=True, eq=False)
class SpectrumLine:
    """The singular values of a backbone: its `name` for the legend, and `values`, (d,) descending."""

    name: str
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class CurveOfMany:
    """A measured curve of a side: the `curve`, and `d`, the directions that its side has in all."""

    curve: Curve
    d: int


def widened(shares: np.ndarray) -> np.ndarray:
    """Return where shares of the directions, 0 to 1, lie on an axis from 0 to 1 whose ends are drawn wider."""
    places: np.ndarray = np.interp(shares, [0, END, 1 - END, 1], [0, END_WIDTH, 1 - END_WIDTH, 1])
    return places


def spectra(lines: Sequence[SpectrumLine]) -> go.Figure:
    """Draw singular values, each spectrum divided by its largest, over the share of the directions before them."""
    figure = go.Figure()
    for i, line in enumerate(lines):
        share = (np.arange(len(line.values)) + 0.5) / len(line.values)
        relative = line.values / line.values[0]
        figure.add_scatter(
            x=widened(share),
            y=relative,
            mode="lines",
            name=plain(line.name),
            line={"color": BACKBONES[i % len(BACKBONES)], "dash": DASHES[i % len(DASHES)], "width": 2},
            customdata=np.column_stack([np.arange(len(share)), line.values, 100 * share]),
            hovertemplate=f"{plain(line.name)}<br>direction %{{customdata[0]:d}} of {len(share)} "
            "(%{customdata[2]:.1f} %)<br>singular value %{customdata[1]:.4g}, %{y:.2%} of the largest<extra></extra>",
        )
    quiet_layout(figure, SPECTRA_HEIGHT)
    _shade_ends(figure)
    figure.update_xaxes(
        range=[0, 1],
        tickvals=widened(np.array(TICKS)).tolist(),
        ticktext=["0 %", "6 %", "half", "94 %", "100 %"],
        tickangle=0,
        title={"text": "share of the directions, the ends widened", "standoff": 4},
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(type="log", title={"text": "singular value, of the largest"}, tickformat=".0%", dtick=1)
    return _with_legend(figure)


def curves(sides: Sequence[CurveOfMany], measure: str) -> go.Figure:
    """Draw differences to unfiltered, each with its 95 % interval, over the share of the directions that are kept."""
    figure, seen = go.Figure(), [np.zeros(1)]
    for i, side in enumerate(sides):
        colour, curve = BACKBONES[i % len(BACKBONES)], side.curve
        share = curve.ks / side.d
        drawn = share >= LOWEST_SHARE
        seen += [ends[drawn] for ends in (curve.low, curve.high)]
        figure.add_scatter(
            x=np.concatenate([share, share[::-1]]),
            y=np.concatenate([curve.high, curve.low[::-1]]),
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor=colour,
            opacity=SHADE,
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=share,
            y=curve.differences,
            mode="lines",
            name=plain(f"{curve.name}: {curve.unfiltered:.1f} unfiltered"),
            line={"color": colour, "dash": DASHES[i % len(DASHES)], "width": 2.5},
            hovertext=_told(side),
            hoverinfo="text",
        )
    ends = np.concatenate(seen)
    air = 0.06 * max(float(np.ptp(ends)), 0.1)
    quiet_layout(figure, CURVES_HEIGHT)
    figure.add_hline(y=0, line={"color": GUIDE, "dash": "dash", "width": 1})
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%", title={"text": "share of the directions kept"})
    figure.update_yaxes(range=[ends.min() - air, ends.max() + air], tickformat="+", title={"text": plain(measure)})
    return _with_legend(figure)


def _told(side: CurveOfMany) -> list[str]:
    curve, name = side.curve, plain(side.curve.name)
    rows = zip(curve.ks, curve.differences, curve.low, curve.high, strict=True)
    return [
        f"{name}<br>{k} of {side.d} directions: {format_interval(value, low, high, '+.1f')} to unfiltered, 95 %"
        for k, value, low, high in rows
    ]


def _shade_ends(figure: go.Figure) -> None:
    for start, stop in ((0, END_WIDTH), (1 - END_WIDTH, 1)):
        figure.add_vrect(x0=start, x1=stop, fillcolor=GUIDE, opacity=SHADE, line_width=0, layer="below")
    for place in (END_WIDTH, 1 - END_WIDTH):
        figure.add_vline(x=place, line=GUIDE_LINE)


def _with_legend(figure: go.Figure) -> go.Figure:
    legend = {"orientation": "h", "y": -0.2, "x": 0, "font": {"size": 12}}
    figure.update_layout(showlegend=True, legend=legend, hovermode="closest", margin={"l": 64})
    return figure
