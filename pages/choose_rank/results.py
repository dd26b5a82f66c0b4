"""The Choose rank page below its data: the recommendation, quality over k, quality over bands, the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.tasks import LabelledTask
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.quality.measuring import MEASURES, measures_of
from pages.choose_rank import bands, cached, clusters, curve, forest, published, replications
from pages.choose_rank.measured_task import MeasuredTask
from pages.choose_rank.recommendation import draw_recommendation
from pages.frame import messages
from pages.frame.page_controls import MARGIN, MEASURE, USUAL
from pages.frame.state import value_of

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task
    from pages.cached.loaded import LoadedView


def draw(loaded: LoadedView, task: Task) -> None:
    """Draw the blocks; data of which nothing can be measured end the run with one clear line."""
    measure, margin = _controls(task)
    try:
        measured = MeasuredTask(loaded, task, measure, margin, cached.quality_sweep(loaded, task, measure))
        with st.container(border=True):
            _decide(measured)
        with st.container(border=True):
            curve.draw(measured)
        with st.container(border=True):
            forest.draw(measured)
        with st.container(border=True):
            bands.draw(measured)
        if isinstance(task, LabelledTask):
            with st.container(border=True):
                clusters.draw(loaded, task)
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    with st.container(border=True):
        replications.draw()
    with st.container(border=True):
        published.draw()


def _decide(measured: MeasuredTask) -> None:
    """Draw the answer, or why these scores allow none; the curve and the map show them all the same."""
    try:
        treatments = cached.treatments(measured.loaded, measured.task, measured.measure)
    except InputError as problem:
        st.info(messages.literal(str(problem)), icon=":material/help:")
    else:
        draw_recommendation(measured, treatments)


def _controls(task: Task) -> tuple[str, float]:
    usual = measures_of(task)[0]
    if value_of(MEASURE) not in (USUAL, *measures_of(task)):
        st.session_state[MEASURE.key] = USUAL
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        measure = MEASURE.draw({USUAL: usual, **{name: MEASURES[name].explanation for name in measures_of(task)}})
        margin = MARGIN.draw()
    return (usual if measure == USUAL else measure), float(margin)
