"""Measured treatments as the figure of quality against bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.figures.quality_bytes import SizedLine, quality_bytes
from embfilter_core.quality.bootstrap import percentile_interval
from embfilter_core.quality.decisions.controls import RandomControls
from embfilter_core.quality.decisions.goals import Answer, chosen_treatment
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.decisions.treatments import LINES
from embfilter_core.quality.precisions import find_precision

if TYPE_CHECKING:
    import plotly.graph_objects as go


def bytes_figure(measured: MeasuredTreatments, answer: Answer | None = None) -> go.Figure:
    """Draw every treatment by its bytes, the front, random subspaces, and a ring around what an answer keeps.

    The customdata of a point is its position among `measured.treatments`.
    """
    scores = measured.scores.values
    front = pareto_front(measured.bytes, scores)
    chosen = None if answer is None else chosen_treatment(answer)
    ring = None if chosen is None else (chosen.bytes, float(scores[measured.treatments.index(chosen)]))
    return quality_bytes(
        [_line(measured, line) for line in LINES if any(one.line == line for one in measured.treatments)],
        (measured.bytes[front], scores[front]),
        float(scores[measured.unfiltered]),
        "points",
        None if measured.controls is None else _controls(measured.controls),
        ring,
    )


def _line(measured: MeasuredTreatments, line: str) -> SizedLine:
    at = [i for i, one in enumerate(measured.treatments) if one.line == line]
    return SizedLine(
        name=LINES[line].name + (f" (learns from {measured.reference})" if LINES[line].learns else ""),
        labels=[measured.treatments[i].description for i in at],
        precisions=[find_precision(measured.treatments[i].precision).name for i in at],
        sizes=measured.bytes[at],
        scores=measured.scores.values[at],
        low=measured.scores.low[at],
        high=measured.scores.high[at],
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
