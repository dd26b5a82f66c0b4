"""The UMAP map is made on demand, in a process of its own: a button starts it, and it can be cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.jobs.job import ELSEWHERE, Task
from embfilter_core.maps.umap_map import warm_up
from pages.frame import messages
from pages.frame.jobs.results import in_progress, start
from pages.map import cached

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.jobs.job import Told
    from embfilter_core.maps.projection import Picture
    from pages.cached.loaded import LoadedView

STAGES = {
    "waiting": "waiting for another map to be done",
    "starting": "starting, which takes about ten seconds once",
    "neighbours": "finding neighbours",
    "layout": "laying out the texts",
}


def made_or_offered(loaded: LoadedView, corpus: Corpus) -> Picture | None:
    """Return the UMAP map of both sides, or None after offering to make it or showing how far that is."""
    task = _task(loaded, corpus)
    try:
        made = cached.umap_picture(loaded, corpus, loaded.kept)
        if made is not None or in_progress(*task.id):
            return made
    except InputError as problem:
        messages.error(problem)
        return None
    except EmbFilterError as problem:
        messages.error(problem)  # and it can be tried again
    warm_up()
    st.write(
        f"UMAP lays out both sides of the {len(corpus):,} texts together, so that they share a frame: a few "
        "seconds for some hundred texts, a minute or more for thousands. The map is kept for the next time."
    )
    if st.button("Make the UMAP map", key="make_umap", icon=":material/play_arrow:"):
        start(task)
    return None


def _task(loaded: LoadedView, corpus: Corpus) -> Task[None]:
    def make(told: Told) -> None:
        def show(stage: str, done: int, total: int) -> bool:
            told.stage(STAGES[stage])
            return told(done, total)

        cached.make_umap(loaded, corpus, loaded.kept, show)

    key = (loaded.key, corpus.id, loaded.kept.indices.tobytes())
    return Task("umap", key, f"UMAP of {corpus.name}", make, ELSEWHERE)
