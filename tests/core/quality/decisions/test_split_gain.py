"""A gain is split into its steps, and the scaling hidden in some int8 codes is seen as such."""

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.quality.decisions.gain_steps import STEPS, SplitGain, split_treatment
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.split_gain import split_gain
from embfilter_core.quality.measuring import measures_of
from embfilter_core.spectral.baselines import ZScore
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum
from tests.core.scored_by_hand import score
from tests.core.synthetic_tasks import TASKS, D, disjoint_pairs

SPECTRUM = Spectrum(np.linspace(9, 1, D), np.linalg.qr(np.random.default_rng(0).normal(size=(D, D)))[0])
LOUD = np.geomspace(1, 30, D)
"""Some dimensions drown the others, and every one is shifted: what scaling mends."""
TASK, (PLAIN,) = disjoint_pairs(300)
VECTORS = PLAIN * LOUD + LOUD


def gains(found: SplitGain) -> dict[str, float]:
    return {one.name: one.gain.value for one in found.steps}


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("scaling", ["none", "centre", "z-score", "min-max"])
def test_the_gains_of_the_steps_add_up_to_the_whole(kind: str, scaling: str) -> None:
    task, vectors = TASKS[kind]()
    found = split_gain(task, vectors, SPECTRUM, k=6, scaling=scaling)
    assert tuple(one.name for one in found.steps) == STEPS
    assert sum(gains(found).values()) == pytest.approx(found.total.value)
    assert found.unfiltered.value == pytest.approx(100 * score(task, vectors, measures_of(task)[0]))
    assert found.steps[-1].score.value == pytest.approx(found.unfiltered.value + found.total.value)


def test_integers_of_dimension_ranges_gain_by_scaling_and_nothing_by_their_precision() -> None:
    found = split_gain(TASK, (VECTORS,), SPECTRUM, scaling="min-max")
    assert gains(found)["scaling"] > 10
    assert abs(gains(found)["precision"]) < 0.5
    assert found.steps[0].did_nothing
    low, high = VECTORS.min(axis=0), VECTORS.max(axis=0)
    codes = ((VECTORS - low) / ((high - low) / 255) - 128).astype(np.int8)  # as published
    assert found.steps[-1].score.value == pytest.approx(100 * score(TASK, (codes.astype(float),), "spearman"), abs=0.05)


def test_the_int8_of_this_library_hides_no_scaling() -> None:
    found = split_gain(TASK, (VECTORS,), SPECTRUM)
    assert [one.did_nothing for one in found.steps] == [True, True, True, False]
    assert abs(found.total.value) < 0.5
    assert found.sentence == ""  # nothing that can be read at a decimal
    coarse = split_gain(TASK, (VECTORS,), SPECTRUM, precision="sign")
    assert "filter none, centring none, scaling none, precision " in coarse.sentence


def test_a_z_score_is_centring_and_then_scaling() -> None:
    found = split_gain(TASK, (VECTORS,), SPECTRUM, scaling="z-score", precision="float32")
    expected = 100 * score(TASK, (ZScore().fit(VECTORS).transform(VECTORS),), "spearman")
    assert found.steps[2].score.value == pytest.approx(expected)
    assert found.steps[3].did_nothing


def test_the_filter_is_the_bulk_and_shift_and_scale_are_learnt_from_the_reference_in_it() -> None:
    kept = KeptDirections.bulk(D, keep=6).indices
    others = np.random.default_rng(1).normal(size=(40, D)) + 3
    found = split_gain(TASK, (VECTORS,), SPECTRUM, k=6, scaling="centre", reference=others)
    reduced, theirs = (SPECTRUM.coefficients(one)[:, kept] for one in (VECTORS, others))
    steps = [reduced, reduced - theirs.mean(axis=0)]
    for one, vectors in zip(found.steps[:2], steps, strict=True):
        assert one.score.value == pytest.approx(100 * score(TASK, (vectors,), "spearman"))


def test_a_measured_treatment_is_split_as_the_same_steps_measured_anew() -> None:
    others = np.random.default_rng(1).normal(size=(40, D)) + 3
    measured = measure_treatments(TASK, (VECTORS,), SPECTRUM, others, controls=False)
    for line, scaling in (("bulk", "none"), ("centred-bulk", "centre")):
        found = split_treatment(measured, measured.find(line, 6, "4bit"))
        expected = split_gain(TASK, (VECTORS,), SPECTRUM, 6, scaling, "4bit", others)
        assert gains(found) == pytest.approx(gains(expected), abs=1e-6)
        for ours, theirs in zip(found.steps, expected.steps, strict=True):
            assert (ours.gain.low, ours.gain.high) == pytest.approx((theirs.gain.low, theirs.gain.high), abs=1e-6)
    pca = split_treatment(measured, measured.find("pca", 6, "sign"))
    assert [one.name for one in pca.steps] == ["PCA", "centring", "scaling", "precision"]
    assert sum(gains(pca).values()) == pytest.approx(pca.total.value)


def test_what_does_not_go_together_is_refused() -> None:
    for more, said in (
        ({"scaling": "max"}, "Unknown scaling 'max'"),
        ({"scaling": "min-max", "precision": "4bit"}, "that of int8 codes"),
        ({"precision": "int2"}, "Unknown precision 'int2'"),
        ({"k": 99}, "Cannot keep 99"),
    ):
        with pytest.raises(InputError, match=said):
            split_gain(TASK, (VECTORS,), SPECTRUM, **more)
