"""What an index of the reduced vectors costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import EmbFilterError
from embfilter_core.number_format import format_bytes
from embfilter_core.ranking.index_cost import bytes_per_million, measure_search
from pages.frame import messages

if TYPE_CHECKING:
    from embfilter_core.spectral.selection import KeptDirections


@st.fragment
def index_cost(kept: KeptDirections) -> None:
    """Draw what an index of the reduced embeddings takes: bytes always, search time on demand."""
    st.header("What does an index cost?", anchor=False)
    d, k = kept.d, len(kept)
    columns = st.columns(2)
    columns[0].metric(
        "A million vectors",
        f"{format_bytes(bytes_per_million(d))} → {format_bytes(bytes_per_million(k))}",
        help=f"4 bytes for each of d = {d} or k = {k} numbers, without what an index adds to them.",
    )
    columns[1].caption(
        "Search time depends on the machine: it is measured here, not looked up. The vectors are random, since the "
        "time of an exact search does not depend on them."
    )
    if not columns[1].button("Measure search time", icon=":material/timer:", disabled=kept.is_unfiltered):
        return
    with st.spinner("Searching ...", show_time=True):
        try:
            cost = measure_search(d, k)
        except EmbFilterError as problem:
            messages.error(problem)
            return
    columns[1].metric(
        f"Exact search of {cost.vectors:,} vectors",
        f"{cost.seconds_d * 1000:.1f} ms → {cost.seconds_k * 1000:.1f} ms",
        f"{cost.ratio:.2f} times faster ({cost.least:.2f} to {cost.most:.2f})",
        delta_color="off",
        help=f"Median of {cost.repeats} repeats of {cost.queries} queries, d and k in turns, on this machine; the "
        "ratio and its range are over the repeats.",
    )
