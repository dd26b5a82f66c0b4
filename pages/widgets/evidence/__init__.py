"""The evidence over a corpus: every text a dot, over the number of frequent tokens that its embedding points to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from embfilter_core.figures.palette import DEEP_BLUE, VERMILION

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
COLOURS = {"blue": DEEP_BLUE, "orange": VERMILION}
_mount = st.components.v2.component(
    "evidence",
    html='<div class="evidence"></div>',
    css=(HERE / "evidence.css").read_text("utf-8"),
    js=(HERE / "evidence.js").read_text("utf-8"),
)


def draw(data: dict[str, Any], key: str, open_text: Callable[[int], None]) -> None:
    """Draw the dots.

    Args:
        data: As `embfilter_core.instrument.evidence` makes it.
        key: Key of the widget.
        open_text: Called with the place of a text that is clicked.
    """

    def opened() -> None:
        place = st.session_state[key].open
        if type(place) is int and 0 <= place < len(data["texts"]):
            open_text(place)

    _mount(key=key, data=[data | {"colours": COLOURS}], on_open_change=opened)  # a list, as the instrument's
