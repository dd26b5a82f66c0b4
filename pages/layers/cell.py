"""One cell of the map of layers: how it is chosen, and its row of the map's table with its top tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from embfilter_core.lens.layers.grid import MEAN
from embfilter_core.number_format import format_rate, format_share
from embfilter_core.tables.layers import cell_table
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.address_bar import choose
from pages.frame.page_controls import CELL_LAYER, CELL_POSITION
from pages.frame.sidebar_controls import LAYER
from pages.frame.values import value_of

if TYPE_CHECKING:
    from embfilter_core.lens.layers.grid import LayerGrid
    from pages.cached.loaded import LoadedView
    from pages.frame.control import Place
    from pages.layers.view import LayersView

MAP = "layer_map"
SHOWN = 10
"""Top tokens that stand side by side."""
CELL_COLUMNS = {
    "layer": st.column_config.NumberColumn("Layer", format="%d"),
    "position": st.column_config.TextColumn("Position"),
    "token": st.column_config.TextColumn("The text has"),
    "final_token": st.column_config.TextColumn("Final token", help="the top token at the last layer, unfiltered"),
    "final_rank": st.column_config.NumberColumn("its rank", format="localized"),
    "final_log_probability": st.column_config.NumberColumn("its log-probability", format="%.2f", help="in nats"),
    "settled": st.column_config.TextColumn("on top from layer", help="the first layer from which on it stays on top"),
    "entropy": st.column_config.NumberColumn("Entropy", format="%.2f", help="in nats"),
    "kl": st.column_config.NumberColumn("KL", format="%.2f", help="from the last layer, in nats"),
}


def chosen(grid: LayerGrid) -> tuple[int, int]:
    """Return layer and position of the chosen cell; the last layer and the pooled column where it is not shown."""
    row = _place(CELL_LAYER, _layer_names(grid), int(grid.layers[-1]))
    column = _place(CELL_POSITION, _position_names(grid), int(grid.positions[-1]))
    return int(grid.layers[row]), int(grid.positions[column])


def _place(control: Place, options: list[str], last: int) -> int:
    """Place of a control's value among its options; `last` is the number of the last one, which has a name."""
    value = value_of(control)
    if value not in [*options, str(last)]:
        messages.note(f"There is no {control.label.lower()} {value} on the map of this text.")
    place = options.index(value) if value in options else len(options) - 1
    return place


def _layer_names(grid: LayerGrid) -> list[str]:
    return [*map(str, grid.layers[:-1]), CELL_LAYER.default]


def _position_names(grid: LayerGrid) -> list[str]:
    return [*map(str, grid.positions[:-1]), CELL_POSITION.default]


def select(grid: LayerGrid) -> None:
    """Choose the cell that was clicked on the map."""
    points = st.session_state[MAP].selection.points
    if points:
        row, column = grid.cell(*map(int, points[0]["customdata"][:2]))
        choose({CELL_LAYER: _layer_names(grid)[row], CELL_POSITION: _position_names(grid)[column]})


def draw(view: LayersView, layer: int, position: int) -> pd.DataFrame:
    """Draw the sliders that choose a cell, its row of the map and its top tokens, which are returned."""
    left, right, button = st.columns([5, 5, 4], gap="medium", vertical_alignment="bottom")
    with left:
        CELL_LAYER.draw(_layer_names(view.grid))
    with right:
        CELL_POSITION.draw(_position_names(view.grid))
    with button:
        _use_everywhere(view.loaded, layer)
    backbone = view.loaded.backbone
    top = cell_table(view.reading, backbone.token_texts, token_rates(backbone, view.loaded.counted), layer, position)
    st.dataframe(_row_of_the_map(view.tables.cells, layer, position), hide_index=True, column_config=CELL_COLUMNS)
    st.dataframe(_side_by_side(top.head(SHOWN)), hide_index=True)
    return top


def _row_of_the_map(cells: pd.DataFrame, layer: int, position: int) -> pd.DataFrame:
    row = cells.loc[(cells["layer"] == layer) & (cells["position"] == position), list(CELL_COLUMNS)]
    words = {"position": {str(MEAN): "mean"}, "settled": {"-1": "never"}}
    return row.astype(dict.fromkeys(words, str)).replace(words)


def _side_by_side(top: pd.DataFrame) -> pd.DataFrame:
    """The top tokens from left to right, best first, with what is known of each below it."""
    lines = {
        "Token": top["token"],
        "Probability": top["probability"].map(format_share),
        "In a million tokens": map(format_rate, top["per_million"], ~top["estimated"]),
    }
    ranks = top["rank"].astype(str).tolist()
    rows = [[name, *values] for name, values in lines.items()]
    return pd.DataFrame(rows, columns=["Rank", *ranks])


def _use_everywhere(loaded: LoadedView, layer: int) -> None:
    depth, used = loaded.backbone.layer_number(None), loaded.backbone.layer_number(loaded.embedder.layer)
    chosen = st.button(
        f"Use layer {layer} everywhere",
        disabled=layer == used,
        on_click=lambda: choose({LAYER: None if layer == depth else layer}),
        icon=":material/layers:",
        help=f"Sets the sidebar's Layer, which is {used} now: all other pages then embed with the states of that "
        "layer. This page shows every layer whatever is set.",
    )
    if chosen:
        st.rerun()  # the sidebar is no part of this fragment
