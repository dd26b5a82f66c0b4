"""The UMAP map is made on demand: a button starts it, a bar shows how far it is, and it can be cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.maps.umap_map import warm_up
from pages.frame import messages
from pages.map import cached

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.maps.projection import Picture
    from pages.cached.loaded import LoadedView

WANTED = "umap_wanted"
STAGES = {
    "waiting": "Waiting for another map to be done ...",
    "starting": "Starting UMAP, which takes about ten seconds once ...",
    "neighbours": "Finding neighbours ...",
    "layout": "Laying out the texts ...",
}


def made_or_offered(loaded: LoadedView, corpus: Corpus) -> Picture | None:
    """Return the UMAP map of both sides, or None after offering to make it; may stand in a fragment."""
    try:
        made = cached.umap_picture(loaded, corpus, loaded.kept)
    except EmbFilterError as problem:
        messages.error(problem)
        return None
    if made is None:
        warm_up()
        st.write(
            f"UMAP lays out both sides of the {len(corpus):,} texts together, so that they share a frame: a few "
            "seconds for some hundred texts, a minute or more for thousands. The map is kept for the next time."
        )
        if st.button("Make the UMAP map", key="make_umap", icon=":material/play_arrow:"):
            st.session_state[WANTED] = _wanted(loaded, corpus)
            st.rerun()
    return made


def make_if_wanted(loaded: LoadedView, corpus: Corpus) -> None:
    """Make the map that was asked for; outside of fragments, since a click in one does not end what is running."""
    if st.session_state.pop(WANTED, None) != _wanted(loaded, corpus):
        return
    place = st.empty()
    with place.container(border=True):
        bar = st.progress(0.0, STAGES["starting"])
        st.button("Cancel", key="cancel_umap", help="Ends the process that makes the map; nothing is kept.")

    def show(stage: str, done: int, total: int) -> None:
        bar.progress(done / total, STAGES[stage])  # any click on the page ends this run here, and with it the map

    try:
        cached.make_umap(loaded, corpus, loaded.kept, show)
    except EmbFilterError as problem:
        messages.error(problem)
    place.empty()


def _wanted(loaded: LoadedView, corpus: Corpus) -> tuple:
    return loaded.key, corpus.id, loaded.kept.indices.tobytes()
