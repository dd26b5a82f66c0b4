"""Which layers and positions of a text are shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embfilter_core.errors import InputError

MOST_POSITIONS = 128
MOST_LAYERS = 40
"""More layers than this are not shown unless a stride is given: a deep model is shown every second or third layer."""
MEAN = -1
"""Stands for the position, and for the token, of the column that averages the pooled positions."""


@dataclass(frozen=True, eq=False)
class LayerGrid:
    """Which layers and positions of a prompted text are shown.

    Where the prompt pools several positions, one more column holds their mean, so that
    the pooled state always has a column of its own.

    Attributes:
        layers: (layers,) int64, ascending; 0 is the token embeddings, the last is always among them.
        depth: Number of the last layer, L.
        positions: (columns,) int64, places in the prompted text, ascending; -1 for the column of the mean.
        token_ids: (columns,) int64, the token that stands there; -1 for the column of the mean.
        pooled: First and last + 1 position that the pooling reads.
        hidden_positions: Number of positions in the middle that are not shown.
        truncated_tokens: Number of tokens of the text that the model itself did not see, because it was too long.
    """

    layers: np.ndarray
    depth: int
    positions: np.ndarray
    token_ids: np.ndarray
    pooled: tuple[int, int]
    hidden_positions: int
    truncated_tokens: int

    @property
    def pooled_column(self) -> int:
        """The column of the pooled state: the last position, or the mean, which comes last too."""
        return len(self.positions) - 1

    @property
    def places(self) -> slice:
        """The columns that are positions, without that of the mean."""
        return slice(0, len(self.positions) - int(self.positions[-1] == MEAN))

    def cell(self, layer: int, position: int) -> tuple[int, int]:
        """Return row and column of a layer and a position (-1 for the mean).

        Raises:
            InputError: One of them is not shown.
        """
        rows, columns = np.flatnonzero(self.layers == layer), np.flatnonzero(self.positions == position)
        if not (len(rows) and len(columns)):
            raise InputError(f"Layer {layer}, position {position} is not shown.", "Choose a cell that is.")
        return int(rows[0]), int(columns[0])


def shown_layers(depth: int, stride: int | None = None) -> np.ndarray:
    """Return every `stride`-th of the layers 0 to `depth`, and the last, (layers,) int64.

    Raises:
        InputError: The stride is not between 1 and the depth.
    """
    if stride is None:
        stride = -(-(depth + 1) // MOST_LAYERS)
    if not 1 <= stride <= depth:
        raise InputError(f"Cannot show every {stride} layers of {depth}.", f"Use a number from 1 to {depth}.")
    return np.append(np.arange(0, depth, stride), depth)


def shown_positions(length: int, most: int) -> np.ndarray:
    """Return the first and the last half of `most` positions out of `length`, or all of them, (positions,) int64."""
    if length <= most:
        return np.arange(length)
    head = most // 2
    return np.append(np.arange(head), np.arange(length - (most - head), length))
