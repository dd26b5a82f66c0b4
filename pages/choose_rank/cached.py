"""Measured quality, whatever band is kept: each result is a job, made once for all sessions.

What is measured raises `NotYet` until it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from embfilter_core.data.tasks import PairTask
from embfilter_core.errors import InputError
from embfilter_core.jobs.job import Task as Job
from pages.cached.backbones import average_token, frequent_token_scores
from pages.cached.corpora import corpus_coefficients, corpus_embeddings
from pages.cached.keys import KEYS, read_only
from pages.frame.jobs.results import wanted
from pages.frame.visit import files

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.data.tasks import LabelledTask, Task
    from embfilter_core.data.vectors.beside import BesideVectors as Beside
    from embfilter_core.data.vectors.vector_table import VectorTable
    from embfilter_core.jobs.job import Told
    from embfilter_core.quality.bands import BandMap
    from embfilter_core.quality.clustering import ClusterQuality
    from embfilter_core.quality.comparison import Alternative
    from embfilter_core.quality.decisions.measured import MeasuredTreatments, SearchedBest
    from embfilter_core.quality.forest_rows import Forest, ForestRow
    from embfilter_core.quality.measuring import Vectors
    from embfilter_core.quality.random_subspaces import RandomSubspaces
    from embfilter_core.quality.sweep import QualitySweep
    from pages.cached.loaded import LoadedView
    from pages.cached.uploads import Upload

    TableAndArrays = tuple[Upload, tuple[Upload, ...]]
    """A table, and the files of arrays that have the vectors of its rows, where it has none itself."""

Made = TypeVar("Made")


def task_coefficients(loaded: LoadedView, task: Task) -> Vectors:
    """Return the coefficients of the embedded corpora of a task, or of the vectors that it brings.

    Raises:
        InputError: One is not embedded, or the vectors are not as long as the backbone's.
    """
    from embfilter_core.quality.measuring import corpora_of

    if task.vectors is not None:
        return _own_coefficients(loaded.backbone, task)
    return tuple(
        _embedded(corpus_coefficients(loaded.embedder, corpus, loaded.centre), task) for corpus in corpora_of(task)
    )


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner=False)
def _own_coefficients(backbone: Backbone, task: Task) -> Vectors:
    from embfilter_core.embeddings.task_embeddings import own_embeddings

    return tuple(read_only(backbone.spectrum.coefficients(part)) for part in own_embeddings(backbone, task))


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Reading the vectors ...")
def vector_table(table: Upload, arrays: tuple[Upload, ...], sides: int | None) -> VectorTable:
    """Return an uploaded table with its vectors: of its own columns, or of files of arrays.

    Where the number of vectors a row is not known, it is that of the columns of vectors.

    Raises:
        InputError: A file cannot be read, or they do not go together.
    """
    from embfilter_core.data.tables.read_table import read_table
    from embfilter_core.data.vectors.array_files import read_array_file
    from embfilter_core.data.vectors.vector_table import join_vectors, read_vector_table, sides_in

    if not arrays:
        known = sides_in(table.name, table.read()) if sides is None else sides
        return read_vector_table(table.name, table.read(), sides=known)
    vectors = [array for one in arrays for array in read_array_file(one.name, one.read())]
    return join_vectors(table.name, read_table(table.name, table.read()), vectors)


@st.cache_resource(hash_funcs=KEYS, max_entries=4, show_spinner="Looking for the texts ...")
def beside(task: Task, ids: tuple[object, ...], given: tuple[TableAndArrays, ...]) -> Beside:
    """Return the vectors of another model in uploaded files, for a task whose texts have these ids.

    Raises:
        InputError: A file cannot be read, or has no vector for a text of the task.
    """
    from embfilter_core.data.vectors.beside import match_vectors

    sides = None if isinstance(task, PairTask) else 1
    return match_vectors(task, [vector_table(table, arrays, sides) for table, arrays in given])


@files.when_removed
def _forget_vectors(gone: frozenset[str]) -> None:
    vector_table.clear()
    beside.clear()


def beside_row(loaded: LoadedView, task: Task, sweep: QualitySweep, found: Beside) -> ForestRow:
    """Return vectors of another model as a row of what could be done instead."""
    from embfilter_core.quality.beside import measure_beside

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    key = (loaded.key, task.id, sweep.measure, found.id)
    return _once("beside", key, "Measuring your vectors", lambda _: measure_beside(found, vectors, sweep, start))


def quality_sweep(loaded: LoadedView, task: Task, measure: str) -> QualitySweep:
    """Return every k of the bulk with intervals."""
    from embfilter_core.quality.sweep import sweep_quality

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    return _once(
        "sweep",
        (loaded.key, task.id, measure),
        "Measuring every number of directions",
        lambda show: sweep_quality(task, vectors, measure, bulk_start=start, progress=show),
    )


def treatments(loaded: LoadedView, task: Task, measure: str) -> MeasuredTreatments:
    """Return every treatment that the decisions choose from; lines that learn do so from the reference corpus."""
    from embfilter_core.quality.decisions.measure_treatments import measure_treatments

    embeddings, reference = _task_embeddings(loaded, task), _reference(loaded, task)
    spectrum, start = loaded.backbone.spectrum, loaded.backbone.bulk_start
    return _once(
        "treatments",
        (loaded.key, task.id, measure, reference is not None),
        "Measuring every treatment",
        lambda show: measure_treatments(
            task, embeddings, spectrum, reference, measure, start, reference_name=loaded.corpus.name, progress=show
        ),
    )


def hidden_scaling(loaded: LoadedView, task: Task, measure: str) -> str:
    """Return what int8 codes by the range of each dimension gain on unfiltered vectors, step by step, as a sentence."""
    from embfilter_core.quality.decisions.split_gain import split_gain

    embeddings, spectrum = _task_embeddings(loaded, task), loaded.backbone.spectrum
    return _once(
        "hidden scaling",
        (loaded.key, task.id, measure),
        "Measuring the trap",
        lambda _: split_gain(task, embeddings, spectrum, scaling="min-max", name=measure).told,
    )


def band_scores(loaded: LoadedView, task: Task, measure: str, around: tuple[int, int] | None) -> BandMap:
    """Return every band of directions on a grid, or more finely around one."""
    from embfilter_core.quality.bands import map_bands

    vectors = task_coefficients(loaded, task)
    return _once(
        "bands",
        (loaded.key, task.id, measure, around),
        "Measuring every band",
        lambda show: map_bands(task, vectors, measure, around, progress=show),
    )


def preset_scores(loaded: LoadedView, task: Task, sweep: QualitySweep, k: int, seed: int) -> list[Alternative]:
    """Return every preset that keeps k directions."""
    from embfilter_core.quality.comparison import compare_presets

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    scores = frequent_token_scores(loaded.backbone)
    return _once(
        "presets",
        (loaded.key, task.id, sweep.measure, k, seed),
        "Measuring the presets",
        lambda _: compare_presets(task, vectors, sweep, k, seed, start, scores),
    )


def forest(loaded: LoadedView, task: Task, sweep: QualitySweep, k: int, best: SearchedBest | None) -> Forest:
    """Return what people would pick instead, fitted on the reference corpus unless it is measured."""
    from embfilter_core.quality.forest import Untreated, measure_forest, searched_row

    reference = _reference(loaded, task)
    untreated = Untreated(
        _task_embeddings(loaded, task),
        reference,
        None if reference is None else loaded.backbone.spectrum.coefficients(reference.mean(axis=0)[None])[0],
        average_token(loaded.backbone).hidden,
    )
    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    found = _once(
        "forest",
        (loaded.key, task.id, sweep.measure, k, reference is not None),
        "Measuring what could be done instead",
        lambda show: measure_forest(task, vectors, sweep, k, untreated, start, show),
    )
    return found if best is None else found.with_row(searched_row(best, sweep))


def random_subspace_scores(loaded: LoadedView, task: Task, measure: str) -> RandomSubspaces:
    """Return the scores of random subspaces over many seeds."""
    from embfilter_core.quality.random_subspaces import measure_random_subspaces, subspace_ks

    vectors, ks = task_coefficients(loaded, task), subspace_ks(loaded.backbone.d)
    return _once(
        "random subspaces",
        (loaded.key, task.id, measure),
        "Measuring random subspaces",
        lambda show: measure_random_subspaces(task, vectors, ks, measure, progress=show),
    )


def clustering(loaded: LoadedView, task: LabelledTask) -> ClusterQuality:
    """Return the V-measure of k-means at twenty numbers of directions."""
    from embfilter_core.quality.clustering import cluster_quality

    vectors, start = task_coefficients(loaded, task), loaded.backbone.bulk_start
    return _once(
        "clusters",
        (loaded.key, task.id),
        "Clustering",
        lambda show: cluster_quality(task, vectors, start, show),
    )


def _reference(loaded: LoadedView, task: Task) -> np.ndarray | None:
    """The embeddings of the reference corpus, where it is embedded as the task is and no text of it is measured."""
    from embfilter_core.quality.comparison import measured_too

    if task.vectors is not None or loaded.mean is None or measured_too(loaded.corpus, task):
        return None
    return _embeddings(loaded, loaded.corpus, task)


def _task_embeddings(loaded: LoadedView, task: Task) -> Vectors:
    from embfilter_core.embeddings.task_embeddings import own_embeddings
    from embfilter_core.quality.measuring import corpora_of

    if task.vectors is not None:
        return own_embeddings(loaded.backbone, task)
    return tuple(_embeddings(loaded, corpus, task) for corpus in corpora_of(task))


def _embeddings(loaded: LoadedView, corpus: Corpus, task: Task) -> np.ndarray:
    return loaded.centred(_embedded(corpus_embeddings(loaded.embedder, corpus), task))


def _once(kind: str, key: tuple[object, ...], what: str, work: Callable[[Told], Made]) -> Made:
    return wanted(Job(kind, key, what, work))


def _embedded(vectors: np.ndarray | None, task: Task) -> np.ndarray:
    if vectors is None:
        raise InputError(f"The texts of {task.name} are not embedded.", "Load the page again.")
    return vectors
