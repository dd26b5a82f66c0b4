"""The score of every k with its interval: running sums and counted ranks against filtering and ranking each time."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import spearmanr

from embfilter_core.quality.bootstrap import Bootstrap, bootstrap, percentile_interval, resample_counts
from embfilter_core.quality.pair_evidence import pair_evidence
from embfilter_core.spectral.presets import choose_family
from embfilter_core.spectral.selection import KeptDirections
from tests.bench.measure import Check, Comparison, Timings, interleave

PAIRS, D, RESAMPLES = 1500, 576, 1000
TIMED_KS = np.round(np.linspace(2, D, 20)).astype(int)  # of k = 1 all cosines are 1 or -1, told apart by rounding alone
SCORES_WITHIN = 1e-6
INTERVALS_WITHIN = 1e-6

Pairs = tuple[np.ndarray, np.ndarray]
"""Coefficients (2 m, d), pair i is the texts i and m + i, and judgements (m,)."""


def compare_rank_sweep() -> Iterator[Comparison]:
    """All k in one sweep against a loop that filters for each k and ranks each resample again."""
    pairs = random_pairs()
    timings = interleave({"loop": lambda: _by_loop(pairs), "sweep": lambda: _by_sweep(pairs)})
    scale = D / len(TIMED_KS)
    yield Comparison(
        f"a loop that filters once per k and ranks each resample with scipy.stats.spearmanr (timed on "
        f"{len(TIMED_KS)} of {D} values of k, {timings.typical('loop')}, and scaled by {scale:g}) over the sweep of "
        f"all {D} ({timings.typical('sweep')}), {PAIRS:,} pairs, {RESAMPLES:,} resamples",
        timings.ratio("loop", "sweep").scaled(scale),
        tuple(_agreement(timings)),
    )


def random_pairs() -> Pairs:
    """Seeded pairs that are more or less alike, most of their energy at both ends, as real embeddings have it."""
    random = np.random.default_rng(0)
    alike = random.uniform(0, 0.9, size=(PAIRS, 1))
    one, other = random.normal(size=(2, PAIRS, D))
    ends = np.abs(np.linspace(-1, 1, D)) ** 40
    coefficients = np.concatenate([one, alike * one + np.sqrt(1 - alike**2) * other]) * (0.05 + ends)
    return coefficients, np.round(5 * alike[:, 0] + random.normal(size=PAIRS), 1)


def _by_sweep(pairs: Pairs) -> Bootstrap:
    coefficients, judgements = pairs
    left = np.arange(PAIRS)
    evidence = pair_evidence(coefficients, left, left + PAIRS, judgements, choose_family("bulk", D, range(1, D + 1)))
    return bootstrap(evidence, RESAMPLES)


def _by_loop(pairs: Pairs) -> Bootstrap:
    coefficients, judgements = pairs
    counts = resample_counts(PAIRS, RESAMPLES, np.random.default_rng(0))  # those of `bootstrap`
    drawn = [np.repeat(np.arange(PAIRS), count) for count in counts]
    scores, samples = np.empty(len(TIMED_KS)), np.empty((len(TIMED_KS), RESAMPLES))
    for i, k in enumerate(TIMED_KS):
        kept = coefficients[:, KeptDirections.bulk(D, keep=int(k)).indices]
        unit = kept / np.linalg.norm(kept, axis=1, keepdims=True)
        cosines = (unit[:PAIRS] * unit[PAIRS:]).sum(axis=1)
        scores[i] = spearmanr(cosines, judgements).statistic
        samples[i] = [spearmanr(cosines[rows], judgements[rows]).statistic for rows in drawn]
    return Bootstrap(scores, samples)


def _agreement(timings: Timings) -> Iterator[Check]:
    loop, sweep = timings.results["loop"], timings.results["sweep"]
    error = np.abs(sweep.scores[TIMED_KS - 1] - loop.scores).max()
    yield Check(f"scores within {error:.1e} (allowed {SCORES_WITHIN:g})", bool(error <= SCORES_WITHIN))
    ends = [np.array(percentile_interval(samples)) for samples in (sweep.samples[TIMED_KS - 1], loop.samples)]
    error = np.abs(ends[0] - ends[1]).max()
    yield Check(
        f"ends of the intervals, over the same resamples, within {error:.1e} (allowed {INTERVALS_WITHIN:g})",
        bool(error <= INTERVALS_WITHIN),
    )
