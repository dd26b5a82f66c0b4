"""The blocks of the Layers page that read one text: the map, a cell of it, followed tokens, and what depth changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_metrics import METRICS
from embfilter_core.figures.layers import MOST_TEXT_COLUMNS, layer_map
from embfilter_core.lens.layers.sentences import shown_sentence
from pages.cached.backbones import token_rates
from pages.frame import messages
from pages.frame.page_controls import FILTERED, LAYER_METRIC
from pages.layers import cached, cell, lines
from pages.layers.view import LayersView
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from pages.cached.loaded import LoadedView

# Tokens do not fit into the cells of a narrow window; a tap still tells them.
NARROW = "<style>@media (max-width: 760px) {.st-key-layer_map .heatmap-label {display: none}}</style>"


def draw(loaded: LoadedView, text: str) -> None:
    """Draw the blocks that read one text."""
    _run(loaded, text)
    filtered = FILTERED.draw(
        help="Off: the logit lens as it is. On: every state is projected on the directions that the sidebar keeps "
        f"({loaded.kept.describe()}) before it is read.",
    )
    kept = loaded.kept if filtered else None
    rates = token_rates(loaded.backbone, loaded.corpus)
    tables = cached.layer_tables(loaded.backbone, loaded.prompt, text, kept, loaded.centre, rates)
    view = LayersView(loaded, text, kept, tables)
    _what_is_shown(view)
    _map_and_cell(view)
    lines.depth(view)


def _run(loaded: LoadedView, text: str) -> None:
    """Run the text through the model, so that its states are kept; a text that cannot be run ends the page."""
    try:
        with st.spinner("Running the text through every layer ...", show_time=True):
            cached.layer_states(loaded.backbone, loaded.prompt, text)
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()


def _what_is_shown(view: LayersView) -> None:
    loaded = view.loaded
    centred_at = None if loaded.centre is None else loaded.backbone.layer_number(loaded.embedder.layer)
    st.caption(
        f"{shown_sentence(view.grid, view.kept, centred_at)} "
        "The *final token* of a position is the model's own top token at the last layer, unfiltered and not centred."
    )


@st.fragment
def _map_and_cell(view: LayersView) -> None:
    with st.container(border=True):
        st.header("What does each layer say?", anchor=False)
        metric = LAYER_METRIC.draw()
        layer, position = cell.chosen(view.grid)
        vocabulary = view.loaded.backbone.vocab_size
        st.html(NARROW)
        st.plotly_chart(
            layer_map(view.tables.cells, metric, vocabulary, (layer, position)),
            key=cell.MAP,
            config=PLOT,
            on_select=lambda: cell.select(view.grid),
            selection_mode="points",
            alt=f"Map of layers and positions, coloured by the {METRICS[metric].label}",
        )
        _below_the_map(view)
        _what_it_means()
    with st.container(border=True):
        st.header("One cell", anchor=False)
        top = cell.draw(view, layer, position)
    column = view.grid.cell(layer, position)[1]
    lines.followed(view, column, tuple(int(token) for token in top["token_id"]))


def _what_it_means() -> None:
    with st.expander("What the numbers mean"):
        st.markdown(
            "- **probability** of the top token of the cell: how sure the reading is.\n"
            "- **rank** and **log-probability** of the final token: how near the reading is to what the model ends "
            "with at that position.\n"
            "- **entropy** of the distribution over the vocabulary, in nats: 0 is one token alone.\n"
            "- **kl**: KL(last layer || this layer), in nats, both read with the same filter and centring.\n"
            "- Inner layers were not trained to be read through the last layer's norm and matrix: that an early layer "
            "looks undecided may be its own way of writing (arXiv 2303.08112 shows how much a translation for each "
            "layer changes)."
        )


def _below_the_map(view: LayersView) -> None:
    written = "" if len(view.grid.positions) <= MOST_TEXT_COLUMNS else " Hover, or tap, to see the tokens."
    framed = "the mean over positions" if view.grid.positions[-1] < 0 else "the last position"
    st.caption(
        f"In each cell the top token.{written} Framed in orange: {framed}, where the embedding is read; in white: the "
        "cell below. Click a cell to choose it. Colours keep their range from text to text."
    )
    table_button("Download the cells as CSV", lambda: view.tables.cells, "layers.csv")
