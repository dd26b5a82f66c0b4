"""Who replicated the filter: the paper, others and this program, each with its number and whether it held."""

import streamlit as st

from embfilter_core.stored.replications import describe_replications, replications
from embfilter_core.tables.replications import replications_table
from pages.frame.explained import explained
from pages.widgets.download import table_button

COLUMNS = {
    "who": st.column_config.TextColumn("Who", width=120),
    "held": st.column_config.TextColumn("Scored more?", width=100),
    "data": st.column_config.TextColumn("Data", width=190),
    "against": st.column_config.TextColumn("Against", width=150),
    "without": st.column_config.NumberColumn("That", format="%.1f", width=60, help="Its score, in points"),
    "filtered": st.column_config.NumberColumn("Filter", format="%.1f", width=60, help="In points"),
    "difference": st.column_config.NumberColumn("Difference", format="%+.1f", width=80),
    "difference_low": st.column_config.NumberColumn("from", format="%+.1f", width=60, help="95 % interval"),
    "difference_high": st.column_config.NumberColumn("to", format="%+.1f", width=60),
    "measure": st.column_config.TextColumn("Measure", width=180),
    "backbone": st.column_config.TextColumn("Backbone", width=220),
    "source": st.column_config.TextColumn("Source", width=200),
}


def draw() -> None:
    """Draw the card: what was found, and the table."""
    st.header("Who replicated it?", anchor=False)
    found = replications()
    explained(describe_replications(found), "replicated", small=True)
    table = replications_table(found)
    st.dataframe(table, hide_index=True, column_config=COLUMNS, key="replications")
    table_button("Download the comparisons as CSV", lambda: table, "replications.csv")
