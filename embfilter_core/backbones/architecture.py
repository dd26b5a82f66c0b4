"""The one place that knows model families: where the base model, the head and the final norm are.

Every family is checked when it is loaded: the head described here must give the
model's own logits on a few tokens (`verify_head`), so a wrong entry in this table
is an error at load and never a wrong number on screen.
"""

from dataclasses import dataclass
from inspect import signature
from operator import attrgetter

import torch
from torch import Tensor, nn

from embfilter_core.backbones.families import FAMILIES, Family
from embfilter_core.backbones.hugging_face import PreTrainedModel
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
        final_norm: The norm before the head, or None (no such layer, or an unknown family).
        project_out: The projection between final norm and head, or None.
        max_positions: Longest input in tokens.
        layers: Number of layers L, so that there are hidden states 0 (the token embeddings) to L (the last).
        family: What is known of its family.
        known: Whether the family is in the table, so that what follows the last layer is known.
        pads: Whether texts of different length may share a batch, as was proved at load; where not, a batch holds texts
            of one length.
        causal: Whether no position reads a later one, as was proved at load.
    """

    model: PreTrainedModel
    base_model: nn.Module
    head: UnembeddingHead
    final_norm: nn.Module | None
    project_out: nn.Module | None
    max_positions: int
    layers: int
    family: Family
    known: bool
    pads: bool = True
    causal: bool = True

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
    def to_lens(self, hidden: Tensor) -> Tensor:
        """Bring hidden states of an inner layer to the space of the head: final norm, then projection.

        The last layer's output, `last_hidden_state`, is there already: norming it again would be wrong.

        Args:
            hidden: (..., width of a layer), as in `hidden_states[layer]` for a layer from 0 to L - 1.

        Returns:
            (..., d), in the dtype of the model.

        Raises:
            BackboneError: The family is not in the table, so nobody knows which norm to take.
        """
        if not self.known:
            raise BackboneError(
                f"The inner layers of this family ({self.model.config.model_type}) cannot be read.",
                "Which norm comes before its unembedding matrix is not known here: use the last layer.",
            )
        for part in (self.final_norm, self.project_out):
            hidden = hidden if part is None else part(hidden)
        return hidden


def describe(model: PreTrainedModel) -> Architecture:
    """Name the parts of a loaded model; a family outside the table is taken as plain and left to `verify_head`."""
    text_config = model.config.get_text_config()
    kind = model.config.model_type
    family = FAMILIES.get(kind, Family(None))
    output = model.get_output_embeddings()
    head = UnembeddingHead(
        weight=weight_of(output).detach(),
        bias=None if output.bias is None else output.bias.detach(),
        scale=family.scale(text_config),
        soft_cap=family.soft_cap(text_config),
    )
    return Architecture(
        model=model,
        base_model=model.base_model,
        head=head,
        final_norm=_part(model.base_model, family.final_norm),
        project_out=_part(model.base_model, family.project_out),
        max_positions=getattr(text_config, "max_position_embeddings", None) or 2048,
        layers=text_config.num_hidden_layers,
        family=family,
        known=kind in FAMILIES,
    )


def head_error(architecture: Architecture, token_ids: list[int]) -> float:
    """Largest absolute difference between our head's logits and the model's own, at the last of `token_ids`."""
    ours, own = _ours_and_own(architecture, token_ids)
    return float((ours - own).abs().max())


def verify_head(architecture: Architecture, name: str) -> float:
    """Check on a few tokens that our head gives the model's own logits; return the largest absolute error.

    Raises:
        BackboneError: The error is larger than rounding in the model's dtype explains.
    """
    vocabulary, width = architecture.head.weight.shape
    ours, own = _ours_and_own(architecture, [(7 * i + 3) % vocabulary for i in range(6)])
    error = float((ours - own).abs().max())
    # The model rounds a logit a few times to its own dtype; the products are summed in float32.
    rounding = 4 * torch.finfo(architecture.head.weight.dtype).eps + 8 * torch.finfo(torch.float32).eps * width**0.5
    allowed = rounding * max(1.0, float(own.abs().max()))
    if not error <= allowed:  # also true for a NaN
        raise BackboneError(
            f"The logit lens disagrees with the logits of {name} by {error:.3g} (allowed {allowed:.3g}).",
            f"Its family ({architecture.model.config.model_type}) treats logits in a way this version does not know.",
        )
    return error


@torch.inference_mode()
def _ours_and_own(architecture: Architecture, token_ids: list[int]) -> tuple[Tensor, Tensor]:
    """Our head's logits and the model's own, (|V|,) float32 each, at the last of `token_ids`."""
    ids = torch.tensor([token_ids], device=architecture.device)
    model = architecture.model
    last_only = {"logits_to_keep": 1} if "logits_to_keep" in signature(model.forward).parameters else {}
    own = model(input_ids=ids, use_cache=False, **last_only).logits[0, -1].float()
    hidden = architecture.base_model(input_ids=ids, use_cache=False).last_hidden_state[:, -1]
    return architecture.head.model_logits(hidden)[0], own


def _part(base_model: nn.Module, path: str | None) -> nn.Module | None:
    return attrgetter(path)(base_model) if path else None
