"""Spectrum: where the frequent tokens live, and what happens when the band is cut there."""

import streamlit as st

from pages.shared import brush_block, live, spectrum_page
from pages.shared.sidebar import begin_page
from pages.shared.text_box import text_box


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
    texts = live.checked_texts(text)
    here = live.load(view)
    embedding = live.embed(here, texts)[0]
    with st.container(border=True):
        brush_block.draw(here, text, embedding, "brush_spectrum")
    spectrum_page.draw(here, embedding)


main()
