"""The tables of measured quality: the page, its downloads and the command line all print these."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

import numpy as np
import pandas as pd

from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.bootstrap import Intervals, percentile_interval
from embfilter_core.quality.comparison import Alternative
from embfilter_core.quality.random_subspaces import RandomSubspaces
from embfilter_core.quality.sweep import QualitySweep
from embfilter_core.ranking.index_cost import bytes_per_million


def sweep_table(sweep: QualitySweep) -> pd.DataFrame:
    """One row a number k of kept directions, ascending; scores and differences in points.

    Columns: `k`, `score`, `low`, `high`, `to_raw` and `to_best` with `_low` and `_high` (paired differences to all
    directions and to the best k), `bytes_per_million` (a million vectors of k float32).
    """
    return pd.DataFrame(
        {
            "k": sweep.ks,
            **_columns("score", sweep.scores),
            **_columns("to_raw", sweep.to_raw),
            **_columns("to_best", sweep.to_best),
            "bytes_per_million": _bytes(sweep.ks),
        }
    )


def alternatives_table(alternatives: Sequence[Alternative]) -> pd.DataFrame:
    """One row a preset or baseline, in the order given: its fields, then `bytes_per_million`."""
    names = [field.name for field in fields(Alternative)]
    table = pd.DataFrame([[getattr(found, name) for name in names] for found in alternatives], columns=names)
    table["bytes_per_million"] = _bytes(table["k"])
    return table


def bands_table(found: BandMap, d: int) -> pd.DataFrame:
    """One row a band of directions `start` .. `stop` - 1; scores and differences in points.

    Columns: `start`, `stop`, `dropped_large` and `dropped_small` (directions left out at either end), `k`, `score`,
    `low`, `high`, `to_best` with `_low` and `_high` (paired differences to the best band), `bytes_per_million`.

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
            **_columns("score", found.scores),
            **_columns("to_best", found.to_best),
            "bytes_per_million": _bytes(stop - start),
        }
    )


def random_subspaces_table(controls: RandomSubspaces, raw: float) -> pd.DataFrame:
    """One row a number k of random directions, over all seeds; scores in points.

    Columns: `k`, `median`, `low` and `high` (95 % of the seeds are between them), `seeds`, `share_above_raw`.

    Args:
        controls: The scores.
        raw: Score of all directions.
    """
    low, high = percentile_interval(controls.scores)
    return pd.DataFrame(
        {
            "k": controls.ks,
            "median": np.median(controls.scores, axis=1),
            "low": low,
            "high": high,
            "seeds": controls.scores.shape[1],
            "share_above_raw": np.mean(controls.scores > raw, axis=1),
        }
    )


def _columns(name: str, intervals: Intervals) -> dict[str, np.ndarray]:
    """A score with columns `low` and `high`; a difference with its own name before them."""
    prefix = "" if name == "score" else f"{name}_"
    return {name: intervals.values, f"{prefix}low": intervals.low, f"{prefix}high": intervals.high}


def _bytes(ks: Iterable[int]) -> list[int]:
    return [bytes_per_million(int(k)) for k in ks]
