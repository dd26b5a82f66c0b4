"""A choice that belongs to a file or a data set: it is there again whenever that is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from embfilter_core.errors import InputError
from pages.frame.visit import choices


def draw(
    about: str, role: str, label: str, options: Sequence[str], usual: str, key: str, width: int, help: str | None = None
) -> str:
    """Draw a list; return what is chosen: the visitor's choice for these data in this role, or what is `usual`.

    Args:
        about: The SHA-256 of a file, or the name of a data set.
        role: What is chosen, such as `corpus column`.
        label: What stands above the list.
        options: What can be chosen.
        usual: What counts until something is chosen.
        key: Of the list.
        width: Of the list, in pixels.
        help: What it does.

    Raises:
        InputError: What was chosen is not among the options, as they are now.
    """
    chosen = choices.chosen(about, role)
    value = usual if chosen is None else chosen
    shown = value if value in options else None
    if st.session_state.get(key) != shown or key not in st.session_state:
        st.session_state[key] = shown
    first = None if shown is None else 0  # a list that begins with nothing can be cleared
    st.selectbox(label, options, first, key=key, width=width, help=help, on_change=_choose, args=(about, role, key))
    if shown is None:
        raise InputError(
            f"{label}: {value[:80]!r} was chosen, and is not there as the file is read now.", "Choose again."
        )
    return shown


def _choose(about: str, role: str, key: str) -> None:
    value = st.session_state[key]
    if value is not None:
        choices.choose(about, role, value)
