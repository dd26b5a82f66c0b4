"""Measure every treatment of a task from one embedding pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from embfilter_core.data.tasks import PairTask, Task
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, part, report
from embfilter_core.quality.decisions.controls import RandomControls, measure_controls
from embfilter_core.quality.decisions.encoding import encoded
from embfilter_core.quality.decisions.joined import join_evidence
from embfilter_core.quality.decisions.measured import MeasuredTreatments, weigh
from embfilter_core.quality.decisions.treatments import LINES, Treatment, candidate_ks
from embfilter_core.quality.decisions.vectors import LineVectors, Source, line_vectors
from embfilter_core.quality.evidence import Evidence
from embfilter_core.quality.measuring import Vectors, cost_of, measure, measure_named
from embfilter_core.quality.precisions import PRECISIONS
from embfilter_core.quality.random_subspaces import SEEDS
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum

SEEDS_OF_TEXTS = 8
"""Random subspaces of labelled texts and queries, which take longer to score than pairs."""


def measure_treatments(
    task: Task,
    embeddings: Vectors,
    spectrum: Spectrum,
    reference: np.ndarray | None = None,
    name: str | None = None,
    bulk_start: int | None = None,
    controls: bool = True,
    reference_name: str = "the reference corpus",
    progress: Progress | None = None,
) -> MeasuredTreatments:
    """Measure every line of `LINES` at every number of directions in every precision, on the same resamples.

    Args:
        task: The task.
        embeddings: Of its corpora, (n, d) each, as they come from the backbone.
        spectrum: Of the backbone's unembedding matrix.
        reference: (m, d) embeddings of texts that are not measured; without them no line that learns is measured.
        name: Measure; the task's first by default.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        controls: Whether random subspaces are measured too.
        reference_name: What the reference is called.
        progress: Told along the way.

    Raises:
        InputError: The measure does not fit, there are too few units for an interval, or all scores are the same.
        Cancelled: `progress` returned False.
    """
    name = measure_named(task, name)
    source = Source(embeddings, spectrum, reference, bulk_start)
    treatments, evidence, left_out = _all_lines(task, source, name, part(progress, 0, 30, 100))
    learnt = None if reference is None else reference_name
    found = weigh(evidence, treatments, name, reference=learnt, progress=part(progress, 30, 80, 100))
    random = _controls(task, source, name, part(progress, 80, 100, 100)) if controls else None
    return replace(found, controls=random, left_out=left_out)


def _controls(task: Task, source: Source, name: str, progress: Progress | None) -> RandomControls:
    seeds = SEEDS if isinstance(task, PairTask) else SEEDS_OF_TEXTS
    return measure_controls(task, source, name, seeds, progress)


def _all_lines(
    task: Task, source: Source, name: str, progress: Progress | None
) -> tuple[tuple[Treatment, ...], Evidence, dict[str, str]]:
    ks = candidate_ks(source.d, cost_of(task))
    treatments: list[Treatment] = []
    pieces: list[Evidence] = []
    left_out: dict[str, str] = {}
    for i, line in enumerate(LINES):
        try:
            made = line_vectors(line, source, ks)
        except InputError as problem:
            left_out[line] = str(problem)
            continue
        told = part(progress, i, i + 1, len(LINES))
        for precision in PRECISIONS:
            treatments += [Treatment(line, k, precision, source.d) for k in made.ks]
        pieces += _in_every_precision(task, made, name, told)
    return tuple(treatments), join_evidence(pieces), left_out


def _in_every_precision(task: Task, line: LineVectors, name: str, progress: Progress | None) -> list[Evidence]:
    """Evidence of every precision, each at every k; of float32 all k are nested."""
    pieces = []
    for i, precision in enumerate(PRECISIONS):
        if precision == "float32":
            pieces.append(measure(task, line.vectors, line.selections, name))
        else:
            for at, k in enumerate(line.ks):
                vectors = encoded(line.at(at), precision)
                pieces.append(measure(task, vectors, [KeptDirections.unfiltered(k)], name))
        report(progress, i + 1, len(PRECISIONS))
    return pieces
