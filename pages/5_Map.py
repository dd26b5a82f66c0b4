"""Map: where the texts of a corpus lie before and after the filter, and whose neighbours change."""

import streamlit as st

from pages.shared import corpus_picker, embedding_block, live, map_page
from pages.shared.sidebar import begin_page
from pages.shared.text_box import text_box


def main() -> None:
    """Draw the page."""
    view = begin_page("Map")
    st.title("Map", anchor=False)
    st.markdown(
        "A corpus before and after the filter, every text a point. Step through the ratios and see which texts "
        "gather and which part; select some and read their neighbours. A picture in two dimensions leaves out most "
        "of what there is: the numbers beside it are measured in the embeddings themselves."
    )
    text = text_box("Your own text, a star on the map")
    corpus = corpus_picker.pick()
    if corpus is None or not map_page.fits(corpus):
        st.stop()
    here = live.load(view)
    if view.centre and here.centre is None:
        embedding_block.offer(here.embedder, here.corpus, "To centre,", "map_reference")
    embedding_block.require(here.embedder, corpus, "To draw this corpus,", "map_corpus")
    own = None
    if text.replace("\x00", "").strip():
        own = here.backbone.spectrum.coefficients(here.centred(live.embed(here, (text,))))[0]
    map_page.draw(here, corpus, text, own)


main()
