"""The text box, which all pages share, and examples to click."""

import streamlit as st

from embfilter_core.overview import EXAMPLE_TEXT
from pages.frame.controls import LONGEST_TEXT, TEXT

EXAMPLES = {
    "Central bank": EXAMPLE_TEXT,
    "Bush fire": "Hundreds of firefighters battled bushfires near Sydney while strong winds fanned the flames.",
    "Cricket": "The bowler took five wickets before lunch and the home side collapsed.",
    "Recipe": "Whisk the eggs with sugar, fold in the flour and bake for thirty minutes.",
    "Question": "Why do cats purr when they sleep?",
}


def text_box(label: str) -> str:
    """Draw the text box and the examples; returns the text."""
    text = st.text_area(
        label,
        key=TEXT,
        persist_state="session",
        height=80,
        max_chars=LONGEST_TEXT,
        help="Press Ctrl+Enter, or click elsewhere, to apply. The text stays out of the address unless you share it.",
    )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption("Examples", width="content")
        for name, example in EXAMPLES.items():
            st.button(name, key=f"example_{name}", type="tertiary", on_click=_take, args=(example,))
    return text or ""


def _take(example: str) -> None:
    st.session_state[TEXT] = example
