"""Home: what the embeddings of a corpus lean to, and one text on the instrument."""

import time

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.instrument.stored import read_stored_example
from pages.cached import backbones
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.home import results

# Given to the browser to draw the stored example, before importing torch takes the processor.
HEAD_START_S = 0.8


def main() -> None:
    """Draw the page: the stored example where the backbone is still to be loaded, then the live one in its place."""
    view = begin_page("Home")
    st.title("EmbedFilter Explorer", anchor=False)
    text = text_box("One text")
    waiting, place = st.container(), st.empty()
    if view.backbone == BUNDLED.id and not backbones.is_loaded(view.backbone, view.dtype):
        with place.container():
            results.draw_stored(read_stored_example())
        time.sleep(HEAD_START_S)
    with waiting:
        texts = checked_texts(text)
        loaded = load(view)
        embedding = embed(loaded, texts)[0]
    with place.container():
        results.draw(loaded, text, embedding)


main()
