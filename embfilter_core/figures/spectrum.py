"""Figures of the spectrum."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from embfilter_core.figures.palette import CORPUS, CORPUS_MEAN, KEPT, LEFT_OUT, OWN_TEXT
from embfilter_core.figures.style import GUIDE_LINE, quiet_layout

MOST_BARS = 1200
ENERGY_COLOURS = {"this text": OWN_TEXT, "corpus": CORPUS, "mean of the corpus": CORPUS_MEAN}
PANEL_HEIGHT = 190
LOWEST_ENERGY = -6.5  # log10; what lies lower is drawn below the panel


def kept_band(singular_values: np.ndarray, kept: np.ndarray, height: int = 190) -> go.Figure:
    """The singular values on a logarithmic axis, kept directions in colour, the others grey.

    Args:
        singular_values: (d,) descending.
        kept: (k,) indices of the kept directions.
        height: In pixels.
    """
    d = len(singular_values)
    is_kept = np.zeros(d, dtype=bool)
    is_kept[kept] = True
    figure = go.Figure()
    for name, mask, colour in (("left out", ~is_kept, LEFT_OUT), ("kept", is_kept, KEPT)):
        figure.add_bar(
            x=np.flatnonzero(mask),
            y=singular_values[mask],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"direction %{{x}}, {name}<br>singular value %{{y:.2f}}<extra></extra>",
        )
    quiet_layout(figure, height)
    lowest = max(float(singular_values[-1]), float(singular_values[0]) * 1e-6)
    figure.update_xaxes(range=[-0.5, d - 0.5], title={"text": "singular direction, largest first", "standoff": 4})
    figure.update_yaxes(
        type="log",
        dtick=1,
        range=[np.log10(lowest) - 0.15, np.log10(float(singular_values[0])) + 0.1],
        title={"text": "singular value"},
    )
    figure.update_layout(bargap=0, barmode="overlay")
    return figure


def peaks(values: np.ndarray, most: int = MOST_BARS) -> np.ndarray:
    """Positions to draw of a long row of values: all of them, or the largest of each of `most` equal blocks."""
    if len(values) <= most:
        return np.arange(len(values))
    edges = np.linspace(0, len(values), most + 1).astype(int)
    return np.array([start + int(np.argmax(values[start:stop])) for start, stop in pairwise(edges)])


def direction_panels(
    singular_values: np.ndarray, scores: np.ndarray, energies: dict[str, np.ndarray], kept: np.ndarray, selected: int
) -> go.Figure:
    """Singular values, spectroscopy scores and energies over the singular directions, one below the other.

    Args:
        singular_values: (d,) descending.
        scores: Spectroscopy scores Δπ, (d,).
        energies: Share of the energy in each direction, (d,), by name; names as in `ENERGY_COLOURS`.
        kept: (k,) indices of the kept directions, shown in colour.
        selected: Direction that is marked.
    """
    is_kept = np.zeros(len(singular_values), dtype=bool)
    is_kept[kept] = True
    titles = ("singular value", "Δπ", "share of energy")
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.05)
    for row, (name, values) in enumerate([("singular value", singular_values), ("Δπ", scores)], start=1):
        at = peaks(values)
        colours = np.where(is_kept[at], KEPT, LEFT_OUT)
        hover = [f"direction {i}, {'kept' if is_kept[i] else 'left out'}<br>{name} {values[i]:.4g}" for i in at]
        bars = go.Bar(x=at, y=values[at], marker={"color": colours, "line": {"width": 0}}, hovertext=hover)
        figure.add_trace(bars.update(hoverinfo="text", showlegend=False, width=len(values) / len(at)), row=row, col=1)
    for name, shares in energies.items():
        at = peaks(shares)
        hover = [f"direction {i}<br>{name}: {shares[i]:.3%} of the energy" for i in at]
        line = {"color": ENERGY_COLOURS[name], "width": 1.5}
        trace = go.Scatter(x=at, y=shares[at], name=name, mode="lines", line=line, hovertext=hover, hoverinfo="text")
        figure.add_trace(trace, row=3, col=1)
    quiet_layout(figure, 3 * PANEL_HEIGHT)
    figure.update_xaxes(range=[-0.5, len(singular_values) - 0.5])
    figure.update_xaxes(title={"text": "singular direction, largest singular value first", "standoff": 4}, row=3)
    for row, title in enumerate(titles, start=1):
        figure.update_yaxes(title={"text": title}, row=row)
    figure.update_yaxes(type="log", dtick=1, row=1)
    figure.update_yaxes(type="log", exponentformat="power", dtick=2, range=[LOWEST_ENERGY, 0.1], row=3)
    figure.add_vline(x=selected, line=GUIDE_LINE)
    legend = {"orientation": "h", "y": -0.14, "x": 0}
    figure.update_layout(bargap=0, showlegend=True, legend=legend, hovermode="closest")
    return figure
