"""Spectrum: where the frequent tokens live, and what happens when the band is cut there."""

import streamlit as st

from embfilter_core.instrument.look import TERMS
from pages.frame import stored_backbones
from pages.frame.explained import explained, words
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.instrument import block
from pages.spectrum import stored as stored_spectrum


def main() -> None:
    """Draw the page."""
    view = begin_page("Spectrum")
    st.title("Spectrum", anchor=False)
    explained(
        "An embedding is a sum over the singular directions of the unembedding matrix, from the one that moves the "
        "logits most to the one that moves them least. Point at one to see what it says, and choose which to keep.",
        "intro",
    )
    stored = stored_backbones.find(view.backbone)
    if stored is not None:
        with stored_backbones.told():
            stored_spectrum.draw(stored, view.kept)
            _lead_on()
        st.stop()
    text = text_box("Text")
    texts = checked_texts(text)
    loaded = load(view)
    embedding = embed(loaded, texts)[0]
    block.draw(loaded, embedding, "spectrum", "spectrum")
    words("instrument", *TERMS)
    from pages.spectrum import results  # imports torch, which a stored backbone is shown without

    results.draw(loaded, embedding)
    words("others", "backbone", "unfiltered", "filtered", "kept directions", "removed directions", "centring")
    _lead_on()


def _lead_on() -> None:
    """Lead to the spectra of other backbones."""
    st.page_link(
        "pages/7_Compare.py", label="The spectra of all stored backbones, on Compare", icon=":material/balance:"
    )


main()
