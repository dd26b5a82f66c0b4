"""Measure a data set with the bundled backbone and its default prompt, as Choose rank and `choose` measure it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core import __version__
from embfilter_core.data.tasks import LabelledTask, PairTask, Task
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress, part
from embfilter_core.quality.decisions.goals import chosen_treatment, decide
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.decisions.shrink import MARGIN
from embfilter_core.stored.record import StoredMeasurement, StoredTreatment
from embfilter_core.stored.sources import StoredSource

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.quality.bands import BandMap
    from embfilter_core.quality.clustering import ClusterQuality
    from embfilter_core.quality.decisions.measured import MeasuredTreatments, SearchedBest
    from embfilter_core.quality.decisions.treatments import Treatment
    from embfilter_core.quality.forest_rows import Forest
    from embfilter_core.quality.measuring import Vectors
    from embfilter_core.quality.sweep import QualitySweep

TAU = 2
"""The ratio at which baselines are compared."""
HOW = "Both sides of a pair or search with the same prompt; a prompt longer than 512 tokens loses its middle."


@dataclass(frozen=True)
class Circumstances:
    """What a record says of how it was measured and what was asked; attributes as in `StoredMeasurement`."""

    id: str
    name: str
    source: str
    backbone: str
    prompt: str
    d: int
    reference: str
    how: str
    margin: float
    budget: int


@dataclass(frozen=True, eq=False)
class Found:
    """Everything that was measured of a data set; attributes as in `StoredMeasurement`."""

    sweep: QualitySweep
    bands: BandMap
    treatments: MeasuredTreatments
    forest: Forest
    clusters: ClusterQuality | None


def make_record(source: StoredSource, folder: Path, progress: Progress | None = None) -> StoredMeasurement:
    """Measure a data set that lies in a folder; its embeddings are kept as those of every corpus.

    Raises:
        InputError: The data are not there or cannot be read.
        AssetError: The bundled backbone is not installed.
        Cancelled: `progress` returned False.
    """
    from embfilter_core.backbones.catalogue import BUNDLED
    from embfilter_core.backbones.loading import load_backbone
    from embfilter_core.data.corpora import lee_background
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.quality.bands import map_bands
    from embfilter_core.quality.clustering import cluster_quality
    from embfilter_core.quality.decisions.measure_treatments import measure_treatments
    from embfilter_core.quality.measuring import corpora_of
    from embfilter_core.quality.sweep import sweep_quality

    task, backbone, corpus = source.task(folder), load_backbone(BUNDLED.id, device="cpu"), lee_background()
    prompt, start = backbone.default_prompt, backbone.bulk_start
    steps = iter([part(progress, 100 * at, 100 * (at + 1), 700) for at in range(7)])
    embedding = next(steps)
    embeddings = tuple(embed_corpus(backbone, one, prompt, embedding) for one in corpora_of(task))
    reference = embed_corpus(backbone, corpus, prompt, next(steps))
    vectors = tuple(backbone.spectrum.coefficients(states) for states in embeddings)
    sweep = sweep_quality(task, vectors, bulk_start=start, progress=next(steps))
    bands = map_bands(task, vectors, progress=next(steps))
    treatments = measure_treatments(
        task,
        embeddings,
        backbone.spectrum,
        reference,
        bulk_start=start,
        controls=False,
        reference_name=corpus.name,
        progress=next(steps),
    )
    forest = _forest(backbone, task, (embeddings, vectors), reference, sweep, treatments.best, next(steps))
    clustered = next(steps)
    clusters = cluster_quality(task, vectors, start, clustered) if isinstance(task, LabelledTask) else None
    terms = f"{source.source} ({source.terms})"
    how = Circumstances(
        source.id, source.name, terms, backbone.name, prompt, backbone.d, corpus.name, HOW, MARGIN, source.budget
    )
    return assemble(task, how, Found(sweep, bands, treatments, forest, clusters))


def assemble(task: Task, how: Circumstances, found: Found) -> StoredMeasurement:
    """Return what was measured as a record, every goal answered."""
    answers = {goal: _answer(found.treatments, goal, how) for goal in GOALS}
    return StoredMeasurement(
        **vars(how),
        kind="pairs" if isinstance(task, PairTask) else "labelled" if isinstance(task, LabelledTask) else "retrieval",
        n=len(task),
        notes=task.notes,
        date=date.today().isoformat(),
        version=__version__,
        sweep=found.sweep,
        bands=found.bands,
        forest=found.forest,
        clusters=found.clusters,
        treatments=_treatments(found.treatments),
        searched=found.treatments.best.measured.treatment,
        decisions={goal: said for goal, (said, _) in answers.items()},
        chosen={goal: chosen for goal, (_, chosen) in answers.items()},
    )


def _answer(treatments: MeasuredTreatments, goal: str, how: Circumstances) -> tuple[tuple[str, ...], Treatment | None]:
    """The answer to a goal in sentences and what it keeps, or why there is none."""
    try:
        answer = decide(treatments, goal, how.margin, how.budget)
    except InputError as problem:
        return (str(problem),), None
    return tuple(answer.sentences()), chosen_treatment(answer)


def _forest(
    backbone: Backbone,
    task: Task,
    vectors: tuple[Vectors, Vectors],
    reference: np.ndarray,
    sweep: QualitySweep,
    best: SearchedBest,
    progress: Progress | None,
) -> Forest:
    from embfilter_core.quality.forest import Untreated, measure_forest

    embeddings, coefficients = vectors
    centre = backbone.spectrum.coefficients(reference.mean(axis=0)[None])[0]
    untreated = Untreated(embeddings, reference, centre)
    k, start = backbone.d // TAU, backbone.bulk_start
    return measure_forest(task, coefficients, sweep, k, untreated, start, progress, best)


def _treatments(measured: MeasuredTreatments) -> tuple[StoredTreatment, ...]:
    every = (measured.at(position) for position in range(len(measured.treatments)))
    return tuple(
        StoredTreatment(
            one.treatment.line, one.treatment.k, one.treatment.precision, one.bytes, one.score, one.to_unfiltered
        )
        for one in every
    )
