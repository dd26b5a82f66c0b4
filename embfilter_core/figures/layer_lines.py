"""Lines over the layers: chosen tokens, energy in the edge spectrum, and how frequent the top tokens are."""

from math import log10

import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.layer_metrics import FREQUENCIES
from embfilter_core.figures.logit_lens import shorten
from embfilter_core.figures.palette import FREQUENT, QUANTITIES
from embfilter_core.figures.style import percent_ticks, plain, quiet_layout
from embfilter_core.number_format import format_share

HEIGHT = 300
LINE_DASHES = ("solid", "dash", "dot", "dashdot")  # a second way to tell the lines apart
ENERGY = {"first": "first d/16 directions", "last": "last d/16 directions", "very_last": "very last direction"}
WHERE = {"pooled": ("where the embedding is read", "solid"), "positions": ("over all shown positions", "dot")}


def trajectory_lines(followed: pd.DataFrame, quantity: str, vocabulary: int) -> go.Figure:
    """Draw chosen tokens over the layers, one line each.

    Args:
        followed: As `trajectory_table` gives it.
        quantity: One of `CURVES`: rank (logarithmic, 1 on top), probability or logit.
        vocabulary: Rows |V| of the unembedding matrix; the lowest rank there is.
    """
    figure = go.Figure()
    for i, (token_id, rows) in enumerate(followed.groupby("token_id", sort=False)):
        token = str(rows["token"].iloc[0])
        hover = [
            f"<b>{plain(token)}</b> (id {token_id}), layer {row.layer}<br>rank {row.rank:,}, "
            f"probability {format_share(row.probability)}, logit {row.logit:.2f}"
            for row in rows.itertuples()
        ]
        figure.add_scatter(
            x=rows["layer"],
            y=rows[quantity],
            name=plain(shorten(token)),
            mode="lines+markers",
            line={"color": QUANTITIES[i], "dash": LINE_DASHES[i], "width": 2},
            marker={"size": 5},
            hovertext=hover,
            hoverinfo="text",
        )
    _layout(figure, followed, quantity)
    if quantity == "rank":
        figure.update_yaxes(type="log", range=[log10(vocabulary) + 0.1, -0.15], dtick=1)
    elif quantity == "probability":
        figure.update_yaxes(range=[-0.02, 1.02], **percent_ticks())
    return figure


def energy_lines(depth: pd.DataFrame) -> go.Figure:
    """Draw the share of the squared length at both ends of the spectrum over the layers of a `depth_table`."""
    figure = _depth_lines(depth, ENERGY, QUANTITIES)
    _layout(figure, depth, "share of energy")
    return figure.update_yaxes(range=[-0.02, 1.02], **percent_ticks())


def frequency_lines(depth: pd.DataFrame, name: str) -> go.Figure:
    """Draw how frequent the top tokens are over the layers.

    Args:
        depth: As `depth_table` gives it.
        name: One of `FREQUENCIES`.
    """
    frequency = FREQUENCIES[name]
    low, high = frequency.limits
    figure = _depth_lines(depth, {frequency.column: frequency.label}, (FREQUENT,), frequency.is_share)
    _layout(figure, depth, frequency.label)
    ticks = percent_ticks() if frequency.is_share else {}
    return figure.update_yaxes(range=[low - 0.02 * high, 1.02 * high], **ticks)


def _depth_lines(
    depth: pd.DataFrame, quantities: dict[str, str], colours: tuple[str, ...], is_share: bool = True
) -> go.Figure:
    """A colour for each quantity; solid for the pooled state, dotted for the mean over positions."""
    figure, alone = go.Figure(), len(quantities) == 1
    for colour, (column, label) in zip(colours, quantities.items(), strict=False):
        for of, rows in depth.groupby("of", sort=False):
            where, dash = WHERE[str(of)]
            hover = [
                f"layer {layer}, {where}<br>{label}: {format_share(value) if is_share else f'{value:.2f}'}"
                for layer, value in zip(rows["layer"], rows[column], strict=True)
            ]
            figure.add_scatter(
                x=rows["layer"],
                y=rows[column],
                name=where if alone else label,
                showlegend=alone or of == "pooled",  # six entries would cover the axis of a small figure
                mode="lines",
                line={"color": colour, "dash": dash, "width": 2},
                hovertext=hover,
                hoverinfo="text",
            )
    return figure


def _layout(figure: go.Figure, table: pd.DataFrame, title: str) -> None:
    quiet_layout(figure, HEIGHT)
    depth = int(table["layer"].max())
    room = 0.02 * depth
    figure.update_xaxes(range=[-room, depth + room], title={"text": "layer (0: token embeddings)", "standoff": 4})
    figure.update_yaxes(title={"text": title}, automargin=True)
    figure.update_layout(showlegend=True, legend={"orientation": "h", "y": -0.25, "x": 0}, hovermode="closest")
