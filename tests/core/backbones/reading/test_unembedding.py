"""The model's own logits decide which head is right, loud ones too; where none is, the model is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.architecture import describe
from embfilter_core.backbones.reading import unembedding
from embfilter_core.backbones.reading.logit_maps import LogitMap
from embfilter_core.errors import BackboneError
from tests.each import for_each
from tests.families.sizes import GROUPED
from tests.tiny import tiny_model

Tiny = Callable[..., Backbone]
MEANT = {
    "llama": LogitMap(),
    "gemma2": LogitMap(1.0, 5.0),
    "gemma3_text": LogitMap(1.0, 5.0),
    "gemma3": LogitMap(),  # unlike gemma3_text, it leaves a soft-cap in its configuration out
    "cohere": LogitMap(0.25),
    "granite": LogitMap(0.25),  # it divides by 4
    "hyperclovax": LogitMap(0.125),  # it multiplies, under the name by which Granite divides
    "minicpm3": LogitMap(0.25),
    "falcon_h1": LogitMap(0.25),
    "recurrent_gemma": LogitMap(1.0, 5.0),
    "xlstm": LogitMap(1.0, 5.0),
}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


@for_each(family=MEANT, dtype=DTYPES)
def test_the_head_is_what_the_family_means(family: str, dtype: str) -> None:
    architecture, error = describe(tiny_model(family).to(DTYPES[dtype]), family)
    assert LogitMap(architecture.head.scale, architecture.head.soft_cap) == MEANT[family]
    assert error <= 4 * torch.finfo(DTYPES[dtype]).eps * 10


@for_each(family=("gemma2", "cohere", "granite"))
def test_a_map_that_is_left_out_is_an_error_at_load(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    monkeypatch.setattr(unembedding, "logit_maps", lambda config: [LogitMap()])
    with pytest.raises(BackboneError, match="disagrees with the logits"):
        load_backbone(str(saved(family)))


def quiet(model: PreTrainedModel) -> PreTrainedModel:
    """The model with logits so small that a soft-cap leaves them as they are."""
    with torch.no_grad():
        model.get_output_embeddings().weight.mul_(1e-5)
    return model


@for_each(dtype=DTYPES)
def test_a_soft_cap_is_seen_where_logits_are_small(dtype: str) -> None:
    model = quiet(tiny_model("gemma2", tied=False)).to(DTYPES[dtype])
    assert describe(model, "quiet")[0].head.soft_cap == 5.0


@for_each(dtype=DTYPES)
def test_a_soft_cap_that_is_not_there_is_refused_where_logits_are_small(
    monkeypatch: pytest.MonkeyPatch, dtype: str
) -> None:
    monkeypatch.setattr(unembedding, "logit_maps", lambda config: [LogitMap(1.0, 30.0)])
    model = quiet(tiny_model("llama", tied=False)).to(DTYPES[dtype])
    with pytest.raises(BackboneError, match="disagrees"):
        describe(model, "quiet")


def test_a_scale_near_one_is_seen() -> None:
    model = tiny_model("granite")
    model.config.logits_scaling = 1.001
    assert describe(model, "near one")[0].head.scale == 1 / 1.001


def test_logits_that_are_changed_in_a_way_that_nothing_tells_are_refused() -> None:
    model = tiny_model("llama")
    model.lm_head.register_forward_hook(lambda part, given, logits: 20 * torch.tanh(logits / 20))
    with pytest.raises(BackboneError, match=r"disagrees with the logits of capped by \d.*neither its configuration"):
        describe(model, "capped")


def test_the_smallest_disagreement_is_named() -> None:
    model = tiny_model("granite")
    model.lm_head.register_forward_hook(lambda part, given, logits: 1.01 * logits)
    with pytest.raises(BackboneError) as refused:
        describe(model, "granite")
    named = float(refused.value.what.split(" by ")[1].split()[0])
    assert 0 < named < 1  # a hundredth of logits of about a hundred over four, not all of them


def test_a_dropped_head_bias_is_an_error_at_load(monkeypatch: pytest.MonkeyPatch) -> None:
    class WithoutBias(unembedding.UnembeddingHead):
        def of_products(self, products: torch.Tensor) -> torch.Tensor:
            return super(WithoutBias, replace(self, bias=None)).of_products(products)

    monkeypatch.setattr(unembedding, "UnembeddingHead", WithoutBias)
    with pytest.raises(BackboneError, match="disagrees"):
        describe(tiny_model("phi"), "phi")


@for_each(part=["lm_head", "model.norm"], number=[float("nan"), float("inf")])
def test_logits_that_are_not_numbers_are_refused(part: str, number: float) -> None:
    model = tiny_model("llama", tied=False)
    with torch.no_grad():
        model.get_submodule(part).weight[0] = number
    with pytest.raises(BackboneError, match="not all numbers"):
        describe(model, "broken")


def test_tokens_that_a_model_forbids_are_left_out() -> None:
    model = tiny_model("llama")

    def forbid(part: nn.Module, given: tuple, logits: torch.Tensor) -> torch.Tensor:
        logits[..., :5] = torch.finfo(logits.dtype).min
        return logits

    model.lm_head.register_forward_hook(forbid)
    assert describe(model, "forbids")[1] <= 1e-5


def test_rows_beyond_the_models_own_logits_are_no_tokens() -> None:
    model = tiny_model("llama")
    model.lm_head.register_forward_hook(lambda part, given, logits: logits[..., :300])
    architecture, error = describe(model, "cut")
    assert error <= 1e-5
    assert architecture.head.weight.shape[0] == 360


def test_a_layer_between_the_last_hidden_state_and_the_unembedding_matrix_is_named() -> None:
    config = AutoConfig.for_model("modernbert-decoder", **GROUPED)
    with pytest.raises(BackboneError, match="through another layer before its unembedding matrix"):
        describe(AutoModelForCausalLM.from_config(config).eval(), "between")


def test_a_model_of_several_heads_has_no_unembedding_matrix() -> None:
    model = tiny_model("llama")
    model.get_output_embeddings = lambda: None
    with pytest.raises(BackboneError, match="no unembedding matrix, or several"):
        describe(model, "sounds")
