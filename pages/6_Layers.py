"""Layers: when does a text become its tokens?"""

import streamlit as st

from pages.shared import embedding_block, layer_quality_block, layers_page, live
from pages.shared.sidebar import begin_page
from pages.shared.text_box import text_box


def main() -> None:
    """Draw the page."""
    view = begin_page("Layers")
    st.title("Layers", anchor=False)
    st.markdown(
        "A backbone works on a text layer by layer. The *logit lens* reads every layer as if it were the last one: "
        "which tokens does the state at each position speak of, and from which layer on are they what the model "
        "ends with?"
    )
    text = text_box("Text")
    live.checked_texts(text)
    here = live.load(view)
    if view.centre and here.centre is None:
        embedding_block.offer(here.embedder, here.corpus, "To centre,", "layers_reference")
    layers_page.draw(here, text)
    layer_quality_block.draw(here)


main()
