"""The blocks of the Map page: the picture, the numbers beside it, the selected texts, the download."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from embfilter_core.figures.map_colours import Groups, Rates, Values
from embfilter_core.figures.maps import Marks, map_scatter
from embfilter_core.maps.captions import describe_found, describe_picture, neighbour_facts, trust_fact
from embfilter_core.maps.measures import sentences
from embfilter_core.maps.projection import SIDES
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.tables.maps import map_table, neighbours_table, selection_table
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.page_controls import COLOUR
from pages.map import cached, selection
from pages.widgets.download import table_button
from pages.widgets.percent import PERCENT, in_percent

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.lens.corpus_tokens import TopTokens
    from pages.map.view import MapView, Pictures

MOST_LISTED = 500
RATE, OPEN = "rate-", "◇"
PLOT = {
    "displaylogo": False,
    "modeBarButtons": [["lasso2d", "select2d", "zoom2d", "pan2d"], ["resetScale2d", "toImage"]],
    "toImageButtonOptions": {"filename": "map"},
}
COLUMNS = {
    "position": st.column_config.NumberColumn("No.", width=55, help="Place in the corpus"),
    "text": st.column_config.TextColumn("Text", width=230),
    "label": st.column_config.TextColumn("Label", width=90),
    "id": st.column_config.TextColumn("Id", width=80, help="As the file has it"),
    "row": st.column_config.NumberColumn("Row", format="%d", width=55, help="Of the file, from 1"),
    "surviving": st.column_config.NumberColumn(
        "Survive", format=PERCENT, width=75, help="Share of its neighbours that are neighbours still"
    ),
    "nearest_unfiltered": st.column_config.TextColumn("Nearest unfiltered", width=190),
    "nearest_filtered": st.column_config.TextColumn("Nearest filtered", width=190),
    "rank": st.column_config.NumberColumn("", width=40),
    "in_both": st.column_config.CheckboxColumn("Both", width=45, help="A neighbour unfiltered and filtered"),
}


def picture(view: MapView, pictures: Pictures) -> np.ndarray:
    """Draw the map; returns the positions of the texts that were selected in it."""
    chosen = selection.restored(view)
    names = list(pictures.places)
    marks = Marks(view.found, chosen.carried, [pictures.own[name] for name in names if name in pictures.own])
    figure = map_scatter(
        list(pictures.places.values()), view.corpus.texts, names.index(view.step), _colour(view), marks
    )
    st.plotly_chart(
        figure,
        key=chosen.widget,
        config=PLOT,
        on_select=lambda: selection.keep(view, chosen.widget),
        selection_mode=("points", "box", "lasso"),
        alt=f"Map of {len(view.corpus)} texts by {view.method}, coloured by {COLOUR.choices[view.colour]}",
    )
    explained(_what_it_shows(view, pictures), "picture", small=True)
    return chosen.positions


def _colour(view: MapView) -> Groups | Values | Rates:
    if view.colour == "label":
        return Groups(np.array(view.corpus.labels))
    if view.colour == "neighbours":
        return Values(view.measured[0].surviving, "share of neighbours that survive", limits=(0, 1))
    first = _first_tokens(view)
    title = f"first token {_side(view)}, in a million tokens"
    return Rates(first.texts, first.per_million, first.estimated, first.frequent, title)


def _first_tokens(view: MapView) -> TopTokens:
    unfiltered = _side(view) == "unfiltered"
    kept = KeptDirections.unfiltered(view.loaded.backbone.d) if unfiltered else view.compared
    with st.spinner("Reading the first token of every text ...", show_time=True):
        return cached.top_tokens(view.loaded, view.corpus, kept, view.loaded.counted)


def _side(view: MapView) -> str:
    return view.colour.removeprefix(RATE)


def _what_it_shows(view: MapView, pictures: Pictures) -> str:
    said = [describe_picture(pictures.explained)]
    if view.wanted.strip():
        said.append(describe_found(len(view.found), len(view.corpus)))
    if view.corpus.labels is None:
        said.append("Without labels there is no topic to colour by: the corpus topics has twelve.")
    if view.colour.startswith(RATE):
        source = messages.literal(_first_tokens(view).source)
        said.append(f"Colours tell how frequent the first token is in {source}; {OPEN} not seen there, estimated.")
    if view.own is not None:
        said.append("★ is your own text." if pictures.own else "Your own text is a star on the PCA map alone.")
    return " ".join(said)


def numbers(view: MapView, pictures: Pictures | None) -> None:
    """Draw the numbers, which are measured in the original spaces."""
    _, summary = view.measured
    st.markdown(f"**Unfiltered → {_named(view)}**")
    facts = neighbour_facts(summary)
    if pictures:
        trust = cached.trustworthiness(view.loaded, view.corpus, view.compared, view.k, pictures.sides(view))
        facts.append(trust_fact(*trust, view.k))
    for fact in facts:
        st.metric(fact.name, fact.value, help=fact.meaning)
    explained(f"{' '.join(sentences(summary))} In parentheses: 95 % intervals over the texts.", "numbers", small=True)


def _named(view: MapView) -> str:
    name = "kept directions" if view.filtered == "kept" else f"τ = {view.filtered}"
    return f"{name} ({view.compared.describe()})"


def selected(view: MapView, chosen: np.ndarray) -> None:
    """Draw the table of the texts selected in the picture, or found, and all neighbours of one of them."""
    st.header("Selected texts", anchor=False)
    positions = chosen if len(chosen) else view.found
    if not len(positions):
        st.caption(
            "Draw around points with the lasso or the box, click one, or find a word: the texts appear here with "
            "their nearest neighbours unfiltered and filtered."
        )
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        cut = f", the first {MOST_LISTED} listed" if len(positions) > MOST_LISTED else ""
        what = "selected" if len(chosen) else "found"
        st.caption(f"{len(positions):,} {what}{cut}. Tick one to see all of its neighbours.", width="stretch")
        if len(chosen):
            st.button("Clear the selection", key="clear_map", type="tertiary", on_click=selection.clear)
    positions = positions[:MOST_LISTED]
    table = in_percent(selection_table(view.corpus, positions, view.measured[0]), "surviving")
    ticked = st.dataframe(
        table, hide_index=True, column_config=COLUMNS, key="map_rows", on_select="rerun", selection_mode="single-row",
        height=min(36 + 35 * len(table), 320),
    ).selection.rows  # fmt: skip
    if len(positions) == 1 or (ticked and ticked[0] < len(positions)):
        _neighbours(view, int(positions[ticked[0] if ticked and ticked[0] < len(positions) else 0]))


def _neighbours(view: MapView, position: int) -> None:
    table = neighbours_table(view.corpus, position, view.measured[0])
    order = [name for name in ("rank", "in_both", "text", "label", "position") if name in table]
    for column, side in zip(st.columns(2), SIDES, strict=True):
        rows = table[table["list"] == side]
        with column:
            st.markdown(f"**Neighbours of No. {position + 1} {side}**")
            st.dataframe(rows, hide_index=True, column_config=COLUMNS, column_order=order, key=f"map_near_{side}")


def download(view: MapView, pictures: Pictures) -> None:
    """Offer everything as a table; it is written when it is asked for, since that reads the lens of every text."""

    def table() -> pd.DataFrame:
        unfiltered = KeptDirections.unfiltered(view.loaded.backbone.d)
        one, other = (
            cached.top_tokens(view.loaded, view.corpus, kept, view.loaded.counted)
            for kept in (unfiltered, view.compared)
        )
        return map_table(view.corpus, pictures.sides(view), view.measured[0], (one, other))

    table_button(
        f"Download all {len(view.corpus):,} texts as CSV",
        table,
        "map.csv",
        "Text, label, places unfiltered and filtered, neighbours, purity, first token of the lens, how frequent it is.",
    )
