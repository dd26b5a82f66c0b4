"""Hidden states of one text at every layer, brought to the space of the head: all that the readings by layer need.

One forward pass makes them; every metric, filter, token and figure of the layers is
computed from them without the model's layers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from embfilter_core.backbones.forward_pass import model_inputs
from embfilter_core.errors import InputError
from embfilter_core.lens.layers.grid import MEAN, MOST_POSITIONS, LayerGrid, shown_layers, shown_positions
from embfilter_core.spectral.embed_filter import EmbedFilter

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompt_encoder import EncodedText
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True, eq=False)
class LayerStates:
    """Hidden states in the space of the head: after final norm and projection, unfiltered.

    Attributes:
        grid: The layers and positions.
        states: (layers, columns, d) float32, read-only; at most 41 x 129 x d numbers unless more are asked for.
    """

    grid: LayerGrid
    states: np.ndarray


def layer_states(
    backbone: Backbone,
    text: str,
    prompt: str | Prompt | None = None,
    stride: int | None = None,
    most_positions: int = MOST_POSITIONS,
) -> LayerStates:
    """Run one text through the backbone and keep its hidden states at every shown layer and position.

    The forward pass itself holds the states of all layers once: (L + 1) x tokens x width
    numbers, with at most 512 tokens (about twice that under Echo).

    Args:
        backbone: The backbone.
        text: The text.
        prompt: Id, template with `{text}`, or Prompt; the backbone's default where it is None.
        stride: Every how many layers one is shown; the smallest that leaves 40 where it is None.
        most_positions: Positions shown; of a longer text the first and the last half of them, so that the last
            position, which every pooling reads, is always there.

    Raises:
        InputError: The text is empty, the prompt unknown, or the stride or the number of positions out of range.
        BackboneError: The inner layers of the backbone cannot be read.
    """
    if most_positions < 2:
        raise InputError(f"Cannot show {most_positions} positions.", "Show at least 2.")
    architecture = backbone.architecture
    encoded = backbone.encode([text], prompt)[0]
    layers = shown_layers(architecture.layers, stride)
    shown = shown_positions(len(encoded), most_positions)
    states = _states(backbone, encoded, layers, shown)
    states.setflags(write=False)
    ids = np.array(encoded.token_ids, dtype=np.int64)[shown]
    with_mean = states.shape[1] > len(shown)
    grid = LayerGrid(
        layers=layers,
        depth=architecture.layers,
        positions=np.append(shown, MEAN) if with_mean else shown,
        token_ids=np.append(ids, MEAN) if with_mean else ids,
        pooled=encoded.pooled,
        hidden_positions=len(encoded) - len(shown),
        truncated_tokens=encoded.truncated_tokens,
    )
    return LayerStates(grid, states)


def states_to_read(
    backbone: Backbone, states: LayerStates, kept: KeptDirections | None = None, centre: np.ndarray | None = None
) -> np.ndarray:
    """Return the states as they are read: centred first, then projected on the kept directions (H V_K V_K^T).

    Args:
        backbone: The backbone they come from.
        states: The states.
        kept: Directions to keep, or None to leave them unfiltered.
        centre: Subtracted first: (d,) the same at every layer, (layers, d) one a shown layer, or None.

    Returns:
        (layers, columns, d) float32.

    Raises:
        InputError: The centre or the selection does not fit.
    """
    hidden = states.states
    layers, _, d = hidden.shape
    if centre is not None:
        centre = np.asarray(centre)
        if centre.shape not in {(d,), (layers, d)}:
            raise InputError(f"A centre of shape {centre.shape} does not fit.", f"Pass ({d},) or ({layers}, {d}).")
        hidden = (hidden - (centre if centre.ndim == 1 else centre[:, None])).astype(np.float32)
    if kept is None:
        return hidden
    return EmbedFilter(backbone.spectrum, kept).project(hidden.reshape(-1, d)).reshape(hidden.shape)


@torch.inference_mode()
def _states(backbone: Backbone, encoded: EncodedText, layers: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """States of the shown positions, and after them the mean of the pooled ones where these are several."""
    architecture = backbone.architecture
    start, stop = encoded.pooled
    columns = len(shown) + int(stop - start > 1)
    states = np.empty((len(layers), columns, backbone.d), dtype=np.float32)
    with backbone.lock:
        for row, of_layer in enumerate(architecture.states(model_inputs(architecture, [encoded]), layers.tolist())):
            hidden = of_layer[0].float()
            states[row, : len(shown)] = hidden[torch.from_numpy(shown)].cpu().numpy()
            if columns > len(shown):
                states[row, -1] = hidden[start:stop].mean(0).cpu().numpy()
    return states
