"""The singular directions of all stored backbones over one axis: where do the frequent tokens live in each?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.errors import InputError
from embfilter_core.sides.across import describe_across
from pages.cached import stored_backbones as cached
from pages.compare import own
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.stored_backbones import all_stored
from pages.widgets.chart import PLOT
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from pages.cached.stored_backbones import Stored
    from pages.frame.view import View

PERCENT = "%.1f %%"
COLUMNS = {
    "backbone": st.column_config.TextColumn("Backbone", width=300),
    "d": st.column_config.NumberColumn("d", width=50),
    "tokens": st.column_config.NumberColumn("|V|", width=70),
    "delta_pi_first": st.column_config.NumberColumn("Δπ, first", format=PERCENT, width=76),
    "delta_pi_last": st.column_config.NumberColumn("Δπ, last", format=PERCENT, width=76),
    "energy_first": st.column_config.NumberColumn("Energy, first", format=PERCENT, width=96),
    "energy_last": st.column_config.NumberColumn("Energy, last", format=PERCENT, width=96),
    "r_squared_b_0": st.column_config.NumberColumn("R² of Δπ's fit", format="%.2f", width=104),
}
SHARES = ("delta_pi_first", "delta_pi_last", "energy_first", "energy_last")


def draw(view: View) -> None:
    """Draw the spectra, where the frequent tokens live in each, and the visitor's own backbones.

    Args:
        view: What the sidebar says.
    """
    with st.container(border=True):
        st.header("Singular directions across backbones", anchor=False)
        shown = []
        for stored in all_stored().values():
            try:
                cached.singular_values(stored)
                shown.append(stored)
            except InputError as problem:
                messages.error(problem)
        if shown:
            _spectra(shown)
            _table(shown)
        own.draw(view)


def _spectra(shown: list[Stored]) -> None:
    from embfilter_core.figures.across import SpectrumLine, spectra

    explained(
        "Every stored spectrum, divided by its largest singular value, over the share of the directions; the first "
        "and the last sixteenth are shaded and drawn wider.",
        "across",
        small=True,
    )
    lines = [SpectrumLine(one.about.name, cached.singular_values(one)) for one in shown]
    st.plotly_chart(spectra(lines), key="spectra", config=PLOT, alt=f"Singular values of {len(lines)} backbones")
    explained(describe_across([one.about for one in shown]), "across_told")


def _table(shown: list[Stored]) -> None:
    from embfilter_core.stored_backbones.tables import backbones_table, spectra_table

    stored = [one.about for one in shown]
    table = backbones_table(stored)
    told = table[list(COLUMNS)].copy()
    told[list(SHARES)] *= 100
    st.caption("Shares in the first and in the last sixteenth of the directions; a sixteenth if spread evenly.")
    st.dataframe(told, hide_index=True, column_config=COLUMNS, key="across_table")
    with st.container(horizontal=True):
        table_button("Download the table as CSV", lambda: table, "stored-backbones.csv")
        on_disk = [one for one in stored if one.path is not None]
        table_button("Download the spectra as CSV", lambda: spectra_table(on_disk), "stored-spectra.csv")
