"""Shares in tables, written as they are in sentences: `25.3 %`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

PERCENT = "%.1f %%"
"""Format of a column that `in_percent` gives; Streamlit's own `percent` has other digits and no space."""


def in_percent(table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return a table to be shown, with the shares (0 to 1) of a column as percentages."""
    return table.assign(**{column: 100 * table[column]})
