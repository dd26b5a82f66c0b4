"""A column of texts of a table as a corpus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.data.corpora import Corpus, corpus_of
from embfilter_core.data.tables.cells import format_cell, holds_numbers
from embfilter_core.data.tables.columns import require_columns
from embfilter_core.data.tables.origin import ids_of, row_numbers
from embfilter_core.data.tables.rows import count_left_out
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


def text_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns of text, those most like sentences first: many words a cell, and few cells alike."""
    likeness = {}
    for column in frame.columns[[not holds_numbers(frame[column]) for column in frame.columns]]:
        cells = frame[column].dropna().astype(str)
        likeness[column] = cells.str.count(r"\s+").add(1).mean() * cells.nunique() / len(cells) if len(cells) else 0.0
    return sorted(likeness, key=lambda column: -likeness[column])


def corpus_from_table(
    frame: pd.DataFrame, column: str, name: str, label_column: str | None = None, id_column: str | None = None
) -> Corpus:
    """Return the texts of a column as a corpus; rows without a text or label are left out, and counted in a note.

    Each text keeps the number of its row, and its id where a column of ids is named.

    Raises:
        InputError: There is no such column, it holds numbers, nothing is left, or it exceeds the limits.
    """
    require_columns(frame, [wanted for wanted in (column, label_column, id_column) if wanted is not None])
    if holds_numbers(frame[column]):
        raise InputError(f"Column {column!r} holds numbers, not texts.", "Choose a column of texts.")
    stripped = frame[column].astype("str").str.strip()
    filled = stripped.notna() & (stripped != "")
    notes = [count_left_out(int((~filled).sum()), f"without text in column {column!r}")] if not filled.all() else []
    if label_column is not None:
        labelled = frame[label_column].notna()
        if not labelled[filled].all():
            notes.append(count_left_out(int((filled & ~labelled).sum()), f"without label in column {label_column!r}"))
        filled &= labelled
    if not filled.any():
        raise InputError(f"Column {column!r} has no text in any of its {len(frame):,} rows.", "Choose another column.")
    texts = stripped[filled].tolist()
    labels = None if label_column is None else [format_cell(label) for label in frame.loc[filled, label_column]]
    ids = None if id_column is None else ids_of(frame[filled], id_column)
    return corpus_of(texts, name, f"{name}, column {column}", labels, notes, ids, row_numbers(frame[filled]))
