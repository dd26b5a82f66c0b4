"""What else is done to embeddings, to compare the filter with: each baseline is fitted, then transforms.

Everything is computed in float64. The first j columns of a baseline that keeps k numbers are the
baseline that keeps j, so a curve over k costs one fit.
"""

from embfilter_core.spectral.baselines.base import Baseline
from embfilter_core.spectral.baselines.fitted import PCA, AllButTheTop, Centring, Whitening, ZScore
from embfilter_core.spectral.baselines.registry import BASELINES, BaselineInfo, make_baseline
from embfilter_core.spectral.baselines.unfitted import AverageTokenRemoval, RandomOrthonormal, Truncation

__all__ = [
    "BASELINES",
    "PCA",
    "AllButTheTop",
    "AverageTokenRemoval",
    "Baseline",
    "BaselineInfo",
    "Centring",
    "RandomOrthonormal",
    "Truncation",
    "Whitening",
    "ZScore",
    "make_baseline",
]
