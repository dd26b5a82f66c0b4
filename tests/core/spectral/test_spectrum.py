"""The spectrum is the float64 SVD of W_U, whatever its conditioning, and is kept on disk."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from embfilter_core import Backbone, load_backbone
from embfilter_core.spectral import decomposition
from embfilter_core.spectral.decomposition import cached_spectrum, compute_spectrum, spectrum_path
from tests.each import for_each
from tests.tiny import save_tiny

D = 24
VALUES = {
    "random": np.linspace(9.0, 1.0, D),
    "as ill-conditioned as real ones": np.geomspace(1e3, 1.0, D),
    "very ill-conditioned": np.geomspace(1e5, 1.0, D),
    "hardly of full rank": np.geomspace(1e9, 1.0, D),
    "rank-deficient": np.concatenate([np.linspace(50.0, 10.0, D - 3), np.zeros(3)]),
    "one direction far ahead": np.concatenate([[1e4], np.linspace(2.0, 1.0, D - 1)]),
}


def matrix_with(values: np.ndarray, rows: int = 300, seed: int = 0) -> Tensor:
    """A float64 matrix with the given singular values."""
    generator = torch.Generator().manual_seed(seed)
    left, _ = torch.linalg.qr(torch.randn(rows, len(values), generator=generator, dtype=torch.float64))
    right, _ = torch.linalg.qr(torch.randn(len(values), len(values), generator=generator, dtype=torch.float64))
    return left @ torch.diag(torch.as_tensor(values)) @ right.T


def error_of_values(found: np.ndarray, weight: Tensor) -> float:
    """Largest error of singular values, relative to the largest value."""
    true = torch.linalg.svdvals(weight.double()).numpy()
    return float(np.abs(found - true).max() / true[0])


def error_of_directions(found: np.ndarray, weight: Tensor, groups: list[slice]) -> float:
    """How far |V V'^T| is from the identity over groups of directions that are separated from each other."""
    true = torch.linalg.svd(weight.double(), full_matrices=False).Vh.numpy()
    return max(_distance_of_subspaces(found[group], true[group]) for group in groups)


def _distance_of_subspaces(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.T @ one - other.T @ other).max())


def groups_of(name: str) -> list[slice]:
    """Directions one by one where their values differ, the null space as a whole."""
    if name == "hardly of full rank":  # float64 does not know the other half, nor does an SVD
        return [slice(i, i + 1) for i in range(D // 2)]
    if name == "rank-deficient":
        return [slice(i, i + 1) for i in range(D - 3)] + [slice(D - 3, D)]
    return [slice(i, i + 1) for i in range(D)]


@for_each(name=VALUES, seed=range(3))
def test_equals_the_float64_svd(name: str, seed: int) -> None:
    weight = matrix_with(VALUES[name], seed=seed)
    spectrum = compute_spectrum(weight)
    assert error_of_values(spectrum.singular_values, weight) <= 1e-12
    assert error_of_directions(spectrum.directions, weight, groups_of(name)) <= 1e-9


def test_a_float32_gram_matrix_would_fail_the_same_check() -> None:
    weight = matrix_with(VALUES["as ill-conditioned as real ones"])
    squares, vectors = torch.linalg.eigh((weight.float().T @ weight.float()).double())
    values = squares.clamp(min=0).sqrt().flip(0).numpy()
    assert error_of_values(values, weight) > 1e-9
    singles = [slice(i, i + 1) for i in range(D)]
    assert error_of_directions(vectors.T.flip(0).numpy(), weight, singles) > 1e-3


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_of_lower_precision_are_decomposed_in_float64(dtype: torch.dtype) -> None:
    weight = matrix_with(VALUES["random"]).to(dtype)
    spectrum = compute_spectrum(weight)
    assert spectrum.singular_values.dtype == spectrum.directions.dtype == np.float64
    assert error_of_values(spectrum.singular_values, weight) <= 1e-12


@pytest.mark.parametrize("name", VALUES)
def test_values_descend_directions_are_orthonormal_and_signs_are_fixed(name: str) -> None:
    spectrum = compute_spectrum(matrix_with(VALUES[name]))
    assert (np.diff(spectrum.singular_values) <= 0).all()
    assert (spectrum.singular_values >= 0).all()
    assert np.abs(spectrum.directions @ spectrum.directions.T - np.eye(D)).max() <= 1e-12
    largest = np.take_along_axis(spectrum.directions, np.abs(spectrum.directions).argmax(1)[:, None], axis=1)
    assert (largest > 0).all()


def test_the_sign_of_the_weights_does_not_matter() -> None:
    weight = matrix_with(VALUES["random"])
    assert np.array_equal(compute_spectrum(weight).directions, compute_spectrum(-weight).directions)


@pytest.mark.parametrize("name", ["random", "very ill-conditioned", "rank-deficient"])
@pytest.mark.parametrize("chunk", [1, 7, 30, 299, 300])
def test_the_size_of_a_chunk_does_not_matter(monkeypatch: pytest.MonkeyPatch, name: str, chunk: int) -> None:
    weight = matrix_with(VALUES[name])
    whole = compute_spectrum(weight)
    monkeypatch.setattr(decomposition, "ROWS_PER_CHUNK", chunk)
    chunked = compute_spectrum(weight)
    assert np.abs(chunked.singular_values - whole.singular_values).max() <= 1e-12 * whole.singular_values[0]
    assert max(_distance_of_subspaces(chunked.directions[g], whole.directions[g]) for g in groups_of(name)) <= 1e-9


def test_null_directions_are_flagged_and_no_others() -> None:
    assert compute_spectrum(matrix_with(VALUES["rank-deficient"])).null.tolist() == [False] * (D - 3) + [True] * 3
    assert not compute_spectrum(matrix_with(VALUES["hardly of full rank"])).null.any()


def test_coefficients_are_coordinates_in_the_singular_directions() -> None:
    spectrum = compute_spectrum(matrix_with(VALUES["random"]))
    embeddings = np.random.default_rng(0).normal(size=(5, D)).astype(np.float32)
    coefficients = spectrum.coefficients(embeddings)
    assert coefficients.dtype == np.float64
    assert coefficients[2, 3] == pytest.approx(float(embeddings[2].astype(np.float64) @ spectrum.directions[3]))
    assert np.abs(coefficients @ spectrum.directions - embeddings).max() <= 1e-12


def test_arrays_are_read_only_computed_or_read() -> None:
    weight = matrix_with(VALUES["random"])
    for spectrum in (cached_spectrum(weight, "some"), cached_spectrum(weight, "some")):
        for array in (spectrum.singular_values, spectrum.directions):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0


def test_a_second_call_reads_the_same_spectrum_and_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    weight = matrix_with(VALUES["random"])
    computed = cached_spectrum(weight, "some")
    monkeypatch.setattr(decomposition, "compute_spectrum", lambda *_: pytest.fail("computed again"))
    read = cached_spectrum(weight, "some")
    assert np.array_equal(read.singular_values, computed.singular_values)
    assert np.array_equal(read.directions, computed.directions)
    assert read.backbone == computed.backbone == "some"


def test_another_fingerprint_is_another_spectrum() -> None:
    one = cached_spectrum(matrix_with(VALUES["random"]), "one")
    other = cached_spectrum(2 * matrix_with(VALUES["random"]), "other")
    assert other.singular_values == pytest.approx(2 * one.singular_values)


@pytest.mark.parametrize("damage", ["truncated", "garbage", "flipped"])
def test_a_damaged_file_is_logged_and_computed_again(damage: str, caplog: pytest.LogCaptureFixture) -> None:
    weight = matrix_with(VALUES["random"])
    computed = cached_spectrum(weight, "some")
    path = spectrum_path("some")
    raw = bytearray(path.read_bytes())
    raw[-3] ^= 0xFF
    path.write_bytes({"truncated": raw[:-100], "garbage": b"not safetensors", "flipped": bytes(raw)}[damage])
    with caplog.at_level(logging.WARNING):
        again = cached_spectrum(weight, "some")
    assert "computed again" in caplog.text
    assert np.array_equal(again.directions, computed.directions)
    caplog.clear()
    cached_spectrum(weight, "some")
    assert not caplog.text


def test_a_backbone_loaded_again_does_not_compute_its_spectrum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, llama: Backbone
) -> None:
    folder = str(save_tiny(tmp_path / "again"))
    first = load_backbone(folder).spectrum
    monkeypatch.setattr(decomposition, "compute_spectrum", lambda *_: pytest.fail("computed again"))
    assert np.array_equal(load_backbone(folder).spectrum.directions, first.directions)
