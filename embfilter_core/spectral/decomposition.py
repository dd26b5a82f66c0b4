"""SVD of W_U (torch), on disk once computed."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from embfilter_core.progress import Progress, report
from embfilter_core.spectral.factoring import factor
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.spectral.spectrum_cost import note_spectrum
from embfilter_core.storage.arrays import embfilter_home, load_arrays, save_arrays

ROWS_PER_CHUNK = 8192
COLUMNS_PER_BLOCK = 128
FACTORING = 20
"""To factor the Gram matrix takes about as long as to add up so many times d rows."""
BLURRED_BY_SQUARING = 1e-3
"""Below this fraction of the largest, a singular value is not left to the Gram matrix."""


def compute_spectrum(weight: Tensor, backbone: str = "", progress: Progress | None = None) -> Spectrum:
    """Spectrum of W_U, (|V|, d), by the eigenvectors of its Gram matrix.

    W_U^T W_U is added up in float64 over chunks of rows (in float32 the small
    directions come out wrong), on the device of W_U where it computes in float64; memory
    is O(d^2). Squaring blurs what is small beside the largest value, so a W_U of
    condition above 1000 is done again by the slower QR route.

    Args:
        weight: W_U.
        backbone: Its fingerprint.
        progress: Called with (numbers of W_U added up, those and as many as factoring takes as long for), and several
            times a second while that lasts; returning False cancels.

    Raises:
        Cancelled: `progress` returned False.
    """
    wait = None if progress is None else partial(report, progress, weight.numel(), _steps(weight))
    values, directions = factor(_gram(weight, progress), "gram", wait)
    if values[-1] < BLURRED_BY_SQUARING * values[0]:
        values, directions = factor(_triangle(weight, progress), "triangle", wait)
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    return _read_only(values.cpu().numpy(), (directions * largest.sign()).cpu().numpy(), backbone)


def float64_device(weight: Tensor) -> torch.device:
    """Where float64 is computed for a matrix: its own device, or the processor where that has none (Apple's)."""
    return weight.device if weight.device.type == "cuda" else torch.device("cpu")


def cached_spectrum(weight: Tensor, fingerprint: str, progress: Progress | None = None) -> Spectrum:
    """Spectrum of a backbone's W_U, read from disk where it was computed before; told and stopped by `progress`."""
    path = spectrum_path(fingerprint)
    stored = load_arrays(path)
    if stored is None:
        begun = time.monotonic()
        spectrum = compute_spectrum(weight, fingerprint, progress)
        note_spectrum(len(weight), weight.shape[1], float64_device(weight).type, time.monotonic() - begun)
        arrays = {"singular_values": spectrum.singular_values, "directions": spectrum.directions}
        save_arrays(path, arrays, {"backbone": fingerprint})
        return spectrum
    return _read_only(stored.arrays["singular_values"], stored.arrays["directions"], fingerprint)


def spectrum_path(fingerprint: str) -> Path:
    """Where the spectrum of a backbone is kept."""
    return embfilter_home() / "spectra" / f"{fingerprint}.safetensors"


def _steps(weight: Tensor) -> int:
    return weight.numel() + FACTORING * weight.shape[1] ** 2


def _gram(weight: Tensor, progress: Progress | None = None) -> Tensor:
    """Upper triangle of W_U^T W_U in float64, (d, d), by blocks of columns; what lies below it is not meant."""
    d = weight.shape[1]
    device = float64_device(weight)
    gram = torch.zeros(d, d, dtype=torch.float64, device=device)
    for number, rows in enumerate(weight.split(ROWS_PER_CHUNK)):
        done = number * ROWS_PER_CHUNK * d
        report(progress, done, _steps(weight))
        rows = rows.to(device, torch.float64)
        if device.type != "cpu":
            gram.addmm_(rows.T, rows)
            continue
        for start in range(0, d, COLUMNS_PER_BLOCK):
            report(progress, done + start * len(rows), _steps(weight))
            block = slice(start, start + COLUMNS_PER_BLOCK)
            gram[block, start:] += rows[:, block].T @ rows[:, start:]
    return gram


def _triangle(weight: Tensor, progress: Progress | None = None) -> Tensor:
    """R of W_U = Q R in float64, (d, d): its singular values and right singular vectors are those of W_U."""
    device = float64_device(weight)
    triangle = torch.zeros(weight.shape[1], weight.shape[1], dtype=torch.float64, device=device)
    for number, rows in enumerate(weight.split(ROWS_PER_CHUNK)):
        report(progress, number * ROWS_PER_CHUNK * weight.shape[1], _steps(weight))
        triangle = torch.linalg.qr(torch.cat([triangle, rows.to(device, torch.float64)]), mode="r").R
    return triangle


def _read_only(values: np.ndarray, directions: np.ndarray, backbone: str) -> Spectrum:
    for array in (values, directions):
        array.setflags(write=False)
    return Spectrum(values, directions, backbone)
