"""Choose rank: which band should be kept, measured on labelled data, and how sure that is."""

import streamlit as st

from embfilter_core.claims import how_to_choose
from embfilter_core.quality.measuring import corpora_to_embed
from pages.choose_rank import own_vectors, results, stored
from pages.frame import measured_runs
from pages.frame.explained import explained
from pages.frame.load import load
from pages.frame.page import begin_page
from pages.frame.page_controls import TASK
from pages.widgets import embedding_offer, task_picker


def main() -> None:
    """Draw the page."""
    view = begin_page("Choose rank")
    st.title("Choose rank", anchor=False)
    explained(how_to_choose(), "intro")
    chosen = TASK.draw()
    run = measured_runs.opened()
    if run is not None:
        stored.draw_opened(run.record)
        st.stop()
    if stored.is_stored(chosen):
        stored.draw(chosen)
        st.stop()
    task = task_picker.pick(chosen, {own_vectors.SOURCE: own_vectors.pick})
    if task is None:
        st.stop()
    loaded = load(view)
    if task.vectors is None and loaded.mean is None and view.centre:
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To centre,", "rank_reference")
    for number, corpus in enumerate(corpora_to_embed(task)):
        embedding_offer.require(loaded.embedder, corpus, "To measure,", f"rank_corpus_{number}")
    if task.vectors is not None:
        own_vectors.draw_fit(loaded, task)
    results.draw(loaded, task)


main()
