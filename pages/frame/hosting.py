"""What a hosted app, open to strangers, does not do: read paths of its machine, load or embed very much."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from embfilter_core.backbones.catalogue import CatalogueEntry, catalogue_entry
from embfilter_core.data.corpora import MAX_BYTES
from embfilter_core.errors import BackboneError, InputError

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus

MOST_PARAMETERS = 1_000_000_000
MOST_TEXTS = 2_000
MOST_TOKENS = 500_000
MOST_JOBS = 2
"""Of one session at once."""
MOST_MEGABYTES, MOST_HOSTED_MEGABYTES = MAX_BYTES // 1_000_000, 5


def is_hosted() -> bool:
    """Whether the app is locked down: the environment variable EMBFILTER_HOSTED is set and not 0."""
    return os.environ.get("EMBFILTER_HOSTED", "0") not in ("", "0")


def offers(entry: CatalogueEntry | None) -> bool:
    """Whether a backbone, by its entry of the catalogue, is loaded here; a hosted app loads the small ones alone."""
    return not is_hosted() or (entry is not None and entry.parameters <= MOST_PARAMETERS)


def check_backbone(spec: str) -> None:
    """Raise BackboneError for a backbone that a hosted app does not load."""
    if not offers(catalogue_entry(spec)):
        raise BackboneError(
            f"{spec[:80]} is not offered here: this app is hosted.",
            "Choose a catalogue backbone of at most a billion weights, or run the app on your own machine.",
        )


def check_corpus(corpus: Corpus) -> None:
    """Raise InputError for a corpus that would keep a hosted app busy for too long."""
    if is_hosted() and len(corpus) > MOST_TEXTS:
        raise InputError(
            f"The corpus has {len(corpus):,} texts; this app is hosted and takes at most {MOST_TEXTS:,}.",
            "Use fewer, or run the app on your own machine.",
        )


def check_tokens(tokens: int) -> None:
    """Raise InputError for texts that would keep a hosted app busy for too long."""
    if is_hosted() and tokens > MOST_TOKENS:
        raise InputError(
            f"The texts have about {tokens:,} tokens; this app is hosted and embeds at most {MOST_TOKENS:,} at once.",
            "Use fewer or shorter ones, or run the app on your own machine.",
        )


def most_megabytes() -> int:
    """Size of the largest upload, in megabytes."""
    return MOST_HOSTED_MEGABYTES if is_hosted() else MOST_MEGABYTES


def check_hub_dataset(name: str) -> None:
    """Raise InputError for a data set that a hosted app does not fetch: any outside the catalogue."""
    if is_hosted():
        raise InputError(
            f"{name[:80]} is not offered here: this app is hosted.", "Choose a data set of the list, or upload a file."
        )
