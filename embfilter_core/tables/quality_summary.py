"""The few rows of a measurement that people compare: the ratios of the paper, the kept number, presets, baselines."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.families import ks_of_taus

COLUMNS = ["what", "k", "score", "low", "high", "to_raw", "to_raw_low", "to_raw_high"]


def quality_summary(sweep: QualitySweep, alternatives: Sequence[Alternative], kept: int) -> pd.DataFrame:
    """Raw, the bulk at tau 2, 4 and 8 and at the number kept now, the best k, then the alternatives; in points.

    Columns: `what`, `k`, `score` with `low` and `high`, `to_raw` (difference to all directions) with `to_raw_low` and
    `to_raw_high`.
    """
    d = int(sweep.ks[-1])
    named = {d: "raw, all directions"} | {k: f"bulk, τ = {tau}" for tau, k in ks_of_taus(d).items() if tau > 1}
    named.setdefault(kept, "bulk, as kept now")
    best = int(sweep.ks[sweep.scores.values.argmax()])
    named[best] = (
        f"{named[best]}, the best of all (searched for here)"
        if best in named
        else "bulk, the best of all (searched for here)"
    )
    rows = [_row(sweep, k, name) for k, name in sorted(named.items(), reverse=True) if k in sweep.ks]
    rows += [asdict(one) | {"what": f"{one.kind}: {one.name}"} for one in alternatives]
    return pd.DataFrame(rows)[COLUMNS]


def _row(sweep: QualitySweep, k: int, name: str) -> dict:
    at = int(np.searchsorted(sweep.ks, k))
    return {
        "what": name,
        "k": k,
        "score": sweep.scores.values[at],
        "low": sweep.scores.low[at],
        "high": sweep.scores.high[at],
        "to_raw": sweep.to_raw.values[at],
        "to_raw_low": sweep.to_raw.low[at],
        "to_raw_high": sweep.to_raw.high[at],
    }
