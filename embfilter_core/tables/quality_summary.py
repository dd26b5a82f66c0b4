"""The few rows of a measurement that people compare: the ratios of the paper, the kept number, presets, baselines."""

from collections.abc import Sequence

import pandas as pd

from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.recommendation import Recommendation
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.spectral.families import ks_of_taus
from embfilter_core.tables.quality import ends_of, estimate_cells

COLUMNS = ["what", "k", *ends_of("score"), *ends_of("to_unfiltered")]


def quality_summary(
    sweep: QualitySweep,
    alternatives: Sequence[Alternative],
    kept: int | None = None,
    advice: Recommendation | None = None,
) -> pd.DataFrame:
    """Return the rows of a sweep that people compare, by the number kept, then the alternatives; in points.

    Columns: `what`, `k`, `score` with `low` and `high`, `to_unfiltered` (difference to all directions) with
    `to_unfiltered_low` and `to_unfiltered_high`.

    Args:
        sweep: The bulk is listed at tau = 1, 2, 4, 8 and at its best k.
        alternatives: Presets and baselines.
        kept: A number of directions that is kept now, to be listed too where it was measured.
        advice: Has its candidate listed, measured by the sweep or not, and told whether it is recommended.
    """
    named = {k: f"bulk, τ = {tau}" for tau, k in ks_of_taus(int(sweep.ks[-1])).items()}
    named[int(sweep.ks[-1])] = "unfiltered, all directions"
    if kept is not None and kept in sweep.ks:
        named.setdefault(kept, "bulk, as kept now")
    found = {k: (sweep.scores.at(at), sweep.to_unfiltered.at(at)) for at, k in enumerate(sweep.ks.tolist())}
    if advice is not None:
        found[advice.candidate_k] = advice.chosen, advice.chosen_to_unfiltered
        _add(named, advice.candidate_k, "recommended" if advice.k else "candidate, not recommended")
    _add(named, int(sweep.ks[sweep.scores.values.argmax()]), "the best of all (searched for here)")
    rows: list[dict[str, object]] = [_row(name, k, *found[k]) for k, name in sorted(named.items(), reverse=True)]
    rows += [_row(f"{one.kind}: {one.name}", one.k, one.score, one.to_unfiltered) for one in alternatives]
    return pd.DataFrame(rows, columns=COLUMNS)


def _add(named: dict[int, str], k: int, what: str) -> None:
    named[k] = f"{named.get(k, 'bulk')}, {what}"


def _row(what: str, k: int, score: Estimate, to_unfiltered: Estimate) -> dict[str, object]:
    return {
        "what": what,
        "k": k,
        **estimate_cells("score", score),
        **estimate_cells("to_unfiltered", to_unfiltered),
    }
