"""Tables of the logit lens over layers; the page, its figures and the download use the same."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from embfilter_core.lens.layers.grid import MEAN, LayerGrid
from embfilter_core.lens.layers.reading import LayerReading
from embfilter_core.lens.layers.summaries import LayerEnergy, LayerFrequency, depth_trend
from embfilter_core.lens.layers.trajectories import Trajectories
from embfilter_core.lens.token_rates import TokenRates
from embfilter_core.quality.by_layer import LayerQuality
from embfilter_core.tables.lens import token_frequency_columns
from embfilter_core.vocabulary.token_text import TokenTexts

TRENDS = ("frequent_share", "mean_zipf", "known_share", "last")
"""Columns of `depth_table` whose change with depth is told."""


def layers_table(reading: LayerReading, token_texts: TokenTexts) -> pd.DataFrame:
    """Return one row a cell, layer by layer from the token embeddings (0) up.

    Columns: `layer`, `position` (from 0; -1 for the mean of the pooled positions), `pooled` (whether the embedding is
    read there), `token` (that stands there), `top_token`, `top_token_id`, `logit`, `probability` (of the top token),
    `final_token` (the model's own top token at the last layer, unfiltered), `final_rank`, `final_log_probability`
    (nats), `settled` (the first shown layer from which on the final token stays on top, -1 where there is none),
    `entropy` (nats) and `kl` (nats, from the last layer as it is read).
    """
    grid = reading.grid
    rows, columns = len(grid.layers), len(grid.positions)
    top_ids = reading.token_ids[..., 0].ravel()
    return pd.DataFrame(
        {
            "layer": np.repeat(grid.layers, columns),
            "position": np.tile(grid.positions, rows),
            "pooled": np.tile(np.arange(columns) == grid.pooled_column, rows),
            "token": column_names(grid, token_texts) * rows,
            "top_token": _readable(token_texts, top_ids),
            "top_token_id": top_ids,
            "logit": reading.logits[..., 0].ravel(),
            "probability": reading.probabilities[..., 0].ravel(),
            "final_token": token_texts.readable_all(reading.final_tokens) * rows,
            "final_rank": reading.final_ranks.ravel(),
            "final_log_probability": reading.final_log_probabilities.ravel(),
            "settled": np.tile(reading.settled, rows),
            "entropy": reading.entropy.ravel(),
            "kl": reading.kl.ravel(),
        }
    )


def column_names(grid: LayerGrid, token_texts: TokenTexts) -> list[str]:
    """Return the token of each column as people can read it; the column of the mean says what it averages."""
    start, stop = grid.pooled
    mean = f"mean of positions {start} to {stop - 1}"
    return [mean if token == MEAN else token_texts.readable(int(token)) for token in grid.token_ids]


def cell_table(
    reading: LayerReading, token_texts: TokenTexts, rates: TokenRates, layer: int, position: int
) -> pd.DataFrame:
    """Return the top tokens of one cell.

    Columns: `rank`, `token`, `token_id`, `logit`, `probability`, `is_final`, and those of `token_frequency_columns`.

    Raises:
        InputError: The cell is not shown.
    """
    row, column = reading.grid.cell(layer, position)
    ids = reading.token_ids[row, column]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(ids) + 1),
            "token": token_texts.readable_all(ids),
            "token_id": ids,
            "logit": reading.logits[row, column],
            "probability": reading.probabilities[row, column],
            "is_final": ids == reading.final_tokens[column],
            **token_frequency_columns(ids, token_texts, rates),
        }
    )


def trajectory_table(followed: Trajectories, token_texts: TokenTexts) -> pd.DataFrame:
    """Return one row a layer and a token: `layer`, `token`, `token_id`, `logit`, `probability` and `rank`."""
    rows, tokens = followed.ranks.shape
    return pd.DataFrame(
        {
            "layer": np.repeat(followed.layers, tokens),
            "token": token_texts.readable_all(followed.token_ids) * rows,
            "token_id": np.tile(followed.token_ids, rows),
            "logit": followed.logits.ravel(),
            "probability": followed.probabilities.ravel(),
            "rank": followed.ranks.ravel(),
        }
    )


def depth_table(energy: LayerEnergy, frequency: LayerFrequency) -> pd.DataFrame:
    """Return what changes with depth: two rows a layer, one of the pooled state and one over the shown positions.

    Columns: `layer`, `of` (pooled or positions), `first`, `last` and `very_last` (share of the squared length in the
    first and the last d / 16 directions and in the last one), and of the top tokens `frequent_share` (those among the
    most frequent), `mean_zipf` (unknown pieces count 0), `mean_known_zipf` and `known_share` (of known words among the
    alphabetic ones).
    """
    rows = []
    for i, layer in enumerate(energy.layers):
        for of in ("pooled", "positions"):
            edges, tokens = getattr(energy, of)[i], getattr(frequency, of)[i]
            shares = {"first": edges.first, "last": edges.last, "very_last": edges.very_last}
            zipf = tokens.zipf
            words = {"mean_zipf": zipf.mean, "mean_known_zipf": zipf.mean_known, "known_share": zipf.known_share}
            rows.append({"layer": int(layer), "of": of, **shares, "frequent_share": tokens.frequent_share, **words})
    return pd.DataFrame(rows)


def trend_table(depth: pd.DataFrame) -> pd.DataFrame:
    """Return how the quantities of a `depth_table` change over the layers: a row a quantity and a place.

    Columns: `quantity` (one of `TRENDS`), `of` (pooled or positions), `first_third`, `last_third`, `correlation` and
    `trend` (`grows`, `shrinks` or neither).
    """
    rows = []
    for quantity in TRENDS:
        for of, layers in depth.groupby("of", sort=False):
            trend = depth_trend(layers["layer"], layers[quantity])
            numbers = {"first_third": trend.first, "last_third": trend.last, "correlation": trend.correlation}
            rows.append({"quantity": quantity, "of": of, **numbers, "trend": trend.direction})
    return pd.DataFrame(rows)


def quality_table(quality: LayerQuality) -> pd.DataFrame:
    """Return one row a layer and a ratio: `layer`, `ratio` (1 is unfiltered), `score`, `low` and `high`, in points."""
    return pd.DataFrame(
        {
            "layer": np.repeat(quality.layers, len(quality.ratios)),
            "ratio": np.tile(quality.ratios, len(quality.layers)),
            "score": quality.scores.ravel(),
            "low": quality.low.ravel(),
            "high": quality.high.ravel(),
        }
    )


def _readable(token_texts: TokenTexts, token_ids: Iterable[int]) -> list[str]:
    """`readable_all` that writes each different token once."""
    ids, where = np.unique(np.asarray(token_ids), return_inverse=True)
    texts = token_texts.readable_all(ids)
    return [texts[i] for i in where]
