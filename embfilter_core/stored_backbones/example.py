"""The stored example of Home: the typical text of the stored bundled backbone, shown before torch is imported."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.stored_backbones.manifest import read_stored
from embfilter_core.stored_backbones.reading import read_parts, read_text
from embfilter_core.stored_backbones.shelf import shipped_folder
from embfilter_core.stored_backbones.stored_backbone import ENDING


@dataclass(frozen=True, eq=False)
class StoredExample:
    """What Home shows at once.

    Attributes:
        text: The typical text.
        backbone: Name of the backbone.
        kept: What is kept, in words.
        lists: What the token lists show.
        instrument: As `read_text` gives it.
        evidence: As `evidence_data` makes it.
    """

    text: str
    backbone: str
    kept: str
    lists: str
    instrument: dict[str, Any]
    evidence: dict[str, Any]


@cache
def read_stored_example() -> StoredExample:
    """Return the stored example: the bundled backbone with the default settings on a typical text."""
    stored = read_stored(shipped_folder() / f"{BUNDLED.id}{ENDING}", shipped=True)
    instrument = read_text(stored, 0).instrument
    committed = instrument["committed"]
    (bounds,) = committed["runs"]
    return StoredExample(
        text=stored.texts[0].text,
        backbone=stored.name,
        kept=KeptDirections.band(stored.d, *bounds).describe(),
        lists=stored.lists,
        instrument=instrument,
        evidence=read_parts(stored).evidence[f"{committed['preset']}/{committed['ratio']}"],
    )
