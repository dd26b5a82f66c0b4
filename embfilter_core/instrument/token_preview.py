"""The tokens that any band can bring into a list (unfiltered, kept, removed), and their logits in every band."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from embfilter_core.instrument.lengths import TOP_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embfilter_core.backbones.backbone import Backbone

POOLED_EDGES = 2
"""Bands between every so many edges give the tokens whose logits bound the lists of all bands from below."""
TOKENS_AT_ONCE = 4096
"""So many of the vocabulary are compared with the bounds at once that a core keeps them beside it."""


@dataclass(frozen=True, eq=False)
class TokenPreview:
    """Every token that reaches one of the lists for a band of the grid, with its logit in each.

    The logit that a band `start .. stop` of edges gives a token is `offsets + prefix[:, stop] - prefix[:, start]`;
    what the removed directions give it is `offsets` plus the rest of `prefix[:, -1]`.

    Attributes:
        token_ids: (m,) int64, ascending.
        prefix: (m, b + 1) float32, logit of the first directions up to each edge, without the head's bias.
        offsets: (m,) float32, the head's bias.
        ranks: (m,) int64, rank from 1 among the whole vocabulary, unfiltered.
    """

    token_ids: np.ndarray
    prefix: np.ndarray
    offsets: np.ndarray
    ranks: np.ndarray


@torch.inference_mode()
def preview_tokens(backbone: Backbone, state: np.ndarray, edges: np.ndarray, top: int = TOP_TOKENS) -> TokenPreview:
    """Find the tokens that a band between any two of the edges brings into the top of one of the lists.

    Args:
        backbone: The backbone.
        state: The embedding, (d,), centred or not.
        edges: (b + 1,) of the grid.
        top: Length of a list.
    """
    prefix, offsets = _prefix_logits(backbone, state, edges)
    ids = _ever_on_top(prefix, offsets, min(top, len(offsets)))
    unfiltered = prefix[-1] + offsets
    return TokenPreview(
        token_ids=ids.numpy(),
        prefix=prefix[:, ids].T.contiguous().numpy(),
        offsets=offsets[ids].numpy(),
        ranks=_ranks(unfiltered, ids),
    )


def _prefix_logits(backbone: Backbone, state: np.ndarray, edges: np.ndarray) -> tuple[Tensor, Tensor]:
    """Logits of the first directions up to each edge, (b + 1, |V|), and the head's bias, (|V|,)."""
    spectrum, head = backbone.spectrum, backbone.architecture.head
    coefficients = spectrum.coefficients(state[None])[0]
    parts = np.stack([coefficients[a:b] @ spectrum.directions[a:b] for a, b in pairwise(edges)])
    logits = head.lens_logits(torch.tensor(parts, dtype=torch.float32, device=head.weight.device))
    bias = head.lens_bias()
    offsets = torch.zeros(logits.shape[1]) if bias is None else bias.cpu()
    prefix = torch.zeros(len(edges), logits.shape[1])
    prefix[1:] = (logits.cpu() - offsets).cumsum(0)
    return prefix, offsets


def _ever_on_top(prefix: Tensor, offsets: Tensor, top: int) -> Tensor:
    """Ids of the tokens among the `top` of a list for at least one band, ascending.

    Sorting the whole vocabulary for every band would take long. The tokens on top for some of the bands bound
    what it takes in all: only tokens that reach the bound somewhere are looked at for every band.
    """
    last = len(prefix) - 1
    pooled = prefix[[*range(0, last, POOLED_EDGES), last]]
    pool = torch.unique(torch.cat([_top_ids(lists, top) for lists in _lists(pooled, offsets)]))
    bounds = [lists.topk(top, dim=1).values[:, -1:] for lists in _lists(prefix[:, pool], offsets[pool])]
    near = torch.nonzero(torch.cat([*_reaching(prefix, offsets, bounds)])).flatten()
    found = [_top_ids(lists, top) for lists in _lists(prefix[:, near], offsets[near])]
    return near[torch.unique(torch.cat(found))]


def _reaching(prefix: Tensor, offsets: Tensor, bounds: list[Tensor]) -> Iterator[Tensor]:
    """Whether each token reaches the bound of a list, (tokens,) bool for some tokens after the other."""
    for start in range(0, len(offsets), TOKENS_AT_ONCE):
        some = slice(start, start + TOKENS_AT_ONCE)
        reach = torch.zeros(len(offsets[some]), dtype=torch.bool)
        for lists, bound in zip(_lists(prefix[:, some].contiguous(), offsets[some]), bounds, strict=True):
            reach |= (lists - bound).amax(0) >= 0  # faster than comparing first
        yield reach


def _lists(prefix: Tensor, offsets: Tensor) -> Iterator[Tensor]:
    """Logits of all bands with one start: what they keep, and what they remove, (bands, tokens) each."""
    last = len(prefix) - 1
    for start in range(last):
        kept = prefix[start + 1 :] - prefix[start]
        yield kept + offsets
        removed = prefix[-1] - (kept if start else kept[:-1])  # the whole spectrum removes nothing
        if len(removed):
            yield removed + offsets


def _top_ids(lists: Tensor, top: int) -> Tensor:
    found: Tensor = torch.unique(lists.topk(top, dim=1).indices)
    return found


def _ranks(logits: Tensor, ids: Tensor) -> np.ndarray:
    """Rank from 1 of some tokens among all, ties by id, (m,) int64."""
    place = torch.empty(len(logits), dtype=torch.int64)
    place[torch.argsort(-logits, stable=True)] = torch.arange(1, len(logits) + 1)
    return place[ids].numpy()
