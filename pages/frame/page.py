"""The frame of every page: title of the window, notes about a wrong link, navigation and sidebar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.frame import explained, messages
from pages.frame.address_bar import is_history_navigation, put_right
from pages.frame.close_sidebar import close_on_narrow_screens
from pages.frame.jobs import sidebar as jobs
from pages.frame.share import opening
from pages.frame.sidebar import draw_controls
from pages.frame.state import forget_notes, read_link
from pages.frame.values import begin_faces
from pages.frame.view import View
from pages.frame.visit import keeping, texts

PAGES = (
    ("app.py", "Home", ":material/home:"),
    ("pages/1_Logit_lens.py", "Logit lens", ":material/search:"),
    ("pages/2_Spectrum.py", "Spectrum", ":material/bar_chart:"),
    ("pages/3_Similarity.py", "Similarity", ":material/compare_arrows:"),
    ("pages/4_Choose_rank.py", "Choose rank", ":material/tune:"),
    ("pages/5_Map.py", "Map", ":material/scatter_plot:"),
    ("pages/6_Layers.py", "Layers", ":material/layers:"),
    ("pages/8_Use_this_filter.py", "Use this filter", ":material/output:"),
)
APP = "EmbedFilter Explorer"
WAITING = "waiting"
"""Key of a container for waits and remarks: where nothing is said, it takes no room."""
LOOK = Path(__file__).with_name("page.css")
ICON = str(Path(__file__).with_name("icon.svg"))


def begin_page(name: str) -> View:
    """Set the title of the window, draw the sidebar and the notes about a wrong link; returns what the sidebar says."""
    title = APP if name == "Home" else f"{name} · {APP}"
    st.set_page_config(page_title=title, page_icon=ICON, layout="wide")
    st.html(LOOK)
    explained.begin()
    if begin_faces(name, is_history_navigation()):
        texts.carry()
    notes = [*keeping.begin(), *read_link(), *opening.notes()]
    if notes:
        messages.notes(notes)
        st.button("Dismiss", key="dismiss_notes", on_click=_dismiss, type="tertiary")
    path = next(path for path, label, _ in PAGES if label == name)
    wanted = opening.page_to_open()
    for other, label, _ in PAGES:
        if label == wanted != name:
            st.switch_page(other)
    with st.sidebar:
        navigation, controls, unmoved = st.container(key="navigation"), st.container(), st.container(key="unmoved")
        close_on_narrow_screens(name)  # before all others: a browser then knows how to draw components when one matters
    with navigation:
        for page, label, icon in PAGES:
            st.page_link(page, label=label, icon=icon)
    with controls:
        view = draw_controls(name)
        jobs.begin(path, name)
    with unmoved:  # a component that moves, as something before it comes or goes, is run again with what it had before
        keeping.keep()
        put_right()
    return view


def _dismiss() -> None:
    forget_notes()
    keeping.forget_notes()
    opening.forget_notes()
