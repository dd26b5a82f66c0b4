"""A loaded model with its parts under one name each, every one of them checked on the model itself.

Nothing but faster ways through a model is taken from a list of families: where the language model is inside a
wrapper, which scale and soft-cap its logits have and what follows its last block is read, and refused where it
does not come out right.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from embfilter_core.backbones.families import FAMILIES, Family
from embfilter_core.backbones.hugging_face import PreTrainedModel
from embfilter_core.backbones.reading.inner_layers import InnerLayers, kept_states
from embfilter_core.backbones.reading.language_model import language_models
from embfilter_core.backbones.reading.probe import probe_ids, states_and_logits
from embfilter_core.backbones.reading.unembedding import Trial, read_head
from embfilter_core.backbones.spread import device_of, is_spread, weight_of
from embfilter_core.errors import BackboneError
from embfilter_core.vocabulary.head import UnembeddingHead


@dataclass(frozen=True, eq=False)
class Architecture:
    """A loaded model with its parts under one name each.

    Attributes:
        model: The model with its head.
        base_model: The part that returns the final hidden states, already normed.
        head: The unembedding head.
        inner: Its layers, and what brings their states to the space of the head.
        max_positions: Longest input in tokens.
        family: How its layers may be computed faster, or None where nothing is known of its family.
        pads: Whether texts of different length may share a batch, as was proved at load; where not, a batch holds texts
            of one length.
        causal: Whether no position reads a later one, as was proved at load.
    """

    model: PreTrainedModel
    base_model: nn.Module
    head: UnembeddingHead
    inner: InnerLayers
    max_positions: int
    family: Family | None
    pads: bool = True
    causal: bool = True

    @property
    def layers(self) -> int:
        """Number of layers L, so that there are hidden states 0 (the token embeddings) to L (the last)."""
        return self.inner.count

    @property
    def kind(self) -> str:
        """What its configuration calls what it is built like, such as `qwen2`."""
        return str(self.model.config.model_type)

    @property
    def device(self) -> torch.device:
        """Where token ids are taken, and where the pooled states are."""
        return device_of(self.model.get_input_embeddings())

    @property
    def is_spread(self) -> bool:
        """Whether the model lies on several devices, so that its layers move what they are given."""
        return is_spread(self.model)

    @property
    def rows(self) -> int:
        """Token ids that the embedding matrix has a row for: 0 to this, itself left out."""
        return weight_of(self.model.get_input_embeddings()).shape[0]

    @torch.inference_mode()
    def states(self, inputs: Mapping[str, Any], layers: Sequence[int]) -> Iterator[Tensor]:
        """Run a batch once and yield hidden states in the space of the head, (n, positions, d) a layer.

        Args:
            inputs: What the base model is given.
            layers: 0 (the token embeddings) to L (the last); the states of no other layer are kept meanwhile.

        Raises:
            BackboneError: Inner layers are asked for, and what brings them to the space of the head is not known.
        """
        asked = sorted(set(layers) - {self.layers})
        if asked:
            self._require_inner()
        with kept_states([self.inner.blocks[layer] for layer in asked]) as kept:
            last: Tensor = self.base_model(**inputs).last_hidden_state
        entered = dict(zip(asked, kept, strict=True))
        for layer in layers:
            yield last if layer == self.layers else self.to_lens(entered[layer])

    @torch.inference_mode()
    def to_lens(self, hidden: Tensor) -> Tensor:
        """Bring hidden states of an inner layer to the space of the head: final norm, then projection.

        The last layer's output, `last_hidden_state`, is there already: norming it again would be wrong.

        Args:
            hidden: (..., width of a layer), what enters a block.

        Returns:
            (..., d), in the dtype of the model.

        Raises:
            BackboneError: What follows the layers of this model is not known.
        """
        self._require_inner()
        for part in self.inner.after_blocks:
            hidden = part(hidden)
        return hidden

    def _require_inner(self) -> None:
        if self.inner.unreadable is not None:
            raise BackboneError(
                f"The inner layers of this family ({self.kind}) cannot be read: {self.inner.unreadable}.",
                "Use the last layer.",
            )


def describe(model: PreTrainedModel, name: str) -> tuple[Architecture, float]:
    """Name the parts of a loaded model, each checked on a few tokens.

    Args:
        model: The model.
        name: Its name for messages.

    Returns:
        The parts, and the largest absolute error of the head against the model's own logits.

    Raises:
        BackboneError: A part is not found, or does not give what the model gives.
    """
    text_config = model.config.get_text_config()
    inputs: Any = model.get_input_embeddings()
    ids = probe_ids(inputs.weight.shape[0], device_of(inputs))
    read = read_head(model, language_models(model, ids), ids, name)
    part: Any = read.language_model.part
    architecture = Architecture(
        model=model,
        base_model=part,
        head=read.head,
        inner=read.language_model.inner,
        max_positions=getattr(text_config, "max_position_embeddings", None) or 2048,
        family=FAMILIES.get(part.config.model_type),
    )
    return architecture, read.error


@torch.inference_mode()
def head_error(architecture: Architecture, token_ids: list[int]) -> float:
    """Largest absolute difference between our head's logits and the model's own, at the last of `token_ids`."""
    ids = torch.tensor([token_ids], device=architecture.device)
    head = architecture.head
    hidden, own = states_and_logits(architecture.model, architecture.base_model, ids)
    products = head.products(hidden.to(head.weight.device))  # a model that is spread has them on different devices
    return Trial(products, own).error(head)
