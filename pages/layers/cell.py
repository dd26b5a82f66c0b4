"""One cell of the map of layers: how it is chosen, and its top tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.lens.layers.sentences import cell_sentences
from embfilter_core.tables.layers import cell_table
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.page_controls import CELL_LAYER, CELL_POSITION
from pages.frame.sidebar_controls import LAYER
from pages.frame.state import value_of
from pages.widgets.token_lists import FREQUENCY_COLUMNS

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.lens.layers.grid import LayerGrid
    from pages.cached.loaded import LoadedView
    from pages.frame.control import Place
    from pages.layers.view import LayersView

MAP = "layer_map"
ROW_HEIGHT = 28
CELL_COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", width=50),
    "token": st.column_config.TextColumn("Token", width=100),
    "probability": st.column_config.NumberColumn("Probability", format="percent"),
    "logit": st.column_config.NumberColumn("Logit", format="%.3f"),
    **FREQUENCY_COLUMNS,
    "token_id": st.column_config.NumberColumn("Id", format="%d", width=70),
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
    st.session_state[control.key] = options[place]
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
        st.session_state[CELL_LAYER.key] = _layer_names(grid)[row]
        st.session_state[CELL_POSITION.key] = _position_names(grid)[column]


def draw(view: LayersView, layer: int, position: int) -> pd.DataFrame:
    """Draw the sliders that choose a cell, and its top tokens, which are returned."""
    grid, texts = view.grid, view.loaded.backbone.token_texts
    left, right = st.columns([2, 3], gap="medium")
    with left:
        CELL_LAYER.draw(_layer_names(grid))
        CELL_POSITION.draw(_position_names(grid))
        st.markdown("  \n".join(cell_sentences(view.reading, texts, layer, position, _stands_out)))
        _use_everywhere(view.loaded, layer)
    rates = token_rates(view.loaded.backbone, view.loaded.corpus)
    top = cell_table(view.reading, texts, rates, layer, position)
    with right:
        st.dataframe(
            top[list(CELL_COLUMNS)],
            hide_index=True,
            column_config=CELL_COLUMNS,
            row_height=ROW_HEIGHT,
            height=ROW_HEIGHT * len(top) + 40,
        )
    return top


def _stands_out(token: str) -> str:
    return f"**{messages.literal(token)}**"


def _use_everywhere(loaded: LoadedView, layer: int) -> None:
    depth, used = loaded.backbone.layer_number(None), loaded.backbone.layer_number(loaded.embedder.layer)
    chosen = st.button(
        f"Use layer {layer} on every page",
        disabled=layer == used,
        on_click=lambda: st.session_state.update({LAYER.key: None if layer == depth else layer}),
        icon=":material/layers:",
        help=f"Sets the sidebar's Layer, which is {used} now: all other pages then embed with the states of that "
        "layer. This page shows every layer whatever is set.",
    )
    if chosen:
        st.rerun()  # the sidebar is no part of this fragment
