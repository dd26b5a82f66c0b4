"""The UMAP map is made on demand: a button starts it, a bar shows how far it is, and it can be cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.maps.umap_map import warm_up
from pages.shared import cached, say

if TYPE_CHECKING:
    from embfilter_core.maps.projection import Picture
    from pages.shared.map_page import MapView, Pictures

STAGES = {
    "waiting": "Waiting for another map to be done ...",
    "starting": "Starting UMAP, which takes about ten seconds once ...",
    "neighbours": "Finding neighbours ...",
    "layout": "Laying out the texts ...",
}


def pictures(view: MapView) -> Pictures | None:
    """The UMAP map of before and the kept directions, or None after offering to make it."""
    from pages.shared.map_page import Pictures

    try:
        made = cached.umap_picture(view.live, view.corpus, view.live.kept) or _offer(view)
    except EmbFilterError as problem:
        say.error(problem)
        return None
    return None if made is None else Pictures({"1": made.before, "kept": made.after}, {})


def _offer(view: MapView) -> Picture | None:
    warm_up()
    place = st.empty()
    with place.container():
        st.write(
            f"UMAP lays out both sides of the {len(view.corpus):,} texts together, so that they share a frame. It is "
            "kept on disk for the next time."
        )
        if not st.button("Make the UMAP map", key="make_umap", icon=":material/play_arrow:"):
            return None
        bar = st.progress(0.0, STAGES["starting"])
        st.button("Cancel", key="cancel_umap", help="Ends the process that makes the map; nothing is kept.")

        def show(stage: str, done: int, total: int) -> None:
            bar.progress(done / total, STAGES[stage])  # a click elsewhere ends this run here, and with it the map

        made = cached.make_umap(view.live, view.corpus, view.live.kept, show)
    place.empty()
    return made
