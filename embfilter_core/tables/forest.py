"""The table behind the forest plot: the page, its download and the command line print this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from embfilter_core.tables.quality import ends_of, estimate_cells

if TYPE_CHECKING:
    from embfilter_core.quality.forest_rows import Forest

FACTS = ["name", "kind", "k", "learnt_from", "searched", "spread"]


def forest_table(forest: Forest) -> pd.DataFrame:
    """Return one row a way to treat embeddings, the greatest difference to unfiltered first; numbers in points.

    Columns: `name`, `kind` (filter, baseline, control or own vectors), `k` (numbers that a text takes), `learnt_from`
    (nothing, reference corpus, measured texts or another model), `searched` (chosen by its own score), `spread` (what
    the intervals are over: resamples or seeds), `score` with `low` and `high`, `to_unfiltered` and `to_planned` with
    `_low` and `_high` (paired differences to all directions and to the filter at tau = 2).
    """
    rows = [
        {
            **{fact: getattr(row, fact) for fact in FACTS},
            **estimate_cells("score", row.score),
            **estimate_cells("to_unfiltered", row.to_unfiltered),
            **estimate_cells("to_planned", row.to_planned),
        }
        for row in forest.rows
    ]
    return pd.DataFrame(rows, columns=[*FACTS, *ends_of("score"), *ends_of("to_unfiltered"), *ends_of("to_planned")])
