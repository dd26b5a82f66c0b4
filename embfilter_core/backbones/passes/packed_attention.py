"""Attention within texts that stand one behind the other in one row, with no padding between them.

On a GPU in half precision the kernel is the one that comes with torch (FlashAttention 2 over texts of various
lengths, `aten._flash_attention_forward`); elsewhere a mask of blocks says the same, for tests and for comparison.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from embfilter_core.backbones.hugging_face import AttentionInterface

NAME = "embfilter_packed"


@dataclass(frozen=True, eq=False)
class Packing:
    """Where texts begin in a row of keys, and which of its positions ask.

    Attributes:
        starts: (n + 1,) int32, where each text begins, and the end of the last.
        longest: Tokens of the longest text.
        asks: The queries are the last position of every text, not all positions.
    """

    starts: Tensor
    longest: int
    asks: bool = False

    @property
    def query_starts(self) -> Tensor:
        """(n + 1,) int32, where the queries of each text begin."""
        if not self.asks:
            return self.starts
        return torch.arange(len(self.starts), dtype=torch.int32, device=self.starts.device)

    def mask(self, window: int | None) -> Tensor:
        """Return which keys each query sees, (queries, keys) bool: its own text's, not later, not beyond a window."""
        keys = torch.arange(int(self.starts[-1]), device=self.starts.device)
        queries = self.starts[1:].long() - 1 if self.asks else keys
        text = torch.bucketize(keys, self.starts[1:-1].long(), right=True)
        seen = (text[queries][:, None] == text) & (keys <= queries[:, None])
        return seen if window is None else seen & (keys > queries[:, None] - window)


def packed_attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    packing: Packing,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **others: object,
) -> tuple[Tensor, None]:
    """Attention as transformers asks for it: (1, heads, positions, width) three times -> (1, queries, heads, width).

    Raises:
        ValueError: The model asks for something that the kernel does not do, such as a soft-cap.
    """
    asked = sorted(name for name in ("softcap", "s_aux", "position_bias") if others.get(name) is not None)
    if asked or attention_mask is not None:
        raise ValueError(f"Packed attention knows no {(asked or ['attention mask'])[0]}.")
    attend = _by_kernel if query.is_cuda and query.dtype != torch.float32 else _by_mask
    return attend(query, key, value, packing, scaling, sliding_window), None


def _by_kernel(
    query: Tensor, key: Tensor, value: Tensor, packing: Packing, scaling: float | None, window: int | None
) -> Tensor:
    queries, keys, values = (part[0].transpose(0, 1) for part in (query, key, value))  # (positions, heads, width)
    attended = torch.ops.aten._flash_attention_forward(
        queries,
        keys,
        values,
        packing.query_starts,
        packing.starts,
        1 if packing.asks else packing.longest,
        packing.longest,
        0.0,
        not packing.asks,  # the last position of a text sees all of it
        False,
        scale=scaling,
        window_size_left=None if window is None else window - 1,
        window_size_right=None if window is None else 0,
    )[0]
    result: Tensor = attended[None]
    return result


def _by_mask(
    query: Tensor, key: Tensor, value: Tensor, packing: Packing, scaling: float | None, window: int | None
) -> Tensor:
    attended = nn.functional.scaled_dot_product_attention(
        query, key, value, packing.mask(window), scale=scaling, enable_gqa=query.shape[1] != key.shape[1]
    )
    return attended.transpose(1, 2)


AttentionInterface.register(NAME, packed_attention)
