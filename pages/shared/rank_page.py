"""The Choose rank page below its data: the recommendation, quality over k, quality over windows, the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.task_types import LabelledTask
from embfilter_core.errors import EmbFilterError
from embfilter_core.quality.measuring import MEASURES, measures_of
from embfilter_core.quality.recommendation import reasons
from embfilter_core.spectral.selection import KeptDirections
from pages.shared import cached, cluster_block, curve_block, published_block, say, window_block
from pages.shared.controls import MARGINS
from pages.shared.measured import Measured, keep_band
from pages.shared.state import value_of

if TYPE_CHECKING:
    from embfilter_core.quality.measuring import Task
    from embfilter_core.quality.recommendation import Recommendation
    from pages.shared.live import Live

USUAL = "usual"


def draw(live: Live, task: Task) -> None:
    """Draw the blocks; data of which nothing can be measured end the run with one clear line."""
    measure, margin = _controls(task)
    try:
        measured = Measured(live, task, measure, margin, cached.quality_sweep(live, task, measure))
        with st.container(border=True):
            _recommendation(measured, cached.recommendation(live, task, measure, margin))
        with st.container(border=True):
            curve_block.draw(measured)
        with st.container(border=True):
            window_block.draw(measured)
        if isinstance(task, LabelledTask):
            with st.container(border=True):
                cluster_block.draw(measured)
    except EmbFilterError as problem:
        say.error(problem)
        st.stop()
    with st.container(border=True):
        published_block.draw()


def _controls(task: Task) -> tuple[str, float]:
    offered = [USUAL, *measures_of(task)]
    if value_of("measure") not in offered:
        st.session_state["measure"] = USUAL
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        measure = st.selectbox(
            "Measure",
            offered,
            key="measure",
            bind="query-params",
            width=220,
            help=f"**{USUAL}**: {measures_of(task)[0]}  \n"
            + "  \n".join(f"**{name}**: {MEASURES[name]}" for name in measures_of(task)),
        )
        margin = st.pills(
            "Margin, in points",
            MARGINS,
            default="0.5",
            required=True,
            key="margin",
            bind="query-params",
            help="How much a smaller number of directions may lose against the best. A point is a hundredth of the "
            "measure.",
        )
    return (measures_of(task)[0] if measure == USUAL else measure), float(margin)


def _recommendation(measured: Measured, result: Recommendation) -> None:
    st.subheader("How many directions should be kept?", anchor=False)
    answer, *rest = reasons(result)
    if result.k is None:
        st.info(say.literal(answer), icon=":material/help:")
    else:
        st.success(say.literal(answer), icon=":material/check_circle:")
        kept = KeptDirections.bulk(result.d, keep=result.k, start=measured.live.backbone.bulk_start)
        st.button("Use this band", icon=":material/filter_alt:", on_click=keep_band, args=(kept,))
    st.markdown("\n".join(f"- {say.literal(sentence)}" for sentence in rest))
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
