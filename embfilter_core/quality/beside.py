"""Vectors of another model as a row of the forest: against unfiltered, over what both have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from embfilter_core.data.vectors.beside import BesideVectors
from embfilter_core.errors import InputError
from embfilter_core.quality.bootstrap import FEWEST_UNITS
from embfilter_core.quality.comparison import measure_alone
from embfilter_core.quality.forest_rows import (
    BESIDE,
    PLANNED_TAU,
    ForestRow,
    bare_row,
    completed_row,
    signed,
)
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.presets import choose_directions
from embfilter_core.spectral.selection import KeptDirections


def measure_beside(
    beside: BesideVectors, coefficients: Vectors, sweep: QualitySweep, bulk_start: int | None = None
) -> ForestRow:
    """Measure vectors of another model as a row of a forest: as they are, all their numbers, by their cosines.

    Where they are there for a part of the labelled data only, unfiltered and the filter at tau = 2 are measured on
    that part too, and the differences are those on it.

    Args:
        beside: The vectors, with the labelled data.
        coefficients: Of all its corpora, (n, d) each.
        sweep: Of the bulk on all of it; its resamples are taken where nothing has to go.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.

    Raises:
        InputError: What both have is too little for an interval, or cannot be scored.
    """
    part = beside.part
    if len(part) < FEWEST_UNITS:
        raise InputError(
            f"Vectors of {beside.name} are there for {beside.extent} of {part.name}: too few for an interval.",
            f"Give vectors for {FEWEST_UNITS} or more.",
        )
    whole = "" if beside.is_whole else f", on {beside.extent}"
    row = bare_row(f"Your vectors: {beside.name} ({beside.width:,}){whole}", BESIDE, beside.width, "another model")
    own = measure_alone(part, beside.vectors, KeptDirections.unfiltered(beside.width), sweep)
    if beside.is_whole:
        return completed_row(row, own, sweep)
    theirs = tuple(np.asarray(one)[at] for one, at in zip(coefficients, beside.places, strict=True))
    d = theirs[0].shape[1]
    kept = KeptDirections.unfiltered(d), choose_directions("bulk", d, PLANNED_TAU, bulk_start=bulk_start)
    unfiltered, planned = (measure_alone(part, theirs, one, sweep) for one in kept)
    return replace(
        row,
        score=own.score,
        to_unfiltered=own.less(unfiltered.score.value, unfiltered.samples),
        to_planned=own.less(planned.score.value, planned.samples),
    )


def describe_beside(beside: BesideVectors, row: ForestRow) -> str:
    """Return what vectors of another model score, against what, over what, and how they were found, as sentences."""
    over = "" if beside.is_whole else " Only what both have is scored, also of unfiltered and the filter in this row."
    return " ".join(
        (
            f"Your vectors of {beside.name} ({beside.width:,} numbers, no W_U needed) score {row.score.value:.1f} on "
            f"{beside.extent}: {signed(row.to_unfiltered)} to unfiltered, {signed(row.to_planned)} to the filter at "
            f"τ = {PLANNED_TAU}.{over}",
            *beside.notes,
        )
    )
