"""On a CUDA GPU, where there is one: the same numbers as on the processor."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from embfilter_core import load_backbone
from embfilter_core.backbones.passes.packed import PackedPass
from embfilter_core.spectral.decomposition import compute_spectrum
from tests.each import for_each
from tests.tiny import FAMILY_CONFIGS

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA GPU here"),
]
TEXTS = ["the cat sat", "a dog sleeps on the cat", "one word in the sentence"] * 40


@for_each(family=FAMILY_CONFIGS, dtype=("float32", "bfloat16", "float16"))
def test_embeddings_point_where_those_of_the_processor_do(
    saved: Callable[..., Path], tiny: Callable, family: str, dtype: str
) -> None:
    on_gpu = load_backbone(str(saved(family)), dtype, "cuda")
    assert on_gpu.device == "cuda"
    one, other = on_gpu.embed(TEXTS, "plain-last"), tiny(family).embed(TEXTS, "plain-last")
    cosines = (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert cosines.min() > (0.9999 if dtype == "float32" else 0.99)


def test_half_precision_goes_in_one_row(saved: Callable[..., Path]) -> None:
    backbone = load_backbone(str(saved("llama")), "bfloat16", "cuda")
    assert isinstance(backbone.faster(backbone.encode(TEXTS)).run, PackedPass)


def test_the_spectrum_is_that_of_the_processor() -> None:
    weight = torch.randn(3000, 64, generator=torch.Generator().manual_seed(0))
    here, there = compute_spectrum(weight), compute_spectrum(weight.cuda())
    assert np.abs(here.singular_values - there.singular_values).max() <= 1e-12 * here.singular_values[0]
    assert np.abs(here.directions - there.directions).max() <= 1e-9
