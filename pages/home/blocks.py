"""The three blocks of Home, drawn alike from a stored and from a live overview."""

from __future__ import annotations

import numpy as np
import streamlit as st

from embfilter_core.figures.spectrum import kept_band
from embfilter_core.overview import TOP_TEXTS, Overview
from pages.band_brush import block
from pages.cached.loaded import LoadedView
from pages.frame import messages
from pages.widgets import embedding_offer, token_lists
from pages.widgets.chart import PLOT

NEIGHBOUR_COLUMNS = {
    "rank_unfiltered": st.column_config.NumberColumn("Unfiltered", width=80, help="Rank by all directions"),
    "rank_filtered": st.column_config.NumberColumn("Filtered", width=70, help="Rank by the kept directions"),
    "text": st.column_config.TextColumn("Document", width=460),
    "cosine_unfiltered": st.column_config.NumberColumn("Cosine unfiltered", format="%.3f"),
    "cosine_filtered": st.column_config.NumberColumn("Cosine filtered", format="%.3f"),
}


def draw(
    overview: Overview,
    source: str,
    loaded: LoadedView | None = None,
    embedding: np.ndarray | None = None,
    wants_centre: bool = False,
) -> None:
    """Draw the blocks.

    Args:
        overview: What to show.
        source: `stored` or `live`, told to the reader and part of the widgets' keys.
        loaded: What the overview was made from, or None for the stored one.
        embedding: The embedding of the text, (d,), or None for the stored one.
        wants_centre: Whether centring is asked for.
    """
    centred = loaded is not None and loaded.centre is not None
    if loaded is None:
        st.info(
            f"Stored example: “{messages.literal(overview.text)}” on {messages.literal(overview.backbone)}, half of "
            "the directions kept. Your own view replaces it as soon as the backbone is loaded.",
            icon=":material/inventory_2:",
        )
    with st.container(border=True):
        _tokens(overview, source, centred, wants_centre and not centred)
    with st.container(border=True):
        _spectrum(overview, source, loaded, embedding)
    with st.container(border=True):
        _neighbours(overview, source, loaded)


def _tokens(overview: Overview, source: str, centred: bool, waits_for_centre: bool) -> None:
    st.subheader("Which words does this embedding speak?", anchor=False)
    st.caption(
        "The tokens whose logits the embedding raises most, read by the model's own unembedding matrix"
        + (", after centring" if centred else "")
        + ". Arrows tell each token's rank in the other list, among the whole vocabulary."
    )
    if waits_for_centre:
        messages.note("Not centred yet: the reference documents of this prompt must be embedded first, see below.")
    token_lists.frequency_numbers(overview.tokens)
    token_lists.two_token_lists(overview.tokens, ("Unfiltered", "Filtered"), f"{source}_home")
    st.page_link("pages/1_Logit_lens.py", label="More on the Logit lens page", icon=":material/arrow_forward:")


def _spectrum(overview: Overview, source: str, loaded: LoadedView | None, embedding: np.ndarray | None) -> None:
    st.subheader("What is kept?", anchor=False)
    st.caption(
        "The singular values of the unembedding matrix, largest first, the kept ones in blue. "
        f"{overview.kept_in_words} Drag the band: tokens and neighbours follow while you do."
    )
    if loaded is not None and embedding is not None:
        block.draw(loaded, embedding, "brush_home")
        st.page_link("pages/2_Spectrum.py", label="More on the Spectrum page", icon=":material/arrow_forward:")
        return
    figure = kept_band(overview.singular_values, overview.kept)
    st.plotly_chart(figure, key=f"{source}_band", config=PLOT, alt=overview.spectrum_in_words)


def _neighbours(overview: Overview, source: str, loaded: LoadedView | None) -> None:
    st.subheader("Which news are nearest?", anchor=False)
    if overview.neighbours.empty and loaded is not None:
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To find neighbours,", "home_corpus")
        return
    st.caption(
        f"The {TOP_TEXTS} nearest of 300 Australian news documents by cosine, unfiltered and filtered (Lee, "
        "Pincombe & Welsh 2005; seven of them are there twice). A changed order is not a better one: nothing on this "
        "page measures quality."
    )
    st.dataframe(overview.neighbours, hide_index=True, column_config=NEIGHBOUR_COLUMNS, key=f"{source}_neighbours")
