"""Similarity: who the neighbours of a text are, and at which number of kept directions they change."""

import streamlit as st

from pages.shared import corpus_picker, embedding_block, live, similarity_page
from pages.shared.search import search
from pages.shared.sidebar import begin_page
from pages.shared.text_box import text_box


def main() -> None:
    """Draw the page."""
    view = begin_page("Similarity")
    st.title("Similarity", anchor=False)
    st.markdown(
        "The cosine of two embeddings depends on the directions that are kept. Rank a corpus by its similarity to a "
        "text, drag the band, and see who comes near and who goes. A changed order is not a better one: whether a "
        "band ranks *better* needs judgements of people, and this page has none."
    )
    text = text_box("Query")
    corpus = corpus_picker.pick()
    texts = live.checked_texts(text)
    if corpus is None:
        st.stop()
    here = live.load(view)
    embedding = live.embed(here, texts)[0]
    if view.centre and here.centre is None:
        embedding_block.offer(here.embedder, here.corpus, "To centre,", "similarity_reference")
    embedding_block.require(here.embedder, corpus, "To rank this corpus,", "similarity_corpus")
    similarity_page.draw(search(here, corpus, text, embedding))


main()
