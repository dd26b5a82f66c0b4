"""What differs between two sides, in sentences made of their numbers; where texts cannot tell, they say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.claims import POOR_FIT
from embfilter_core.instrument.readings import counts_of
from embfilter_core.number_format import format_interval, format_share
from embfilter_core.quality.bootstrap import FEWEST_UNITS, Estimate, bootstrap_mean

if TYPE_CHECKING:
    from embfilter_core.sides.side import Side
    from embfilter_core.stored_backbones.stored_backbone import Ends, Findings

Both = tuple["Side", "Side"]


def compare_sides(first: Side, second: Side) -> list[str]:
    """Return sentences on what differs between two sides, the most important first; none of what is not known."""
    sides = first, second
    told = [_frequent(sides), _own_words(sides)]
    if first.backbone != second.backbone:
        told += [_where(sides), _fits(sides)]
    return [sentence for sentence in told if sentence]


def _frequent(sides: Both) -> str:
    """How many frequent tokens each points to, and whether the filter does more to one."""
    if any(side.evidence is None for side in sides):
        return ""
    changes, told, top = [], [], 0
    for side in sides:
        evidence = side.evidence or {}
        top = evidence["top"]
        before, after = (counts_of(evidence, name) for name in ("unfiltered", "kept"))
        if before is None:
            return ""
        changes.append(None if after is None else after - before)
        kept = "" if after is None else f" → {after.mean():.1f}"
        told.append(f"{side.name} {before.mean():.1f}{kept}")
    sentence = f"Frequent tokens among the {top} that an embedding points to, unfiltered → kept: {_both(told)}."
    return f"{sentence} {_of_changes(sides, changes)}".strip()


def _of_changes(sides: Both, changes: list[np.ndarray | None]) -> str:
    one, other = changes
    places = _common(*((side.evidence or {})["texts"] for side in sides))
    n = len(places)
    if one is None or other is None or n < FEWEST_UNITS:
        return ""
    here, there = np.array(places).T
    more = bootstrap_mean(one[here] - other[there])  # by how much more the second falls
    if more.includes_zero:
        return f"Whether the filter changes one of them more, the {n} texts that both read cannot tell."
    larger = sides[1] if more.value > 0 else sides[0]
    by = format_interval(*_size(more))
    return f"Over the {n} texts that both read, the change differs by {by} a text: further down with {larger.name}."


def _common(texts: list[str], others: list[str]) -> list[tuple[int, int]]:
    """Where the texts that both read stand on either side; what is cut alike counts as one text, and once."""
    there = {text: place for place, text in reversed(list(enumerate(others)))}
    here = {text: place for place, text in reversed(list(enumerate(texts)))}
    return [(here[text], there[text]) for text in here if text in there]


def _size(estimate: Estimate) -> tuple[float, float, float]:
    """The size of a difference with its interval, whatever its sign: value, low, high."""
    low, high = sorted((abs(estimate.low), abs(estimate.high)))
    return abs(estimate.value), low, high


def _own_words(sides: Both) -> str:
    """Whether what the filter brings up are the text's own words, or only rarer tokens."""
    found = _findings(sides)
    if found is None or any("kept" not in one.own_change for one in found):
        return ""
    numbers = [
        f"{side.name} {format_share(one.own['unfiltered'][0])} → {format_share(one.own['kept'][0])}"
        for side, one in zip(sides, found, strict=True)
    ]
    verdicts = [_own_verdict(one.own_change["kept"]) for one in found]
    if verdicts[0] == verdicts[1]:
        then = f"With both, filtered tokens {verdicts[0]}."
    else:
        then = " ".join(
            f"With {side.name}, filtered tokens {verdict}." for side, verdict in zip(sides, verdicts, strict=True)
        )
    return f"Words of the text itself among these tokens: {_both(numbers)}. {then}"


def _own_verdict(change: Ends) -> str:
    _, low, high = change
    if low > 0:
        return "are more often the text's own words"
    if high < 0:
        return "are less often the text's own words: by that measure, not more meaningful"
    return "are the text's own words no more often, as far as these texts can tell"


def _where(sides: Both) -> str:
    """At which end of the spectrum the frequent tokens live."""
    found = _findings(sides)
    if found is None:
        return ""
    told = [
        f"{side.name} {format_share(one.score[0])} and {format_share(one.score[1])}"
        for side, one in zip(sides, found, strict=True)
    ]
    energies = [
        f"{side.name} {format_share(one.energy[0])} and {format_share(one.energy[1])}"
        for side, one in zip(sides, found, strict=True)
    ]
    return (
        "Δπ of frequent tokens in the first and in the last sixteenth of the directions, a sixteenth each if spread "
        f"evenly: {_both(told)}; of the texts' energy: {_both(energies)}."
    )


def _fits(sides: Both) -> str:
    """Whether the frequencies can be read linearly from the states."""
    found = _findings(sides)
    if found is None or all(one.r_squared[0] >= POOR_FIT for one in found):
        return ""
    told = [
        f"{_how_linear(one.r_squared[0])} with {side.name} (R² = {one.r_squared[0]:.2f})"
        for side, one in zip(sides, found, strict=True)
    ]
    return f"The frequencies behind Δπ are linear in the states: {_both(told)}."


def _how_linear(r_squared: float) -> str:
    return "not at all" if r_squared < 0 else "hardly" if r_squared < POOR_FIT else "partly"


def _findings(sides: Both) -> tuple[Findings, Findings] | None:
    one, other = (side.findings for side in sides)
    return None if one is None or other is None else (one, other)


def _both(told: list[str]) -> str:
    return ", ".join(told)
