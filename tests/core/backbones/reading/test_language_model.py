"""Of a model that also sees, the language model is found and read for text alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoConfig, AutoModelForImageTextToText

from embfilter_core import load_backbone
from embfilter_core.backbones.architecture import describe
from embfilter_core.backbones.reading.language_model import language_models
from embfilter_core.errors import BackboneError
from tests.families import ALL_CONFIGS
from tests.families.sizes import ROWS, VISION
from tests.tiny import tiny_model

SEEING = ("llava", "qwen2_vl", "paligemma")
LONG = "the cat sat on one sentence in the word and sleeps"


@pytest.mark.parametrize("family", SEEING)
def test_a_wrapper_loads_its_language_model(saved: Callable[..., Path], family: str) -> None:
    backbone = load_backbone(str(saved(family)))
    whole = AutoModelForImageTextToText.from_pretrained(saved(family)).eval()
    assert backbone.head_error <= 1e-5
    for text in ("dog", LONG):
        ids = torch.tensor([backbone.encode([text], "plain-last")[0].token_ids])
        with torch.inference_mode():
            own = whole.model(input_ids=ids).last_hidden_state[0, -1].numpy()
        together = backbone.embed(["dog", LONG], "plain-last")[int(text == LONG)]
        assert np.abs(together - own).max() <= 1e-5 * np.abs(own).max()


def test_the_part_that_sees_takes_no_part() -> None:
    parts = [found.part for found in language_models(tiny_model("llava"), torch.tensor([[3, 10]]))]
    assert [type(part).__name__ for part in parts] == ["LlamaModel", "LlavaModel"]


@pytest.mark.parametrize(("tied", "reads"), [(False, "text alone"), (True, "the whole")])
def test_the_part_that_sees_is_not_read_where_the_rest_says_all_of_its_head(
    saved: Callable[..., Path], tied: bool, reads: str
) -> None:
    text_config = ALL_CONFIGS["qwen3_5"](tie_word_embeddings=tied).get_text_config()
    assert not text_config.tie_word_embeddings  # it says so of itself, whatever the whole says
    backbone = load_backbone(str(saved("qwen3_5", tied)))
    names = [name for name, _ in backbone.architecture.model.named_parameters()]
    assert any("visual" in name for name in names) == (reads == "the whole")
    assert backbone.embed(["dog"], layer=1).shape == (1, 32)


def test_a_model_that_must_be_shown_a_picture_is_refused_as_that() -> None:
    text = {"model_type": "opt", "vocab_size": ROWS, "hidden_size": 16, "num_hidden_layers": 1, "ffn_dim": 16}
    text |= {"num_attention_heads": 2, "word_embed_proj_dim": 16, "max_position_embeddings": 32}
    parts = {"vision_config": VISION, "qformer_config": {**VISION, "encoder_hidden_size": 16}, "text_config": text}
    model = AutoModelForImageTextToText.from_config(AutoConfig.for_model("blip-2", **parts)).eval()
    with pytest.raises(BackboneError, match="does not read text alone: it asks for pixel_values"):
        describe(model, "blip")
