"""Tables of the singular directions; the page, its figure and the download use the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from embfilter_core.number_format import format_rate
from embfilter_core.spectral.geometry import edge_shares

if TYPE_CHECKING:
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.direction_tokens import DirectionTokens
    from embfilter_core.vocabulary.token_text import TokenTexts

EVENLY = "spread evenly"


def directions_table(
    singular_values: np.ndarray, scores: np.ndarray, energies: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Return one row a direction: `direction`, `singular_value`, `delta_pi`, and `energy of ...` (a share) of each.

    Args:
        singular_values: (d,) descending.
        scores: Spectroscopy scores Δπ, (d,).
        energies: (d,) shares of the energy, by what they are of.
    """
    curves = {f"energy of {name}": shares for name, shares in energies.items()}
    return pd.DataFrame(
        {"direction": range(len(scores)), "singular_value": singular_values, "delta_pi": scores, **curves}
    )


def steps_table(curves: Mapping[str, np.ndarray], edges: np.ndarray, kept: np.ndarray | None = None) -> pd.DataFrame:
    """Return curves over the directions, (d,) by name, in the steps of a grid: a row a curve and a step.

    Where `kept` directions are given, what is kept of a step and what is left out of it have a row each.

    Columns: `of`, `start` and `width` (where it lies on an axis on which every step has the width 1), `first` and
    `last` (directions), `directions` (their number), `kept`, `mean`, `sum` and `largest` (the direction with the
    largest value).
    """
    is_kept = np.ones(int(edges[-1]), dtype=bool)
    if kept is not None:
        is_kept[:] = False
        is_kept[kept] = True
    rows = []
    for of, values in curves.items():
        for start, width, here in _parts(is_kept, edges):
            there = values[here]
            numbers = {"mean": float(there.mean()), "sum": float(there.sum()), "largest": int(here[there.argmax()])}
            which = {"first": int(here[0]), "last": int(here[-1]), "directions": len(here), "kept": is_kept[here[0]]}
            rows.append({"of": of, "start": start, "width": width, **which, **numbers})
    return pd.DataFrame(rows)


def end_shares_table(scores: np.ndarray, energies: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Return how much of each curve, (d,), lies at either end of the spectrum: a row a curve, and an even spread's.

    Columns: `of`, `first`, `between`, `last` (the ends are d / 16 directions each) and `very_last` (a part of `last`).
    """
    d = len(scores)
    curves = {"Δπ": scores / scores.sum(), **{f"energy of {name}": shares for name, shares in energies.items()}}
    curves[EVENLY] = np.full(d, 1 / d)
    ends = {name: edge_shares(shares) for name, shares in curves.items()}
    return pd.DataFrame(
        {
            "of": list(curves),
            "first": [end.first for end in ends.values()],
            "between": [float(shares.sum()) - ends[name].first - ends[name].last for name, shares in curves.items()],
            "last": [end.last for end in ends.values()],
            "very_last": [end.very_last for end in ends.values()],
        }
    )


def direction_ends_table(
    tokens: DirectionTokens, direction: int, token_texts: TokenTexts, rates: TokenRates, count: int
) -> pd.DataFrame:
    """Return the tokens at both ends of a direction, furthest first, each with how often it occurs in a million.

    Columns: `positive`, `positive_rate`, `negative` and `negative_rate`; rates are written as `format_rate` does.

    Raises:
        InputError: There is no such direction.
    """
    columns = {}
    for end, ids in zip(("positive", "negative"), tokens.ends(direction), strict=True):
        shown = ids[:count]
        columns[end] = token_texts.readable_all(shown)
        columns[f"{end}_rate"] = [format_rate(float(rates.per_million[i]), bool(rates.seen[i])) for i in shown]
    return pd.DataFrame(columns)


def _parts(is_kept: np.ndarray, edges: np.ndarray) -> Iterator[tuple[float, float, np.ndarray]]:
    """Place, width and directions of what is kept and of what is left out of each step, as wide as they are many."""
    for step, (start, stop) in enumerate(pairwise(edges)):
        here, left = np.arange(start, stop), float(step)
        both = [some for some in (here[is_kept[start:stop]], here[~is_kept[start:stop]]) if len(some)]
        for some in sorted(both, key=np.mean):
            yield left, len(some) / len(here), some
            left += len(some) / len(here)
