"""Treatments score what filtering, encoding and scoring one after the other gives."""

from dataclasses import astuple

import numpy as np
import pytest

from embfilter_core.data.tasks import LabelledTask
from embfilter_core.errors import InputError
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.treatments import LINES, Treatment, candidate_ks
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.precisions import PRECISIONS
from embfilter_core.quality.random_subspaces import subspace_ks
from embfilter_core.spectral.baselines import PCA, Centring, RandomOrthonormal
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.spectral.spectrum import Spectrum
from tests.core.scored_by_hand import score
from tests.core.synthetic_tasks import TASKS, D, disjoint_pairs, labelled

RANDOM = np.random.default_rng(0)
SPECTRUM = Spectrum(np.linspace(9, 1, D), np.linalg.qr(RANDOM.normal(size=(D, D)))[0])
REFERENCE = RANDOM.normal(size=(60, D)) * np.linspace(2, 1, D) + 0.5


def by_hand(vectors: Vectors, one: Treatment) -> Vectors:
    """The vectors of a treatment, a step after the other."""
    kept = KeptDirections.bulk(D, keep=one.k).indices
    steps = {
        "unfiltered": lambda h: h,
        "truncated": lambda h: h[:, : one.k],
        "bulk": lambda h: (h @ SPECTRUM.directions.T)[:, kept],
        "centred-bulk": lambda h: (Centring().fit(REFERENCE).transform(h) @ SPECTRUM.directions.T)[:, kept],
        "pca": lambda h: PCA(one.k).fit(REFERENCE).transform(h),
    }
    made = [steps[one.line](h) for h in vectors]
    coded = PRECISIONS[one.precision].decoded(made[-1])
    queries = made[:-1] if one.precision != "sign" else [PRECISIONS["sign"].decoded(h) for h in made[:-1]]
    return (*queries, coded)


@pytest.mark.parametrize("kind", TASKS)
def test_every_treatment_scores_what_its_decoded_vectors_score(kind: str) -> None:
    task, vectors = TASKS[kind]()
    measured = measure_treatments(task, vectors, SPECTRUM, REFERENCE, controls=False, reference_name="Sixty texts")
    ks = candidate_ks(D)
    assert len(measured.treatments) == len(PRECISIONS) * (1 + 4 * len(ks))
    assert {(one.line, one.k, one.precision) for one in measured.treatments} >= {
        (line, k, precision) for line in LINES if line != "unfiltered" for k in ks for precision in PRECISIONS
    }
    for one, found in zip(measured.treatments, measured.scores.values, strict=True):
        assert found == pytest.approx(100 * score(task, by_hand(vectors, one), measured.measure), abs=1e-9), one
    raw = measured.at(measured.unfiltered)
    assert astuple(raw.to_unfiltered) == (0, 0, 0)
    assert (raw.bytes, measured.reference, measured.left_out) == (4 * D, "Sixty texts", {})


def test_lines_that_learn_are_left_out_without_a_reference_and_say_so() -> None:
    measured = measure_treatments(*disjoint_pairs(), SPECTRUM, controls=False)
    assert set(measured.left_out) == {line.id for line in LINES.values() if line.learns}
    assert all("reference" in why for why in measured.left_out.values())
    assert not any(one.learns for one in measured.treatments)
    assert measured.reference is None


def test_only_as_many_principal_directions_are_measured_as_the_reference_has() -> None:
    few = np.repeat(REFERENCE[:5], 3, axis=0)  # fifteen texts that differ in four directions
    measured = measure_treatments(*disjoint_pairs(), SPECTRUM, few, controls=False)
    ks = {one.k for one in measured.treatments if one.line == "pca"}
    assert ks == {k for k in candidate_ks(D) if k <= 4}


def test_random_subspaces_are_scored_in_every_precision_over_seeds() -> None:
    task, (vectors,) = disjoint_pairs()
    found = measure_treatments(task, (vectors,), SPECTRUM).controls
    assert found is not None
    ks = subspace_ks(D)
    assert found.ks == tuple(ks) * len(PRECISIONS)
    assert found.bytes == [one.bytes_a_vector(k) for one in PRECISIONS.values() for k in ks]
    at = found.precisions.index("sign") + 2
    turned = RandomOrthonormal(ks[-1], seed=3).transform(vectors)[:, : ks[2]]
    expected = 100 * score(task, (PRECISIONS["sign"].decoded(turned),), "spearman")
    assert found.scores[at, 3] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("d", [8, 12, 64, 576, 4096])
def test_the_numbers_of_directions_hold_every_tau_and_rise_by_equal_shares(d: int) -> None:
    ks = candidate_ks(d)
    assert ks == sorted(set(ks))
    assert {d // tau for tau in (2, 4, 8)} <= set(ks)
    assert 1 <= ks[0] <= max(1, d // 16)
    assert ks[-1] < d
    if d >= 576:
        assert len(ks) == 16
        assert np.ptp(np.diff(np.log(ks))) < 0.05
    slow = candidate_ks(d, cost=10**6)
    assert len(slow) < len(ks) or d < 16
    assert {d // tau for tau in (2, 4, 8)} <= set(slow)


def test_scores_that_cannot_differ_are_refused() -> None:
    task, _ = labelled(16)
    perfect = LabelledTask(task.id, task.name, task.texts, ("wood", "iron") * 8, task.source)
    apart = np.tile([[1.0] * D, [-1.0] * D], (8, 1))
    with pytest.raises(InputError, match="in every resample of the 16 texts, so these data tell nothing apart"):
        measure_treatments(perfect, (apart,), Spectrum(SPECTRUM.singular_values, np.eye(D)), controls=False)


def test_embeddings_of_another_width_are_refused() -> None:
    task, (vectors,) = disjoint_pairs()
    with pytest.raises(InputError, match="do not fit a spectrum of 12 directions"):
        measure_treatments(task, (vectors[:, :5],), SPECTRUM)
    with pytest.raises(InputError, match="do not fit"):
        measure_treatments(task, (vectors,), SPECTRUM, REFERENCE[:, :3])
