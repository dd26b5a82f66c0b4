"""The answer to a goal: one sentence, what it rests on, and the figure of quality against bytes behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.quality.decisions.questions import find_goal
from embfilter_core.quality.decisions.treatments import CENTRED
from embfilter_core.report.bytes_figure import bytes_figure
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.kept_controls import keep_band
from pages.frame.sidebar_controls import CENTRE
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.errors import InputError
    from embfilter_core.quality.decisions.scored import ScoredTreatments
    from embfilter_core.quality.decisions.treatments import Treatment
    from embfilter_core.spectral.selection import KeptDirections

USE = "pages/8_Use_this_filter.py"
COMPARED_COLUMNS = {
    "what": st.column_config.TextColumn("Kept", width=420),
    "bytes": st.column_config.NumberColumn("Bytes", width=70, help="A vector"),
    "score": st.column_config.NumberColumn("Score", format="%.1f", width=70, help="In points"),
    "low": st.column_config.NumberColumn("from", format="%.1f", width=60, help="95 % interval"),
    "high": st.column_config.NumberColumn("to", format="%.1f", width=60),
    "to_unfiltered": st.column_config.NumberColumn("To unfiltered", format="%+.1f", width=95, help="float32"),
    "to_unfiltered_low": st.column_config.NumberColumn("from", format="%+.1f", width=60, help="95 % interval, paired"),
    "to_unfiltered_high": st.column_config.NumberColumn("to", format="%+.1f", width=60),
}


def draw_answer(goal: str, sentences: Sequence[str], chosen: Treatment | None, kept: KeptDirections | None) -> None:
    """Draw the answer to a goal.

    Args:
        goal: Its id.
        sentences: The answer first, then what it rests on.
        chosen: What the answer says to keep, or None.
        kept: The directions of that, to be kept by a press, or None where it is no filter.
    """
    st.header(find_goal(goal).question, anchor=False)
    answer, *rest = sentences
    if chosen is None:
        st.info(messages.literal(answer), icon=":material/help:")
    else:
        st.success(messages.literal(answer), icon=":material/check_circle:")
    if kept is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button("Use this band", icon=":material/filter_alt:", on_click=_use, args=(chosen, kept))
            st.page_link(USE, label="In your own program", icon=":material/output:")
    for number, sentence in enumerate(rest):
        explained(sentence, f"reason_{number}", small=number > 0)


def _use(chosen: Treatment | None, kept: KeptDirections) -> None:
    """Keep the directions of a treatment everywhere, centred where it is."""
    is_centred = chosen is not None and chosen.line == CENTRED
    keep_band(kept, {CENTRE: True} if is_centred else None)


def draw_none(goal: str, problem: InputError) -> None:
    """Draw why there is no answer to a goal."""
    st.header(find_goal(goal).question, anchor=False)
    st.info(messages.literal(str(problem)), icon=":material/help:")


def draw_how(sentences: Sequence[str]) -> None:
    """Draw how a goal is decided."""
    with st.expander("How this is decided"):
        st.markdown("\n".join(f"- {messages.literal(sentence)}" for sentence in sentences))


def draw_compared(table: pd.DataFrame) -> None:
    """Draw what people compare: unfiltered in every precision, the planned ratios, what was searched for."""
    with st.expander("The treatments that people compare"):
        st.dataframe(table, hide_index=True, column_config=COMPARED_COLUMNS, key="compared")


def draw_sizes(scored: ScoredTreatments, chosen: Treatment | None) -> None:
    """Draw quality against bytes, with a ring around what an answer says to keep."""
    st.header("What does each byte buy?", anchor=False)
    explained(
        "Every treatment by the bytes that its vector takes in an index. The line joins those that nothing as small "
        "beats. Point at one to read what else takes the same bytes.",
        "sizes",
        small=True,
    )
    st.plotly_chart(bytes_figure(scored, chosen), key="sizes", config=PLOT, alt="Quality against bytes a vector")


def band_of(chosen: Treatment | None, bulk_start: int | None) -> KeptDirections | None:
    """Return the directions that a treatment keeps, or None where it is no filter."""
    return None if chosen is None else chosen.band(bulk_start)
