"""Use this filter: the same vectors in other programs, and the proof that they are the same."""

import streamlit as st

from pages.frame.explained import explained
from pages.frame.load import load
from pages.frame.page import begin_page
from pages.frame.share.command import command_line
from pages.frame.share.shown import USE, what_is_shown
from pages.use_filter import results
from pages.widgets import embedding_offer


def main() -> None:
    """Draw the page."""
    view = begin_page(USE)
    st.title(USE, anchor=False)
    explained(
        "Take the filter of the sidebar into your own program. A vector that is served is often not the one that was "
        "judged: a prompt is missing, a template was put around it. So every form comes with vectors of this app, and "
        "with a program that compares and says what is wrong.",
        "intro",
    )
    loaded = load(view)
    if view.centre and loaded.centre is None:
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To centre,", "export_reference")
        st.stop()
    results.draw(loaded, command_line(what_is_shown(USE, view)).copied)


main()
