"""Whatever a configuration says of logits is tried, as a factor and as a divisor, the plain map first."""

import pytest
from transformers import AutoConfig, LlamaConfig

from embfilter_core.backbones.reading.logit_maps import LogitMap, logit_maps
from tests.families import ALL_CONFIGS


def maps_of(**said: object) -> list[LogitMap]:
    return logit_maps(LlamaConfig(hidden_size=64, num_attention_heads=4, **said))


def test_a_configuration_that_says_nothing_of_logits_means_the_plain_map() -> None:
    assert maps_of() == [LogitMap()]


@pytest.mark.parametrize(
    "name",
    ["logits_scaling", "logit_scale", "lm_head_multiplier", "output_multiplier", "logits_mup_width_multiplier"],
)
def test_a_scale_is_tried_as_a_factor_and_as_a_divisor_under_any_name(name: str) -> None:
    assert maps_of(**{name: 8.0}) == [LogitMap(), LogitMap(8.0), LogitMap(0.125)]


@pytest.mark.parametrize("name", ["final_logit_softcapping", "logits_soft_cap", "output_logit_soft_cap", "softcap"])
def test_a_soft_cap_is_tried_under_any_name(name: str) -> None:
    assert maps_of(**{name: 30.0}) == [LogitMap(), LogitMap(1.0, 30.0)]


def test_a_scale_and_a_soft_cap_are_tried_apart_and_together() -> None:
    given = maps_of(output_multiplier=2.0, final_logit_softcapping=30.0)
    assert set(given) == {LogitMap(scale, cap) for scale in (1.0, 2.0, 0.5) for cap in (None, 30.0)}
    assert given[0] == LogitMap()


def test_the_width_that_hidden_states_are_scaled_to_is_a_scale() -> None:
    assert LogitMap(16 / 64) in maps_of(dim_model_base=16)


def test_a_scale_may_be_a_word_for_a_number() -> None:
    assert LogitMap(1 / 8) in maps_of(logit_scale="inv_sqrt_d_model")


@pytest.mark.parametrize(
    "said",
    [
        {"attn_logit_softcapping": 50.0},
        {"router_logit_softcapping": 5.0},
        {"output_router_logits": True},
        {"num_logits_to_keep": 1},
        {"logit_scale": None},
        {"logit_scale": float("inf")},
        {"logits_scaling": 0},
        {"logits_scaling": 1},
    ],
)
def test_what_is_said_of_something_else_is_not_tried(said: dict) -> None:
    assert maps_of(**said) == [LogitMap()]


def test_a_wrapper_means_what_its_text_configuration_means() -> None:
    assert LogitMap(1.0, 5.0) in logit_maps(ALL_CONFIGS["gemma3"]())
    said_twice = ALL_CONFIGS["gemma3"]()
    said_twice.final_logit_softcapping = 7.0
    assert {LogitMap(1.0, 5.0), LogitMap(1.0, 7.0)} <= set(logit_maps(said_twice))
    assert logit_maps(AutoConfig.for_model("llava")) == [LogitMap()]
