"""Layers: when does a text become its tokens?"""

import streamlit as st

from pages.frame.explained import explained, words
from pages.frame.jobs.results import filling_in
from pages.frame.load import checked_texts, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.layers import quality, results
from pages.widgets import embedding_offer

TERMS = (
    "backbone",
    "pooled",
    "final norm",
    "embedding",
    "direction",
    "energy",
    "unfiltered",
    "filtered",
    "kept directions",
    "centring",
    "frequent token",
    "␣ and ⏎",
    "Zipf",
    "τ",
    "points",
    "95 % interval",
)


def main() -> None:
    """Draw the page."""
    view = begin_page("Layers")
    st.title("Layers", anchor=False)
    explained(
        "The logit lens reads every layer as if it were the last: which tokens does each state point to, and from "
        "which layer on are they what the model ends with there?",
        "intro",
    )
    text = text_box("Text")
    checked_texts(text)
    loaded = load(view)
    if view.centre and loaded.centre is None:
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To centre,", "layers_reference")
    with filling_in():
        results.draw(loaded, text)
    quality.draw(loaded)
    words("others", *TERMS)


main()
