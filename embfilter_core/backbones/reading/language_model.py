"""The language model inside a model that does more: the part that makes final hidden states of token ids."""

from __future__ import annotations

from torch import nn

from embfilter_core.backbones.hugging_face import PreTrainedModel


def language_models(model: PreTrainedModel) -> list[nn.Module]:
    """Return the parts of a model that may return its final hidden states, the innermost first.

    A model that also sees holds one beside the part that does; other models are one with a head on it.
    """
    parts = (model.get_decoder(), model.base_model, getattr(model, "model", None))
    bare = [part for part in parts if isinstance(part, PreTrainedModel) and part.get_output_embeddings() is None]
    return list(dict.fromkeys(bare)) or [model]
