"""What the readings by layer say, in sentences: the page, a notebook and a script print the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from embfilter_core.lens.layers.grid import MEAN
from embfilter_core.lens.layers.summaries import LayerFrequency, depth_trend

if TYPE_CHECKING:
    from embfilter_core.lens.layers.grid import LayerGrid
    from embfilter_core.spectral.selection import KeptDirections

Mark = Callable[[str], str]
"""Writes what is to stand out for the place where it is shown."""
PLACES = {"pooled": "where the embedding is read", "positions": "over all shown positions"}
"""The two states of a layer that `LayerEnergy` and `LayerFrequency` summarise."""
TREND_NOTE = (
    "Thirds: means over the first and the last third of the shown layers. Correlation: Spearman's, with the layer. "
    "Grows and shrinks are said where both agree and the correlation is beyond two standard deviations of layers in "
    "random order."
)
"""How the numbers of `trend_table` are to be read."""


def shown_sentence(grid: LayerGrid, kept: KeptDirections | None, centred_at: int | None) -> str:
    """Return what of a text is shown, and how it is read.

    Args:
        grid: The layers and positions.
        kept: The directions that the states are projected on, or None where they are unfiltered.
        centred_at: The layer whose mean is taken off at every layer, or None.
    """
    every, places = len(grid.layers) == grid.depth + 1, len(grid.positions[grid.places])
    layers = f"all {len(grid.layers)} layers" if every else f"{len(grid.layers)} of {grid.depth + 1} layers"
    parts = [f"Shown: {layers}", f"{places} position{'s' * (places > 1)}"]
    if grid.hidden_positions:
        parts.append(f"{grid.hidden_positions:,} in the middle are left out")
    if grid.truncated_tokens:
        parts.append(f"{grid.truncated_tokens:,} tokens of the text were too many for the model")
    parts.append("unfiltered" if kept is None else f"filtered ({kept.describe()} kept)")
    if centred_at is not None:
        parts.append(f"after the mean of the reference documents at layer {centred_at} is taken off at every layer")
    return f"{', '.join(parts)}."


def final_token_sentences(grid: LayerGrid) -> list[str]:
    """Return what the final token of a column is, and how the layers are read."""
    mean = (
        "The column of the mean averages states, and its final token is what their mean speaks of: the model predicts "
        "no token there."
    )
    return [
        "The final token of a position is the top token at the last layer, unfiltered and not centred: what the model "
        "itself predicts to follow there.",
        *([mean] if grid.positions[-1] == MEAN else []),
        f"Inner layers pass the model's final norm first; layer {grid.depth}, the last, is read as the model returns "
        "it, already normed. That an inner layer looks undecided may be its own way of writing: it was not trained to "
        "be read so (arXiv 2303.08112).",
    ]


def depth_sentence(frequency: LayerFrequency, mark: Mark = str) -> str:
    """Return whether the lean towards frequent tokens grows with depth, for this text on this backbone alone.

    Args:
        frequency: How frequent the top tokens are.
        mark: Writes how the share of frequent tokens changes.
    """
    shares = []
    for of, where in PLACES.items():
        trend = depth_trend(frequency.layers, [tokens.frequent_share for tokens in getattr(frequency, of)])
        shares.append(f"{mark(trend.direction)} with depth {where}")
    return (
        f"For this text on this backbone, the share of the top {frequency.top} that are among the "
        f"{frequency.most_frequent:,} most frequent tokens {', and '.join(shares)}."
    )
