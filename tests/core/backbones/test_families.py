"""Families that differ in how they are built load as anybody's own, and README names all that are checked."""

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, layer_states, load_backbone
from tests.each import for_each
from tests.families import ALL_CONFIGS
from tests.families.table import BEGIN, END, README, Row, written

Tiny = Callable[..., Backbone]
DIFFERENT = (
    "bloom",  # its biases stand for positions
    "cohere2",  # a scale
    "deepseek_v4",  # several streams, joined before the norm
    "falcon_h1",  # attention and Mamba side by side, a scale
    "gemma4",  # it sees and hears; a soft-cap; embeddings for each layer
    "gpt_oss",  # experts, sinks of attention
    "granitemoehybrid",  # Mamba and experts, a scale
    "mamba",  # no attention
    "minicpm3",  # hidden states that are scaled
    "olmo2",  # norms after the layers
    "qwen3_vl",  # positions in three dimensions
    "smollm3",  # layers without positions
    "xlstm",  # recurrent, a soft-cap
)
TEXTS = ["dog", "the cat sat on one sentence in the word and sleeps"]


@for_each(family=DIFFERENT)
def test_the_logits_are_the_models_own(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    assert backbone.head_error <= 2e-6
    assert backbone.head_error_on(TEXTS[1]) <= 2e-6


@for_each(family=DIFFERENT)
def test_every_layer_is_read_and_the_last_is_what_the_model_gives(tiny: Tiny, family: str) -> None:
    backbone = tiny(family)
    states = layer_states(backbone, TEXTS[1], "plain-last").states
    ids = torch.tensor([backbone.encode(TEXTS[1:], "plain-last")[0].token_ids])
    with torch.inference_mode():
        own = backbone.architecture.base_model(input_ids=ids, use_cache=False).last_hidden_state[0].numpy()
    assert np.abs(states[-1] - own).max() <= 1e-4 * np.abs(own).max()
    for layer, of_layer in enumerate(states):
        embedding = backbone.embed(TEXTS, "plain-last", layer=layer)[1]
        assert np.abs(embedding - of_layer[-1]).max() <= 1e-4 * np.abs(of_layer).max()
    assert all(np.abs(one - other).max() > 1e-3 for one, other in pairwise(states))


@for_each(family=("cohere2", "gemma4", "mamba", "olmo2"))
def test_in_half_precision_the_same_head_is_found(saved: Callable[..., Path], tiny: Tiny, family: str) -> None:
    half = load_backbone(str(saved(family)), dtype="bfloat16", device="cpu").architecture.head
    whole = tiny(family).architecture.head
    assert (half.scale, half.soft_cap) == (whole.scale, whole.soft_cap)


def test_readme_has_a_row_for_every_family_that_is_defined() -> None:
    table = README.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = re.findall(r"^\| (?:[^|]* \()?`([\w-]+)`\)? \|", table, re.MULTILINE)
    assert sorted(rows) == sorted(ALL_CONFIGS)
    assert f"{len(ALL_CONFIGS)} families" in table


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (Row("llama", 4e-7, 3e-7, True, None, ""), "| Llama, SmolLM2 (`llama`) | 4e-7 | 3e-7 | yes |  |"),
        (Row("rwkv", 0.0, 0.35, False, "so", "× 2"), "| `rwkv` | 0 | 35 %: not padded | no: so | × 2 |"),
    ],
)
def test_a_row_says_what_was_found(row: Row, line: str) -> None:
    assert row.line() == line
    assert line in written(f"before\n{BEGIN}\nold\n{END}\nafter", [row])
    assert "old" not in written(f"before\n{BEGIN}\nold\n{END}\nafter", [row])
