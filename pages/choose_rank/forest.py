"""What people would pick in place of the filter, a row each: its difference to unfiltered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.figures.forest import forest_plot
from embfilter_core.quality.comparison import describe_fitting
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.report.figures import FOREST
from embfilter_core.tables.forest import forest_table
from pages.choose_rank import beside, cached
from pages.frame.explained import explained
from pages.frame.sidebar_controls import CENTRE
from pages.frame.values import value_of
from pages.widgets import embedding_offer
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from pages.choose_rank.measured_task import MeasuredTask


def draw(measured: MeasuredTask) -> None:
    """Draw the forest plot and its table."""
    loaded, task = measured.loaded, measured.task
    st.header(FOREST, anchor=False)
    found = cached.forest(loaded, task, measured.sweep, len(loaded.kept), measured.best)
    measured.remember(forest=found)
    explained(describe_forest(found), "forest")
    own = beside.pick(task)
    if own is not None:
        found = beside.draw(measured, found, own)
    fitting = describe_fitting(loaded.corpus, task, loaded.mean is not None)
    explained(
        "Other ways to treat the same embeddings, and TF-IDF, which needs no backbone. Right of the line is above "
        f"unfiltered. {fitting} A hollow mark was searched for on these data.",
        "forest_how",
        small=True,
    )
    table = forest_table(found)
    st.plotly_chart(forest_plot(table), key="forest", config=PLOT, alt="Differences to unfiltered with 95 % intervals")
    if found.left_out:
        explained(_left_out(found.left_out), "forest_left_out", small=True)
    if task.vectors is None and loaded.mean is None and not value_of(CENTRE):  # to centre, it is offered above
        embedding_offer.offer(loaded.embedder, loaded.corpus, "To fit baselines,", "forest_reference")
    with st.expander("All rows as a table"):
        st.dataframe(table, hide_index=True, key="forest_table")
        table_button("Download the rows as CSV", lambda: table, "baselines.csv")


def _left_out(left_out: dict[str, str]) -> str:
    """What is left out, the names that share a reason together; a name may have commas in it."""
    names: dict[str, list[str]] = {}
    for name, why in left_out.items():
        names.setdefault(why, []).append(name)
    return " ".join(f"Left out: {'; '.join(those)}. {why}" for why, those in names.items())
