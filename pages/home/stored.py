"""Home for a stored backbone: block for block what the live view shows, without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.stored_backbones.sentences import what_the_filter_leaves
from pages.frame.address_bar import choose
from pages.frame.explained import explained
from pages.home import results
from pages.instrument import block
from pages.instrument import stored as stored_instrument

if TYPE_CHECKING:
    from pages.instrument.stored import StoredView


def draw(view: StoredView) -> None:
    """Draw a text of a stored backbone."""
    evidence, note = view.nearest_evidence()
    told = what_the_filter_leaves(view.stored.about.findings)
    if evidence is not None:
        results.draw_finding("Stored", evidence["sentence"], view.stored.about.stamp)
    explained(told, "leaves", small=True)
    noticed = st.container()
    committed = stored_instrument.draw(view, results.KEY)
    block.notice(noticed, view.text, committed)
    results.draw_below_the_instrument(view.lists)

    def open_text(position: int) -> None:
        choose(stored_instrument.open_text(view.stored, position))

    if evidence is None:
        return
    with st.container(border=True):
        results.draw_evidence(evidence, open_text, note)
