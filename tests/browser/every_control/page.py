"""A page of the small app."""

import streamlit as st

from pages.frame.address_bar import is_history_navigation, put_right
from pages.frame.control import Place, Whole
from pages.frame.controls import CONTROLS
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.state import read_link
from pages.frame.values import begin_faces, value_of

PLACES = [*map(str, range(9))]


def draw(name: str) -> None:
    """Draw every control, and in words what is chosen; every second one is missing while `hide` is on."""
    begin_faces(name, is_history_navigation())
    read_link()
    st.title(name)
    st.page_link("app.py", label="To the first")
    st.page_link("pages/2_Second.py", label="To the second")
    hidden = st.toggle("hide", key=f"hide_{name}")
    for number, control in enumerate(CONTROLS.values()):
        if hidden and number % 2:
            continue
        if isinstance(control, Place):
            control.draw([*PLACES, control.default])
        elif isinstance(control, Whole) and control.step is None:
            control.draw(min(control.high, 99))
        elif hasattr(control, "draw_block") and control.label.startswith("**"):
            control.draw_block().write("open")
        elif control is BACKBONE:
            control.draw(accept_new_options=True)
        else:
            control.draw()
    for key, control in CONTROLS.items():
        with st.container(key=f"said_{key}"):
            st.text(repr(value_of(control)))
    put_right()
