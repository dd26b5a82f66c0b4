"""Vectors of another model beside the backbone's: given as files, and a row of what could be done instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.task_parts import ids_of_texts
from embfilter_core.data.tasks import RetrievalTask
from embfilter_core.errors import InputError
from pages.choose_rank import cached, own_vectors
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.jobs.results import NotYet

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task
    from embfilter_core.data.vectors.beside import BesideVectors
    from embfilter_core.quality.forest_rows import Forest
    from pages.choose_rank.measured_task import MeasuredTask

KEY = "vectors_beside"
LABEL = "The same texts, or their ids, with vectors of another model"
SECOND = "The same of the documents, where they are in a file of their own"


def pick(task: Task) -> BesideVectors | None:
    """Draw the choice of files; returns the vectors, or None where there are none, or after saying what is wrong."""
    problem = None
    with st.expander("Set vectors of another model beside these"):
        st.caption(
            "They may have any length: no W_U is asked. Each text is looked for by its letters, or by its id where the "
            "file with the labels had a column of ids."
        )
        try:
            given = _given(task)
        except InputError as found:
            given, problem = (), found
    try:
        if problem is not None:
            raise problem
        return cached.beside(task, ids_of_texts(task), given) if given else None
    except InputError as found:  # below the expander, which may be closed
        messages.error(found)
        return None


def _given(task: Task) -> tuple[cached.TableAndArrays, ...]:
    labels = [LABEL, SECOND] if isinstance(task, RetrievalTask) else [LABEL]
    keys = [KEY, f"{KEY}_documents"][: len(labels)]
    files = [own_vectors.uploaded_files(label, key) for label, key in zip(labels, keys, strict=True)]
    return tuple(one for one in files if one is not None)


def draw(measured: MeasuredTask, forest: Forest, own: BesideVectors) -> Forest:
    """Draw what vectors of another model score; returns the forest with their row, or as it is without one, or yet."""
    from embfilter_core.quality.beside import describe_beside

    try:
        row = cached.beside_row(measured.loaded, measured.task, measured.sweep, own)
    except InputError as problem:
        messages.error(problem)
        return forest
    except NotYet:
        return forest
    explained(describe_beside(own, row), "beside")
    return forest.with_row(row)
