"""what an embedding depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.prompt_encoder import clean_text
from embfilter_core.backbones.prompts import Prompt, as_prompt

RECIPE = 1
"""Part of every key: raised whenever the same text and prompt begin to give another embedding."""


def text_keys(backbone: Backbone, texts: Sequence[str], prompt: str | Prompt, layer: int | None = None) -> list[bytes]:
    """Key of every text's embedding: a SHA-256 over all that it depends on.

    Raises:
        InputError: The prompt is unknown, or there is no such layer.
    """
    prompt = as_prompt(prompt)
    facts = [RECIPE, backbone.fingerprint, backbone.dtype, backbone.layer_number(layer)]
    facts += [prompt.template, prompt.pooling, prompt.echo]
    if backbone.device != "cpu":  # keys of the processor are older than this fact
        facts.append(backbone.device)
    if not (backbone.architecture.pads and backbone.architecture.causal):
        facts.append("one length")  # earlier versions kept what such models gave with padding, or a shared beginning
    common = hashlib.sha256(json.dumps(facts).encode()).digest()
    return [hashlib.sha256(common + clean_text(text).encode()).digest() for text in texts]


def places_of(keys: Sequence[bytes], wanted: np.ndarray) -> dict[bytes, list[int]]:
    """Return where each different one of the wanted keys occurs."""
    places: dict[bytes, list[int]] = {}
    for i in np.flatnonzero(wanted).tolist():
        places.setdefault(keys[i], []).append(i)
    return places
