"""The unembedding head of a model: from a final hidden state to logits over the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

ROWS_PER_CHUNK = 16_384


@dataclass(frozen=True, eq=False)
class UnembeddingHead:
    """The map from a final hidden state to the model's logits: softcap(scale * (h W_U^T) + bias).

    Attributes:
        weight: The unembedding matrix W_U, (|V|, d), padded vocabulary rows included; shared with the model.
        bias: (|V|,) or None.
        scale: Factor on h W_U^T.
        soft_cap: c in c * tanh(logit / c), or None.
    """

    weight: Tensor
    bias: Tensor | None
    scale: float
    soft_cap: float | None

    def products(self, hidden: Tensor) -> Tensor:
        """Return h W_U^T, (n, d) -> (n, |V|) float32."""
        rows = torch.split(self.weight, ROWS_PER_CHUNK)
        return torch.cat([hidden.float() @ chunk.float().T for chunk in rows], dim=-1)

    def lens_logits(self, hidden: Tensor) -> Tensor:
        """Return lens logits w = h W_U^T + bias, (n, d) -> (n, |V|) float32, without monotone scale and soft-cap."""
        logits, bias = self.products(hidden), self.lens_bias()
        return logits if bias is None else logits + bias

    def lens_bias(self) -> Tensor | None:
        """Return the part of a lens logit that no hidden state changes, (|V|,) float32, or None where there is none."""
        return None if self.bias is None else self.bias.float() / self.scale

    def model_logits(self, hidden: Tensor) -> Tensor:
        """Return the model's own logits from its final hidden state, (n, d) -> (n, |V|), float32."""
        return self.of_products(self.products(hidden))

    def of_products(self, products: Tensor) -> Tensor:
        """Return the model's own logits from h W_U^T, (n, |V|) float32 each."""
        logits = self.scale * products
        logits = logits if self.bias is None else logits + self.bias.float()
        return logits if self.soft_cap is None else self.soft_cap * torch.tanh(logits / self.soft_cap)
