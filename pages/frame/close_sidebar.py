"""On a narrow screen the sidebar lies over the page: it closes when a page is chosen in it."""

from pathlib import Path

import streamlit as st

_mount = st.components.v2.component("close_sidebar", js=Path(__file__).with_suffix(".js").read_text("utf-8"))


def close_on_narrow_screens(page: str) -> None:
    """Close the sidebar where the page is another one than before and the screen is narrow."""
    _mount(key="close_sidebar", data={"page": page})
