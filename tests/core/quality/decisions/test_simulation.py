"""How often decisions are wrong where the truth is known, and how often they find what is there.

Standard errors of differences are 0.1 points: the margin of 0.5 is five of them.
"""

import numpy as np
import pytest

from embfilter_core.quality.decisions.budget import Standing, budget
from embfilter_core.quality.decisions.improve import Verdict, improve
from embfilter_core.quality.decisions.measured import MeasuredTreatments, weigh
from embfilter_core.quality.decisions.shrink import MARGIN, shrink
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.judged_pairs import JudgedPairs
from embfilter_core.quality.pair_evidence import SpearmanEvidence
from tests.core.quality.decisions.simulated import TREATMENTS, Effect, simulated

pytestmark = pytest.mark.slow

RUNS = 300
TOLERATED = 0.05 + 2.33 * np.sqrt(0.05 * 0.95 / RUNS)
"""A true rate of 5 % is counted above this in 1 % of simulations."""
POWER = 0.9


@pytest.fixture(scope="module")
def without_effect() -> list[MeasuredTreatments]:
    return [simulated(nothing, seed) for seed in range(RUNS)]


def nothing(_: Treatment) -> float:
    return 0.0


def losing(points: float) -> Effect:
    return lambda one: 0.0 if one.is_unfiltered else -points


def test_at_a_true_loss_of_the_margin_shrinking_is_seldom_allowed() -> None:
    allowed = [shrink(simulated(losing(MARGIN), seed)).chosen is not None for seed in range(RUNS)]
    assert np.mean(allowed) <= TOLERATED


def test_at_a_true_loss_of_the_margin_by_some_what_is_chosen_is_seldom_one_of_them() -> None:
    def effect(one: Treatment) -> float:
        return -MARGIN if one.k < 32 and not one.is_unfiltered else 0.0

    chosen = [shrink(simulated(effect, seed)).chosen for seed in range(RUNS)]
    wrong = [one is not None and one.measured.treatment.k < 32 for one in chosen]
    assert np.mean(wrong) <= TOLERATED


def test_without_a_loss_the_smallest_index_is_found() -> None:
    def effect(one: Treatment) -> float:
        return -3 * MARGIN if one.k < 24 or (one.precision == "sign" and one.k < 64) else 0.0

    chosen = [shrink(simulated(effect, seed)).chosen for seed in range(RUNS)]
    found = [
        one is not None and (one.measured.treatment.k, one.measured.bytes) in {(24, 12), (64, 8)} for one in chosen
    ]
    assert np.mean(found) >= POWER


def test_under_no_effect_an_improvement_is_seldom_seen(without_effect: list[MeasuredTreatments]) -> None:
    verdicts = [improve(one).verdict for one in without_effect]
    believed = np.mean([verdict in (Verdict.PLANNED, Verdict.SEARCHED) for verdict in verdicts])
    flattered = np.mean([one.to_unfiltered.low.max() > 0 for one in without_effect])
    assert believed <= TOLERATED < flattered  # some pointwise interval of 32 is nearly always above 0


@pytest.mark.parametrize("tau", [2, 8])
def test_a_planned_gain_of_four_standard_errors_is_found(tau: int) -> None:
    def effect(one: Treatment) -> float:
        return 0.4 if (one.line, one.k, one.precision) == ("bulk", 64 // tau, "float32") else 0.0

    found = [improve(simulated(effect, seed)) for seed in range(RUNS // 3)]
    assert np.mean([one.shown is not None and one.shown.tau == tau for one in found]) >= POWER


def test_a_gain_where_none_was_planned_is_found_by_the_search_and_called_so() -> None:
    def effect(one: Treatment) -> float:
        return 1.0 if (one.line, one.k) == ("truncated", 48) else 0.0

    found = [improve(simulated(effect, seed)) for seed in range(RUNS // 3)]
    assert np.mean([one.verdict is Verdict.SEARCHED for one in found]) >= POWER
    assert all("by a search" in one.sentence for one in found if one.verdict is Verdict.SEARCHED)


def test_under_no_effect_pairs_seldom_show_an_improvement() -> None:
    believed = []
    treatments = [one for one in TREATMENTS if one.line != "truncated" and one.precision != "4bit"]
    for seed in range(RUNS):
        random = np.random.default_rng(seed)
        alike = random.uniform(size=120)
        judged = JudgedPairs(np.arange(120), np.arange(120) + 120, alike, None)
        cosines = alike + 0.2 * random.normal(size=(len(treatments), 120))
        evidence = SpearmanEvidence.of_cosines(judged, cosines)
        found = improve(weigh(evidence, tuple(treatments), "spearman", 200, 5, seed))
        believed.append(found.verdict in (Verdict.PLANNED, Verdict.SEARCHED))
    assert np.mean(believed) <= TOLERATED


def test_the_interval_of_what_a_budget_picked_holds_its_true_difference(
    without_effect: list[MeasuredTreatments],
) -> None:
    found = [budget(one, 48) for one in without_effect]
    assert np.mean([not one.to_unfiltered.includes_zero for one in found]) <= TOLERATED
    assert np.mean([one.standing is not Standing.UNDECIDED for one in found]) <= TOLERATED
    picked = [one.best.to_unfiltered.low > 0 for one in found]
    assert np.mean(picked) > TOLERATED  # its own interval does not


@pytest.mark.parametrize(("line", "standing"), [("truncated", Standing.BEATEN), ("bulk", Standing.AHEAD)])
def test_who_is_ahead_by_seven_standard_errors_is_found(line: str, standing: Standing) -> None:
    def effect(one: Treatment) -> float:
        return 0.7 if one.line == line else 0.0

    found = [budget(simulated(effect, seed), 48) for seed in range(RUNS // 3)]
    assert np.mean([one.standing is standing for one in found]) >= POWER
