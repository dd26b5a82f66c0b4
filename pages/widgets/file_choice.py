"""A choice that belongs to a file or a data set: it is there again whenever that is.

Its list is another widget for other data, or for other options: one that went on with what it showed before would
have to be told, and a click that ends a run takes what the browser was not told yet; it would then send the column
of another file as a choice.
"""

from __future__ import annotations

import hashlib
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
        key: Of the place where the list is.
        width: Of the list, in pixels.
        help: What it does.

    Raises:
        InputError: What was chosen is not among the options, as they are now.
    """
    chosen = choices.chosen(about, role)
    value = usual if chosen is None else chosen
    shown = value if value in options else None
    own = f"{key}_of_{hashlib.sha256(repr((about, list(options))).encode()).hexdigest()[:8]}"
    first = None if shown is None else options.index(shown)  # a list that begins with nothing can be cleared
    with st.container(key=key, width=width):
        st.selectbox(label, options, first, key=own, help=help, on_change=_choose, args=(about, role, own))
    if shown is None:
        raise InputError(
            f"{label}: {value[:80]!r} was chosen, and is not there as the file is read now.", "Choose again."
        )
    return shown


def _choose(about: str, role: str, key: str) -> None:
    value = st.session_state[key]
    if value is not None:
        choices.choose(about, role, value)
