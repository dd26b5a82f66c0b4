"""From the bundled backbone to a larger one that is stored: in one click, without a load."""

from __future__ import annotations

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED
from pages.frame.address_bar import choose
from pages.frame.messages import literal
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.stored_backbones import all_stored


def offer(backbone: str) -> None:
    """Offer the largest stored backbone that comes with the app, beside the bundled one.

    Args:
        backbone: What is shown now; beside any other, nothing is offered.
    """
    shipped = [stored for stored in all_stored().values() if stored.origin == "shipped"]
    largest = max(shipped, key=lambda stored: stored.about.parameters, default=None)
    if backbone != BUNDLED.id or largest is None or largest.about.parameters <= BUNDLED.parameters:
        return
    times = largest.about.parameters / BUNDLED.parameters
    st.button(
        f"See it on a model {times:.0f} times larger: {literal(largest.about.name)}, stored",
        key="larger",
        type="tertiary",
        icon=":material/arrow_forward:",
        on_click=choose,
        args=({BACKBONE: largest.spec},),
    )
