"""What a browser needs to redraw tokens and neighbours for every band of the grid by itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from embfilter_core.spectral.band_grid import BLOCKS, TOP_TEXTS, TOP_TOKENS, block_sums, grid_directions

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone


@dataclass(frozen=True, eq=False)
class TokenPreview:
    """Every token that reaches the top 12 for any band of the grid, and its logit by blocks.

    Attributes:
        token_ids: (m,) int64, ascending.
        texts: m tokens as people can read them.
        parts: (m, 48) float32; the logit of a band is `offsets` plus the sum of its blocks.
        offsets: (m,) float32, the head's bias.
    """

    token_ids: np.ndarray
    texts: list[str]
    parts: np.ndarray
    offsets: np.ndarray


@dataclass(frozen=True, eq=False)
class NeighbourPreview:
    """Every text that reaches the top 20 for any band of the grid: dot products and squared lengths by blocks.

    Attributes:
        positions: (m,) int64, positions of these texts in the corpus, ascending.
        dots: (m, 48) float32, of the query with each text.
        squares: (m, 48) float32, of each text.
        query_squares: (48,) float32, of the query.
    """

    positions: np.ndarray
    dots: np.ndarray
    squares: np.ndarray
    query_squares: np.ndarray


def preview_tokens(backbone: Backbone, embedding: np.ndarray, top: int = TOP_TOKENS) -> TokenPreview:
    """Find the tokens that any band of the grid can bring into the top, for one embedding (d,), centred or not."""
    parts = _token_parts(backbone, embedding)
    bias = backbone.architecture.head.lens_bias()
    offsets = torch.zeros(len(parts)) if bias is None else bias.cpu()
    ids = _ever_on_top(parts, offsets, top)
    return TokenPreview(
        token_ids=ids,
        texts=backbone.token_texts.readable_all(ids),
        parts=parts[ids].numpy(),
        offsets=offsets[ids].numpy(),
    )


def preview_neighbours(query: np.ndarray, corpus: np.ndarray, top: int = TOP_TEXTS) -> NeighbourPreview:
    """Find the texts that any band of the grid can bring into the top, of coefficients (d,) and (n, d)."""
    dots, squares = block_sums(corpus * query), block_sums(np.square(corpus))
    query_squares = block_sums(np.square(query)[None])
    positions = _ever_near(dots, squares, query_squares, top)
    return NeighbourPreview(
        positions=positions,
        dots=dots[positions].astype(np.float32),
        squares=squares[positions].astype(np.float32),
        query_squares=query_squares[0].astype(np.float32),
    )


@torch.inference_mode()
def _token_parts(backbone: Backbone, embedding: np.ndarray) -> torch.Tensor:
    """Logit of every token by blocks, (|V|, 48) float32: W_U times the part of h in each block."""
    spectrum = backbone.spectrum
    coefficients = spectrum.coefficients(embedding[None])[0]
    edges = grid_directions(spectrum.d)
    states = np.stack([coefficients[a:b] @ spectrum.directions[a:b] for a, b in pairwise(edges)])
    head = backbone.architecture.head
    hidden = torch.tensor(states, dtype=torch.float32, device=head.weight.device)
    logits = head.lens_logits(hidden)
    bias = head.lens_bias()
    return (logits if bias is None else logits - bias).T.contiguous().cpu()


@torch.inference_mode()
def _ever_on_top(parts: torch.Tensor, offsets: torch.Tensor, top: int) -> np.ndarray:
    """Ids of the tokens among the `top` for at least one band of the grid, ascending."""
    prefix = torch.zeros(BLOCKS + 1, len(parts))
    prefix[1:] = parts.T.cumsum(0)
    prefix += offsets  # so that a difference with the bare start below carries the offset once
    found: set[int] = set()
    for start in range(BLOCKS):
        bands = prefix[start + 1 :] - (prefix[start] - offsets)
        found.update(bands.topk(min(top, len(parts)), dim=1).indices.flatten().tolist())
    return np.array(sorted(found), dtype=np.int64)


def _ever_near(dots: np.ndarray, squares: np.ndarray, query_squares: np.ndarray, top: int) -> np.ndarray:
    """Positions of the texts among the `top` for at least one band of the grid, ascending."""
    if top >= len(dots):
        return np.arange(len(dots))
    dots, squares, query = (_prefix(sums) for sums in (dots, squares, query_squares))
    found: set[int] = set()
    for start in range(BLOCKS):
        lengths = (squares[start + 1 :] - squares[start]) * (query[start + 1 :] - query[start])
        with np.errstate(divide="ignore", invalid="ignore"):
            cosines = np.where(lengths > 0, (dots[start + 1 :] - dots[start]) / np.sqrt(lengths), 0.0)
        found.update(np.argpartition(-cosines, top, axis=1)[:, : top + 1].ravel().tolist())
    return np.array(sorted(found), dtype=np.int64)


def _prefix(sums: np.ndarray) -> np.ndarray:
    """Sums of the first 0 .. 48 blocks, (n, 48) -> (49, n)."""
    prefix = np.zeros((BLOCKS + 1, len(sums)))
    np.cumsum(sums.T, axis=0, out=prefix[1:])
    return prefix
