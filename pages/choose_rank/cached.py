"""Measured quality, whatever band is kept; what is not there yet is made with a bar, outside of Streamlit's caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from pages.cached.backbones import average_token, frequent_token_scores
from pages.cached.corpora import corpus_coefficients, corpus_embeddings
from pages.widgets.progress_bar import with_bar

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from embfilter_core.data.tasks import LabelledTask, Task
    from embfilter_core.quality.bands import BandMap
    from embfilter_core.quality.comparison import Alternative
    from embfilter_core.quality.measuring import Vectors
    from embfilter_core.quality.random_subspaces import RandomSubspaces
    from embfilter_core.quality.recommendation import Recommendation
    from embfilter_core.quality.sweep import QualitySweep
    from pages.cached.loaded import LoadedView

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


def task_coefficients(loaded: LoadedView, task: Task) -> Vectors:
    """Coefficients of the embedded corpora of a task."""
    from embfilter_core.quality.measuring import corpora_of

    return tuple(corpus_coefficients(loaded.embedder, corpus, loaded.centre) for corpus in corpora_of(task))


def quality_sweep(loaded: LoadedView, task: Task, measure: str) -> QualitySweep:
    """Every k of the bulk with intervals."""
    from embfilter_core.quality.sweep import sweep_quality

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    return _kept(
        "sweep",
        loaded.key,
        (task.id, measure),
        lambda: with_bar(
            "Measuring every number of directions",
            lambda show: sweep_quality(task, vectors, measure, bulk_start=start, progress=show),
        ),
    )


def recommendation(loaded: LoadedView, task: Task, measure: str, margin: float) -> Recommendation:
    """The recommended rank, or that one cannot tell."""
    from embfilter_core.quality.sweep import recommend_rank

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    return _kept(
        "recommendation",
        loaded.key,
        (task.id, measure, margin),
        lambda: with_bar(
            "Choosing on one half, reporting on the other",
            lambda show: recommend_rank(task, vectors, measure, margin, start, show),
        ),
    )


def band_scores(loaded: LoadedView, task: Task, measure: str, around: tuple[int, int] | None) -> BandMap:
    """Every band of directions on a grid, or more finely around one."""
    from embfilter_core.quality.bands import map_bands

    vectors = task_coefficients(loaded, task)
    return _kept(
        "bands",
        loaded.key,
        (task.id, measure, around),
        lambda: with_bar("Measuring every band", lambda show: map_bands(task, vectors, measure, around, progress=show)),
    )


def preset_scores(loaded: LoadedView, task: Task, sweep: QualitySweep, k: int, seed: int) -> list[Alternative]:
    """Every preset that keeps k directions."""
    from embfilter_core.quality.comparison import compare_presets

    vectors, start, spectroscopy_scores = (
        task_coefficients(loaded, task),
        loaded.backbone.bulk_start,
        frequent_token_scores(loaded.backbone),
    )
    return _kept(
        "presets",
        loaded.key,
        (task.id, sweep.measure, k, seed),
        lambda: compare_presets(task, vectors, sweep, k, seed, start, spectroscopy_scores),
    )


def shares_reference(loaded: LoadedView, task: Task) -> bool:
    """Whether a text of the reference corpus is measured, so that nothing may be fitted on it."""
    from embfilter_core.quality.measuring import corpora_of

    reference = {text.strip() for text in loaded.corpus.texts}
    return any(text.strip() in reference for corpus in corpora_of(task) for text in corpus.texts)


def baseline_scores(
    loaded: LoadedView, task: Task, sweep: QualitySweep, k: int
) -> tuple[list[Alternative], dict[str, str]]:
    """Every baseline that can be had, fitted on the reference corpus unless that is measured itself; and the others."""
    from embfilter_core.quality.comparison import compare_baselines
    from embfilter_core.quality.measuring import corpora_of

    corpora = corpora_of(task)
    reference = None
    if loaded.mean is not None and not shares_reference(loaded, task):
        reference = loaded.centred(corpus_embeddings(loaded.embedder, loaded.corpus))
    embeddings = tuple(loaded.centred(corpus_embeddings(loaded.embedder, corpus)) for corpus in corpora)
    token = average_token(loaded.backbone).hidden
    return _kept(
        "baselines",
        loaded.key,
        (task.id, sweep.measure, k, reference is not None),
        lambda: compare_baselines(task, embeddings, reference, sweep, k, token),
    )


def random_subspace_scores(loaded: LoadedView, task: Task, measure: str) -> RandomSubspaces:
    """Random subspaces of d / 8, d / 4, d / 2 and 3 d / 4 directions over many seeds."""
    from embfilter_core.quality.random_subspaces import measure_random_subspaces

    vectors, d = task_coefficients(loaded, task), loaded.backbone.d
    ks = sorted({max(1, d // 8), max(1, d // 4), max(1, d // 2), max(1, 3 * d // 4)})
    return _kept(
        "controls",
        loaded.key,
        (task.id, measure),
        lambda: with_bar(
            "Measuring random subspaces",
            lambda show: measure_random_subspaces(task, vectors, ks, measure, progress=show),
        ),
    )


def clustering(loaded: LoadedView, task: LabelledTask) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of directions, (20,), and the V-measure of k-means at each, in points."""
    from embfilter_core.quality.clustering import cluster_quality

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    return _kept(
        "clusters",
        loaded.key,
        (task.id,),
        lambda: with_bar("Clustering", lambda show: cluster_quality(task, vectors, start, show)),
    )
