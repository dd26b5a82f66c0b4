"""Quality by layer and by the share of the directions that is kept, every score written with its uncertainty."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.palette import LAYER_SCALE
from embfilter_core.figures.style import quiet_layout

ROW_HEIGHT = 24
AXIS_HEIGHT = 70


def quality_map(quality: pd.DataFrame, label: str) -> go.Figure:
    """Draw scores over layers, deepest on top, and ratios, `score ± half of the interval` in each cell.

    The colours run from 0 to 100 points whatever the scores are, so that noise looks as small as it is.

    Args:
        quality: As `quality_table` gives it.
        label: What the scores measure.
    """
    layers, ratios = quality["layer"].unique(), quality["ratio"].unique()
    scores = quality["score"].to_numpy()
    figure = go.Figure(
        go.Heatmap(
            z=scores.reshape(len(layers), -1),
            zmin=min(0.0, 10 * np.floor(scores.min() / 10)),
            zmax=100.0,
            colorscale=LAYER_SCALE,
            showscale=False,
            text=_rows(quality, _score),
            texttemplate="%{text}",
            textfont={"size": 12},
            hovertext=_rows(quality, lambda cell: _hover(cell, label)),
            hoverinfo="text",
        )
    )
    quiet_layout(figure, AXIS_HEIGHT + ROW_HEIGHT * len(layers))
    quiet = {"showgrid": False, "zeroline": False}
    names = [_name(ratio) for ratio in ratios]
    figure.update_xaxes(
        tickvals=np.arange(len(ratios)), ticktext=names, title={"text": "kept of the directions"}, **quiet
    )
    figure.update_yaxes(
        tickvals=np.arange(len(layers)),
        ticktext=[str(layer) for layer in layers],
        automargin=True,
        title={"text": "layer (0: token embeddings)"},
        **quiet,
    )
    return figure


def _name(ratio: int) -> str:
    return "unfiltered" if ratio == 1 else f"1/{ratio}"


def _score(cell: pd.Series) -> str:
    return f"{cell['score']:.1f} ± {(cell['high'] - cell['low']) / 2:.1f}"


def _hover(cell: pd.Series, label: str) -> str:
    ratio = int(cell["ratio"])
    kept = _name(ratio) if ratio == 1 else f"{_name(ratio)} of the directions"
    return (
        f"layer {cell['layer']:.0f}, {kept}<br>{label}: {cell['score']:.1f} points"
        f"<br>95 % interval {cell['low']:.1f} to {cell['high']:.1f}"
    )


def _rows(quality: pd.DataFrame, write: Callable[[pd.Series], str]) -> list[list[str]]:
    """What is written into each cell, a list a layer."""
    return [[write(cell) for _, cell in row.iterrows()] for _, row in quality.groupby("layer", sort=False)]
