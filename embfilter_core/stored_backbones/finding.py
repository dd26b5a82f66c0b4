"""The numbers that tell a backbone apart from others, found on the loaded backbone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.lens.corpus_evidence import TEXTS, top_ids
from embfilter_core.lens.frequent_tokens import SCORED_TOKENS
from embfilter_core.lens.own_words import own_word_counts
from embfilter_core.lens.spectroscopy_report import word_frequency_by_block
from embfilter_core.quality.bootstrap import bootstrap_mean
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.spectral.geometry import edge_shares, energy
from embfilter_core.spectral.spectroscopy import BIASES, average_token, direction_scores
from embfilter_core.stored_backbones.stored_backbone import Ends, Findings
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS, vocabulary_zipf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_counts import TokenCounts
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.selection import KeptDirections


def spectroscopy(backbone: Backbone, counts: TokenCounts) -> tuple[np.ndarray, tuple[float, float]]:
    """Return the scores over the 100 most frequent tokens with b = 0, (d,), and R^2 of the fits with either bias."""
    weight, spectrum, log_p = backbone.architecture.head.weight, backbone.spectrum, counts.log_frequencies()
    zero, mean = (average_token(weight, spectrum, log_p, counts.padded, bias) for bias in BIASES)
    scores = direction_scores(weight, spectrum, zero, counts.token_set("frequent", SCORED_TOKENS))
    return scores, (zero.r_squared, mean.r_squared)


def readings_of(
    backbone: Backbone, states: np.ndarray, mean: np.ndarray, kept: KeptDirections
) -> dict[str, np.ndarray]:
    """Return the ids of the top 20 tokens of the first 100 states, (n, 20) each: unfiltered, kept, centred."""
    read = states[:TEXTS]
    kept_states = EmbedFilter(backbone.spectrum, kept).project(read)
    return {
        name: top_ids(backbone, hidden, min(COUNTED_TOKENS, backbone.vocab_size))
        for name, hidden in (("unfiltered", read), ("kept", kept_states), ("centred", read - mean))
    }


def own_counts(
    backbone: Backbone, texts: Sequence[str], readings: dict[str, np.ndarray], rates: TokenRates
) -> dict[str, np.ndarray]:
    """Return how many top tokens are their text's own words, (n,) each, by reading."""
    return {name: own_word_counts(backbone, texts, ids, rates) for name, ids in readings.items()}


def find(
    backbone: Backbone,
    coefficients: np.ndarray,
    readings: dict[str, np.ndarray],
    own: dict[str, np.ndarray],
    rates: TokenRates,
    scores: np.ndarray,
    r_squared: tuple[float, float],
) -> Findings:
    """Return what tells a backbone apart.

    Args:
        backbone: The backbone.
        coefficients: Of its embeddings of a corpus, (n, d).
        readings: As `readings_of` gives them.
        own: As `own_counts` gives them.
        rates: How frequent each token is.
        scores: (d,) spectroscopy scores.
        r_squared: Of the fits they rest on, with either bias.
    """
    ends, energies = edge_shares(scores / scores.sum()), edge_shares(energy(coefficients))
    frequent = {name: rates.frequent[ids].mean(axis=1) for name, ids in readings.items()}
    shares = {name: found / readings[name].shape[1] for name, found in own.items()}
    weight, zipf = backbone.architecture.head.weight, vocabulary_zipf(backbone.token_texts, backbone.vocab_size)
    by_block = word_frequency_by_block(weight, backbone.spectrum, zipf)
    return Findings(
        d=backbone.d,
        block=ends.block,
        score=(ends.first, ends.last),
        energy=(energies.first, energies.last),
        last_direction=energies.very_last,
        r_squared=r_squared,
        zipf_r_squared=None if any(map(math.isnan, by_block)) else by_block,
        texts=len(readings["unfiltered"]),
        chance=rates.chance,
        frequent={name: _ends(found) for name, found in frequent.items()},
        own={name: _ends(found) for name, found in shares.items()},
        frequent_change={name: _ends(frequent[name] - frequent["unfiltered"]) for name in ("kept", "centred")},
        own_change={name: _ends(shares[name] - shares["unfiltered"]) for name in ("kept", "centred")},
    )


def _ends(values: np.ndarray) -> Ends:
    mean = bootstrap_mean(values)
    return mean.value, mean.low, mean.high
