"""The recommended number of directions with its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.quality.recommendation import reasons
from embfilter_core.spectral.selection import KeptDirections
from pages.choose_rank.measured_task import MeasuredTask
from pages.frame import messages
from pages.frame.kept_controls import keep_band

if TYPE_CHECKING:
    from embfilter_core.quality.recommendation import Recommendation


def draw_recommendation(measured: MeasuredTask, result: Recommendation) -> None:
    """Draw the answer, its reasons, and how it was found."""
    st.subheader("How many directions should be kept?", anchor=False)
    answer, *rest = reasons(result)
    if result.k is None:
        st.info(messages.literal(answer), icon=":material/help:")
    else:
        st.success(messages.literal(answer), icon=":material/check_circle:")
        kept = KeptDirections.bulk(result.d, keep=result.k, start=measured.loaded.backbone.bulk_start)
        st.button("Use this band", icon=":material/filter_alt:", on_click=keep_band, args=(kept,))
    st.markdown("\n".join(f"- {messages.literal(sentence)}" for sentence in rest))
    with st.expander("How this is decided"):
        st.markdown(
            f"- Scores of {result.candidates} numbers of directions are taken again over {result.resamples:,} random "
            f"resamples of the {result.unit} (drawn with replacement; all candidates on the same resample), which "
            "gives the 95 % intervals.\n"
            "- Looking for the best and reporting it on the same data flatters it. So a number is chosen on one half "
            f"of the {result.unit} and reported on the other, over {result.splits} random splits. Only if the best "
            "of one half beats all directions on the other, beyond its interval, is anything recommended.\n"
            "- Then the smallest number is taken that, like all larger ones up to the best, is shown to lose at most "
            f"{result.margin:g} points against the best: the lower end of the interval of the difference says so."
            + (
                "\n- The pairs share texts, so the texts are what is drawn, not the pairs: resampling the pairs "
                "would make every interval far too narrow."
                if result.unit == "texts" and result.pairs != result.units
                else ""
            )
        )
