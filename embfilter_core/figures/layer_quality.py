"""Quality by layer and by the share of the directions that is kept, every score written with its uncertainty."""

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.style import quiet_layout
from embfilter_core.lens.layer_quality import POINTS, LayerQuality

ROW_HEIGHT = 24
AXIS_HEIGHT = 70
COLOURS = "Viridis"  # as in the map of the layers: brighter is better


def quality_map(quality: LayerQuality, label: str) -> go.Figure:
    """Scores over layers, deepest on top, and ratios, `score ± half of the interval` in each cell.

    The colours run from 0 to 100 points whatever the scores are, so that noise looks as small as it is.

    Args:
        quality: The scores.
        label: What they measure.
    """
    halves = (quality.high - quality.low) / 2
    names = ["no filter" if ratio == 1 else f"1/{ratio}" for ratio in quality.ratios]
    figure = go.Figure(
        go.Heatmap(
            z=quality.scores,
            zmin=min(0.0, 10 * np.floor(quality.scores.min() / 10)),
            zmax=POINTS,
            colorscale=COLOURS,
            showscale=False,
            text=_cells(quality.scores, halves),
            texttemplate="%{text}",
            textfont={"size": 12},
            hovertext=_hovers(quality, names, label),
            hoverinfo="text",
        )
    )
    quiet_layout(figure, AXIS_HEIGHT + ROW_HEIGHT * len(quality.layers))
    columns, rows = np.arange(len(names)), np.arange(len(quality.layers))
    figure.update_xaxes(
        tickvals=columns, ticktext=names, showgrid=False, zeroline=False, title={"text": "kept of the directions"}
    )
    figure.update_yaxes(
        tickvals=rows,
        ticktext=[str(layer) for layer in quality.layers],
        showgrid=False,
        zeroline=False,
        automargin=True,
        title={"text": "layer (0: token embeddings)"},
    )
    return figure


def _cells(scores: np.ndarray, halves: np.ndarray) -> list[list[str]]:
    return [
        [f"{score:.1f} ± {half:.1f}" for score, half in zip(*row, strict=True)]
        for row in zip(scores, halves, strict=True)
    ]


def _hovers(quality: LayerQuality, names: list[str], label: str) -> list[list[str]]:
    return [
        [
            f"layer {layer}, {name if ratio == 1 else f'{name} of the directions'}<br>{label}: "
            f"{quality.scores[row, column]:.1f} points<br>"
            f"95 % interval {quality.low[row, column]:.1f} to {quality.high[row, column]:.1f}"
            for column, (ratio, name) in enumerate(zip(quality.ratios, names, strict=True))
        ]
        for row, layer in enumerate(quality.layers)
    ]
