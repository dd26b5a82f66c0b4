"""What of a gain is the filter, what is centring, what is scaling, and what is the precision.

Some int8 codes hide a treatment. `quantize_embeddings` of sentence-transformers, and the wrapper
of MTEB, map each dimension's range over a calibration set to -128 .. 127 and compare the
integers: that shifts every dimension and divides it by its range, much like a z-score, before
anything is rounded. A gain of such codes is not one of the precision; here the steps are
measured one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from embfilter_core.data.tasks import Task
from embfilter_core.errors import InputError, check_known
from embfilter_core.quality.bootstrap import RESAMPLES, SEED, Bootstrap, bootstrap
from embfilter_core.quality.decisions.encoding import encoded
from embfilter_core.quality.decisions.gain_steps import STEPS, GainStep, SplitGain
from embfilter_core.quality.decisions.joined import join_evidence
from embfilter_core.quality.decisions.vectors import Source
from embfilter_core.quality.measuring import Vectors, measure, measure_named
from embfilter_core.quality.precisions import find_precision
from embfilter_core.spectral.baselines.fitted import Centring, ZScore
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum

Scaling = Literal["none", "centre", "z-score", "min-max"]
LARGEST_CODE, SMALLEST_CODE = 127, -128
CODES = 255


def split_gain(
    task: Task,
    embeddings: Vectors,
    spectrum: Spectrum,
    k: int | None = None,
    scaling: Scaling = "none",
    precision: str = "int8",
    reference: np.ndarray | None = None,
    name: str | None = None,
    bulk_start: int | None = None,
) -> SplitGain:
    """Measure a treatment step by step on the same resamples: filter, centring, scaling, precision.

    Args:
        task: The task.
        embeddings: Of its corpora, (n, d) each, as they come from the backbone.
        spectrum: Of the backbone's unembedding matrix.
        k: Directions of the bulk to keep, or None for unfiltered.
        scaling: `none`; `centre`: the mean is subtracted; `z-score`: and each dimension divided by its standard
            deviation; `min-max`: the middle of each dimension's range is subtracted and it is divided by the range, as
            sentence-transformers does for int8 before rounding.
        precision: Id in `PRECISIONS`; with `min-max` only int8, whose integers are then compared.
        reference: (m, d) embeddings that shift and scale are learnt from; by default what is indexed itself.
        name: Measure; the task's first by default.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.

    Raises:
        InputError: The scaling or the precision is unknown or they do not go together, or nothing can be measured.
    """
    check_known("scaling", scaling, _SCALERS)
    if scaling == "min-max" and precision != "int8":
        raise InputError("Min-max scaling is that of int8 codes.", "Use the precision int8 with it.")
    find_precision(precision)
    source = Source(embeddings, spectrum, reference, bulk_start)
    name = measure_named(task, name)
    stages = [embeddings, *_stages(source, k, scaling, precision)]
    evidence = join_evidence([measure(task, one, [KeptDirections.unfiltered(one[0].shape[1])], name) for one in stages])
    return _split(bootstrap(evidence, RESAMPLES, SEED))


def _stages(source: Source, k: int | None, scaling: Scaling, precision: str) -> list[Vectors]:
    """The vectors after the filter, centring, scaling and the precision."""
    filtered = tuple(_kept(source, one, k) for one in source.embeddings)
    learnt_from = filtered[-1] if source.reference is None else _kept(source, source.reference, k)
    centred, scaled = (
        tuple(step(one) for one in filtered) for step in _SCALERS[scaling](np.asarray(learnt_from, np.float64))
    )
    coded = tuple(_integers(one) for one in scaled) if scaling == "min-max" else encoded(scaled, precision)
    return [filtered, centred, scaled, coded]


def _kept(source: Source, embeddings: np.ndarray, k: int | None) -> np.ndarray:
    if k is None or k == source.d:
        return embeddings
    kept = choose_directions("bulk", source.d, keep=k, bulk_start=source.bulk_start)
    return source.spectrum.coefficients(embeddings)[:, kept.indices]


Step = Callable[[np.ndarray], np.ndarray]
Scaler = Callable[[np.ndarray], tuple[Step, Step]]
"""Learns from (m, k) how to centre, and how to centre and scale."""


def _min_max(reference: np.ndarray) -> tuple[Step, Step]:
    """Scaled so that the codes are the integers between -128 and 127: -128 at the smallest number of a dimension."""
    low = reference.min(axis=0)
    step = np.where(np.ptp(reference, axis=0) > 0, np.ptp(reference, axis=0), 1.0) / CODES
    middle = low - SMALLEST_CODE * step
    return lambda x: x - middle, lambda x: (x - middle) / step


_SCALERS: dict[str, Scaler] = {
    "none": lambda reference: (lambda x: x, lambda x: x),
    "centre": lambda reference: (Centring().fit(reference).transform, Centring().fit(reference).transform),
    "z-score": lambda reference: (Centring().fit(reference).transform, ZScore().fit(reference).transform),
    "min-max": _min_max,
}


def _integers(scaled: np.ndarray) -> np.ndarray:
    """The integers themselves, cut off towards 0 as a cast to int8 does it."""
    integers: np.ndarray = np.clip(np.trunc(scaled), SMALLEST_CODE, LARGEST_CODE)
    return integers


def _split(boot: Bootstrap) -> SplitGain:
    scores = boot.intervals().in_points
    steps = tuple(
        GainStep(step, scores.at(i + 1), boot.differences(i).in_points.at(i + 1)) for i, step in enumerate(STEPS)
    )
    return SplitGain(scores.at(0), steps, boot.differences(0).in_points.at(len(STEPS)))
