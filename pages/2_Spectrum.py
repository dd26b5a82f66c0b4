"""Spectrum: where the frequent tokens live, and what happens when the band is cut there."""

import streamlit as st

from pages.band_brush import block
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.spectrum import results


def main() -> None:
    """Draw the page."""
    view = begin_page("Spectrum")
    st.title("Spectrum", anchor=False)
    st.markdown(
        "Every embedding is a sum over the *singular directions* of the unembedding matrix, ordered from the one that "
        "moves the logits most to the one that moves them least. Drag the band to keep some of them: the tokens and "
        "the neighbours of your text follow while you drag."
    )
    text = text_box("Text")
    texts = checked_texts(text)
    loaded = load(view)
    embedding = embed(loaded, texts)[0]
    with st.container(border=True):
        block.draw(loaded, embedding, "brush_spectrum")
    results.draw(loaded, embedding)


main()
