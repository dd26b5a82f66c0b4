"""The frame of every page: title of the window, notes about a wrong link, navigation and sidebar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.frame import explained, messages
from pages.frame.sidebar import draw_controls
from pages.frame.state import forget_notes, read_link
from pages.frame.view import View

PAGES = (
    ("app.py", "Home", ":material/home:"),
    ("pages/1_Logit_lens.py", "Logit lens", ":material/search:"),
    ("pages/2_Spectrum.py", "Spectrum", ":material/bar_chart:"),
    ("pages/3_Similarity.py", "Similarity", ":material/compare_arrows:"),
    ("pages/4_Choose_rank.py", "Choose rank", ":material/tune:"),
    ("pages/5_Map.py", "Map", ":material/scatter_plot:"),
    ("pages/6_Layers.py", "Layers", ":material/layers:"),
)
APP = "EmbedFilter Explorer"
# The first screen holds a text, the spectrum and its lists: Streamlit leaves 100 pixels free above a title.
CLOSE_TOGETHER = (
    "<style>[data-testid=stMainBlockContainer] {padding: 2.6rem 2.2rem 3rem} "
    "[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] {gap: 0.6rem}</style>"
)
WAITING = "waiting"
"""Key of a container for waits and remarks: where nothing is said, it takes no room."""
# A wait is told at the foot of the window: above the blocks that it is for, it would push them down and up again.
STILL = (
    "<style>[data-testid=stMain] [data-testid=stElementContainer]:has(> [data-testid=stSpinner]) "
    "{position: fixed; right: 1rem; bottom: 1rem; z-index: 99; width: auto !important; padding: 0.3rem 0.9rem; "
    "border: 1px solid color-mix(in srgb, currentcolor 30%, transparent); border-radius: 0.5rem; background: canvas} "
    f"[data-testid=stLayoutWrapper]:has(> .st-key-{WAITING}):not(:has([data-testid=stAlert])) {{position: absolute}}"
    "</style>"
)
ICON = str(Path(__file__).with_name("icon.svg"))


def begin_page(name: str) -> View:
    """Set the title of the window, draw the sidebar and the notes about a wrong link; returns what the sidebar says."""
    title = APP if name == "Home" else f"{name} · {APP}"
    st.set_page_config(page_title=title, page_icon=ICON, layout="wide")
    st.html(CLOSE_TOGETHER + STILL)
    explained.begin()
    notes = read_link()
    if notes:
        messages.notes(notes)
        st.button("Dismiss", key="dismiss_notes", on_click=forget_notes, type="tertiary")
    with st.sidebar:
        for page, label, icon in PAGES:
            st.page_link(page, label=label, icon=icon)
        st.divider()
        return draw_controls()
