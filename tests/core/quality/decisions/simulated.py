"""Evidence about treatments whose true differences are known."""

from collections.abc import Callable

import numpy as np

from embfilter_core.quality.decisions.measured import MeasuredTreatments, weigh
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.evidence import MeanEvidence

D = 64
KS = (8, 16, 24, 32, 48)
PRECISIONS = ("float32", "4bit", "sign")
TREATMENTS = (
    Treatment("unfiltered", D, "float32", D),
    *(Treatment("unfiltered", D, precision, D) for precision in PRECISIONS[1:]),
    *(Treatment(line, k, precision, D) for line in ("bulk", "truncated") for precision in PRECISIONS for k in KS),
)
UNITS = 100
SPREAD = 0.01
"""Standard deviation of the difference of a unit, so that a difference has a standard error of 0.1 points."""

Effect = Callable[[Treatment], float]
"""The true difference of a treatment to unfiltered float32, in points."""


def simulated_values(effect: Effect, random: np.random.Generator, units: int = UNITS) -> np.ndarray:
    """What each unit scores under every treatment; neighbours along a line share half of what differs."""
    base = random.normal(0.7, 0.2, size=units)
    shared: dict[str, np.ndarray] = {}
    values = []
    for one in TREATMENTS:
        common = shared.setdefault(one.line, random.normal(size=units))
        own = random.normal(size=units)
        noise = 0 if one.is_unfiltered else SPREAD * (common + own) / np.sqrt(2)
        values.append(base + effect(one) / 100 + noise)
    return np.stack(values)


def simulated(
    effect: Effect, seed: int, units: int = UNITS, resamples: int = 250, splits: int = 5
) -> MeasuredTreatments:
    """Treatments measured on queries drawn once."""
    values = simulated_values(effect, np.random.default_rng([7, seed]), units)
    return weigh(MeanEvidence(values, "queries"), TREATMENTS, "ndcg@10", resamples, splits, seed)
