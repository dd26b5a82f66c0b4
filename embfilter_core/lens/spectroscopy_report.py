"""What the curves over the singular directions say about a backbone and a text, in sentences made of the numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.lens.token_counts import SMOOTHING
from embfilter_core.spectral.geometry import edge_shares, energy
from embfilter_core.spectral.spectroscopy import block_r_squared

if TYPE_CHECKING:
    from torch import Tensor

    from embfilter_core.lens.token_counts import TokenCounts
    from embfilter_core.spectral.spectroscopy import AverageToken
    from embfilter_core.spectral.spectrum import Spectrum

THIS_TEXT, CORPUS, CORPUS_MEAN = "this text", "corpus", "mean of the corpus"


def energies_by_source(text: np.ndarray, corpus: np.ndarray | None, centred: bool) -> dict[str, np.ndarray]:
    """Return the share of the energy in each direction, (d,), of a text, a corpus and its mean.

    Args:
        text: (d,) coefficients of the text.
        corpus: (n, d) coefficients of the corpus, or None where there is none.
        centred: Whether the mean of the corpus was subtracted, so that it has none left.
    """
    energies = {THIS_TEXT: energy(text[None])}
    if corpus is not None:
        energies[CORPUS] = energy(corpus)
        if not centred:
            energies[CORPUS_MEAN] = energy(corpus.mean(axis=0, keepdims=True))
    return energies


def word_frequency_by_block(weight: Tensor, spectrum: Spectrum, zipf: np.ndarray) -> tuple[float, float, float]:
    """Return R^2 of the Zipf frequency of the known words, (|V|,) with 0 elsewhere, as `block_r_squared` gives it."""
    return block_r_squared(weight, spectrum, np.where(zipf > 0, zipf, np.nan))


def describe_fit(counts: TokenCounts, average: AverageToken, tokens: int) -> str:
    """Return how well the average token fits the frequencies, and over how many tokens the scores are."""
    return (
        f"Frequencies from {counts.source}: {counts.seen:,} tokens seen, {counts.unseen:,} unseen "
        f"({SMOOTHING} is added to every count). The fit of the average token explains R² = {average.r_squared:.2f} "
        f"of log p. Δπ is over {tokens:,} tokens."
    )


def describe_energies(energies: Mapping[str, np.ndarray]) -> list[str]:
    """Return a sentence for each energy curve, (d,) shares by what they are of: how much lies at either end."""
    sentences = []
    for name, shares in energies.items():
        ends = edge_shares(shares)
        more = "last" if ends.last > ends.first else "first"
        sentences.append(
            f"Energy of {name if name == THIS_TEXT else f'the {name}'}: {ends.first:.0%} in the first {ends.block} "
            f"directions, {ends.last:.0%} in the last {ends.block} (the very last one {ends.very_last:.0%}), "
            f"{1 - ends.first - ends.last:.0%} between: the {more} {ends.block} carry more."
        )
    return sentences


def describe_scores(scores: np.ndarray) -> str:
    """Return how much of the sum of the spectroscopy scores, (d,), lies at either end."""
    ends = edge_shares(scores / scores.sum())
    return (
        f"Δπ: {ends.first:.0%} of its sum in the first {ends.block} directions and {ends.last:.0%} in the last "
        f"{ends.block}; spread evenly it would be {ends.block / len(scores):.0%} in each."
    )


def describe_word_frequency(r_squared: Sequence[float], block: int) -> str:
    """Return where the Zipf frequency of a word can be read from its place, or an empty string where nothing is known.

    Args:
        r_squared: In the first, the middle and the last block of directions, as `block_r_squared` gives them.
        block: Directions of each.
    """
    if any(map(math.isnan, r_squared)):
        return ""
    first, middle, last = r_squared
    return (
        f"How common a word is (Zipf) can be read from its place along the first {block} directions with R² = "
        f"{first:.2f}, along the middle {block} with {middle:.2f}, along the last {block} with {last:.2f} (a linear "
        "fit over the known words of the vocabulary)."
    )
