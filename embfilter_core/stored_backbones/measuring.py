"""Quality of a backbone over the number of kept directions, as its stored file holds it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.embeddings.task_embeddings import task_embeddings
from embfilter_core.errors import InputError
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.stored.record import read_record, stored_ids
from embfilter_core.stored_backbones.limits import MAX_CURVES
from embfilter_core.stored_backbones.parts import StoredCurve
from embfilter_core.stored_backbones.source import PRESET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.data.tasks import Task
    from embfilter_core.progress import Progress
    from embfilter_core.quality.bootstrap import Intervals
    from embfilter_core.quality.sweep import QualitySweep
    from embfilter_core.stored_backbones.source import Source

    Pairs = tuple[tuple[float, float, float], ...]


def known_curves(source: Source) -> list[StoredCurve]:
    """Return the curves that come with the app and were measured of this backbone, prompt and layer."""
    if source.layer is not None:
        return []
    records = [read_record(name) for name in stored_ids()]
    mine = [one for one in records if (one.backbone, one.prompt) == (source.backbone.name, source.prompt.id)]
    return [_curve(one.name, one.source, one.date, one.sweep) for one in mine if one.sweep.family == PRESET]


def check_tasks(tasks: Sequence[Task]) -> None:
    """Raise InputError where labelled data is none that a backbone can be judged by, or is too much."""
    if len(tasks) > MAX_CURVES:
        raise InputError(
            f"{len(tasks)} data sets are too many.", f"A stored backbone holds the curves of {MAX_CURVES}."
        )
    for task in tasks:
        if task.demo:
            raise InputError(f"{task.name} was written for this app: no score on it says anything.", "Use other data.")
        if task.vectors is not None:
            raise InputError(f"{task.name} brings vectors of its own.", "Leave them out: the backbone is judged.")


def measure_curve(source: Source, task: Task, progress: Progress | None = None) -> StoredCurve:
    """Measure how well the backbone does on labelled data over the number of directions that a bulk keeps.

    Args:
        source: The backbone, with prompt and layer.
        task: The data.
        progress: Called with (texts done, texts in all); False cancels.

    Raises:
        Cancelled: `progress` returned False; the embeddings that were made are kept.
    """
    backbone = source.backbone
    states = task_embeddings(backbone, task, source.prompt, progress, source.layer)
    vectors = tuple(map(backbone.spectrum.coefficients, states))
    sweep = sweep_quality(task, vectors, preset=PRESET, bulk_start=backbone.bulk_start)
    return _curve(task.name, task.source, datetime.datetime.now(datetime.UTC).date().isoformat(), sweep)


def _curve(name: str, source: str, date: str, sweep: QualitySweep) -> StoredCurve:
    return StoredCurve(
        name=name,
        source=source,
        measure=sweep.measure,
        unit=sweep.unit,
        units=sweep.units,
        date=date,
        ks=tuple(sweep.ks.tolist()),
        scores=_pairs(sweep.scores),
        gains=_pairs(sweep.to_unfiltered),
    )


def _pairs(intervals: Intervals) -> Pairs:
    ends = np.stack([intervals.values, intervals.low, intervals.high], axis=1)
    return tuple((value, low, high) for value, low, high in ends.tolist())
