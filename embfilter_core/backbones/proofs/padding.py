"""How texts may be put through a model: proved on two texts, one the beginning of the other, alone and in one batch.

Some models take no notice of the mask, or count positions in a way of their own; no
table of families is asked which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from embfilter_core.backbones.architecture import Architecture
from embfilter_core.backbones.forward_pass import model_inputs
from embfilter_core.backbones.prompt_encoder import MAX_TOKENS, EncodedText
from embfilter_core.backbones.proofs.weights import require_finite
from embfilter_core.errors import BackboneError

ROUNDING = {torch.float32: 1e-4, torch.float16: 1e-2, torch.bfloat16: 5e-2}
"""What two right ways to the same states may differ by: the norm of a difference over that of the states."""

SHORT, PADDING = 5, 7
"""Tokens of the short text, and how many more the long one has: a multiple of no window or chunk."""

_SPANS = re.compile("window|chunk|compress|block_size")
_SCANS = re.compile("mamba|ssm|conv|linear_|recurrent")
_SCANNED = 64  # the chunks of linear attention, where they are written in the code alone


@dataclass(frozen=True)
class BatchProof:
    """How texts may be put through a model.

    Attributes:
        padding_error: Largest difference of a text's states in a padded batch from those alone, as a share of them.
        pads: Whether that is rounding, so that texts of different length may share a batch.
        causal: Whether no position reads a later one.
    """

    padding_error: float
    pads: bool
    causal: bool


def prove_batches(architecture: Architecture, name: str) -> BatchProof:
    """Find how texts may be put through a model, from two texts alone and in batches.

    Raises:
        BackboneError: The states are not finite, or a text gets others beside one of its own length than alone.
    """
    short, long = probes(architecture)
    allowed = ROUNDING[architecture.head.weight.dtype]
    of_long = _alone(architecture, long)
    require_finite(of_long, f"hidden states of {name}")
    padded_short, padded_long = _padded(architecture, short, long)
    of_short = beginning = of_long[: len(short)]
    # A pass of its own is spared where the table vouches for the family and both others agree: a padded text that ends
    # as the beginning of the long one does has shown that this reads nothing later.
    if architecture.family is None or not _distance(padded_short, beginning) <= allowed:
        of_short = _alone(architecture, short)
    causal = _distance(beginning, of_short) <= allowed
    error = max(_distance(padded_short, of_short), _distance(padded_long, of_long))
    if error <= allowed:
        return BatchProof(error, True, causal)
    ids = torch.tensor([long, long[::-1]], device=architecture.device)
    beside_another = _distance(_states(architecture, input_ids=ids)[0], of_long)
    if not beside_another <= allowed:
        raise BackboneError(
            f"{name} gives a text beside another one other numbers than alone: they differ by {beside_another:.2g}.",
            "Use float32, or choose another one: its embeddings would depend on what is embedded with them.",
        )
    return BatchProof(error, False, causal)


def probes(architecture: Architecture) -> tuple[list[int], list[int]]:
    """Token ids of a short text and of a longer one that begins with it, both longer than the model's windows."""
    span = _longest_span(architecture.model.config.get_text_config().to_dict())
    long = max(2, min(span + SHORT + PADDING, MAX_TOKENS, architecture.max_positions))
    short = max(1, long - PADDING if long > PADDING else long // 2)
    ids = ordinary_ids(min(architecture.rows, architecture.head.weight.shape[0]), 3, long)
    return ids[:short], ids


def ordinary_ids(vocabulary: int, first: int, count: int) -> list[int]:
    """Token ids of a text to try a model on, from the middle of its vocabulary.

    The first ids are special tokens and single bytes in most, and what a trained model makes of a row of them hangs
    by its rounding: on SmolLM2 in bfloat16 two right ways were .28 apart there, and .02 on ids of the middle.
    """
    return [(vocabulary // 3 + 7 * i + first) % vocabulary for i in range(count)]


def _alone(architecture: Architecture, text: list[int]) -> Tensor:
    """Final hidden states of a text as the model gives them when it is told nothing else, (positions, d)."""
    return _states(architecture, input_ids=torch.tensor([text], device=architecture.device))[0]


def _padded(architecture: Architecture, *texts: list[int]) -> list[Tensor]:
    """Final hidden states of texts in one padded batch, as the plain pass makes it, (positions, d) each."""
    batch = [EncodedText(ids, (0, len(ids)), 0) for ids in texts]
    together = _states(architecture, **model_inputs(replace(architecture, pads=True), batch))
    return [states[-len(ids) :] for states, ids in zip(together, texts, strict=True)]


@torch.inference_mode()
def _states(architecture: Architecture, **inputs: Any) -> Tensor:  # noqa: ANN401 (tensors, and whether to cache)
    """Final hidden states, (n, positions, d) float32."""
    states: Tensor = architecture.base_model(**{"use_cache": False, **inputs}).last_hidden_state
    return states.to(architecture.device, torch.float32)


def _distance(states: Tensor, reference: Tensor) -> float:
    """Norm of the difference over that of the reference at each position, (positions, d) both; RMS over positions."""
    shares = (states - reference).norm(dim=-1) / reference.norm(dim=-1)
    return float(shares.square().mean().sqrt())


def _longest_span(config: Mapping[str, Any]) -> int:
    """The longest stretch of tokens that a configuration sets apart, of those that texts outgrow, or 0."""
    named = dict(_numbers(config))
    spans = [value for name, value in named.items() if _SPANS.search(name) and value < MAX_TOKENS]
    scans = [_SCANNED] if any(map(_SCANS.search, named)) else []
    return max([0, *spans, *scans])


def _numbers(config: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, int]]:
    """The whole numbers of a configuration by their names, those of its parts after the part's name."""
    for name, value in config.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{above}{name}.")
        elif isinstance(value, int) and not isinstance(value, bool):
            yield f"{above}{name}", value
