"""Clustering quality of labelled texts, at twenty numbers of directions, on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.quality.clustering import describe_clustering
from pages.choose_rank import cached
from pages.frame.explained import explained
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    from embfilter_core.data.tasks import LabelledTask
    from embfilter_core.quality.clustering import ClusterQuality
    from pages.cached.loaded import LoadedView

HEADING = "Do the texts cluster by their labels?"
MEASURE = "V-measure of k-means"


def draw(loaded: LoadedView, task: LabelledTask) -> ClusterQuality | None:
    """Offer the clustering, or draw what was clustered before, and return it."""
    st.header(HEADING, anchor=False)
    explained(
        f"{MEASURE}, as many clusters as labels, at twenty numbers of directions; it takes a while.",
        "clusters",
        small=True,
    )
    asked = (loaded.key, task.id)
    if st.button("Cluster", icon=":material/bubble_chart:", key="cluster"):
        st.session_state["clustered"] = asked
    if st.session_state.get("clustered") != asked:
        return None
    found = cached.clustering(loaded, task)
    draw_found(found, loaded.backbone.d)
    return found


def draw_found(found: ClusterQuality, d: int) -> None:
    """Draw the V-measures, measured now or stored; `d`: numbers an unfiltered vector has."""
    explained(describe_clustering(found), "clustered", small=True)
    gain = found.to_unfiltered
    curve = Curve("bulk", found.ks, gain.values, gain.low, gain.high, float(found.scores.values[-1]))
    figure = quality_curve(curve, d, "points to unfiltered")
    st.plotly_chart(figure, key="clusters", config=PLOT, alt=f"{MEASURE} over the number of directions kept")
