"""Logit lens: which tokens an embedding points to, unfiltered and filtered."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from embfilter_core.claims import LENS, what_lists_show
from embfilter_core.instrument.look import TERMS
from pages.frame import stored_backbones
from pages.frame.explained import explained, words
from pages.frame.load import checked_texts, embed, load
from pages.frame.page import begin_page
from pages.frame.page_controls import ONE_A_LINE
from pages.frame.text_box import text_box
from pages.frame.values import value_of
from pages.frame.view import View
from pages.instrument import block
from pages.logit_lens import stored as stored_lists

MOST_TEXTS = 12


def main() -> None:
    """Draw the page."""
    view = begin_page("Logit lens")
    st.title("Logit lens", anchor=False)
    stored = stored_backbones.find(view.backbone)
    if stored is not None:
        with stored_backbones.told():
            stored_lists.draw(stored, view.kept)
        st.stop()
    intro = st.container()  # keeps what it shows while the page runs again, as `st.empty` does not
    about = f"Compares up to {MOST_TEXTS} texts, one a line."
    text = text_box("Text", beside=lambda: ONE_A_LINE.draw(help=about))
    _results(view, text, value_of(ONE_A_LINE), intro)


def _results(view: View, text: str, one_a_line: bool, intro: DeltaGenerator) -> None:
    from pages.logit_lens import results  # imports torch, which a stored backbone is shown without

    texts = checked_texts(text, one_a_line, MOST_TEXTS)
    loaded = load(view)
    with intro:
        explained(f"{LENS} {what_lists_show(loaded.reading)}", "intro")
    embeddings = embed(loaded, texts)
    shown, noticed = results.shown_text(texts), st.container()
    block.notice(noticed, texts[shown], block.draw(loaded, embeddings[shown], "lens"))
    words("instrument", *TERMS)
    results.draw(loaded, texts, embeddings, view.centre)
    words("others", "Zipf", "mean logit", "kept directions", "removed directions", "centring")


main()
