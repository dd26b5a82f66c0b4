"""The float64 Gram route to the spectrum of W_U against a full float64 SVD."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from embfilter_core.spectral.decomposition import compute_spectrum
from embfilter_core.spectral.spectrum import Spectrum
from tests.bench.measure import Check, Comparison, interleave

VOCABULARY, WIDTH = 151_936, 896  # W_U of Qwen2.5-0.5B
VALUES_WITHIN = 1e-10
OVERLAP_WITHIN = 1e-10

Factors = tuple[np.ndarray, np.ndarray]


def compare_spectrum() -> Iterator[Comparison]:
    """`compute_spectrum` against the SVD of W_U, and against the SVD of R after a QR."""
    weight = random_unembedding()
    ways = {
        "svd": lambda: _svd(weight.double()),
        "qr": lambda: _svd(torch.linalg.qr(weight.double(), mode="r").R),
        "gram": lambda: compute_spectrum(weight),
    }
    timings = interleave(ways)
    spectrum = timings.results["gram"]
    for way, name in (("svd", "torch.linalg.svd"), ("qr", "QR (mode r), then SVD of R,")):
        yield Comparison(
            f"{name} in float64 ({timings.typical(way)}) over compute_spectrum ({timings.typical('gram')}), "
            f"W_U {VOCABULARY:,} x {WIDTH}",
            timings.ratio(way, "gram"),
            tuple(_agreement(spectrum, timings.results[way])),
        )


def random_unembedding() -> Tensor:
    """A seeded W_U, (|V|, d) float32, whose singular values fall as 1 / sqrt(rank) along random directions."""
    generator = torch.Generator().manual_seed(0)
    directions = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=generator)).Q
    scales = torch.arange(1, WIDTH + 1).rsqrt()
    return torch.randn(VOCABULARY, WIDTH, generator=generator) @ (scales[:, None] * directions.T)


def _svd(matrix: Tensor) -> Factors:
    _, values, directions = torch.linalg.svd(matrix, full_matrices=False)
    return values.numpy(), directions.numpy()


def _agreement(spectrum: Spectrum, factors: Factors) -> Iterator[Check]:
    values, directions = factors
    error = np.abs(spectrum.singular_values / values - 1).max()
    yield Check(f"singular values within {error:.1e} relative (allowed {VALUES_WITHIN:g})", error <= VALUES_WITHIN)
    # The overlap of a direction with its counterpart is 1 whatever the two signs are.
    lost = 1 - np.abs((spectrum.directions * directions).sum(1)).min()
    yield Check(
        f"every direction overlaps its own to 1 - {lost:.1e} (allowed {OVERLAP_WITHIN:g})", lost <= OVERLAP_WITHIN
    )
