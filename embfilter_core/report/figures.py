"""The figures of a page of evidence, from what was measured."""

from __future__ import annotations

from embfilter_core.figures.quality_bands import band_map
from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.decisions.goals import Answer
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.sweep import QualitySweep, describe_sweep
from embfilter_core.report.bytes_figure import bytes_figure
from embfilter_core.report.evidence_page import DrawnFigure


def evidence_figures(
    measured: MeasuredTreatments, answer: Answer, sweep: QualitySweep, bands: BandMap, margin: float
) -> list[DrawnFigure]:
    """Draw quality against bytes, over the number of directions, and over all bands.

    Args:
        measured: The treatments.
        answer: To a goal; what it keeps has a ring around it.
        sweep: Every k of the bulk.
        bands: Every band on a grid.
        margin: In points.
    """
    scores, d = sweep.scores, int(sweep.ks[-1])
    curve = Curve("bulk", sweep.ks, scores.values, scores.low, scores.high)
    return [
        DrawnFigure(
            "How does quality change with the size of the index?",
            "Every treatment by the bytes of a vector. Point at one to read what else takes the same bytes.",
            bytes_figure(measured, answer),
        ),
        DrawnFigure(
            "How does quality change with the number of directions?",
            describe_sweep(sweep),
            quality_curve(curve, d, float(scores.values[-1]), "points"),
        ),
        DrawnFigure(
            "Must both ends go alike?",
            f"{len(bands.bands):,} bands of directions whose ends are {bands.step} apart. Outlined: those shown to "
            f"lose at most {margin:g} points against the best of them.",
            band_map(bands.bands, bands.scores.values, bands.to_best.low, d, margin, "points"),
        ),
    ]
