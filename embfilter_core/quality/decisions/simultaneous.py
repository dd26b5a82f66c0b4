"""Intervals that hold for several differences at once: sup-t over the paired bootstrap.

Every difference is divided by its own standard error in the resamples; the largest of all of
them is drawn along, and its 95th percentile takes the place of 1.96 (Montiel Olea and
Plagborg-Møller 2019). So what was picked among them, for whatever reason, has its interval too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.quality.bootstrap import LEVEL, Intervals

SMALLEST_ERROR = 1e-9
"""Below this a difference is the same in every resample: its standard error is rounding."""


@dataclass(frozen=True, eq=False)
class Simultaneous(Intervals):
    """Differences with ends that hold for all of them at once at 95 %.

    Attributes:
        values: (c,) as measured.
        low: (c,) lower ends.
        high: (c,) upper ends.
        errors: (c,) standard errors.
        critical: Standard errors from a value to its lower end.
    """

    errors: np.ndarray
    critical: float


def simultaneous_intervals(values: np.ndarray, samples: np.ndarray) -> Simultaneous:
    """Return two-sided intervals, symmetric about the values.

    Args:
        values: (c,) differences as measured.
        samples: (c, r) in every resample, column r of all over the same one.
    """
    errors, studentised = _studentised(samples)
    critical = _critical(np.abs(studentised))
    return Simultaneous(values, values - critical * errors, values + critical * errors, errors, critical)


def simultaneous_bounds(values: np.ndarray, samples: np.ndarray) -> Simultaneous:
    """Return one-sided bounds: all lower ends hold at once at 95 %, and so do all upper ends.

    Arguments are those of `simultaneous_intervals`.
    """
    errors, studentised = _studentised(samples)
    critical = _critical(studentised)
    return Simultaneous(values, values - critical * errors, values + _critical(-studentised) * errors, errors, critical)


def _studentised(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    deviations = samples - samples.mean(axis=1, keepdims=True)
    errors = samples.std(axis=1, ddof=1)
    errors = np.where(errors < SMALLEST_ERROR, 0.0, errors)
    scale = errors[:, None]
    return errors, np.divide(deviations, scale, out=np.zeros_like(deviations), where=scale > 0)


def _critical(studentised: np.ndarray) -> float:
    return float(np.quantile(studentised.max(axis=0), LEVEL))
