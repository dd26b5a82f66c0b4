"""Home: one text, its tokens and its neighbours, unfiltered and filtered."""

import time

import numpy as np
import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.overview import Overview, make_overview
from pages.cached import backbones
from pages.cached.loaded import LoadedView
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.text_box import text_box
from pages.frame.view import View
from pages.home import blocks

# Given to the browser to draw the stored example, before importing torch takes the processor.
HEAD_START_S = 0.8


def main() -> None:
    """Draw the page: the stored example where the backbone is still to be loaded, then the live one in its place."""
    view = begin_page("Home")
    st.title("EmbedFilter Explorer", anchor=False)
    st.markdown(
        "A text embedding taken from a language model leans towards frequent, empty tokens, and the model's "
        "unembedding matrix holds that lean at both ends of its spectrum: so says the EmbedFilter paper "
        "([arXiv 2606.07502](https://arxiv.org/abs/2606.07502)). Type a text, keep the middle of the spectrum, "
        "and see what changes."
    )
    text = text_box("One text")
    waiting, stored = st.container(), st.empty()
    if view.backbone == BUNDLED.id and not backbones.is_loaded(view.backbone, view.dtype):
        with stored.container():
            blocks.draw(backbones.stored_overview(), "stored")
        time.sleep(HEAD_START_S)
    with waiting:
        loaded, embedding, overview = _live_overview(view, text)
    stored.empty()
    blocks.draw(overview, "live", loaded, embedding, view.centre)


def _live_overview(view: View, text: str) -> tuple[LoadedView, np.ndarray, Overview]:
    texts = checked_texts(text)
    loaded = load(view)
    embedding = embed(loaded, texts)[0]
    overview = make_overview(
        loaded.backbone, text, embedding, loaded.kept, loaded.corpus, loaded.corpus_coefficients, loaded.centre
    )
    return loaded, embedding, overview


main()
