"""The few rows of a measurement that people compare: the ratios of the paper, the kept number, presets, baselines."""

from collections.abc import Sequence

import pandas as pd

from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.tables.quality import ends_of, estimate_cells

COLUMNS = ["what", "k", *ends_of("score"), *ends_of("to_unfiltered")]


def quality_summary(
    sweep: QualitySweep,
    alternatives: Sequence[Alternative],
    kept: int | None = None,
) -> pd.DataFrame:
    """Return the rows of a sweep that people compare, by the number kept, then the alternatives; in points.

    Columns: `what`, `k`, `score` with `low` and `high`, `to_unfiltered` (difference to all directions) with
    `to_unfiltered_low` and `to_unfiltered_high`.

    Args:
        sweep: The bulk is listed at tau = 1, 2, 4, 8.
        alternatives: Presets and baselines.
        kept: A number of directions that is kept now, to be listed too where it was measured.
    """
    named = {k: f"bulk, τ = {tau}" for tau, k in ks_of_taus(int(sweep.ks[-1])).items()}
    named[int(sweep.ks[-1])] = "unfiltered, all directions"
    if kept is not None and kept in sweep.ks:
        named.setdefault(kept, "bulk, as kept now")
    found = {k: (sweep.scores.at(at), sweep.to_unfiltered.at(at)) for at, k in enumerate(sweep.ks.tolist())}
    rows: list[dict[str, object]] = [_row(name, k, *found[k]) for k, name in sorted(named.items(), reverse=True)]
    rows += [_row(f"{one.kind}: {one.name}", one.k, one.score, one.to_unfiltered) for one in alternatives]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(what: str, k: int, score: Estimate, to_unfiltered: Estimate) -> dict[str, object]:
    return {
        "what": what,
        "k": k,
        **estimate_cells("score", score),
        **estimate_cells("to_unfiltered", to_unfiltered),
    }
