"""Quality over the number of kept directions, beside presets, random subspaces and earlier measurements."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.figures.quality_curve import Curve, quality_curve
from embfilter_core.figures.quality_marks import Mark, RandomSubspaceCurve
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.quality.sweep import describe_sweep
from embfilter_core.report.figures import AXIS, CURVE, best_mark, sweep_curve
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.tables.quality import random_subspaces_table, sweep_table
from embfilter_core.tables.quality_summary import quality_summary
from pages.choose_rank import cached
from pages.frame.explained import explained
from pages.frame.jobs.results import filling_in
from pages.frame.kept_controls import keep_band
from pages.frame.measured_runs import MOST_EARLIER, SHOWN_EARLIER
from pages.frame.measured_runs import earlier as earlier_curves
from pages.frame.page_controls import OVERLAY
from pages.frame.sidebar_controls import SEED
from pages.frame.values import value_of
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button
from pages.widgets.percent import PERCENT, in_percent

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.quality.comparison import Alternative
    from embfilter_core.quality.sweep import QualitySweep
    from pages.choose_rank.measured_task import MeasuredTask

SUMMARY_COLUMNS = {
    "what": st.column_config.TextColumn("Kept", width=280),
    "k": st.column_config.NumberColumn("Numbers", width=80, help="What an index stores for a text"),
    "score": st.column_config.NumberColumn("Score", format="%.1f", width=70, help="In points"),
    "low": st.column_config.NumberColumn("from", format="%.1f", width=60, help="95 % interval"),
    "high": st.column_config.NumberColumn("to", format="%.1f", width=60),
    "to_unfiltered": st.column_config.NumberColumn(
        "To unfiltered", format="%+.1f", width=95, help="Difference to all directions"
    ),
    "to_unfiltered_low": st.column_config.NumberColumn("from", format="%+.1f", width=60, help="95 % interval, paired"),
    "to_unfiltered_high": st.column_config.NumberColumn("to", format="%+.1f", width=60),
}

RANDOM_COLUMNS = {
    "k": st.column_config.NumberColumn("Numbers", width=80),
    "median": st.column_config.NumberColumn("Median", format="%.1f"),
    "low": st.column_config.NumberColumn("from", format="%.1f", help="95 % of the seeds lie between"),
    "high": st.column_config.NumberColumn("to", format="%.1f"),
    "seeds": st.column_config.NumberColumn("Seeds"),
    "share_above_unfiltered": st.column_config.NumberColumn(
        "Above unfiltered", format=PERCENT, help="Share of the seeds"
    ),
}


def draw(measured: MeasuredTask) -> None:
    """Draw the curve, what is laid over it, and the table of its marks."""
    sweep, kept = measured.sweep, measured.loaded.kept
    st.header(CURVE, anchor=False)
    explained(
        f"{describe_sweep(sweep)} Drawn is the difference to unfiltered, which scores {sweep.scores.values[-1]:.1f}. "
        f"The steep fall below d / 16 lies under the frame. Click a point to keep that many. {measured.told_best}",
        "curve",
        small=True,
    )
    overlay, earlier = _controls(measured)
    alternatives = _presets(measured) if "presets" in overlay else []
    random = _random(measured) if "random" in overlay else None
    figure = quality_curve(
        replace(curve_of(measured), name="bulk, now"),
        measured.loaded.backbone.d,
        AXIS,
        [*(Mark(one.name, one.k, *astuple(one.to_unfiltered)) for one in alternatives), *_best(measured)],
        None if random is None else _random_curve(random, sweep),
        len(kept) if kept.name == "bulk" or kept.is_unfiltered else None,
        earlier,
    )
    st.plotly_chart(
        figure,
        key="quality",
        config=PLOT,
        on_select=lambda: _choose(measured),
        selection_mode="points",
        alt=f"{MEASURES[measured.measure].explanation} over the number of directions kept, against unfiltered",
    )
    _table(measured, alternatives, random)


def _best(measured: MeasuredTask) -> list[Mark]:
    return [] if measured.best is None else [best_mark(measured.best)]


def curve_of(measured: MeasuredTask) -> Curve:
    """Return the sweep as a curve."""
    return sweep_curve(measured.sweep, measured.name)


def _controls(measured: MeasuredTask) -> tuple[list[str], list[Curve]]:
    before = earlier_curves()
    before.pop(measured.name, None)
    if SHOWN_EARLIER in st.session_state:  # a session file may name what is none
        st.session_state[SHOWN_EARLIER] = [name for name in st.session_state[SHOWN_EARLIER] if name in before]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        overlay = OVERLAY.draw()
        chosen = st.multiselect(
            "Earlier measurements",
            list(before),
            key=SHOWN_EARLIER,
            width=420,
            disabled=not before,
            help="What was measured in this session with another backbone, prompt or data is kept, "
            f"{MOST_EARLIER} at most.",
        )
    earlier = [before[name][1] for name in chosen if name in before]
    before[measured.name] = measured.task.id, curve_of(measured)
    while len(before) > MOST_EARLIER + 1:  # the latest is drawn anyway
        del before[next(iter(before))]
    return overlay, earlier


def _presets(measured: MeasuredTask) -> list[Alternative]:
    kept = len(measured.loaded.kept)
    with filling_in():
        return cached.preset_scores(measured.loaded, measured.task, measured.sweep, kept, value_of(SEED))
    return []


def _random(measured: MeasuredTask) -> pd.DataFrame | None:
    with filling_in():
        subspaces = cached.random_subspace_scores(measured.loaded, measured.task, measured.measure)
        return random_subspaces_table(subspaces, float(measured.sweep.scores.values[-1]))
    return None


def _random_curve(table: pd.DataFrame, sweep: QualitySweep) -> RandomSubspaceCurve:
    name = f"random subspaces, {table['seeds'].iloc[0]} seeds, the middle 95 %"
    differences = table[["low", "median", "high"]].to_numpy() - sweep.scores.values[-1]
    return RandomSubspaceCurve(name, table["k"].to_numpy(), *differences.T)


def _table(measured: MeasuredTask, alternatives: list[Alternative], random: pd.DataFrame | None) -> None:
    sweep = measured.sweep
    with st.expander("All numbers"):
        st.dataframe(
            quality_summary(sweep, alternatives, kept=len(measured.loaded.kept)),
            hide_index=True,
            column_config=SUMMARY_COLUMNS,
            key="quality_table",
        )
        if random is not None:
            st.caption("Random subspaces over many seeds")
            shown = in_percent(random, "share_above_unfiltered")
            st.dataframe(shown, hide_index=True, column_config=RANDOM_COLUMNS, key="random_table")
        label = f"Download all {len(sweep.ks)} numbers of directions as CSV"
        table_button(label, lambda: sweep_table(sweep), "quality.csv")


def _choose(measured: MeasuredTask) -> None:
    points = st.session_state["quality"].selection.points
    chosen = points[0].get("customdata") if points else None
    k = chosen[0] if isinstance(chosen, list) and chosen else chosen
    d = measured.loaded.backbone.d
    if isinstance(k, (int, float)) and 1 <= k <= d:
        keep_band(KeptDirections.bulk(d, keep=int(k), start=measured.loaded.backbone.bulk_start))
