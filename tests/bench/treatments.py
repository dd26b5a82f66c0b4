"""All candidates in all precisions, with intervals: one measurement against a loop that encodes and scores each."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import spearmanr

from embfilter_core.data.tasks import PairTask, pair_task
from embfilter_core.quality.bootstrap import RESAMPLES, percentile_interval, resample_counts
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.precisions import PRECISIONS
from embfilter_core.spectral.baselines import PCA, Centring
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum
from tests.bench.measure import Check, Comparison, Timings, interleave
from tests.bench.rank_sweep import PAIRS, D, random_pairs

REFERENCE_TEXTS, TIMED = 300, 12
WITHIN = 1e-6
MOST_SECONDS = 30


def compare_treatments() -> Iterator[Comparison]:
    """Every line, k and precision at once, search on halves included, against a loop over some of them."""
    embeddings, judgements = random_pairs()
    places = np.arange(PAIRS)
    texts = [str(i) for i in range(2 * PAIRS)]
    task = pair_task("bench", "Bench", texts, places, places + PAIRS, judgements, "Made up")
    reference = np.random.default_rng(1).normal(size=(REFERENCE_TEXTS, D)) + 0.2
    spectrum = Spectrum(np.linspace(9, 1, D), np.linalg.qr(np.random.default_rng(2).normal(size=(D, D)))[0])

    def at_once() -> MeasuredTreatments:
        return measure_treatments(task, (embeddings,), spectrum, reference, controls=False)

    treatments = at_once().treatments
    some = treatments[:: -(-len(treatments) // TIMED)]
    ways = {"loop": lambda: _by_loop(task, embeddings, spectrum, reference, some), "at once": at_once}
    timings = interleave(ways)
    scale = len(treatments) / len(some)
    yield Comparison(
        f"a loop that filters, encodes and ranks each resample with scipy.stats.spearmanr (timed on {len(some)} of "
        f"{len(treatments)} treatments, {timings.typical('loop')}, and scaled by {scale:.3g}) over measuring all of "
        f"them and searching on halves ({timings.typical('at once')}), {PAIRS:,} pairs, {RESAMPLES:,} resamples",
        timings.ratio("loop", "at once").scaled(scale),
        tuple(_checks(timings, some)),
    )


def _by_loop(
    task: PairTask, embeddings: np.ndarray, spectrum: Spectrum, reference: np.ndarray, some: tuple[Treatment, ...]
) -> tuple[np.ndarray, np.ndarray]:
    counts = resample_counts(PAIRS, RESAMPLES, np.random.default_rng(0))  # those of `bootstrap`
    drawn = [np.repeat(np.arange(PAIRS), count) for count in counts]
    scores, samples = np.empty(len(some)), np.empty((len(some), RESAMPLES))
    for i, one in enumerate(some):
        stored = PRECISIONS[one.precision].decoded(_filtered(one, embeddings, spectrum, reference))
        unit = stored / np.linalg.norm(stored, axis=1, keepdims=True)
        cosines = np.round((unit[task.left] * unit[task.right]).sum(axis=1), 9)
        scores[i] = spearmanr(cosines, task.scores).statistic
        samples[i] = [spearmanr(cosines[rows], task.scores[rows]).statistic for rows in drawn]
    return 100 * scores, 100 * samples


def _filtered(one: Treatment, embeddings: np.ndarray, spectrum: Spectrum, reference: np.ndarray) -> np.ndarray:
    if one.line == "pca":
        return PCA(one.k).fit(reference).transform(embeddings)
    if one.line in ("unfiltered", "truncated"):
        return embeddings[:, : one.k]
    if one.line == "centred-bulk":
        embeddings = Centring().fit(reference).transform(embeddings)
    return spectrum.coefficients(embeddings)[:, KeptDirections.bulk(D, keep=one.k).indices]


def _checks(timings: Timings, some: tuple[Treatment, ...]) -> Iterator[Check]:
    scores, samples = timings.results["loop"]
    found: MeasuredTreatments = timings.results["at once"]
    at = [found.treatments.index(one) for one in some]
    error = np.abs(found.scores.values[at] - scores).max()
    yield Check(f"scores within {error:.1e} points (allowed {WITHIN:g})", bool(error <= WITHIN))
    low, high = percentile_interval(samples)
    error = max(np.abs(found.scores.low[at] - low).max(), np.abs(found.scores.high[at] - high).max())
    yield Check(f"ends of the intervals within {error:.1e} points (allowed {WITHIN:g})", bool(error <= WITHIN))
    slowest = max(timings.seconds["at once"])
    yield Check(f"at most {MOST_SECONDS} s for all ({slowest:.3g} s)", slowest <= MOST_SECONDS)
