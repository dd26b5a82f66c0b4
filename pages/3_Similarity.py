"""Similarity: who the neighbours of a text are, and at which number of kept directions they change."""

import streamlit as st

from embfilter_core.claims import ORDER, ranked_by
from embfilter_core.data.folding import fold_corpus
from pages.frame.explained import explained
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.share import page_offer
from pages.frame.text_box import text_box
from pages.similarity import results
from pages.similarity.query import as_reference, ranked_corpus
from pages.widgets import corpus_picker, embedding_offer


def main() -> None:
    """Draw the page."""
    view = begin_page("Similarity")
    st.title("Similarity", anchor=False)
    explained(f"{ranked_by(view.centre)} {ORDER}", "intro")
    text = text_box("Query")
    corpus = corpus_picker.pick()
    texts = checked_texts(text)
    if corpus is None:
        st.stop()
    loaded = load(view)
    embedding = embed(loaded, texts)[0]
    if view.centre and loaded.centre is None:
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To centre,", "similarity_reference")
    folded = fold_corpus(corpus)
    embedding_offer.require(loaded.embedder, folded.corpus, "To rank this corpus,", "similarity_corpus")
    ranked = ranked_corpus(loaded, folded, embedding)
    page_offer.neighbours_from(as_reference(ranked))
    results.draw(ranked)


main()
