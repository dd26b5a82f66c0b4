"""Quality of every band of directions; a click on a cell keeps it everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.claims import what_bands_drop
from embfilter_core.figures.quality_bands import band_map
from embfilter_core.instrument.measured_bands import measured_bands
from embfilter_core.quality.bands import describe_bands
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.report.figures import AXIS, BANDS, best_band
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.tables.quality import bands_table
from pages.choose_rank import cached
from pages.frame import measured_scores
from pages.frame.explained import explained
from pages.frame.kept_controls import keep_band
from pages.frame.page_controls import FINER
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from pages.choose_rank.measured_task import MeasuredTask


def draw(measured: MeasuredTask) -> None:
    """Draw the map of bands, all of them or more finely around the kept band."""
    st.header(BANDS, anchor=False)
    kept = measured.loaded.kept.bounds
    fine = FINER.draw(disabled=kept is None)
    found = cached.band_scores(measured.loaded, measured.task, measured.measure, kept if fine else None)
    d = measured.loaded.backbone.d
    if not fine:
        measured.remember(bands=found)
    if not fine and measured.task.vectors is None:
        told = measured_bands(found, d, measured.measure, measured.task.name)
        measured_scores.measure(measured.loaded, measured.about, told, measured.task.name)
    explained(
        f"Every band of directions whose ends are {found.step} apart: how many are dropped at the large end of the "
        f"spectrum, and how many at the small end. {what_bands_drop(measured.loaded.backbone.bulk_start)} Blue "
        f"scores above unfiltered, orange below. Outlined: bands shown to lose at most {measured.margin:g} points to "
        f"unfiltered. Click a cell to keep it. {measured.told_best}",
        "bands",
        small=True,
    )
    gain = found.to_unfiltered
    differences = gain.values, gain.low, gain.high
    best = None if measured.best is None else best_band(measured.best, measured.loaded.backbone.bulk_start)
    figure = band_map(found.bands, differences, found.unfiltered, d, measured.margin, AXIS, kept, best)
    st.plotly_chart(
        figure,
        key="bands",
        config=PLOT,
        on_select=lambda: _choose(d),
        selection_mode="points",
        alt=f"{MEASURES[measured.measure].explanation} of {len(found.bands)} bands of directions, against unfiltered",
    )
    explained(describe_bands(found, measured.margin), "bands_told", small=True)
    table_button("Download all bands as CSV", lambda: bands_table(found, d), "bands.csv")


def _choose(d: int) -> None:
    points = st.session_state["bands"].selection.points
    chosen = points[0].get("customdata") if points else None
    if not isinstance(chosen, list) or [type(end) for end in chosen] != [int, int]:
        return
    start, stop = chosen
    if 0 <= start < stop <= d:
        keep_band(KeptDirections.band(d, start, stop))
