"""Figures of the spectrum: curves over the singular directions, on the widened axis of the band that is dragged.

Every step of the grid is equally wide: single directions at both ends, blocks between.
What is drawn of a block is the mean over its directions, so that steps of any width
can be compared and curves that leap from direction to direction can be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from embfilter_core.figures.palette import CORPUS, CORPUS_MEAN, KEPT, LEFT_OUT, OWN_TEXT
from embfilter_core.figures.style import GUIDE_LINE, quiet_layout
from embfilter_core.number_format import format_share

ENERGY_LINES = {
    "this text": {"color": OWN_TEXT, "width": 3},
    "the corpus": {"color": CORPUS, "width": 2},
    "the mean of the corpus": {"color": CORPUS_MEAN, "width": 2, "dash": "dot"},
}
HEIGHT = 470
LOWEST_ENERGY = -5.0  # log10; what lies lower is drawn below the panel
LOWEST_SCORE = -6.0  # log10, of the largest


def direction_curves(
    scores: pd.DataFrame, energies: pd.DataFrame, ticks: Mapping[int, float], selected: float
) -> go.Figure:
    """Draw spectroscopy scores and energies over the singular directions, both on logarithmic axes.

    A click on a bar or a line is told by its `customdata`: the direction of that step with the largest value.

    Args:
        scores: Spectroscopy scores Δπ as `steps_table` gives them; what is left out is pale and hatched.
        energies: Shares of the energy in each direction as `steps_table` gives them; named as in `ENERGY_LINES`.
        ticks: Places of the directions that are written below the axis.
        selected: Place of the direction that is marked.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for kept in (True, False):
        figure.add_trace(_score_bars(scores[scores["kept"] == kept], kept), row=1, col=1)
    for name, steps in energies.groupby("of", sort=False):
        figure.add_trace(_energy_line(str(name), steps), row=2, col=1)
    quiet_layout(figure, HEIGHT)
    _name_directions(figure, ticks, float((scores["start"] + scores["width"]).max()))
    _name_values(figure, scores["mean"].to_numpy())
    figure.add_vline(x=selected, line=GUIDE_LINE)
    legend = {"orientation": "h", "y": -0.16, "x": 0, "font": {"size": 12}}
    figure.update_layout(bargap=0, showlegend=True, legend=legend, hovermode="closest", barmode="overlay")
    return figure


def _score_bars(steps: pd.DataFrame, kept: bool) -> go.Bar:
    name = "kept" if kept else "left out"
    marker = {"color": KEPT if kept else LEFT_OUT, "line": {"width": 0}}
    if not kept:
        marker["pattern"] = {"shape": "/", "size": 5, "solidity": 0.25, "fillmode": "replace"}
    return go.Bar(
        x=steps["start"] + steps["width"] / 2,
        y=steps["mean"],
        width=steps["width"],
        name=f"Δπ, {name}",
        marker=marker,
        customdata=steps["largest"].tolist(),  # a list: an array would not come back with a selection
        hovertext=[f"{_named(step)}, {name}<br>Δπ {step['mean']:.2g}{_each(step)}" for _, step in steps.iterrows()],
        hoverinfo="text",
    )


def _energy_line(name: str, steps: pd.DataFrame) -> go.Scatter:
    return go.Scatter(
        x=steps["start"] + steps["width"] / 2,
        y=steps["mean"],
        name=f"energy of {name}",
        mode="lines",
        line={**ENERGY_LINES[name], "shape": "hvh"},
        customdata=steps["largest"].tolist(),
        hovertext=[
            f"{_named(step)}<br>{format_share(step['sum'])} of the energy of {name}"
            + (f",<br>{format_share(step['mean'])}{_each(step)}" if step["directions"] > 1 else "")
            for _, step in steps.iterrows()
        ],
        hoverinfo="text",
    )


def _name_directions(figure: go.Figure, ticks: Mapping[int, float], stop: float) -> None:
    figure.update_xaxes(
        range=[0, stop],
        tickvals=list(ticks.values()),
        ticktext=[str(direction) for direction in ticks],
        tickangle=0,
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(title={"text": "singular direction, the ends widened", "standoff": 4}, row=2)


def _name_values(figure: go.Figure, scores: np.ndarray) -> None:
    """Logarithmic axes: of the scores from the smallest to the largest, of the energy always the same."""
    top = np.log10(scores.max(initial=0)) if scores.max(initial=0) > 0 else 0.0
    low = np.log10(scores[scores > 0].min(initial=10**top))
    figure.update_yaxes(type="log", automargin=False)
    figure.update_yaxes(
        title={"text": "Δπ"},
        tickvals=10.0 ** np.arange(-12, 4),
        ticktext=[f"{10.0**power:g}" for power in range(-12, 4)],
        range=[max(low, top + LOWEST_SCORE) - 0.5, top + 0.3],
        row=1,
    )
    decades = 10.0 ** np.arange(-4, 1)
    figure.update_yaxes(
        title={"text": "share of energy"},
        tickvals=decades,
        ticktext=[f"{100 * decade:g} %" for decade in decades],
        range=[LOWEST_ENERGY, 0.1],
        row=2,
    )
    figure.update_layout(margin={"l": 72})


def _named(step: pd.Series) -> str:
    first, last, count = step["first"], step["last"], step["directions"]
    if count == 1:
        return f"direction {first}"
    among = "" if last - first + 1 == count else f"{count} of the "
    return f"{among}directions {first} to {last}"


def _each(step: pd.Series) -> str:
    return " each on average" if step["directions"] > 1 else ""
