"""A twin of a base model: the same weights in memory, a configuration of its own.

What a twin is told about attention or about its last layer does not reach the model
that everybody shares.
"""

from __future__ import annotations

import copy
from itertools import chain

from torch import nn


def twin_of(base_model: nn.Module) -> nn.Module:
    """Return a copy of the modules of a base model around the very same parameters and buffers."""
    shared = {id(tensor): tensor for tensor in chain(base_model.parameters(), base_model.buffers())}
    return copy.deepcopy(base_model, shared)
