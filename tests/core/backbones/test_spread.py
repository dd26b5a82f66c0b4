"""A model of which some layers are kept off its device gives what the whole one gives."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from embfilter_core import Backbone, layer_states
from embfilter_core.backbones.architecture import describe
from embfilter_core.backbones.fingerprint import fingerprint

TEXTS = ["the cat sat", "a dog " * 30] * 20


@pytest.mark.parametrize("tied", [True, False])
def test_a_spread_model_is_the_same_backbone(
    saved: Callable[..., Path], tiny: Callable[..., Backbone], tmp_path: Path, tied: bool
) -> None:
    parts = ("embed_tokens", "norm", "rotary_emb", "layers.0")
    places = {f"model.{part}": "cpu" for part in parts} | {"model.layers.1": "disk"}
    places["lm_head"] = "cpu" if tied else "disk"
    given = {"device_map": places, "offload_folder": tmp_path, "dtype": torch.float32}
    model = AutoModelForCausalLM.from_pretrained(saved("llama", tied), **given).eval().requires_grad_(False)
    whole = tiny("llama", tied)
    architecture, error = describe(model, "spread")
    assert architecture.is_spread
    assert error <= 1e-5
    assert torch.equal(architecture.head.weight, whole.architecture.head.weight)
    assert fingerprint(model, whole.tokenizer) == whole.fingerprint
    spread = replace(whole, architecture=architecture)
    assert spread.faster(spread.encode(TEXTS)) is None  # its layers move what they are given
    for layer in (None, 1):
        found, expected = (backbone.embed(TEXTS, layer=layer) for backbone in (spread, whole))
        assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max()
    states, expected = (layer_states(backbone, TEXTS[0]).states for backbone in (spread, whole))
    assert np.allclose(states, expected, atol=1e-5)
