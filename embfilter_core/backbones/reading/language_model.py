"""The language model inside a model that does more: the part that makes final hidden states of token ids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from embfilter_core.backbones.hugging_face import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    PreTrainedConfig,
    PreTrainedModel,
)
from embfilter_core.backbones.reading.inner_layers import InnerLayers, read_inner_layers


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


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A part of a model that may be its language model, as seen on a few tokens.

    Attributes:
        part: The part.
        inner: Its layers, and what follows them.
        states: Its final hidden states at the last position, (n, d).
    """

    part: nn.Module
    inner: InnerLayers
    states: Tensor


def language_models(model: PreTrainedModel, ids: Tensor) -> Iterator[LanguageModel]:
    """Yield the parts of a model that may be its language model, the innermost first.

    A model that also sees holds one beside the part that does; other models are one with a head on it.

    Args:
        model: The model.
        ids: Token ids to try them on, (n, positions).
    """
    parts = (model.get_decoder(), model.base_model, getattr(model, "model", None))
    bare = [part for part in parts if isinstance(part, PreTrainedModel) and part.get_output_embeddings() is None]
    for part in dict.fromkeys(bare or [model]):
        inner, last = read_inner_layers(part, ids, model.config.get_text_config().num_hidden_layers)
        yield LanguageModel(part, inner, last[:, -1])
