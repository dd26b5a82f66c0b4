"""What a token is multiplied with: layers, not tables, and of experts only those that it asks."""

from collections.abc import Callable

import pytest
import transformers as hf

from embfilter_core import Backbone
from embfilter_core.backbones.preflight.facts import facts_of_config
from embfilter_core.backbones.weight_counts import count_weights
from tests.tiny import FAMILY_CONFIGS, tiny_model

SIZES = {
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("family", FAMILY_CONFIGS)
def test_a_configuration_counts_as_its_model_does(family: str, tied: bool) -> None:
    model = tiny_model(family, tied)
    facts, counted = facts_of_config(model.config), count_weights(model)
    assert (facts.parameters, facts.active) == (counted.parameters, counted.active)
    assert facts.parameters == sum(weight.numel() for weight in model.parameters())
    assert 0 < facts.active < facts.parameters
    assert (facts.vocab_size, facts.d) == model.get_output_embeddings().weight.shape
    assert (facts.tied, facts.layers) == (tied, 2)


def test_a_larger_vocabulary_is_no_more_work(tiny: Callable[..., Backbone]) -> None:
    small, large = (facts_of_config(hf.LlamaConfig(vocab_size=rows, **SIZES)) for rows in (1_000, 100_000))
    assert small.active == large.active
    assert large.parameters - small.parameters == 2 * 99_000 * 64


def test_of_experts_those_count_that_a_token_asks() -> None:
    def active(experts: int, asked: int) -> int:
        return facts_of_config(hf.MixtralConfig(num_local_experts=experts, num_experts_per_tok=asked, **SIZES)).active

    one = active(1, 1)
    routers = 2 * 64
    assert active(8, 1) == one + 7 * routers
    an_expert = active(8, 2) - active(8, 1)
    assert an_expert == 2 * 3 * 64 * 96


def test_what_sees_and_hears_is_not_asked_by_a_text() -> None:
    model = tiny_model("gemma3")
    seeing = sum(weight.numel() for name, weight in model.named_parameters() if "vision" in name)
    assert seeing > 0
    assert count_weights(model).active <= count_weights(model).parameters - seeing
