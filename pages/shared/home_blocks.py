"""The three blocks of Home, drawn alike from a stored and from a live overview."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from embfilter_core.figures.spectrum import kept_band
from embfilter_core.overview import Overview
from pages.shared import lens_blocks, say
from pages.shared.live import Live, offer_corpus

NEIGHBOUR_COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", width=50),
    "moved": st.column_config.TextColumn("Elsewhere", width=90),
    "cosine": st.column_config.NumberColumn("Cosine", format="%.3f", width=70),
    "text": st.column_config.TextColumn("Text", width="large"),
}


def draw(overview: Overview, source: str, live: Live | None = None, wants_centre: bool = False) -> None:
    """Draw the blocks.

    Args:
        overview: What to show.
        source: `stored` or `live`, told to the reader and part of the widgets' keys.
        live: What the overview was made from, or None for the stored one.
        wants_centre: Whether centring is asked for.
    """
    centred = live is not None and live.centre is not None
    if live is None:
        st.info(
            f"Stored example: “{say.literal(overview.text)}” on {say.literal(overview.backbone)}, half of the "
            "directions kept. Your own view replaces it as soon as the backbone is loaded.",
            icon=":material/inventory_2:",
        )
    with st.container(border=True):
        _tokens(overview, source, centred, wants_centre and not centred)
    with st.container(border=True):
        _spectrum(overview, source)
    with st.container(border=True):
        _neighbours(overview, source, live)


def _tokens(overview: Overview, source: str, centred: bool, waits_for_centre: bool) -> None:
    st.subheader("Which words does this embedding speak?", anchor=False)
    st.caption(
        "The tokens whose logits the embedding raises most, read by the model's own unembedding matrix"
        + (", after centring" if centred else "")
        + ". Arrows tell each token's rank in the other list, among the whole vocabulary."
    )
    if waits_for_centre:
        say.note("Not centred yet: the reference documents of this prompt must be embedded first, see below.")
    lens_blocks.frequency_numbers(overview.tokens)
    lens_blocks.two_token_lists(overview.tokens, ("Before the filter", "After the filter"), f"{source}_home")
    st.page_link("pages/1_Logit_lens.py", label="More on the Logit lens page", icon=":material/arrow_forward:")


def _spectrum(overview: Overview, source: str) -> None:
    k, d = len(overview.kept), len(overview.singular_values)
    st.subheader("What is kept?", anchor=False)
    st.caption(
        f"The singular values of the unembedding matrix, largest first. The filter keeps {k} of {d} directions, in "
        f"blue; what an index stores shrinks to {k / d:.0%}. Change it in the sidebar."
    )
    figure = kept_band(overview.singular_values, overview.kept)
    first, last = overview.singular_values[0], overview.singular_values[-1]
    alt = f"Singular values of {d} directions from {first:.0f} down to {last:.1f}"
    st.plotly_chart(figure, key=f"{source}_band", config=lens_blocks.PLOT, alt=alt)


def _neighbours(overview: Overview, source: str, live: Live | None) -> None:
    st.subheader("Which news are nearest?", anchor=False)
    if overview.after.empty and live is not None:
        offer_corpus(live, "To find neighbours,", "home_corpus")
        return
    st.caption(
        "Nearest of 300 Australian news documents (Lee, Pincombe & Welsh 2005) by cosine. A changed order is not a "
        "better one: nothing on this page measures quality."
    )
    sides = (("Before the filter", "after", overview.before), ("After the filter", "before", overview.after))
    for column, (title, other, table) in zip(st.columns(2), sides, strict=True):
        with column:
            st.markdown(f"**{title}**")
            st.dataframe(
                _moved(table),
                hide_index=True,
                row_height=64,
                column_config=NEIGHBOUR_COLUMNS | {"moved": st.column_config.TextColumn(f"Rank {other}", width=90)},
                key=f"{source}_{other}",
            )


def _moved(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "rank": table["rank"],
            "moved": table["other_rank"].map("{:,}".format),
            "cosine": table["cosine"],
            "text": table["text"],
        }
    )
