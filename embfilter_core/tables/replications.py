"""The table of who replicated the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from embfilter_core.tables.quality import ends_of, estimate_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.stored.replications import Replication

BEFORE = ["who", "held", "data", "against", "without", "filtered"]
AFTER = ["measure", "backbone", "source"]


def replications_table(found: Sequence[Replication]) -> pd.DataFrame:
    """Return one row a comparison, in the order given; scores and differences in points.

    Columns: `who`, `held` (held, did not hold or cannot tell), `data`, `against` (what the filter is compared with),
    `without` (the score of that), `filtered`, `difference` with `difference_low` and `difference_high` (missing where
    no interval is given), `measure`, `backbone`, `source`.
    """
    rows = [
        {
            **{fact: getattr(one, fact) for fact in (*BEFORE, *AFTER)},
            **estimate_cells("difference", one.difference),
        }
        for one in found
    ]
    return pd.DataFrame(rows, columns=[*BEFORE, *ends_of("difference"), *AFTER])
