"""Logit spectroscopy against the definition, written out: fit, take one direction away, look at the logits."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, KeptDirections
from embfilter_core.errors import InputError
from embfilter_core.spectral.decomposition import compute_spectrum
from embfilter_core.spectral.spectroscopy import (
    BIASES,
    average_token,
    direction_scores,
    frequency_r_squared,
    score_table,
)
from embfilter_core.spectral.spectrum import Spectrum

FAMILIES = [("llama", True), ("llama", False), ("gpt2", True), ("opt", True), ("phi", False), ("qwen2", False)]


def some_log_p(rows: int, seed: int = 0) -> np.ndarray:
    p = np.random.default_rng(seed).dirichlet(np.full(rows, 0.3)) + 1e-6
    return np.log(p / p.sum())


def written_out(
    weight: torch.Tensor, spectrum: Spectrum, target: np.ndarray, rows: np.ndarray, ids: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """h_avg, the scores and R^2 by a least-squares solver and one removal a direction."""
    w = weight.double().numpy()
    hidden = np.linalg.lstsq(w[rows], target[rows], rcond=None)[0]
    logits = w[ids] @ hidden
    scores = []
    for v in spectrum.directions:
        without = w[ids] @ (hidden - (hidden @ v) * v)
        scores.append(np.abs(logits - without).sum() / np.abs(logits).sum())
    residual = target[rows] - w[rows] @ hidden
    spread = target[rows] - target[rows].mean()
    return hidden, np.array(scores), 1 - (residual @ residual) / (spread @ spread)


@pytest.mark.parametrize("bias", BIASES)
@pytest.mark.parametrize(("family", "tied"), FAMILIES)
def test_the_closed_form_is_the_removal_of_each_direction(
    tiny: Callable[..., Backbone], family: str, tied: bool, bias: str
) -> None:
    backbone = tiny(family, tied)
    weight, padded = backbone.architecture.head.weight, backbone.padded_rows
    assert padded.any()  # or the case that needs care would go untested
    log_p = some_log_p(backbone.vocab_size)
    ids = np.flatnonzero(~padded)[:20]
    average = average_token(weight, backbone.spectrum, log_p, padded, bias)
    target = log_p if bias == "zero" else log_p - log_p[~padded].mean()
    hidden, scores, r_squared = written_out(weight, backbone.spectrum, target, ~padded, ids)
    assert np.allclose(average.hidden, hidden, atol=1e-10 * np.abs(hidden).max())
    assert np.allclose(direction_scores(weight, backbone.spectrum, average, ids), scores, rtol=1e-10, atol=1e-10)
    assert average.r_squared == pytest.approx(r_squared, abs=1e-10)


def test_without_padded_rows_the_singular_values_cancel(llama: Backbone) -> None:
    weight, spectrum = llama.architecture.head.weight, llama.spectrum
    log_p, nobody = some_log_p(llama.vocab_size), np.zeros(llama.vocab_size, dtype=bool)
    average = average_token(weight, spectrum, log_p, nobody, "zero")
    u = weight.double().numpy() @ spectrum.directions.T / spectrum.singular_values
    ids = np.arange(10)
    logits = u @ (u.T @ log_p)
    expected = np.abs(u.T @ log_p) * np.abs(u[ids]).sum(axis=0) / np.abs(logits[ids]).sum()
    assert np.allclose(direction_scores(weight, spectrum, average, ids), expected, rtol=1e-10)


def test_directions_that_the_matrix_does_not_reach_score_nothing() -> None:
    weight = torch.randn(40, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weight[:, 5] = 0
    spectrum = compute_spectrum(weight)
    assert spectrum.null.tolist() == [False] * 5 + [True]
    average = average_token(weight, spectrum, some_log_p(40), np.zeros(40, dtype=bool))
    scores = direction_scores(weight, spectrum, average, np.arange(10))
    assert scores[5] == 0
    assert np.isfinite(scores).all()


def test_one_table_gives_the_scores_of_every_k(llama: Backbone) -> None:
    weight, spectrum = llama.architecture.head.weight, llama.spectrum
    average = average_token(weight, spectrum, some_log_p(llama.vocab_size), llama.padded_rows)
    ids = np.random.default_rng(1).permutation(50)
    table = score_table(weight, spectrum, average, ids)
    for k in (1, 7, 50):
        assert np.allclose(table.scores(k), direction_scores(weight, spectrum, average, ids[:k]), rtol=1e-12)
    assert np.array_equal(table.scores(99), table.scores(50))


def test_what_stands_in_padded_rows_does_not_matter(llama: Backbone) -> None:
    weight, padded = llama.architecture.head.weight, llama.padded_rows
    log_p = some_log_p(llama.vocab_size)
    clean = average_token(weight, llama.spectrum, log_p, padded)
    dirty = average_token(weight, llama.spectrum, np.where(padded, np.nan, log_p), padded)
    assert np.array_equal(clean.hidden, dirty.hidden)


def test_a_token_of_frequency_zero_is_refused(llama: Backbone) -> None:
    log_p = some_log_p(llama.vocab_size)
    log_p[np.flatnonzero(~llama.padded_rows)[0]] = -np.inf
    with pytest.raises(InputError, match="Smooth the counts"):
        average_token(llama.architecture.head.weight, llama.spectrum, log_p, llama.padded_rows)


def test_an_unknown_bias_is_refused(llama: Backbone) -> None:
    log_p = some_log_p(llama.vocab_size)
    with pytest.raises(InputError, match="Unknown bias"):
        average_token(llama.architecture.head.weight, llama.spectrum, log_p, llama.padded_rows, "both")


def test_a_property_that_is_a_direction_is_read_from_its_block_alone(llama: Backbone) -> None:
    weight, spectrum = llama.architecture.head.weight, llama.spectrum
    values = weight.double().numpy() @ spectrum.directions[3]
    assert frequency_r_squared(weight, spectrum, values, slice(0, 8)) == pytest.approx(1)
    assert frequency_r_squared(weight, spectrum, values, slice(8, 16)) < 0.5


def test_quiet_keeps_the_directions_with_the_smallest_scores() -> None:
    scores = np.array([0.9, 0.1, 0.5, 0.2, 0.2, 0.7])
    assert KeptDirections.quiet(6, scores, keep=3).indices.tolist() == [1, 3, 4]
    assert KeptDirections.quiet(6, scores, ratio=2).indices.tolist() == [1, 3, 4]
    assert KeptDirections.quiet(6, scores, keep=2).indices.tolist() == [1, 3]
    with pytest.raises(InputError, match="scores"):
        KeptDirections.quiet(5, scores, keep=2)
