"""Logit lens: which words an embedding speaks, unfiltered and filtered."""

import streamlit as st

from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.page_controls import ONE_A_LINE
from pages.frame.text_box import text_box
from pages.frame.view import View
from pages.instrument import block
from pages.logit_lens import results

MOST_TEXTS = 12


def main() -> None:
    """Draw the page."""
    view = begin_page("Logit lens")
    st.title("Logit lens", anchor=False)
    st.markdown(
        "Multiply an embedding by the unembedding matrix, and it answers with tokens: those that a model would come to "
        "if it went on from there."
    )
    text = text_box("Text")
    one_a_line = ONE_A_LINE.draw(help=f"Compares up to {MOST_TEXTS} texts, one a line.")
    _results(view, text, one_a_line)


def _results(view: View, text: str, one_a_line: bool) -> None:
    texts = checked_texts(text, one_a_line, MOST_TEXTS)
    loaded = load(view)
    embeddings = embed(loaded, texts)
    block.draw(loaded, embeddings[0], "lens")
    results.draw(loaded, texts, embeddings, view.centre)


main()
