"""Which files of a repository a load fetches."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.safetensors")
_OTHERS = (".json", ".txt", ".model", ".jinja", ".tiktoken")


def fetched_by_a_load(names: Iterable[str]) -> list[str]:
    """Return those files of a repository that are fetched: the weights of its language model, and what is small.

    Weights in other formats, of other parts or of other programs (`consolidated.safetensors`) stay where they are.
    """
    at_the_top = sorted(name for name in names if "/" not in name)
    weights = [name for name in at_the_top if _WEIGHTS.fullmatch(name)]
    whole = [name for name in weights if name == "model.safetensors"]
    return (whole or weights) + [name for name in at_the_top if name.endswith(_OTHERS)]
