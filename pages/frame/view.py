"""What the sidebar says, and what it means for a backbone."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.backbones.device_names import Device, Dtype
from embfilter_core.backbones.prompts import Pooling, Prompt, as_prompt
from embfilter_core.spectral.selection import KeptDirections
from pages.frame.kept_controls import KeptChoice
from pages.frame.sidebar_controls import BACKBONE_DEFAULT, CUSTOM


@dataclass(frozen=True)
class View:
    """What the sidebar says.

    Attributes:
        backbone: Catalogue id, hub id, folder or .gguf path.
        dtype: float32, bfloat16 or float16.
        device: auto, or the kind of the device that the backbone computes on.
        prompt: Id, or None for the backbone's own.
        template: Template of the prompt `custom`.
        pooling: Pooling of the prompt `custom`.
        layer: The layer whose states are pooled, or None for the last.
        kept: Preset, ratio, seed and band of the kept directions.
        centre: Whether the mean of the reference corpus is subtracted.
    """

    backbone: str
    dtype: Dtype
    device: Device
    prompt: str
    template: str
    pooling: Pooling
    layer: int | None
    kept: KeptChoice
    centre: bool

    def kept_directions(
        self, d: int, bulk_start: int | None = None, spectroscopy_scores: np.ndarray | None = None
    ) -> KeptDirections:
        """The kept directions of a backbone with d of them; `quiet` needs its spectroscopy scores."""
        return self.kept.directions(d, bulk_start, spectroscopy_scores)

    def prompt_for(self, default: str) -> Prompt:
        """The prompt, where `default` is the backbone's own."""
        if self.prompt == CUSTOM:
            return Prompt(CUSTOM, "Custom", self.template, self.pooling)
        return as_prompt(default if self.prompt == BACKBONE_DEFAULT else self.prompt)
