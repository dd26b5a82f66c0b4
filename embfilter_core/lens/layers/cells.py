"""The readings of cells, of one layer at one position each, from their logits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from embfilter_core.vocabulary.logit_lens import ranks_among, top_of

if TYPE_CHECKING:
    from embfilter_core.vocabulary.head import UnembeddingHead


class Cells(NamedTuple):
    """The fields of a `LayerReading` that belong to cells, of g columns at one layer or at all of them."""

    token_ids: Tensor
    logits: Tensor
    log_normalisers: Tensor
    final_ranks: Tensor
    final_log_probabilities: Tensor
    entropy: Tensor
    kl: Tensor


def empty_cells(layers: int, columns: int, top: int) -> Cells:
    """Room for all results, made first: small results between large arrays would keep freed memory from being used."""
    shape, whole = (layers, columns), torch.long
    return Cells(
        token_ids=torch.empty(*shape, top, dtype=whole),
        logits=torch.empty(*shape, top),
        log_normalisers=torch.empty(shape),
        final_ranks=torch.empty(shape, dtype=whole),
        final_log_probabilities=torch.empty(shape),
        entropy=torch.empty(shape),
        kl=torch.empty(shape),
    )


def read_columns(head: UnembeddingHead, hidden: Tensor, own: Tensor, cells: Cells) -> Tensor:
    """Write the cells of g columns at all layers, and return their final tokens, (g,).

    `hidden` holds the states as they are read, (layers, g, d), `own` those that the model itself ends with, (g, d).
    """
    final_tokens = top_of(head.model_logits(own), 1)[1][:, 0]
    last = head.model_logits(hidden[-1])
    last -= last.logsumexp(-1, keepdim=True)  # as in the cells, so that the last row is 0 from itself exactly
    top = cells.token_ids.shape[-1]
    for row, states in enumerate(hidden):
        for field, values in zip(cells, _read_cells(head.model_logits(states), last, final_tokens, top), strict=True):
            field[row] = values
    return final_tokens


def _read_cells(logits: Tensor, last: Tensor, final_tokens: Tensor, top: int) -> Cells:
    """The cells of g columns at one layer, from their logits and the last layer's log-probabilities, (g, |V|) each."""
    values, ids = top_of(logits, top)
    normalisers = logits.logsumexp(-1)
    logs = logits - normalisers[:, None]
    return Cells(
        token_ids=ids,
        logits=values,
        log_normalisers=normalisers,
        final_ranks=ranks_among(logits, final_tokens[:, None])[:, 0],
        final_log_probabilities=logs.gather(1, final_tokens[:, None])[:, 0],
        entropy=-(logs.exp() * logs).sum(-1),
        kl=(last.exp() * (last - logs)).sum(-1).clamp(min=0),
    )
