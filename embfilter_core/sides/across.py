"""What stored backbones have in common, and what is true of some of them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.claims import HIGH, POOR_FIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embfilter_core.stored_backbones.stored_backbone import Findings, StoredBackbone

WHERE = {
    (True, True): "at both ends",
    (True, False): "at the first directions alone",
    (False, True): "at the last directions alone",
    (False, False): "at neither end",
}


def describe_across(stored: Sequence[StoredBackbone]) -> str:
    """Say in which stored backbones the frequent tokens live at which end of the spectrum, and how well that is known.

    Args:
        stored: One or more of them.
    """
    places: dict[str, list[str]] = {}
    for one in stored:
        places.setdefault(_where(one.findings), []).append(one.name)
    told = "; ".join(f"{where} in {' and '.join(names)}" for where, names in places.items())
    poor = [one.name for one in stored if one.findings.r_squared[0] < POOR_FIT]
    caveat = f" The fit behind Δπ explains little in {' and '.join(poor)}." if poor else ""
    return f"Δπ of frequent tokens is high {told}.{caveat}"


def _where(found: Findings) -> str:
    even = found.block / found.d
    first, last = (share >= HIGH * even for share in found.score)
    return WHERE[first, last]
