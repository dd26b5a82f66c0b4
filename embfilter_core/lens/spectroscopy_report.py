"""What the curves over the singular directions say about a backbone and a text, in sentences made of the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.claims import HIGH, POOR_FIT
from embfilter_core.data.corpora import LEE_BACKGROUND
from embfilter_core.lens.token_counts import SMOOTHING, TOKEN_SETS
from embfilter_core.spectral.geometry import edge_shares, energy
from embfilter_core.spectral.spectroscopy import block_r_squared

if TYPE_CHECKING:
    from torch import Tensor

    from embfilter_core.lens.token_counts import TokenCounts, TokenSet
    from embfilter_core.spectral.spectroscopy import AverageToken, Bias
    from embfilter_core.spectral.spectrum import Spectrum

THIS_TEXT, CORPUS, CORPUS_MEAN = "this text", "the corpus", "the mean of the corpus"
BIAS_TERMS: dict[Bias, str] = {"zero": "b = 0", "mean": "b = -mean(log p)"}


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


def fit_fails(average: AverageToken) -> bool:
    """Return whether an average token explains so little of log p that its scores say little."""
    return average.r_squared < POOR_FIT


def describe_fit(counts: TokenCounts, average: AverageToken) -> str:
    """Return where the frequencies come from, and how well the average token fits them."""
    source = (
        f"Frequencies from {counts.source}: {counts.seen:,} tokens seen, {counts.unseen:,} unseen "
        f"({SMOOTHING} is added to every count)."
    )
    fit, explained = f"The fit of log p with {BIAS_TERMS[bias_of(average)]}", f"R² = {average.r_squared:.2f}"
    if average.r_squared < 0:
        return (
            f"{source} {fit} fails: {explained}, further off than the mean of log p alone: with this b, the "
            "frequencies are not linear in these states."
        )
    if fit_fails(average):
        return f"{source} {fit} fails: {explained}, where 1 would explain all of it."
    return f"{source} {fit} explains {explained} of it."


def bias_of(average: AverageToken) -> Bias:
    """Return which bias an average token was fitted with."""
    return "zero" if average.bias == 0 else "mean"


def describe_better_fit(average: AverageToken, other: AverageToken) -> str:
    """Return that another bias fits better, or an empty string where it does not."""
    if other.r_squared <= average.r_squared:
        return ""
    and_yet = ", which fails too" if fit_fails(other) else ""
    return f"With {BIAS_TERMS[bias_of(other)]}, R² = {other.r_squared:.2f}{and_yet}."


def describe_quiet(counts: TokenCounts, average: AverageToken) -> str:
    """Return which fit the preset `quiet` rests on, which is this one or another."""
    own = counts.source == LEE_BACKGROUND and bias_of(average) == "zero"
    if own:
        return "The preset quiet rests on this fit."
    return f"The preset quiet rests on the fit with {BIAS_TERMS['zero']} to {LEE_BACKGROUND}, not on this one."


def describe_scores(scores: np.ndarray, tokens: int, name: TokenSet) -> str:
    """Return at which end of the spectrum the spectroscopy scores, (d,), of some tokens are high.

    Args:
        scores: The scores.
        tokens: How many tokens they are of.
        name: Which tokens these are.
    """
    ends = edge_shares(scores / scores.sum())
    even = ends.block / len(scores)
    high = [end for end, share in (("first", ends.first), ("last", ends.last)) if share >= HIGH * even]
    where = {0: "at neither end", 2: "at both ends"}.get(len(high), f"at the {''.join(high)} directions alone")
    return (
        f"Δπ of {tokens:,} tokens ({TOKEN_SETS[name]}) is high {where}: the first {ends.block} directions hold "
        f"{ends.first / even:.1f} times what an even spread would give them, the last {ends.block} "
        f"{ends.last / even:.1f} times."
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
