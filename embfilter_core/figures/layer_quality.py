"""Quality by layer and by the share of the directions that is kept, every score written with its uncertainty."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.style import LAYER_SCALE, quiet_layout

ROW_HEIGHT = 24
AXIS_HEIGHT = 70


def quality_map(quality: pd.DataFrame, label: str) -> go.Figure:
    """Scores over layers, deepest on top, and ratios, `score ± half of the interval` in each cell.

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
            text=_rows([f"{row.score:.1f} ± {(row.high - row.low) / 2:.1f}" for row in quality.itertuples()], ratios),
            texttemplate="%{text}",
            textfont={"size": 12},
            hovertext=_rows([_hover(row, label) for row in quality.itertuples()], ratios),
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
    return "no filter" if ratio == 1 else f"1/{ratio}"


def _hover(row: tuple, label: str) -> str:
    kept = _name(row.ratio) if row.ratio == 1 else f"{_name(row.ratio)} of the directions"
    return (
        f"layer {row.layer}, {kept}<br>{label}: {row.score:.1f} points<br>95 % interval {row.low:.1f} to {row.high:.1f}"
    )


def _rows(values: list[str], ratios: np.ndarray) -> list[list[str]]:
    return [values[start : start + len(ratios)] for start in range(0, len(values), len(ratios))]
