"""How a few chosen tokens rise and fall over the layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from embfilter_core.errors import InputError
from embfilter_core.lens.layers.reading import columns_at_once
from embfilter_core.lens.layers.states import LayerStates, states_to_read
from embfilter_core.vocabulary.logit_lens import ranks_among, top_of

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.spectral.selection import KeptDirections

MOST_TOKENS = 4


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Logit, probability and rank of m tokens at every shown layer of one column.

    Attributes:
        layers: (layers,) int64.
        token_ids: (m,) int64, as asked for.
        logits: (layers, m) float32, the model's own logits.
        log_probabilities: (layers, m) float32, in nats.
        ranks: (layers, m) int64, from 1, among the whole vocabulary, ties by id.
    """

    layers: np.ndarray
    token_ids: np.ndarray
    logits: np.ndarray
    log_probabilities: np.ndarray
    ranks: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """(layers, m) float32."""
        probabilities: np.ndarray = np.exp(self.log_probabilities)
        return probabilities


@torch.inference_mode()
def trajectories(
    backbone: Backbone,
    states: LayerStates,
    token_ids: Sequence[int],
    kept: KeptDirections | None = None,
    centre: np.ndarray | None = None,
    column: int | None = None,
) -> Trajectories:
    """Follow up to four tokens over the layers, without the model's layers.

    Args:
        backbone: The backbone the states come from.
        states: As `layer_states` gives them.
        token_ids: One to four different tokens.
        kept: As in `read_layers`.
        centre: As in `states_to_read`.
        column: Column of the grid; the pooled one where it is None.

    Raises:
        InputError: The tokens are none, too many, not different or out of range, or the column is not shown.
    """
    _check(backbone, states, token_ids, column)
    head = backbone.architecture.head
    column = states.grid.pooled_column if column is None else column
    own = LayerStates(states.grid, states.states[:, column : column + 1])
    hidden = torch.from_numpy(states_to_read(backbone, own, kept, centre)[:, 0].copy())
    ids = np.array(token_ids, dtype=np.int64)
    parts = []
    for some in torch.split(hidden.to(head.weight.device), columns_at_once(backbone.vocab_size)):
        all_logits = head.model_logits(some)
        followed = torch.from_numpy(ids).to(some.device).expand(len(some), -1)
        values = all_logits.gather(1, followed)
        parts.append((values, values - all_logits.logsumexp(-1, keepdim=True), ranks_among(all_logits, followed)))
    logits, logs, ranks = (torch.cat(field).cpu().numpy() for field in zip(*parts, strict=True))
    return Trajectories(states.grid.layers, ids, logits, logs, ranks)


def tokens_to_follow(
    backbone: Backbone,
    states: LayerStates,
    kept: KeptDirections,
    centre: np.ndarray | None = None,
    column: int | None = None,
) -> list[int]:
    """Return up to four tokens worth following: the first two of the last layer, unfiltered and filtered.

    The first is the final token of the column. Arguments and errors are those of `trajectories`.
    """
    column = states.grid.pooled_column if column is None else column
    _check(backbone, states, [0], column)
    last = LayerStates(states.grid, states.states[-1:, column : column + 1])
    if centre is not None and np.ndim(centre) == 2:
        centre = centre[-1:]
    both = np.stack([last.states[0, 0], states_to_read(backbone, last, kept, centre)[0, 0]])
    head = backbone.architecture.head
    with torch.inference_mode():
        ids = top_of(head.model_logits(torch.from_numpy(both).to(head.weight.device)), 2)[1]
    return list(dict.fromkeys(ids.T.flatten().tolist()))


def first_token(backbone: Backbone, word: str) -> int:
    """Return the first token of a word as it is written; a space in front makes another token.

    Raises:
        InputError: There is no word.
    """
    ids = backbone.tokenizer(word, add_special_tokens=False, verbose=False)["input_ids"] if word.strip() else []
    if not ids:
        raise InputError("There is no word to follow.", "Write one.")
    return int(ids[0])


def _check(backbone: Backbone, states: LayerStates, token_ids: Sequence[int], column: int | None) -> None:
    if not 1 <= len(token_ids) <= MOST_TOKENS or len(set(token_ids)) != len(token_ids):
        raise InputError(f"Cannot follow {len(token_ids)} tokens.", f"Choose 1 to {MOST_TOKENS} different ones.")
    if not all(0 <= token < backbone.vocab_size for token in token_ids):
        raise InputError(
            f"No token has an id outside 0 to {backbone.vocab_size - 1}.", "Choose tokens of this backbone."
        )
    columns = len(states.grid.positions)
    if column is not None and not 0 <= column < columns:
        raise InputError(f"There is no column {column}.", f"Use a number from 0 to {columns - 1}.")
