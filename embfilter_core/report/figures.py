"""The figures of a page of evidence, from what was measured."""

from __future__ import annotations

from embfilter_core.figures.forest import forest_plot
from embfilter_core.figures.quality_bands import band_map
from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.figures.quality_marks import Mark
from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.decisions.goals import Answer, chosen_treatment
from embfilter_core.quality.decisions.measured import MeasuredTreatments, SearchedBest
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.forest_rows import Forest, describe_forest
from embfilter_core.quality.sweep import QualitySweep, describe_sweep
from embfilter_core.report.bytes_figure import bytes_figure
from embfilter_core.report.evidence_page import DrawnFigure
from embfilter_core.tables.forest import forest_table

AXIS = "points to unfiltered"
CURVE, BANDS = "How does quality change with the number of directions?", "Must both ends go alike?"
FOREST = "What could be done instead?"


def sweep_curve(sweep: QualitySweep, name: str = "bulk") -> Curve:
    """Return the differences to unfiltered of a sweep as a curve of that name."""
    gain = sweep.to_unfiltered
    return Curve(name, sweep.ks, gain.values, gain.low, gain.high, float(sweep.scores.values[-1]))


def best_mark(best: SearchedBest) -> Mark:
    """Return the best that was searched for as a mark of the curve, at the numbers that it stores."""
    gain = best.measured.to_unfiltered
    return Mark(best.called, best.measured.treatment.k, gain.value, gain.low, gain.high, searched=True)


def best_band(best: SearchedBest, bulk_start: int | None) -> tuple[str, tuple[int, int]] | None:
    """Return the best that was searched for by what it is called and its band, or None where it is no filter."""
    kept = best.measured.treatment.band(bulk_start)
    return None if kept is None or kept.bounds is None else (best.called, kept.bounds)


def evidence_figures(
    measured: MeasuredTreatments,
    answer: Answer,
    sweep: QualitySweep,
    forest: Forest,
    bands: BandMap,
    margin: float,
    bulk_start: int | None = None,
    beside: str = "",
) -> list[DrawnFigure]:
    """Draw quality against bytes, over the number of directions, what could be done instead, and all bands.

    Args:
        measured: The treatments.
        answer: To a goal; what it keeps has a ring around it.
        sweep: Every k of the bulk.
        forest: What could be done instead.
        bands: Every band on a grid.
        margin: In points.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
        beside: What there is to say about vectors of another model, where they are a row of the forest.
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
            f"{describe_sweep(sweep)} Drawn is the difference to unfiltered. {measured.best.sentence}",
            quality_curve(sweep_curve(sweep), d, AXIS, [best_mark(measured.best)]),
        ),
        DrawnFigure(FOREST, f"{describe_forest(forest)} {beside}".strip(), forest_plot(forest_table(forest))),
        DrawnFigure(
            BANDS,
            f"{len(bands.bands):,} bands of directions whose ends are {bands.step} apart. Outlined: those shown to "
            f"lose at most {margin:g} points to unfiltered. {measured.best.sentence}",
            band_map(
                bands.bands, differences, bands.unfiltered, d, margin, AXIS, best=best_band(measured.best, bulk_start)
            ),
        ),
    ]
