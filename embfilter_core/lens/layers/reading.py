"""The logit lens over layers and positions: when does a text become its tokens?

Every inner state is read as if it were the last one: through the final norm and the
unembedding matrix (nostalgebraist's logit lens, 2020). Logits are the model's own,
with the head's bias, scale and soft-cap, so that probabilities are those of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from embfilter_core.errors import InputError
from embfilter_core.lens.layers.cells import Cells, empty_cells, read_columns
from embfilter_core.lens.layers.grid import LayerGrid
from embfilter_core.lens.layers.states import LayerStates, states_to_read
from embfilter_core.progress import Progress, report

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.spectral.selection import KeptDirections

LOGITS_AT_ONCE = 2**22
"""Largest number of logits held in one array, 17 MB; about eight such arrays live at a time.

Measured on SmolLM2-135M with 31 layers and 129 columns: 110 MB, up to 300 MB where the C library keeps what is freed.
"""
TOP = 20


@dataclass(frozen=True, eq=False)
class LayerReading:
    """What each cell, a layer at a position, says; natural logarithms throughout.

    The *final token* of a column is the model's own prediction there: the top token at
    the last layer, neither filtered nor centred. It is the same whatever filter is read with.

    Attributes:
        grid: The layers and positions.
        token_ids: (layers, columns, top) int64, best first, ties by id.
        logits: (layers, columns, top) float32, the model's own logits.
        log_normalisers: (layers, columns) float32, the log-sum-exp of all logits of a cell.
        final_tokens: (columns,) int64.
        final_ranks: (layers, columns) int64, rank of the final token from 1, among the whole vocabulary, ties by id.
        final_log_probabilities: (layers, columns) float32, of the final token, in nats.
        entropy: (layers, columns) float32, of the distribution of a cell, in nats; at most log |V|.
        kl: (layers, columns) float32, in nats: KL(p_last || p_cell), where p_last is the last layer at the same
            position with the same filter and centring; 0 in the last row (the direction of arXiv 2303.08112).
    """

    grid: LayerGrid
    token_ids: np.ndarray
    logits: np.ndarray
    log_normalisers: np.ndarray
    final_tokens: np.ndarray
    final_ranks: np.ndarray
    final_log_probabilities: np.ndarray
    entropy: np.ndarray
    kl: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """(layers, columns, top) float32, probability of each listed token, among the whole vocabulary."""
        probabilities: np.ndarray = np.exp(self.logits - self.log_normalisers[..., None])
        return probabilities

    @property
    def settled(self) -> np.ndarray:
        """(columns,) int64: first shown layer from which on the final token is on top at every shown layer, else -1."""
        agrees_from_here = np.logical_and.accumulate(self.final_ranks[::-1] == 1)[::-1]
        return np.where(agrees_from_here[-1], self.grid.layers[agrees_from_here.argmax(axis=0)], -1)


@torch.inference_mode()
def read_layers(
    backbone: Backbone,
    states: LayerStates,
    kept: KeptDirections | None = None,
    top: int = TOP,
    centre: np.ndarray | None = None,
    progress: Progress | None = None,
) -> LayerReading:
    """Read kept states, without the model's layers.

    Columns are read in groups, one layer at a time: no array is larger than
    `LOGITS_AT_ONCE` logits (or |V|, where that is more), whatever the text and the depth.

    Args:
        backbone: The backbone they come from.
        states: As `layer_states` gives them.
        kept: Directions that the states are projected on before they are read, or None to leave them unfiltered.
        top: Tokens listed in each cell.
        centre: As in `states_to_read`.
        progress: Called with (columns read, columns in all); returning False cancels.

    Raises:
        InputError: `top` is out of range, or the centre or the selection does not fit.
        Cancelled: `progress` returned False.
    """
    if not 1 <= top <= backbone.vocab_size:
        raise InputError(f"Cannot show the top {top} tokens.", f"Use a number from 1 to {backbone.vocab_size}.")
    head = backbone.architecture.head
    hidden = torch.from_numpy(states_to_read(backbone, states, kept, centre).copy())
    own = torch.from_numpy(states.states[-1].copy())
    layers, width = hidden.shape[:2]
    cells, final_tokens = empty_cells(layers, width, top), torch.empty(width, dtype=torch.long)
    step = columns_at_once(backbone.vocab_size)
    for start in range(0, width, step):
        columns = slice(start, min(start + step, width))
        here = Cells(*(field[:, columns] for field in cells))
        some, own_some = (part[..., columns, :].to(head.weight.device) for part in (hidden, own))
        final_tokens[columns] = read_columns(head, some, own_some, here)
        report(progress, columns.stop, width, "positions")
    arrays = {name: field.numpy() for name, field in cells._asdict().items()}
    return LayerReading(grid=states.grid, final_tokens=final_tokens.numpy(), **arrays)


def columns_at_once(vocabulary: int) -> int:
    """Return how many rows of logits over the vocabulary may be held in one array."""
    return max(1, LOGITS_AT_ONCE // vocabulary)
