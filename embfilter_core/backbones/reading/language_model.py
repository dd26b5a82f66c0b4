"""The language model inside a model that does more: the part that makes final hidden states of token ids."""

from __future__ import annotations

from typing import Any

from torch import nn

from embfilter_core.backbones.hugging_face import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    PreTrainedConfig,
    PreTrainedModel,
)


def auto_class(config: PreTrainedConfig) -> Any:  # noqa: ANN401 (each has `from_config` and `from_pretrained`)
    """Return what makes a model with its head of a configuration.

    It is one of text alone where there is one, so that the part that sees is not read; many only come as a whole.
    """
    alone = config.model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    return AutoModelForCausalLM if alone else AutoModelForImageTextToText


def language_models(model: PreTrainedModel) -> list[nn.Module]:
    """Return the parts of a model that may return its final hidden states, the innermost first.

    A model that also sees holds one beside the part that does; other models are one with a head on it.
    """
    parts = (model.get_decoder(), model.base_model, getattr(model, "model", None))
    bare = [part for part in parts if isinstance(part, PreTrainedModel) and part.get_output_embeddings() is None]
    return list(dict.fromkeys(bare)) or [model]
