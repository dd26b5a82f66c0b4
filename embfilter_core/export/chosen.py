"""What is exported: a backbone, how a text becomes a vector of it, and how an index stores that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.quality.metrics import unit_rows
from embfilter_core.quality.precisions import find_precision
from embfilter_core.spectral.embed_filter import EmbedFilter

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.spectral.selection import KeptDirections


@dataclass(frozen=True, eq=False)
class Centre:
    """A mean that is subtracted before the filter.

    Attributes:
        mean: (d,) float32, the mean embedding of a corpus.
        corpus: Name of the corpus.
    """

    mean: np.ndarray
    corpus: str


@dataclass(frozen=True, eq=False)
class ChosenFilter:
    """A view whose vectors somebody wants elsewhere.

    Attributes:
        backbone: The loaded backbone.
        prompt: The prompt.
        kept: The kept directions.
        layer: The layer whose states are pooled, or None for the last.
        centre: What is subtracted first, or None.
        precision: Id of how an index stores a vector.
    """

    backbone: Backbone
    prompt: Prompt
    kept: KeptDirections
    layer: int | None = None
    centre: Centre | None = None
    precision: str = "float32"

    def __post_init__(self) -> None:
        find_precision(self.precision)
        self.backbone.layer_number(self.layer)
        if self.centre is not None and self.centre.mean.shape != (self.backbone.d,):
            raise InputError(f"A mean of shape {self.centre.mean.shape} fits no state of this backbone.", "Embed anew.")

    @property
    def filter(self) -> EmbedFilter:
        """The filter over the spectrum of the backbone."""
        return EmbedFilter(self.backbone.spectrum, self.kept, self.prompt.id)

    @property
    def is_last_layer(self) -> bool:
        """Whether the states of the last layer are pooled."""
        return self.backbone.layer_number(self.layer) == self.backbone.layer_number(None)

    @property
    def weight(self) -> np.ndarray | None:
        """(k, d) float32, V_K^T as the weight of a linear layer; None where that would be the identity."""
        if self.kept.is_unfiltered:
            return None if self.centre is None else np.eye(self.backbone.d, dtype=np.float32)
        return self.filter.basis.astype(np.float32)

    @property
    def bias(self) -> np.ndarray | None:
        """(k,) float32, what centring adds after the filter: -mean V_K; None without centring."""
        if self.centre is None:
            return None
        mean = self.centre.mean.astype(np.float64)
        return (-mean if self.kept.is_unfiltered else -(self.filter.basis @ mean)).astype(np.float32)

    def vectors(self, states: np.ndarray) -> np.ndarray:
        """Return what is compared and indexed, (n, d) -> (n, k) float64: centred, filtered, then scaled to length 1."""
        centred = states if self.centre is None else states - self.centre.mean
        return unit_rows(self.filter.reduce(centred))
