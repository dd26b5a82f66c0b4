"""The text box, which all pages share, and examples to click."""

from collections.abc import Callable

import streamlit as st

from embfilter_core.data.examples import EXAMPLES
from embfilter_core.stored_backbones.example import read_stored_example
from pages.frame.controls import LONGEST_TEXT, TEXT

TYPICAL = "typical"
TYPICAL_ABOUT = "Of 100 reference texts, the one whose shares of frequent tokens are nearest to the medians."


def text_box(label: str, beside: Callable[[], object] = lambda: None) -> str:
    """Draw the text box and the examples, and what a page has `beside` them; return the text."""
    text = st.text_area(
        label,
        key=TEXT,
        persist_state="session",
        height=68,
        max_chars=LONGEST_TEXT,
        label_visibility="collapsed",
        placeholder=label,
        help="Press Ctrl+Enter, or click elsewhere, to apply. The text stays out of the address unless you share it.",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("Examples", width="content")
        _example(TYPICAL, read_stored_example().text, TYPICAL_ABOUT)
        for example in EXAMPLES:
            _example(example.name, example.text, example.about)
        beside()
    return text or ""


def about_example(text: str) -> str:
    """Return what a text is there to show, or nothing where it is no example."""
    if text == read_stored_example().text:
        return TYPICAL_ABOUT
    return next((example.about for example in EXAMPLES if example.text == text), "")


def _example(name: str, text: str, about: str) -> None:
    st.button(name, key=f"example_{name}", type="tertiary", on_click=_take, args=(text,), help=about)


def _take(example: str) -> None:
    st.session_state[TEXT] = example
