"""Intervals that hold at once: wider the more differences there are, and as wide as one where all move together."""

import numpy as np
import pytest

from embfilter_core.quality.decisions.simultaneous import simultaneous_bounds, simultaneous_intervals

RANDOM = np.random.default_rng(0)
SAMPLES = RANDOM.normal(size=(50, 20_000)) * np.linspace(1, 5, 50)[:, None]
VALUES = np.linspace(-1, 1, 50)


def test_one_difference_has_the_usual_normal_quantiles() -> None:
    assert simultaneous_intervals(VALUES[:1], SAMPLES[:1]).critical == pytest.approx(1.96, abs=0.04)
    assert simultaneous_bounds(VALUES[:1], SAMPLES[:1]).critical == pytest.approx(1.645, abs=0.04)


def test_fifty_independent_differences_have_those_of_their_largest() -> None:
    # P(max of 50 |z| < c) = .95 at c = 3.28; one-sided at 3.08
    assert simultaneous_intervals(VALUES, SAMPLES).critical == pytest.approx(3.28, abs=0.08)
    assert simultaneous_bounds(VALUES, SAMPLES).critical == pytest.approx(3.08, abs=0.08)


def test_differences_that_move_together_cost_nothing_more_than_one() -> None:
    together = np.arange(1, 9)[:, None] * SAMPLES[:1]
    one = simultaneous_intervals(VALUES[:1], SAMPLES[:1])
    assert simultaneous_intervals(VALUES[:8], together).critical == pytest.approx(one.critical)


def test_all_ends_hold_at_once_in_95_percent() -> None:
    found = simultaneous_intervals(np.zeros(50), SAMPLES)
    inside = (np.abs(SAMPLES) <= found.high[:, None]).all(axis=0)
    assert inside.mean() == pytest.approx(0.95, abs=0.01)
    below = (simultaneous_bounds(np.zeros(50), SAMPLES).low[:, None] <= SAMPLES).all(axis=0)
    assert below.mean() == pytest.approx(0.95, abs=0.01)


def test_what_never_changes_has_no_width() -> None:
    constant = np.vstack([np.full(1000, 3.0), SAMPLES[0, :1000]])
    found = simultaneous_bounds(np.array([3.0, 0.0]), constant)
    assert (found.low[0], found.high[0]) == (3, 3)
    assert found.low[1] < 0 < found.high[1]
