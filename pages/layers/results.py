"""The blocks of the Layers page that read one text: the map, a cell of it, followed tokens, and what depth changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.layer_metrics import METRICS
from embfilter_core.figures.layers import MOST_TEXT_COLUMNS, layer_map
from embfilter_core.lens.layers.sentences import final_token_sentences, shown_sentence
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
    rates = token_rates(loaded.backbone, loaded.counted)
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
    st.caption(shown_sentence(view.grid, view.kept, centred_at))


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
        _legend(view)
        top = cell.draw(view, layer, position)
        _what_it_means(view)
        table_button("Download the cells as CSV", lambda: view.tables.cells, "layers.csv")
    column = view.grid.cell(layer, position)[1]
    lines.followed(view, column, tuple(int(token) for token in top["token_id"]))


def _legend(view: LayersView) -> None:
    written = "Hover, or tap, to see the top tokens."
    if len(view.grid.positions) <= MOST_TEXT_COLUMNS:
        written = "In each cell the top token."
    st.caption(f"{written} Orange: where the embedding is read. White: the chosen cell; click another to choose it.")


def _what_it_means(view: LayersView) -> None:
    with st.expander("What the numbers mean"):
        st.markdown(
            "- **probability** of the top token of the cell: how sure the reading is.\n"
            "- **rank** and **log-probability** of the final token: how near the reading is to what the position ends "
            "with.\n"
            "- **entropy** of the distribution over the vocabulary, in nats: 0 is one token alone.\n"
            "- **kl**: KL(last layer || this layer), in nats, both read with the same filter and centring.\n"
            + "\n".join(f"- {messages.literal(sentence)}" for sentence in final_token_sentences(view.grid))
        )
