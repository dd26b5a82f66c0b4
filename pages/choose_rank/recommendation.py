"""The recommended number of directions with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.quality.recommendation import how_decided, reasons
from embfilter_core.spectral.selection import KeptDirections
from pages.choose_rank.measured_task import MeasuredTask
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.kept_controls import keep_band

if TYPE_CHECKING:
    from embfilter_core.quality.recommendation import Recommendation


def draw_recommendation(measured: MeasuredTask, result: Recommendation) -> None:
    """Draw the answer, its reasons, and how it was found."""
    st.header("How many directions should be kept?", anchor=False)
    answer, *rest = reasons(result)
    if result.k is None:
        st.info(messages.literal(answer), icon=":material/help:")
    else:
        st.success(messages.literal(answer), icon=":material/check_circle:")
        kept = KeptDirections.bulk(result.d, keep=result.k, start=measured.loaded.backbone.bulk_start)
        st.button("Use this band", icon=":material/filter_alt:", on_click=keep_band, args=(kept,))
    for number, sentence in enumerate(rest):
        explained(sentence, f"reason_{number}")
    with st.expander("How this is decided"):
        st.markdown("\n".join(f"- {messages.literal(sentence)}" for sentence in how_decided(result)))
