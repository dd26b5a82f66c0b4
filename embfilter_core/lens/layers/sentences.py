"""What the readings by layer say, in sentences: the page, a notebook and a script print the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from embfilter_core.lens.layers.summaries import DepthTrend, LayerEnergy, LayerFrequency, depth_trend
from embfilter_core.number_format import format_change

if TYPE_CHECKING:
    from embfilter_core.lens.layers.grid import LayerGrid
    from embfilter_core.lens.layers.reading import LayerReading
    from embfilter_core.spectral.selection import KeptDirections
    from embfilter_core.vocabulary.token_text import TokenTexts

Mark = Callable[[str], str]
"""Writes what is to stand out, such as a token, for the place where it is shown."""
PLACES = {"pooled": "where the embedding is read", "positions": "over all shown positions"}
"""The two states of a layer that `LayerEnergy` and `LayerFrequency` summarise."""
TREND_NOTE = (
    "Numbers: mean over the first third of the shown layers → over the last third, and then the rank correlation with "
    "the layer. Grows and shrinks are said where both agree and the correlation is beyond two standard deviations of "
    "layers in random order."
)
"""How the numbers of `depth_sentence` are to be read."""


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
    return (
        f"{', '.join(parts)}. Inner layers pass the model's final norm first; layer {grid.depth}, the last, is read as "
        "the model returns it, already normed."
    )


def cell_sentences(
    reading: LayerReading, token_texts: TokenTexts, layer: int, position: int, mark: Mark = str
) -> list[str]:
    """Return what one cell says: where it is, how near it is to its final token, and how sure it is.

    Args:
        reading: The reading.
        token_texts: How the tokens are written.
        layer: The layer.
        position: The position, -1 for the mean.
        mark: Writes the tokens.

    Raises:
        InputError: The cell is not shown.
    """
    row, column = reading.grid.cell(layer, position)
    token, final = (
        mark(token_texts.readable(int(token))) if token >= 0 else ""
        for token in (reading.grid.token_ids[column], reading.final_tokens[column])
    )
    where = f"position {position}, where the text has {token}" if position >= 0 else "the mean"
    settled = int(reading.settled[column])
    since = f"It stays on top from layer {settled} on." if settled >= 0 else "It is not on top at the last layer."
    return [
        f"Layer {layer} of {reading.grid.depth}, {where}.",
        f"The final token here is {final}: at this layer rank {reading.final_ranks[row, column]:,}, log-probability "
        f"{reading.final_log_probabilities[row, column]:.2f} nats. {since}",
        f"Entropy {reading.entropy[row, column]:.2f} nats, KL from the last layer {reading.kl[row, column]:.2f} nats.",
    ]


def depth_sentence(energy: LayerEnergy, frequency: LayerFrequency, mark: Mark = str) -> str:
    """Return whether the lean towards frequent tokens grows with depth, for this text on this backbone alone.

    Args:
        energy: Energy at the ends of the spectrum.
        frequency: How frequent the top tokens are.
        mark: Writes how the share of frequent tokens changes.
    """
    shares, zipf, known, last = [], [], [], []
    for of, where in PLACES.items():
        lists = getattr(frequency, of)
        share = depth_trend(frequency.layers, [tokens.frequent_share for tokens in lists])
        shares.append(f"{mark(share.direction)} with depth {where} ({_change(share, '.0%')})")
        zipf.append(_change(depth_trend(frequency.layers, [tokens.zipf.mean for tokens in lists]), ".2f"))
        known.append(_change(depth_trend(frequency.layers, [tokens.zipf.known_share for tokens in lists]), ".0%"))
        last.append(_change(depth_trend(energy.layers, [edges.last for edges in getattr(energy, of)]), ".0%"))
    return (
        f"For this text on this backbone, the share of the top {frequency.top} that are among the "
        f"{frequency.most_frequent:,} most frequent tokens {', and '.join(shares)}. Mean Zipf, unknown pieces counted "
        f"as 0: {' and '.join(zipf)}; known words among the alphabetic tokens: {' and '.join(known)}. Energy in the "
        f"last d/16 directions: {' and '.join(last)}."
    )


def _change(trend: DepthTrend, number: str) -> str:
    return f"{format_change(trend.first, trend.last, number)}, {trend.correlation:+.2f}"
