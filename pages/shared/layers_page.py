"""The blocks of the Layers page that read one text: the map, a cell of it, followed tokens, and what depth changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.export.layer_tables import cell_table
from embfilter_core.export.tables import to_csv
from embfilter_core.figures.layers import METRICS, MOST_TEXT_COLUMNS, layer_map
from pages.shared import cached, layer_blocks, say, waiting
from pages.shared.lens_blocks import PLOT
from pages.shared.state import CONTROLS, LAYER_METRICS, value_of

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.lens.layer_states import LayerGrid, LayerStates
    from embfilter_core.spectral.selection import KeptDirections
    from pages.shared.cached.layers import LayerTables
    from pages.shared.live import Live

LAST, POOLED = "last", "pooled"
ROW_HEIGHT = 28
# Tokens do not fit into the cells of a narrow window; a tap still tells them.
NARROW = "<style>@media (max-width: 760px) {.st-key-layer_map .heatmap-label {display: none}}</style>"
CELL_COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", width=50),
    "token": st.column_config.TextColumn("Token", width=140),
    "probability": st.column_config.NumberColumn("Probability", format="percent"),
    "logit": st.column_config.NumberColumn("Logit", format="%.3f"),
    "zipf": st.column_config.NumberColumn("Zipf", format="%.2f", help="0: no known word; empty: not alphabetic"),
    "token_id": st.column_config.NumberColumn("Id", format="%d", width=70),
}


@dataclass(frozen=True, eq=False)
class TextReading:
    """A text as the page reads it.

    Attributes:
        live: Backbone, prompt, kept directions and centre.
        text: The text.
        kept: The directions that the states are projected on, or None where they are read unfiltered.
        tables: The reading and its tables.
    """

    live: Live
    text: str
    kept: KeptDirections | None
    tables: LayerTables

    @property
    def grid(self) -> LayerGrid:
        """The layers and positions."""
        return self.tables.reading.grid


def draw(live: Live, text: str) -> None:
    """Draw the blocks that read one text."""
    states = _states(live, text)
    filtered = st.toggle(
        "Filter the states",
        key="filtered",
        bind="query-params",
        help="Off: the logit lens as it is. On: every state is projected on the directions that the sidebar keeps "
        f"({live.kept.describe()}) before it is read.",
    )
    kept = live.kept if filtered else None
    tables = cached.layer_tables(live, text, kept, lambda work: waiting.with_bar("Reading every layer", work))
    reading = TextReading(live, text, kept, tables)
    _what_is_shown(reading, states)
    _map_and_cell(reading)
    layer_blocks.depth(reading)


def _states(live: Live, text: str) -> LayerStates:
    try:
        with st.spinner("Running the text through every layer ...", show_time=True):
            return cached.layer_states(live, text)
    except EmbFilterError as problem:
        say.error(problem)
        st.stop()


def _what_is_shown(reading: TextReading, states: LayerStates) -> None:
    live, grid = reading.live, reading.grid
    every = len(grid.layers) == grid.depth + 1
    layers = f"all {len(grid.layers)} layers" if every else f"{len(grid.layers)} of {grid.depth + 1} layers"
    cut = f", {grid.cut_positions:,} in the middle are left out" if grid.cut_positions else ""
    seen = f", {grid.cut_tokens:,} tokens of the text were too many for the model" if grid.cut_tokens else ""
    read = "unfiltered" if reading.kept is None else f"filtered ({live.kept.describe()} are kept)"
    if live.centre is not None:
        layer = grid.depth if live.embedder.layer is None else live.embedder.layer
        read += f", after the mean of the reference documents at layer {layer} is taken off at every layer"
    st.caption(
        f"Shown: {layers}, {len(states.grid.positions[grid.places])} positions{cut}{seen}, {read}. Inner layers pass "
        f"the model's final norm first; layer {grid.depth}, the last, is read as the model returns it, already normed. "
        "The *final token* of a position is the model's own top token at the last layer, unfiltered and not centred."
    )


@st.fragment
def _map_and_cell(reading: TextReading) -> None:
    with st.container(border=True):
        st.subheader("What does each layer say?", anchor=False)
        metric = st.segmented_control(
            "Colour",
            LAYER_METRICS,
            default=CONTROLS["cells"].default,
            required=True,
            key="cells",
            bind="query-params",
            help="Brighter is nearer to what the model ends with, or surer.  \n"
            + "  \n".join(f"**{name}**: {METRICS[name.replace('-', '_')].label}" for name in LAYER_METRICS),
        ).replace("-", "_")
        layer, position = _chosen_cell(reading.grid)
        vocabulary = reading.live.backbone.vocab_size
        st.html(NARROW)
        st.plotly_chart(
            layer_map(reading.tables.cells, metric, vocabulary, (layer, position)),
            key="layer_map",
            config=PLOT,
            on_select=lambda: _select_cell(reading.grid),
            selection_mode="points",
            alt=f"Map of layers and positions, coloured by the {METRICS[metric].label}",
        )
        _below_the_map(reading)
    with st.container(border=True):
        st.subheader("One cell", anchor=False)
        top = _cell(reading, layer, position)
    column = reading.grid.cell(layer, position)[1]
    layer_blocks.followed(reading, column, tuple(int(token) for token in top["token_id"]))


def _below_the_map(reading: TextReading) -> None:
    written = "" if len(reading.grid.positions) <= MOST_TEXT_COLUMNS else " Hover, or tap, to see the tokens."
    framed = "the mean over positions" if reading.grid.positions[-1] < 0 else "the last position"
    st.caption(
        f"In each cell the top token.{written} Framed in orange: {framed}, where the embedding is read; in white: the "
        "cell below. Click a cell to choose it. Colours keep their range from text to text."
    )
    st.download_button(
        "Download the cells as CSV",
        to_csv(reading.tables.cells),
        "layers.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _chosen_cell(grid: LayerGrid) -> tuple[int, int]:
    """Layer and position of the chosen cell; what is not shown gives way to the last layer and the pooled column."""
    for key, options in (("cell_layer", _layer_names(grid)), ("cell_position", _position_names(grid))):
        if value_of(key) not in options:
            say.note(f"There is no {key.removeprefix('cell_')} {value_of(key)} on the map of this text.")
            st.session_state[key] = options[-1]
        else:
            st.session_state[key] = value_of(key)
    row = _layer_names(grid).index(st.session_state["cell_layer"])
    column = _position_names(grid).index(st.session_state["cell_position"])
    return int(grid.layers[row]), int(grid.positions[column])


def _layer_names(grid: LayerGrid) -> list[str]:
    return [*map(str, grid.layers[:-1]), LAST]


def _position_names(grid: LayerGrid) -> list[str]:
    return [*map(str, grid.positions[:-1]), POOLED]


def _select_cell(grid: LayerGrid) -> None:
    points = st.session_state["layer_map"].selection.points
    if points:
        row, column = grid.cell(*map(int, points[0]["customdata"][:2]))
        st.session_state["cell_layer"] = _layer_names(grid)[row]
        st.session_state["cell_position"] = _position_names(grid)[column]


def _cell(reading: TextReading, layer: int, position: int) -> pd.DataFrame:
    """The sliders that choose a cell, and its top tokens, which are returned."""
    grid, texts = reading.grid, reading.live.backbone.token_texts
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.select_slider("Layer", _layer_names(grid), key="cell_layer", bind="query-params")
        st.select_slider(
            "Position",
            _position_names(grid),
            key="cell_position",
            bind="query-params",
            help="`pooled` is where the embedding is read: the last position, or the mean over the pooled ones.",
        )
        _cell_in_words(reading, layer, position)
        _use_everywhere(reading.live, layer, grid.depth)
    top = cell_table(reading.tables.reading, texts, layer, position)
    with right:
        st.dataframe(
            top[list(CELL_COLUMNS)],
            hide_index=True,
            column_config=CELL_COLUMNS,
            row_height=ROW_HEIGHT,
            height=ROW_HEIGHT * len(top) + 40,
        )
    return top


def _cell_in_words(reading: TextReading, layer: int, position: int) -> None:
    row, column = reading.grid.cell(layer, position)
    cell = reading.tables.cells.iloc[row * len(reading.grid.positions) + column]
    settled = int(reading.tables.reading.settled[column])
    since = f"It stays on top from layer {settled} on." if settled >= 0 else "It is not on top at the last layer."
    where = f"position {position}, where the text has **{say.literal(cell['token'])}**" if position >= 0 else "the mean"
    st.markdown(
        f"Layer {layer} of {reading.grid.depth}, {where}.  \n"
        f"The final token here is **{say.literal(cell['final_token'])}**: at this layer rank {cell['final_rank']:,}, "
        f"log-probability {cell['final_log_probability']:.2f} nats. {since}  \n"
        f"Entropy {cell['entropy']:.2f} nats, KL from the last layer {cell['kl']:.2f} nats."
    )


def _use_everywhere(live: Live, layer: int, depth: int) -> None:
    used = depth if live.embedder.layer is None else live.embedder.layer
    chosen = st.button(
        f"Use layer {layer} on every page",
        disabled=layer == used,
        on_click=lambda: st.session_state.update(layer=None if layer == depth else layer),
        icon=":material/layers:",
        help=f"Sets the sidebar's Layer, which is {used} now: all other pages then embed with the states of that "
        "layer. This page shows every layer whatever is set.",
    )
    if chosen:
        st.rerun()  # the sidebar is no part of this fragment
