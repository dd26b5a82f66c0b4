"""Spectrum: where the frequent tokens live, and what happens when the band is cut there."""

import streamlit as st

from embfilter_core.instrument.look import TERMS
from pages.frame.explained import explained, words
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.instrument import block
from pages.spectrum import results


def main() -> None:
    """Draw the page."""
    view = begin_page("Spectrum")
    st.title("Spectrum", anchor=False)
    explained(
        "An embedding is a sum over the singular directions of the unembedding matrix, from the one that moves the "
        "logits most to the one that moves them least. Point at one to see what it says, and choose which to keep.",
        "intro",
    )
    text = text_box("Text")
    texts = checked_texts(text)
    loaded = load(view)
    embedding = embed(loaded, texts)[0]
    block.draw(loaded, embedding, "spectrum", "spectrum")
    words("instrument", *TERMS)
    results.draw(loaded, embedding)
    words("others", "backbone", "unfiltered", "filtered", "kept directions", "removed directions", "centring")


main()
