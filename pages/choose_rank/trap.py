"""A trap: int8 codes by the range of each dimension gain by a scaling that they hide, not by their precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.choose_rank import cached
from pages.frame.explained import explained
from pages.frame.jobs.results import filling_in
from pages.frame.page_controls import TRAP_OPEN

if TYPE_CHECKING:
    from pages.choose_rank.measured_task import MeasuredTask


@st.fragment
def draw(measured: MeasuredTask) -> None:
    """Draw the block; what it says is measured once it is opened."""
    block = TRAP_OPEN.draw_block()
    if not block.open:
        return
    with block:
        explained(
            "Some libraries make int8 codes from the lowest and highest value of each dimension, and compare the whole "
            "numbers. That scales every dimension by its range, a hidden z-score: unfiltered vectors seem to gain by "
            "losing precision. The int8 on this page has one scale a vector, so it hides none. Measured here on "
            "unfiltered vectors:",
            "trap",
            small=True,
        )
        with filling_in():
            explained(cached.hidden_scaling(measured.loaded, measured.task, measured.measure), "trap_measured")
