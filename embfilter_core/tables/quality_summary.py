"""The few rows of a measurement that people compare: the ratios of the paper, the kept number, presets, baselines."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.tables.quality import alternative_cells, ends_of, estimate_cells

COLUMNS = ["what", "k", *ends_of("score"), *ends_of("to_unfiltered")]


def quality_summary(sweep: QualitySweep, alternatives: Sequence[Alternative], kept: int) -> pd.DataFrame:
    """Return unfiltered, the bulk at tau 2, 4, 8 and at the number kept now, the best k, then alternatives; in points.

    Columns: `what`, `k`, `score` with `low` and `high`, `to_unfiltered` (difference to all directions) with
    `to_unfiltered_low` and `to_unfiltered_high`.
    """
    d = int(sweep.ks[-1])
    named = {d: "unfiltered, all directions"} | {k: f"bulk, τ = {tau}" for tau, k in ks_of_taus(d).items() if tau > 1}
    named.setdefault(kept, "bulk, as kept now")
    best = int(sweep.ks[sweep.scores.values.argmax()])
    named[best] = (
        f"{named[best]}, the best of all (searched for here)"
        if best in named
        else "bulk, the best of all (searched for here)"
    )
    rows = [_row(sweep, k, name) for k, name in sorted(named.items(), reverse=True) if k in sweep.ks]
    rows += [{"what": f"{one.kind}: {one.name}", "k": one.k, **alternative_cells(one)} for one in alternatives]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(sweep: QualitySweep, k: int, name: str) -> dict[str, object]:
    at = int(np.searchsorted(sweep.ks, k))
    return {
        "what": name,
        "k": k,
        **estimate_cells("score", sweep.scores.at(at)),
        **estimate_cells("to_unfiltered", sweep.to_unfiltered.at(at)),
    }
