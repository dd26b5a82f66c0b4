"""Map: where the texts of a corpus lie unfiltered and filtered, and whose neighbours change."""

import streamlit as st

from embfilter_core.claims import PICTURE
from pages.frame.explained import explained, words
from pages.frame.load import embed, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.map import results
from pages.widgets import corpus_picker, embedding_offer


def main() -> None:
    """Draw the page."""
    view = begin_page("Map")
    st.title("Map", anchor=False)
    explained(
        f"A corpus unfiltered and filtered, every text a point: see which texts gather and which part. {PICTURE}",
        "intro",
    )
    text = text_box("Your own text, a star on the map")
    corpus = corpus_picker.pick()
    if corpus is None or not results.fits(corpus):
        st.stop()
    loaded = load(view)
    if view.centre and loaded.centre is None:
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To centre,", "map_reference")
    embedding_offer.require(loaded.embedder, corpus, "To draw this corpus,", "map_corpus")
    own = None
    if text.replace("\x00", "").strip():
        own = loaded.backbone.spectrum.coefficients(loaded.centred(embed(loaded, (text,))))[0]
    results.draw(loaded, corpus, text, own)
    words("others", "trustworthiness", "purity", "anisotropy", "kept directions", "Zipf", "centring")


main()
