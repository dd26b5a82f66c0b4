"""The spectrum of an unembedding matrix, the lens and the spectroscopy on the device."""

import numpy as np
import torch

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.spectral.decomposition import compute_spectrum
from embfilter_core.spectral.direction_tokens import find_direction_tokens
from embfilter_core.spectral.spectroscopy import average_token
from embfilter_core.spectral.spectrum import Spectrum
from embfilter_core.vocabulary.logit_lens import lens_logits, top_tokens
from tests.bench.gpu.table import Table, seconds


def matrix_product(table: Table, device: torch.device, width: int = 8192) -> None:
    """What the device does at best: a square product in bfloat16."""
    one, other = (torch.randn(width, width, device=device, dtype=torch.bfloat16) for _ in range(2))
    _ = one @ other
    took = min(seconds(lambda: [one @ other for _ in range(10)])[0] for _ in range(3)) / 10
    table.add(f"product of two {width} x {width} matrices in bfloat16", 2 * width**3 / took / 1e12, "TFLOP/s")


def spectrum(table: Table, device: torch.device, rows: int = 128_256, d: int = 4096) -> None:
    """The spectrum of a random W_U against the processor's, and of one whose values are spread over six decades."""
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(rows, d, generator=random)
    on_device = weight.to(device)
    for turn in ("first", "second"):
        took, found = seconds(lambda: compute_spectrum(on_device))
        table.add(f"spectrum of {rows} x {d} on the device, {turn} time", took, "s", aim=1, at_most=True)
    took, expected = seconds(lambda: compute_spectrum(weight))
    table.add("the same on the processor", took, "s")
    table.add("largest difference of a singular value", _difference(found, expected), "of the largest", 1e-12, True)
    spread = weight[: rows // 4, : d // 4] * torch.logspace(0, -6, d // 4)
    took, found = seconds(lambda: compute_spectrum(spread.to(device)))
    table.add(f"spectrum of {rows // 4} x {d // 4}, condition a million, on the device", took, "s")
    took, expected = seconds(lambda: compute_spectrum(spread))
    table.add("the same on the processor", took, "s")
    table.add("largest difference of a singular value", _difference(found, expected), "of the largest", 1e-12, True)


def lens(table: Table, backbone: Backbone) -> None:
    """The lens, the average token and the tokens of every direction of a large backbone."""
    weight = backbone.architecture.head.weight
    rows, d = weight.shape
    took, found = seconds(lambda: compute_spectrum(weight))
    table.add(f"spectrum of the backbone's own W_U, {rows} x {d}", took, "s")
    random = np.random.default_rng(0)
    embeddings = random.standard_normal((100, d), dtype=np.float32)
    took, logits = seconds(lambda: lens_logits(backbone.architecture.head, embeddings))
    table.add("lens logits of 100 embeddings", took, "s")
    table.add("their top 20 tokens", seconds(lambda: top_tokens(logits, backbone.token_texts, 20))[0], "s")
    padded = np.zeros(rows, dtype=bool)
    took, _ = seconds(lambda: average_token(weight, found, random.standard_normal(rows), padded))
    table.add("average token", took, "s")
    table.add("tokens of every direction", seconds(lambda: find_direction_tokens(weight, found, padded))[0], "s")


def _difference(found: Spectrum, expected: Spectrum) -> float:
    differences = np.abs(found.singular_values - expected.singular_values)
    return float(differences.max() / expected.singular_values[0])
