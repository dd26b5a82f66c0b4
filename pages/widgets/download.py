"""Buttons that save a table: its file is written when somebody clicks, not on every run of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.tables.files import to_csv, to_jsonl

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

FORMATS = {"csv": (to_csv, "text/csv"), "jsonl": (to_jsonl, "application/jsonlines")}


def table_button(label: str, table: Callable[[], pd.DataFrame], name: str, note: str | None = None) -> None:
    """Draw a button that downloads a table.

    Args:
        label: What it says.
        table: Makes the table; called on a click.
        name: Name of the file, which ends with csv or jsonl.
        note: What else there is to say about it.
    """
    write, mime = FORMATS[name.rpartition(".")[2]]
    st.download_button(
        label,
        lambda: write(table()),
        name,
        mime,
        key=f"save_{name}",
        on_click="ignore",
        icon=":material/download:",
        help=note,
    )
