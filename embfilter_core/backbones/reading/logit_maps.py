"""What a configuration says of a model's logits: a scale and a soft-cap, under whatever names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from embfilter_core.backbones.hugging_face import PreTrainedConfig

_ABOUT_LOGITS = re.compile(r"logit|lm_head|output_mult|mup|soft_?cap")
_ABOUT_SOMETHING_ELSE = re.compile(r"attention|attn|router|image|vision|audio|keep")
_A_CAP = re.compile(r"cap")
_BASE_WIDTH = "dim_model_base"
"""MiniCPM's name for a width; its hidden states are divided by how many times wider they are."""


@dataclass(frozen=True)
class LogitMap:
    """What happens to h W_U^T: softcap(scale * (h W_U^T)).

    Attributes:
        scale: The factor.
        soft_cap: c in c * tanh(logit / c), or None.
    """

    scale: float = 1.0
    soft_cap: float | None = None


def logit_maps(config: PreTrainedConfig) -> list[LogitMap]:
    """Return every map that a configuration may mean, the plain one first.

    A number is tried as a factor and as a divisor: families use one name (`logits_scaling`) for both. Which one is
    meant, if any, is decided by the model's logits (`read_head`).
    """
    text = config.get_text_config()
    said = [fact for part in (text, config) for fact in part.to_dict().items()]
    numbers = [(name, number) for name, value in said for number in _number(name, value, text)]
    caps = [number for name, number in numbers if _A_CAP.search(name)]
    factors = [number for name, number in numbers if not _A_CAP.search(name)]
    scales = [scale for factor in factors for scale in (factor, 1 / factor)]
    pairs = [(1.0, None), *((scale, None) for scale in scales), *product((1.0, *scales), caps)]
    return [LogitMap(*pair) for pair in dict.fromkeys(pairs)]


def _number(name: str, value: Any, text: PreTrainedConfig) -> Iterator[float]:  # noqa: ANN401 (whatever a configuration holds)
    """The number that an entry of a configuration says about logits, if it says one."""
    if name == _BASE_WIDTH and value:
        yield text.hidden_size / value
    if not _ABOUT_LOGITS.search(name) or _ABOUT_SOMETHING_ELSE.search(name):
        return
    if value == "inv_sqrt_d_model":
        yield 1 / math.sqrt(text.hidden_size)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
        yield float(value)
