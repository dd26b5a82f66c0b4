"""Measurements that come with the app: a decision to see before there are data or a backbone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED, catalogue_entry
from embfilter_core.figures.forest import forest_plot
from embfilter_core.figures.quality_bands import band_map
from embfilter_core.figures.quality_curve import quality_curve
from embfilter_core.quality.bands import describe_bands
from embfilter_core.quality.decisions.treatments import CENTRED
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.quality.sweep import describe_sweep
from embfilter_core.report.figures import AXIS, BANDS, CURVE, FOREST, best_band, best_mark, sweep_curve
from embfilter_core.stored.record import read_record
from embfilter_core.tables.forest import forest_table
from embfilter_core.tables.quality import bands_table, sweep_table
from pages.choose_rank import clusters, decision, published, replications
from pages.frame import decided, measured_runs, messages
from pages.frame.explained import explained
from pages.frame.page_controls import GOAL, STORED
from pages.frame.sidebar_controls import BACKBONE
from pages.frame.values import value_of
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from embfilter_core.quality.decisions.questions import GoalId
    from embfilter_core.stored.record import StoredMeasurement


def is_stored(chosen: str) -> bool:
    """Whether a choice of labelled data is a stored measurement."""
    return chosen in STORED


def draw(chosen: str) -> None:
    """Draw a stored measurement, block for block as a live one is drawn."""
    record = read_record(STORED[chosen])
    asked = (
        f"Asked with a margin of {record.margin:g} points and a budget of {record.budget} bytes a vector. Choose "
        "other labelled data above to ask otherwise: yours, the Lee pairs, or a data set of the hub."
    )
    explained(record.stamp, "stamp", small=True)
    _draw(record, BUNDLED.bulk_start, value_of(BACKBONE) == BUNDLED.id, asked)
    decided.remember(_decided(record, value_of(GOAL)))


def _decided(record: StoredMeasurement, goal: GoalId) -> decided.Decided | None:
    """What there is to hand on of a stored answer; None where it keeps no band."""
    chosen = record.chosen[goal]
    kept = decision.band_of(chosen, BUNDLED.bulk_start)
    if chosen is None or kept is None or kept.bounds is None:
        return None
    return decided.Decided(
        goal,
        f"{record.name}, {record.n:,} {record.sweep.unit}, {record.sweep.measure}",
        record.decisions[goal],
        kept.bounds,
        chosen.line == CENTRED,
        chosen.precision,
        BUNDLED.id,
        record.prompt,
        stored=True,
        record=record,
    )


def draw_opened(record: StoredMeasurement) -> None:
    """Draw what a session file brought of a measurement, and offer to measure here."""
    entry = catalogue_entry(value_of(BACKBONE))
    explained(record.stamped("From a session file, not measured here"), "stamp", small=True)
    st.button("Measure here", icon=":material/play_arrow:", on_click=measured_runs.forget_opened)
    asked = (
        f"Asked with a margin of {record.margin:g} points and a budget of {record.budget} bytes a vector. Press "
        "Measure here to ask otherwise."
    )
    _draw(record, entry.bulk_start if entry else None, True, asked)


def _draw(record: StoredMeasurement, bulk_start: int | None, fits: bool, asked: str) -> None:
    """Draw a record.

    Args:
        record: The measurement.
        bulk_start: First direction of the bulk of its backbone, where that is fixed.
        fits: Whether its backbone is the one that is chosen.
        asked: What was asked.
    """
    if record.notes:
        messages.notes(list(record.notes))
    goal = GOAL.draw()
    with st.container(border=True):
        kept = decision.band_of(record.chosen[goal], bulk_start)
        decision.draw_answer(goal, record.decisions[goal], record.chosen[goal], kept if fits else None)
        explained(asked, "asked", small=True)
    with st.container(border=True):
        decision.draw_sizes(record.scored, record.chosen[goal])
    for block in (_curve, _forest):
        with st.container(border=True):
            block(record)
    with st.container(border=True):
        _bands(record, bulk_start)
    if record.clusters is not None:
        with st.container(border=True):
            st.header(clusters.HEADING, anchor=False)
            clusters.draw_found(record.clusters, record.d)
    with st.container(border=True):
        replications.draw()
    with st.container(border=True):
        published.draw()


def _curve(record: StoredMeasurement) -> None:
    sweep = record.sweep
    st.header(CURVE, anchor=False)
    said = f"{describe_sweep(sweep)} Drawn is the difference to unfiltered. {record.best.sentence}"
    explained(said, "curve", small=True)
    figure = quality_curve(sweep_curve(sweep), record.d, AXIS, [best_mark(record.best)])
    st.plotly_chart(figure, key="quality", config=PLOT, alt="Stored quality over the number of directions kept")
    table_button("Download all numbers of directions as CSV", lambda: sweep_table(sweep), f"{record.id}-quality.csv")


def _forest(record: StoredMeasurement) -> None:
    st.header(FOREST, anchor=False)
    explained(describe_forest(record.forest), "forest")
    table = forest_table(record.forest)
    st.plotly_chart(forest_plot(table), key="forest", config=PLOT, alt="Stored differences to unfiltered")
    table_button("Download the rows as CSV", lambda: table, f"{record.id}-baselines.csv")


def _bands(record: StoredMeasurement, bulk_start: int | None) -> None:
    found, gain = record.bands, record.bands.to_unfiltered
    st.header(BANDS, anchor=False)
    explained(
        f"Every band of directions whose ends are {found.step} apart, as a difference to unfiltered. Outlined: bands "
        f"shown to lose at most {record.margin:g} points to it. {record.best.sentence}",
        "bands",
        small=True,
    )
    differences = gain.values, gain.low, gain.high
    best = best_band(record.best, bulk_start)
    figure = band_map(found.bands, differences, found.unfiltered, record.d, record.margin, AXIS, best=best)
    st.plotly_chart(figure, key="bands", config=PLOT, alt=f"Stored quality of {len(found.bands)} bands of directions")
    explained(describe_bands(found, record.margin), "bands_told", small=True)
    table_button("Download all bands as CSV", lambda: bands_table(found, record.d), f"{record.id}-bands.csv")
