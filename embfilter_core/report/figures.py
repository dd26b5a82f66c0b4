"""The figures of a page of evidence, from what was measured."""

from __future__ import annotations

from embfilter_core.figures.quality_bands import band_map
from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.decisions.goals import Answer, chosen_treatment
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.sweep import QualitySweep, describe_sweep
from embfilter_core.report.bytes_figure import bytes_figure
from embfilter_core.report.evidence_page import DrawnFigure

AXIS = "points to unfiltered"
CURVE, BANDS = "How does quality change with the number of directions?", "Must both ends go alike?"


def sweep_curve(sweep: QualitySweep, name: str = "bulk") -> Curve:
    """Return the differences to unfiltered of a sweep as a curve of that name."""
    gain = sweep.to_unfiltered
    return Curve(name, sweep.ks, gain.values, gain.low, gain.high, float(sweep.scores.values[-1]))


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
    d, of_bands = int(sweep.ks[-1]), bands.to_unfiltered
    differences = of_bands.values, of_bands.low, of_bands.high
    return [
        DrawnFigure(
            "How does quality change with the size of the index?",
            "Every treatment by the bytes of a vector. Point at one to read what else takes the same bytes.",
            bytes_figure(ScoredTreatments.of(measured), chosen_treatment(answer)),
        ),
        DrawnFigure(
            CURVE,
            f"{describe_sweep(sweep)} Drawn is the difference to unfiltered.",
            quality_curve(sweep_curve(sweep), d, AXIS),
        ),
        DrawnFigure(
            BANDS,
            f"{len(bands.bands):,} bands of directions whose ends are {bands.step} apart. Outlined: those shown to "
            f"lose at most {margin:g} points to unfiltered.",
            band_map(bands.bands, differences, bands.unfiltered, d, margin, AXIS),
        ),
    ]
