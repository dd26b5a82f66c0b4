"""What a hosted app, open to strangers, does not do: read paths of its machine, or load very large backbones."""

import os

from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.errors import BackboneError

MOST_PARAMETERS = 1_000_000_000


def is_hosted() -> bool:
    """Whether the app is locked down: the environment variable EMBFILTER_HOSTED is set and not 0."""
    return os.environ.get("EMBFILTER_HOSTED", "0") not in ("", "0")


def check_backbone(spec: str) -> None:
    """Raise BackboneError for a backbone that a hosted app does not load."""
    if not is_hosted():
        return
    entry = catalogue_entry(spec)
    if entry is None or entry.parameters > MOST_PARAMETERS:
        raise BackboneError(
            f"{spec[:80]} is not offered here: this app is hosted.",
            "Choose a catalogue backbone of at most a billion weights, or run the app on your own machine.",
        )
