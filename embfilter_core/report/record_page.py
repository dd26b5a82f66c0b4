"""A measurement as one page of evidence for one of its decisions."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from embfilter_core.figures.forest import forest_plot
from embfilter_core.figures.quality_bands import band_map
from embfilter_core.figures.quality_curve import quality_curve
from embfilter_core.quality.decisions.questions import find_goal
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.quality.sweep import describe_sweep
from embfilter_core.report.bytes_figure import bytes_figure
from embfilter_core.report.evidence_page import DrawnFigure, figure_parts, whole_page
from embfilter_core.report.figures import AXIS, BANDS, CURVE, FOREST, best_band, best_mark, sweep_curve
from embfilter_core.tables.forest import forest_table

if TYPE_CHECKING:
    from embfilter_core.stored.record import StoredMeasurement

BYTES = "How does quality change with the size of the index?"


def record_page(record: StoredMeasurement, goal: str, origin: str, bulk_start: int | None = None) -> str:
    """Return the page: the answer, what it rests on, the figures, and what was measured; every text is escaped.

    Args:
        record: The measurement.
        goal: Id of the goal.
        origin: Where it was measured, in a few words.
        bulk_start: First kept direction of the bulk, where a backbone fixes it.
    """
    asked = find_goal(goal)
    first, *rest = record.decisions[asked.id]
    parts = [
        f"<h1>{escape(record.name)}</h1>",
        f"<h2>{escape(asked.question)}</h2>",
        f'<p class="answer">{escape(first)}</p>',
        *(f"<p>{escape(sentence)}</p>" for sentence in rest),
        *figure_parts(_figures(record, goal, bulk_start)),
        "<h2>What was measured</h2>",
        f"<p>{escape(record.stamped(origin))}</p>",
        f"<p>Asked with a margin of {record.margin:g} points and a budget of {record.budget} bytes a vector.</p>",
    ]
    return whole_page(record.name, parts)


def _figures(record: StoredMeasurement, goal: str, bulk_start: int | None) -> list[DrawnFigure]:
    bands, sweep, best = record.bands, record.sweep, record.best
    differences = bands.to_unfiltered.values, bands.to_unfiltered.low, bands.to_unfiltered.high
    band = best_band(best, bulk_start)
    return [
        DrawnFigure(
            BYTES,
            "Every treatment by the bytes of a vector. Point at one to read what else takes the same bytes.",
            bytes_figure(record.scored, record.chosen[goal]),
        ),
        DrawnFigure(
            CURVE,
            f"{describe_sweep(sweep)} Drawn is the difference to unfiltered. {best.sentence}",
            quality_curve(sweep_curve(sweep), record.d, AXIS, [best_mark(best)]),
        ),
        DrawnFigure(FOREST, describe_forest(record.forest), forest_plot(forest_table(record.forest))),
        DrawnFigure(
            BANDS,
            f"{len(bands.bands):,} bands of directions whose ends are {bands.step} apart. Outlined: those shown to "
            f"lose at most {record.margin:g} points to unfiltered. {best.sentence}",
            band_map(bands.bands, differences, bands.unfiltered, record.d, record.margin, AXIS, best=band),
        ),
    ]
