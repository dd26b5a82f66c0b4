"""Vectors of another model in the forest: scored as any vectors, against unfiltered on what both have."""

from dataclasses import astuple, replace

import numpy as np
import pandas as pd
import pytest

from embfilter_core.data.tables.read_table import UploadedTable
from embfilter_core.data.task_parts import part_of, texts_of
from embfilter_core.data.tasks import RetrievalTask
from embfilter_core.data.vectors.beside import BesideVectors, match_vectors
from embfilter_core.data.vectors.vector_table import join_vectors
from embfilter_core.errors import InputError
from embfilter_core.quality.beside import describe_beside, measure_beside
from embfilter_core.quality.bootstrap import RESAMPLES, SEED, resample_counts
from embfilter_core.quality.forest import Untreated, measure_forest
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.quality.measuring import measure
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.spectral.selection import KeptDirections
from tests.core.scored_by_hand import score
from tests.core.synthetic_tasks import TASKS, D, labelled

WIDTH = 5


def given(task: object, without: int = 0) -> BesideVectors:
    """Vectors of another width for the texts of a task, but for the last of them."""
    texts = [text for corpus in texts_of(task) for text in corpus]
    kept = len(texts) - without
    rows = np.random.default_rng(8).normal(size=(kept, WIDTH)).astype(np.float32)
    return match_vectors(
        task, [join_vectors("other.npy", UploadedTable(pd.DataFrame({"t": texts[:kept]}), "CSV"), [rows])]
    )


@pytest.mark.parametrize("kind", list(TASKS))
def test_where_all_is_there_the_row_is_on_the_resamples_of_the_sweep(kind: str) -> None:
    task, vectors = TASKS[kind]()
    sweep, own = sweep_quality(task, vectors), given(task)
    row = measure_beside(own, vectors, sweep)
    assert row.score.value == pytest.approx(100 * score(task, own.vectors, sweep.measure), abs=1e-9)
    evidence = measure(task, own.vectors, [KeptDirections.unfiltered(WIDTH)], sweep.measure)
    counts = resample_counts(evidence.units, RESAMPLES, np.random.default_rng(SEED))
    for difference, at in ((row.to_unfiltered, -1), (row.to_planned, 5)):
        samples = 100 * evidence.scores(counts)[0] - sweep.samples[at]
        expected = [row.score.value - sweep.scores.values[at], *np.quantile(samples, [0.025, 0.975])]
        assert astuple(difference) == pytest.approx(expected, abs=1e-6)
    assert row.name == f"Your vectors: other.npy ({WIDTH})"


@pytest.mark.parametrize("kind", ["disjoint pairs", "labelled", "retrieval"])
def test_where_some_are_missing_both_sides_are_scored_on_the_rest(kind: str) -> None:
    task, vectors = TASKS[kind]()
    sweep, own = sweep_quality(task, vectors), given(task, without=6)
    row = measure_beside(own, vectors, sweep)
    theirs = tuple(one[at] for one, at in zip(vectors, own.places, strict=True))
    alone = sweep_quality(own.part, theirs)
    part = measure_beside(replace(own, task=own.part), theirs, alone)
    assert astuple(row.to_unfiltered) == pytest.approx(astuple(part.to_unfiltered), abs=1e-6)
    assert astuple(row.to_planned) == pytest.approx(astuple(part.to_planned), abs=1e-6)
    assert own.extent in row.name
    said = describe_beside(own, row)
    assert "Only what both have is scored" in said
    assert all(note in said for note in own.notes)
    if isinstance(task, RetrievalTask):
        assert "98 of the 104 documents" in said


def test_the_row_stands_in_its_place_and_leaves_the_sentence_about_baselines_alone() -> None:
    task, vectors = labelled()
    sweep = sweep_quality(task, vectors)
    forest = measure_forest(task, vectors, sweep, 5, Untreated(vectors))
    row = measure_beside(given(task), vectors, sweep)
    more = forest.with_row(row)
    values = [one.to_unfiltered.value for one in more.rows]
    assert values == sorted(values, reverse=True)
    assert len(more.rows) == len(forest.rows) + 1
    assert describe_forest(more) == describe_forest(forest)


def test_too_little_is_refused_by_its_reason() -> None:
    task, vectors = labelled()
    sweep = sweep_quality(task, vectors)
    with pytest.raises(InputError, match=r"there for 6 of the 30 texts of Labelled: too few for an interval"):
        measure_beside(given(task, without=24), vectors, sweep)
    alike = np.array([label == task.labels[0] for label in task.labels])
    part, places = part_of(task, [alike])
    own = given(task)
    one_class = replace(own, part=part, places=places, vectors=(own.vectors[0][alike],))
    with pytest.raises(InputError, match="have the label"):
        measure_beside(one_class, vectors, sweep)


def test_the_width_of_the_backbone_does_not_matter() -> None:
    task, vectors = labelled()
    assert measure_beside(given(task), vectors, sweep_quality(task, vectors)).k == WIDTH != D
