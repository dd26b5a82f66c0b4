"""The steps of a filter that a map goes through, and which corpora can be mapped."""

from collections.abc import Sequence

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.number_format import format_count
from embfilter_core.spectral.families import TAUS
from embfilter_core.spectral.selection import KeptDirections

FEWEST_TEXTS, MOST_TEXTS = 4, 5000
NEIGHBOURS = 10


def filter_steps(d: int, bulk_start: int | None, kept: KeptDirections) -> dict[str, KeptDirections]:
    """Return what each step keeps: all directions, EmbedFilter's bulk of each ratio, and a choice of one's own.

    Args:
        d: Number of directions.
        bulk_start: First direction of the bulk where it is known, else None.
        kept: The choice of one's own, the step `kept`.
    """
    bulks = {str(tau): KeptDirections.bulk(d, tau, start=bulk_start) for tau in TAUS if tau > 1}
    return {"unfiltered": KeptDirections.unfiltered(d), **bulks, "kept": kept}


def check_mappable(texts: int) -> None:
    """Raise InputError for a corpus of too many or too few texts for a map."""
    if texts > MOST_TEXTS:
        raise InputError(f"The corpus has {texts:,} texts; a map takes at most {MOST_TEXTS:,}.", "Use a part of it.")
    if texts < FEWEST_TEXTS:
        raise InputError(f"{format_count(texts, 'text')} make no map.", f"Give at least {FEWEST_TEXTS}.")


def neighbours_of(texts: int) -> int:
    """Return how many neighbours are looked at: trustworthiness is defined for fewer than half of the texts."""
    return min(NEIGHBOURS, (texts - 1) // 2)


def find_texts(texts: Sequence[str], wanted: str) -> np.ndarray:
    """Return the positions of the texts that hold what is looked for, in any case; none where nothing is."""
    sought = wanted.strip().lower()
    return np.array([i for i, text in enumerate(texts) if sought and sought in text.lower()], dtype=np.int64)
