"""The shape of a set of embeddings, by cases whose answer is known."""

import numpy as np
import pytest

from embfilter_core import EmbedFilter, KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.spectral.geometry import edge_shares, effective_rank, energy, measure_shape, pair_distances
from embfilter_core.spectral.spectrum import Spectrum

RNG = np.random.default_rng(0)


def test_equal_directions_have_cosine_one_and_rank_one() -> None:
    shape = measure_shape(np.outer([1.0, 2.0, 5.0], [0.6, 0.8, 0.0]))
    assert shape.anisotropy == pytest.approx(1)
    assert shape.effective_rank == pytest.approx(1)
    assert shape.uniformity == pytest.approx(0)


def test_orthogonal_directions_have_cosine_zero_and_full_rank() -> None:
    shape = measure_shape(3 * np.eye(4))
    assert shape.anisotropy == pytest.approx(0)
    assert shape.effective_rank == pytest.approx(4)
    assert shape.uniformity == pytest.approx(-4)  # log exp(-2 * 2)


def test_length_does_not_change_anisotropy_and_uniformity() -> None:
    x = RNG.normal(size=(6, 5))
    one, other = measure_shape(x), measure_shape(x * np.array([[1], [2], [3], [4], [5], [6]]))
    assert one.anisotropy == pytest.approx(other.anisotropy)
    assert one.uniformity == pytest.approx(other.uniformity)


def test_effective_rank_does_not_depend_on_rotation() -> None:
    x = RNG.normal(size=(8, 5))
    rotation = np.linalg.qr(RNG.normal(size=(5, 5)))[0]
    assert effective_rank(x @ rotation) == pytest.approx(effective_rank(x))


def test_one_embedding_has_no_shape() -> None:
    with pytest.raises(InputError, match="no shape"):
        measure_shape(np.ones((1, 3)))


def test_energy_is_a_share_and_every_text_counts_alike() -> None:
    shares = energy(np.array([[3.0, 4.0], [0.0, 100.0], [0.0, 0.0]]))
    assert shares == pytest.approx([0.36 / 3, (0.64 + 1) / 3])


def test_the_ends_are_a_sixteenth_of_the_directions_each() -> None:
    ends = edge_shares(np.arange(32) / 496)
    assert (ends.block, ends.very_last) == (2, pytest.approx(31 / 496))
    assert ends.first == pytest.approx(1 / 496)
    assert ends.last == pytest.approx(61 / 496)


def test_projected_and_reduced_distance_are_equal_and_the_unfiltered_one_is_larger() -> None:
    directions = np.linalg.qr(RNG.normal(size=(12, 12)))[0]
    spectrum = Spectrum(np.arange(12, 0, -1.0), directions)
    kept = EmbedFilter(spectrum, KeptDirections.bulk(12, ratio=2))
    one, other = RNG.normal(size=(2, 12))
    distances = pair_distances(kept, one, other)
    assert distances.projected == pytest.approx(distances.reduced, abs=1e-5)
    assert distances.unfiltered > distances.reduced + 0.1
    assert distances.unfiltered == pytest.approx(np.linalg.norm(one - other))
