"""What the data say to keep, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.quality.decisions.goals import how_decided
from embfilter_core.quality.decisions.shrink import shrink
from embfilter_core.spectral.selection import KeptDirections
from pages.choose_rank.measured_task import MeasuredTask
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.kept_controls import keep_band

if TYPE_CHECKING:
    from embfilter_core.quality.decisions.measured import MeasuredTreatments


def draw_recommendation(measured: MeasuredTask, treatments: MeasuredTreatments) -> None:
    """Draw the answer, its reasons, and how it was found."""
    st.header("How many directions should be kept?", anchor=False)
    result = shrink(treatments, measured.margin)
    answer, *rest = result.sentences()
    if result.chosen is None:
        st.info(messages.literal(answer), icon=":material/help:")
    else:
        st.success(messages.literal(answer), icon=":material/check_circle:")
        chosen = result.chosen.measured.treatment
        if chosen.filters:
            kept = KeptDirections.bulk(chosen.d, keep=chosen.k, start=measured.loaded.backbone.bulk_start)
            st.button("Use this band", icon=":material/filter_alt:", on_click=keep_band, args=(kept,))
    for number, sentence in enumerate(rest):
        explained(sentence, f"reason_{number}")
    with st.expander("How this is decided"):
        decided = how_decided(treatments, "shrink")
        st.markdown("\n".join(f"- {messages.literal(sentence)}" for sentence in decided))
