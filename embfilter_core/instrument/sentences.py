"""What there is to notice about one text, made of the lists that the instrument shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embfilter_core.instrument.data import Json


def notice(committed: Json) -> str:
    """Say in one sentence what the filter does to a text's lists, as `committed_data` gives them."""
    lists, near = committed["lists"], committed["near"]
    frequent = {name: sum(token["frequent"] for token in tokens) for name, tokens in lists.items()}
    length = len(lists["unfiltered"])
    parts = [f"Frequent tokens: {frequent['unfiltered']} of {length} unfiltered"]
    if lists["removed"]:
        parts.append(f"{frequent['removed']} of what is removed, {frequent['kept']} of what is kept")
    for first in lists["kept"][:1]:
        parts.append(f"first of the kept: {first['token']}, unfiltered rank {first['ranks']['unfiltered']:,}")
    if near is not None:
        there = {entry["position"] for entry in near["filtered"]}
        stay = sum(entry["position"] in there for entry in near["unfiltered"])
        parts.append(f"{stay} of the {len(near['unfiltered'])} nearest texts stay")
    return "; ".join(parts) + "."
