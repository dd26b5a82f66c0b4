"""The logit lens as a map: layers upwards, positions across, the top token in each cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.layer_metrics import METRICS, Metric
from embfilter_core.figures.logit_lens import TOKEN_SIZE, shorten
from embfilter_core.figures.palette import DARK, FOUND, GUIDE, KEPT, LAYER_SCALE, LIGHT
from embfilter_core.figures.style import percent_ticks, plain, quiet_layout
from embfilter_core.number_format import format_share

ROW_HEIGHT = 21
AXIS_HEIGHT = 130
MOST_TEXT_COLUMNS = 20
"""With more columns than this the tokens do not fit into the cells, and are left to the hover."""
LONGEST_IN_CELL = 8
CHARACTERS_ACROSS = 86
"""About as many characters of cell text fit side by side beside an open sidebar."""
LONGEST_TICK = 12
MOST_TICKS = 32
NARROWEST_MAP = 240
"""Width of the map on a phone, in pixels: a square wider than its cell would take its neighbour's clicks."""
SMALLEST_SQUARE = 6


def layer_map(
    cells: pd.DataFrame,
    metric: str,
    vocabulary: int,
    selected: tuple[int, int] | None = None,
) -> go.Figure:
    """Draw a heat map of one metric over layers (deepest on top) and positions, with the top token of each cell.

    A click on a heat map reaches nobody, so a transparent square lies on every cell; its
    `customdata` begins with the layer and the position.

    Args:
        cells: As `layers_table` gives it.
        metric: One of `METRICS`.
        vocabulary: Rows |V| of the unembedding matrix; fixes the range of the colours.
        selected: (layer, position) of the cell that is framed, or None.
    """
    layers = cells["layer"].unique()
    across = cells.iloc[: len(cells) // len(layers)]
    figure = go.Figure([_heat(cells, METRICS[metric], vocabulary, len(across)), _squares(cells, len(across))])
    quiet_layout(figure, AXIS_HEIGHT + ROW_HEIGHT * len(layers))
    figure.update_layout(hovermode="closest", hoverdistance=-1)  # everywhere in a cell its square is the nearest
    _name_axes(figure, layers, across)
    _mark_gap(figure, across["position"].to_numpy())
    pooled = int(np.flatnonzero(across["pooled"])[0])
    _frame(figure, (pooled - 0.5, pooled + 0.5), (-0.5, len(layers) - 0.5), FOUND)
    if selected is not None:
        here = np.flatnonzero((cells["layer"] == selected[0]) & (cells["position"] == selected[1]))
        for row, column in (divmod(int(place), len(across)) for place in here):
            _frame(figure, (column - 0.5, column + 0.5), (row - 0.5, row + 0.5), LIGHT)
    return figure


def _heat(cells: pd.DataFrame, metric: Metric, vocabulary: int, columns: int) -> go.Heatmap:
    values = cells[metric.column].to_numpy(dtype=float)
    low, high = metric.limits(vocabulary)
    bar = {"title": {"text": metric.label, "side": "right"}, "thickness": 10, "outlinewidth": 0}
    if metric.column == "probability":
        bar |= percent_ticks()
    if metric.column == "final_rank":
        values = np.log10(values)
        decades = range(int(high) + 1)
        bar |= {"tickvals": list(decades), "ticktext": [f"{10**decade:,}" for decade in decades]}
    written = {}
    if columns <= MOST_TEXT_COLUMNS:
        longest = min(LONGEST_IN_CELL, CHARACTERS_ACROSS // columns)
        tokens = [plain(shorten(token, longest)) for token in cells["top_token"]]
        written = {"text": _rows(tokens, columns), "texttemplate": "%{text}", "textfont": {"size": TOKEN_SIZE}}
    return go.Heatmap(
        z=values.reshape(-1, columns),
        zmin=low,
        zmax=high,
        colorscale=LAYER_SCALE,
        reversescale=metric.low_is_bright,
        colorbar=bar,
        hoverinfo="skip",
        **written,
    )


def _squares(cells: pd.DataFrame, columns: int) -> go.Scatter:
    """The overlay that is hovered over and clicked on."""
    numbers = ["probability", "final_rank", "final_log_probability", "entropy", "kl"]
    measured = [[float(f"{value:.4g}") for value in row] for row in cells[numbers].to_numpy()]
    # Lists, not arrays: an array would be sent as one block of bytes, and a selection could not be read back.
    custom = [
        [int(layer), int(position), *row]
        for layer, position, row in zip(cells["layer"], cells["position"], measured, strict=True)
    ]
    where = zip(cells["top_token"], cells["probability"], cells["token"], cells["final_token"], strict=True)
    place = np.arange(len(cells))
    size = max(SMALLEST_SQUARE, min(ROW_HEIGHT - 3, NARROWEST_MAP // columns))
    return go.Scatter(
        x=place % columns,
        y=place // columns,
        mode="markers",
        marker={"symbol": "square", "size": size, "color": KEPT, "opacity": 0},
        selected={"marker": {"opacity": 0}},
        unselected={"marker": {"opacity": 0}},
        customdata=custom,
        hovertext=[
            f"<b>{plain(top)}</b>, probability {format_share(sure)}<br>"
            f"where the text has {plain(token)}; final token {plain(final)}"
            for top, sure, token, final in where
        ],
        hovertemplate="%{hovertext}<br>layer %{customdata[0]}, position %{customdata[1]}"
        "<br>final token: rank %{customdata[3]:,}, "
        "log-probability %{customdata[4]:.2f} nats"
        "<br>entropy %{customdata[5]:.2f} nats, KL from the last layer %{customdata[6]:.2f} nats<extra></extra>",
    )


def _name_axes(figure: go.Figure, layers: np.ndarray, across: pd.DataFrame) -> None:
    columns = np.arange(len(across))
    names = [plain(shorten(token, LONGEST_TICK)) for token in across["token"].where(across["position"] >= 0, "mean")]
    names = [f"<b>▸ {name}</b>" if pooled else name for name, pooled in zip(names, across["pooled"], strict=True)]
    shown = _every(len(names), MOST_TICKS)
    figure.update_xaxes(
        range=[-0.5, len(columns) - 0.5],
        tickvals=columns[shown],
        ticktext=[names[i] for i in shown],
        tickangle=-60,
        tickfont={"family": "monospace", "size": TOKEN_SIZE},
        showgrid=False,
        zeroline=False,
        automargin=True,
        title={"text": "token (▸ where the embedding is read)", "standoff": 4},
    )
    rows = _every(len(layers), 16)
    figure.update_yaxes(
        range=[-0.5, len(layers) - 0.5],
        tickvals=rows,
        ticktext=[str(layers[i]) for i in rows],
        showgrid=False,
        zeroline=False,
        automargin=True,
        title={"text": "layer (0: token embeddings)"},
    )


def _mark_gap(figure: go.Figure, positions: np.ndarray) -> None:
    """A dotted line where positions in the middle are left out, with their number."""
    for after in np.flatnonzero(np.diff(positions) > 1):
        left_out = int(positions[after + 1] - positions[after] - 1)
        figure.add_vline(x=float(after) + 0.5, line={"color": GUIDE, "width": 2, "dash": "dot"})
        where = {"x": float(after) + 0.5, "xref": "x", "y": 1, "yref": "paper", "yanchor": "bottom"}
        figure.add_annotation(text=f"{left_out:,} positions left out", showarrow=False, **where)
        figure.update_layout(margin={"t": 24})


def _frame(figure: go.Figure, x: tuple[float, float], y: tuple[float, float], colour: str) -> None:
    for line in ({"color": DARK, "width": 5}, {"color": colour, "width": 2}):
        figure.add_shape(type="rect", x0=x[0], x1=x[1], y0=y[0], y1=y[1], line=line)


def _every(count: int, most: int) -> np.ndarray:
    """Evenly spaced places out of `count`, at most about `most` of them, the last always among them."""
    step = -(-count // most)
    return np.arange(count - 1, -1, -step)[::-1]


def _rows(values: list[str], columns: int) -> list[list[str]]:
    return [values[start : start + columns] for start in range(0, len(values), columns)]
