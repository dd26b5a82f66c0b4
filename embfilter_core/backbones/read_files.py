"""Where the files of a loaded backbone lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ReadFiles:
    """The files that a backbone was read from.

    Attributes:
        weights: Files of its weights, in one folder with its configuration and tokenizer.
        hub_id: Repository of the hub that they are of, or None.
        revision: Commit of that, or None.
        converted: They were made of a GGUF file here.
    """

    weights: tuple[Path, ...]
    hub_id: str | None = None
    revision: str | None = None
    converted: bool = False
