"""Measured treatments as the figure of quality against bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.figures.quality_bytes import SizedLine, quality_bytes
from embfilter_core.quality.bootstrap import percentile_interval
from embfilter_core.quality.decisions.controls import RandomControls
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.decisions.treatments import LINES, Treatment
from embfilter_core.quality.precisions import find_precision

if TYPE_CHECKING:
    import plotly.graph_objects as go


def bytes_figure(scored: ScoredTreatments, chosen: Treatment | None = None) -> go.Figure:
    """Draw every treatment by its bytes, the front, random subspaces, and a ring around what an answer keeps.

    The customdata of a point is its position among the treatments.
    """
    treatments, scores, sizes = scored.treatments, scored.scores.values, scored.bytes
    front = pareto_front(sizes, scores)
    ring = None if chosen is None else (chosen.bytes, float(scores[treatments.index(chosen)]))
    return quality_bytes(
        [_line(scored, line) for line in LINES if any(one.line == line for one in treatments)],
        (sizes[front], scores[front]),
        next(float(score) for one, score in zip(treatments, scores, strict=True) if one.is_unfiltered),
        "points",
        None if scored.controls is None else _controls(scored.controls),
        ring,
    )


def _line(scored: ScoredTreatments, line: str) -> SizedLine:
    at = [i for i, one in enumerate(scored.treatments) if one.line == line]
    return SizedLine(
        name=LINES[line].name + (f" (learns from {scored.reference})" if LINES[line].learns else ""),
        labels=[scored.treatments[i].description for i in at],
        precisions=[find_precision(scored.treatments[i].precision).name for i in at],
        sizes=scored.bytes[at],
        scores=scored.scores.values[at],
        low=scored.scores.low[at],
        high=scored.scores.high[at],
        keys=at,
    )


def _controls(controls: RandomControls) -> SizedLine:
    low, high = percentile_interval(controls.scores)
    names = [find_precision(precision).name for precision in controls.precisions]
    return SizedLine(
        name=f"Random subspaces, {controls.scores.shape[1]} seeds",
        labels=[f"{k:,} random directions, {name}" for k, name in zip(controls.ks, names, strict=True)],
        precisions=names,
        sizes=np.array(controls.bytes),
        scores=np.median(controls.scores, axis=1),
        low=low,
        high=high,
        keys=range(len(names)),
    )
