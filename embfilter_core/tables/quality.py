"""The tables of measured quality: the page, its downloads and the command line all print these."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.bootstrap import Estimate, Intervals, percentile_interval
from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.random_subspaces import RandomSubspaces
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.ranking.index_cost import bytes_per_million


def sweep_table(sweep: QualitySweep) -> pd.DataFrame:
    """Return one row a number k of kept directions, ascending; scores and differences in points.

    Columns: `k`, `score`, `low`, `high`, `to_unfiltered` with `_low` and `_high` (paired differences to all
    directions), `bytes_per_million` (a million vectors of k float32).
    """
    return pd.DataFrame(
        {
            "k": sweep.ks,
            **_arrays("score", sweep.scores),
            **_arrays("to_unfiltered", sweep.to_unfiltered),
            "bytes_per_million": _bytes(sweep.ks),
        }
    )


def alternatives_table(alternatives: Sequence[Alternative]) -> pd.DataFrame:
    """Return one row a preset or baseline, in the order given; scores and differences in points.

    Columns: `id`, `name`, `kind` (preset or baseline), `k`, `score`, `low`, `high`, `to_unfiltered` with `_low` and
    `_high` (paired differences to all directions), `bytes_per_million`.
    """
    rows = [
        {
            **{"id": one.id, "name": one.name, "kind": one.kind, "k": one.k},
            **estimate_cells("score", one.score),
            **estimate_cells("to_unfiltered", one.to_unfiltered),
        }
        for one in alternatives
    ]
    columns = ["id", "name", "kind", "k", *ends_of("score"), *ends_of("to_unfiltered")]
    table = pd.DataFrame(rows, columns=columns)
    table["bytes_per_million"] = _bytes(table["k"])
    return table


def estimate_cells(name: str, estimate: Estimate) -> dict[str, float]:
    """Return an estimate by column: a score with `low` and `high`, a difference with its own name before them."""
    return dict(zip(ends_of(name), (estimate.value, estimate.low, estimate.high), strict=True))


def ends_of(name: str) -> tuple[str, str, str]:
    """Return the columns of a number with its interval: `score`, `low`, `high`; `to_planned`, `to_planned_low`, ..."""
    prefix = "" if name == "score" else f"{name}_"
    return name, f"{prefix}low", f"{prefix}high"


def bands_table(found: BandMap, d: int) -> pd.DataFrame:
    """Return one row a band of directions `start` .. `stop` - 1; scores and differences in points.

    Columns: `start`, `stop`, `dropped_large` and `dropped_small` (directions left out at either end), `k`, `score`,
    `low`, `high`, `to_unfiltered` with `_low` and `_high` (paired differences to all directions), `bytes_per_million`.

    Args:
        found: The bands.
        d: Number of directions there are.
    """
    start, stop = found.bands.T
    return pd.DataFrame(
        {
            "start": start,
            "stop": stop,
            "dropped_large": start,
            "dropped_small": d - stop,
            "k": stop - start,
            **_arrays("score", found.scores),
            **_arrays("to_unfiltered", found.to_unfiltered),
            "bytes_per_million": _bytes(stop - start),
        }
    )


def random_subspaces_table(subspaces: RandomSubspaces, unfiltered: float) -> pd.DataFrame:
    """Return one row a number k of random directions, over all seeds; scores in points.

    Columns: `k`, `median`, `low` and `high` (95 % of the seeds are between them), `seeds`, `share_above_unfiltered`.

    Args:
        subspaces: The scores.
        unfiltered: Score of all directions.
    """
    low, high = percentile_interval(subspaces.scores)
    return pd.DataFrame(
        {
            "k": subspaces.ks,
            "median": np.median(subspaces.scores, axis=1),
            "low": low,
            "high": high,
            "seeds": subspaces.scores.shape[1],
            "share_above_unfiltered": np.mean(subspaces.scores > unfiltered, axis=1),
        }
    )


def _arrays(name: str, intervals: Intervals) -> dict[str, np.ndarray]:
    return dict(zip(ends_of(name), (intervals.values, intervals.low, intervals.high), strict=True))


def _bytes(ks: Iterable[int]) -> list[int]:
    return [bytes_per_million(int(k)) for k in ks]
