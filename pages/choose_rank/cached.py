"""Measured quality, whatever band is kept; what is not there yet is made with a bar, outside of Streamlit's caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from pages.cached.backbones import average_token, paper_scores
from pages.cached.corpora import corpus_coefficients, corpus_embeddings
from pages.widgets.progress_bar import with_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from embfilter_core.data.tasks import LabelledTask
    from embfilter_core.quality.comparison import Alternative
    from embfilter_core.quality.measuring import Task, Vectors
    from embfilter_core.quality.random_subspaces import RandomControls
    from embfilter_core.quality.recommendation import Recommendation
    from embfilter_core.quality.sweep import QualitySweep
    from embfilter_core.quality.windows import WindowMap
    from pages.cached.loaded import Live

Made = TypeVar("Made")


@st.cache_resource(max_entries=48, show_spinner=False)
def _slot(kind: str, key: tuple, more: tuple) -> dict:
    """A place for one result. A cached function may not draw, so the result is made beside it, with a bar."""
    return {}


def _kept(kind: str, key: tuple, more: tuple, make: Callable[[], Made]) -> Made:
    slot = _slot(kind, key, more)
    with st.empty():  # on every run: if a bar came and went, all that follows would be drawn anew, and the page jump
        if "made" not in slot:
            slot["made"] = make()
    return slot["made"]


def task_coefficients(live: Live, task: Task) -> Vectors:
    """Coefficients of the embedded corpora of a task."""
    from embfilter_core.quality.measuring import corpora_of

    return tuple(corpus_coefficients(live.embedder, corpus, live.centre) for corpus in corpora_of(task))


def quality_sweep(live: Live, task: Task, measure: str) -> QualitySweep:
    """Every k of the bulk with intervals."""
    from embfilter_core.quality.sweep import sweep_quality

    vectors, start = task_coefficients(live, task), live.backbone.bulk_start
    return _kept(
        "sweep",
        live.key,
        (task.id, measure),
        lambda: with_bar(
            "Measuring every number of directions",
            lambda show: sweep_quality(task, vectors, measure, bulk_start=start, progress=show),
        ),
    )


def recommendation(live: Live, task: Task, measure: str, margin: float) -> Recommendation:
    """The recommended rank, or that one cannot tell."""
    from embfilter_core.quality.sweep import recommend_rank

    vectors, start = task_coefficients(live, task), live.backbone.bulk_start
    return _kept(
        "recommendation",
        live.key,
        (task.id, measure, margin),
        lambda: with_bar(
            "Choosing on one half, reporting on the other",
            lambda show: recommend_rank(task, vectors, measure, margin, start, show),
        ),
    )


def window_scores(live: Live, task: Task, measure: str, around: tuple[int, int] | None) -> WindowMap:
    """Every window of directions on a grid, or more finely around one."""
    from embfilter_core.quality.windows import map_windows

    vectors = task_coefficients(live, task)
    return _kept(
        "windows",
        live.key,
        (task.id, measure, around),
        lambda: with_bar(
            "Measuring every window", lambda show: map_windows(task, vectors, measure, around, progress=show)
        ),
    )


def preset_scores(live: Live, task: Task, sweep: QualitySweep, k: int, seed: int) -> list[Alternative]:
    """Every preset that keeps k directions."""
    from embfilter_core.quality.comparison import compare_presets

    vectors, start, dpi = task_coefficients(live, task), live.backbone.bulk_start, paper_scores(live.backbone)
    return _kept(
        "presets",
        live.key,
        (task.id, sweep.measure, k, seed),
        lambda: compare_presets(task, vectors, sweep, k, seed, start, dpi),
    )


def shares_reference(live: Live, task: Task) -> bool:
    """Whether a text of the reference corpus is measured, so that nothing may be fitted on it."""
    from embfilter_core.quality.measuring import corpora_of

    reference = {text.strip() for text in live.corpus.texts}
    return any(text.strip() in reference for corpus in corpora_of(task) for text in corpus.texts)


def baseline_scores(live: Live, task: Task, sweep: QualitySweep, k: int) -> tuple[list[Alternative], dict[str, str]]:
    """Every baseline that can be had, fitted on the reference corpus unless that is measured itself; and the others."""
    from embfilter_core.quality.comparison import compare_baselines
    from embfilter_core.quality.measuring import corpora_of

    corpora = corpora_of(task)
    reference = None
    if live.mean is not None and not shares_reference(live, task):
        reference = live.centred(corpus_embeddings(live.embedder, live.corpus))
    embeddings = tuple(live.centred(corpus_embeddings(live.embedder, corpus)) for corpus in corpora)
    token = average_token(live.backbone).hidden
    return _kept(
        "baselines",
        live.key,
        (task.id, sweep.measure, k, reference is not None),
        lambda: compare_baselines(task, embeddings, reference, sweep, k, token),
    )


def control_scores(live: Live, task: Task, measure: str) -> RandomControls:
    """Random subspaces of d / 8, d / 4, d / 2 and 3 d / 4 directions over many seeds."""
    from embfilter_core.quality.random_subspaces import random_controls

    vectors, d = task_coefficients(live, task), live.backbone.d
    ks = sorted({max(1, d // 8), max(1, d // 4), max(1, d // 2), max(1, 3 * d // 4)})
    return _kept(
        "controls",
        live.key,
        (task.id, measure),
        lambda: with_bar(
            "Measuring random subspaces", lambda show: random_controls(task, vectors, ks, measure, progress=show)
        ),
    )


def clustering(live: Live, task: LabelledTask) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of directions, (20,), and the V-measure of k-means at each, in points."""
    from embfilter_core.quality.clustering import cluster_quality

    vectors, start = task_coefficients(live, task), live.backbone.bulk_start
    return _kept(
        "clusters",
        live.key,
        (task.id,),
        lambda: with_bar("Clustering", lambda show: cluster_quality(task, vectors, start, show)),
    )
