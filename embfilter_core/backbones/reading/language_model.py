"""The language model inside a model that does more: the part that makes final hidden states of token ids."""

from __future__ import annotations

from typing import Any

from torch import nn

from embfilter_core.backbones.hugging_face import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    PreTrainedConfig,
    PreTrainedModel,
)


def auto_class(config: PreTrainedConfig) -> Any:  # noqa: ANN401 (each has `from_config` and `from_pretrained`)
    """Return what makes a model with its head of a configuration.

    It is one of text alone where there is one, so that the part that sees is not read; many only come as a whole, and
    some say as a whole alone that their head is the embedding matrix.
    """
    alone = config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    whole = config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    tied = [getattr(part, "tie_word_embeddings", None) for part in (config, config.get_text_config())]
    differ = None not in tied and tied[0] != tied[1]
    return AutoModelForImageTextToText if whole and (differ or not alone) else AutoModelForCausalLM


def language_models(model: PreTrainedModel) -> list[nn.Module]:
    """Return the parts of a model that may return its final hidden states, the innermost first.

    A model that also sees holds one beside the part that does; other models are one with a head on it.
    """
    parts = (model.get_decoder(), model.base_model, getattr(model, "model", None))
    bare = [part for part in parts if isinstance(part, PreTrainedModel) and part.get_output_embeddings() is None]
    return list(dict.fromkeys(bare)) or [model]
