"""Clustering quality of labelled texts, at twenty numbers of directions, on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.quality.clustering import FURTHER_KS
from embfilter_core.spectral.families import TAUS
from pages.choose_rank import cached
from pages.frame.explained import explained
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    from embfilter_core.data.tasks import LabelledTask
    from pages.cached.loaded import LoadedView

MEASURE = "V-measure of k-means"


def draw(loaded: LoadedView, task: LabelledTask) -> None:
    """Offer the clustering, or draw what was clustered before."""
    st.header("Do the texts cluster by their labels?", anchor=False)
    explained(
        f"{MEASURE} (as many clusters as labels, one fixed seed), in points, at τ = {', '.join(map(str, TAUS))} and "
        f"{FURTHER_KS} other numbers of directions. It is slow and has no intervals: k-means can start anew at every "
        "point, so do not read small steps.",
        "clusters",
        small=True,
    )
    asked = (loaded.key, task.id)
    if st.button("Cluster", icon=":material/bubble_chart:", key="cluster"):
        st.session_state["clustered"] = asked
    if st.session_state.get("clustered") != asked:
        return
    ks, scores = cached.clustering(loaded, task)
    figure = quality_curve(Curve("bulk", ks, scores), loaded.backbone.d, float(scores[-1]), "points")
    st.plotly_chart(figure, key="clusters", config=PLOT, alt=f"{MEASURE} over the number of directions kept")
