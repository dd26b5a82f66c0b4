"""What is true of one backbone and not of another: sentences made of its numbers, none written for one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.claims import HIGH, POOR_FIT
from embfilter_core.number_format import format_share
from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS, FREQUENT_TOKENS

if TYPE_CHECKING:
    from embfilter_core.stored_backbones.stored_backbone import Ends, Findings


def what_it_shows(found: Findings) -> tuple[str, ...]:
    """Return all sentences about a backbone, the plainest first."""
    return (what_the_filter_leaves(found), where_frequent_tokens_live(found), where_texts_lie(found), fit(found))


def fit(found: Findings) -> str:
    """Say whether the frequencies of tokens are linear in a backbone's states."""
    zero, mean = found.r_squared
    told = f"R² = {zero:.2f} with b = 0, {mean:.2f} with b = -mean(log p)"
    if max(zero, mean) < 0:
        return f"The frequencies are not linear in these states: {told}, further off than the mean of log p alone."
    if max(zero, mean) < POOR_FIT:
        return f"The frequencies are hardly linear in these states: {told}."
    if zero < 0:
        return f"The frequencies are linear in these states about their mean alone: {told}."
    return f"The frequencies are partly linear in these states: {told}."


def where_frequent_tokens_live(found: Findings) -> str:
    """Say at which end of the spectrum the scores of the frequent tokens are high, and what these rest on."""
    (first, last), even = found.score, found.block / found.d
    high = [end for end, share in (("first", first), ("last", last)) if share >= HIGH * even]
    where = {0: "at neither end of the spectrum", 2: "at both ends of the spectrum"}
    caveat = ", by a fit that fails" if found.r_squared[0] < POOR_FIT else ""
    told = where.get(len(high), f"at the {' '.join(high)} directions alone")
    return (
        f"Frequent tokens live {told}{caveat}: the first {found.block} of {found.d} directions hold "
        f"{format_share(first)} of Δπ, the last {found.block} {format_share(last)} (an even spread: "
        f"{format_share(even)})."
    )


def where_texts_lie(found: Findings) -> str:
    """Say how much of the energy of texts lies at either end of the spectrum."""
    first, last = found.energy
    much = last >= HIGH * found.block / found.d and found.last_direction >= last / 2
    told = f", {format_share(found.last_direction)} in the very last one" if much else ""
    return (
        f"Of the energy of texts, {format_share(first)} lies in the first {found.block} directions and "
        f"{format_share(last)} in the last {found.block}{told}."
    )


def what_the_filter_leaves(found: Findings) -> str:
    """Say whether the top tokens of the bulk at tau 2 are rarer, and whether they are more of the text's own words."""
    rarer, own = found.frequent_change["kept"], found.own_change["kept"]
    verdict = _verdict(rarer, own)
    frequent = f"{_of_top(found.frequent['unfiltered'])} → {_of_top(found.frequent['kept'])}"
    words = f"{_of_top(found.own['unfiltered'])} → {_of_top(found.own['kept'])}"
    return (
        f"Filtered (bulk, τ 2), the top {COUNTED_TOKENS} tokens are {verdict}: over {found.texts} texts, {frequent} of "
        f"the {FREQUENT_TOKENS} most frequent and {words} of the text's own words; centred without a filter "
        f"{_of_top(found.frequent['centred'])} and {_of_top(found.own['centred'])}."
    )


def _verdict(frequent: Ends, own: Ends) -> str:
    rarer = {-1: "rarer", 0: "no rarer, as far as these texts tell,", 1: "more frequent"}[_sign(frequent)]
    more = {
        -1: "fewer are the text's own words",
        0: "no more of the text's own, as far as these texts tell",
        1: "more of the text's own",
    }[_sign(own)]
    joint = "and" if _sign(frequent) == -_sign(own) else "but"
    return f"{rarer} {joint} {more}"


def _sign(change: Ends) -> int:
    """Whether a change is below 0, above it, or neither: its interval decides."""
    _, low, high = change
    return -1 if high < 0 else 1 if low > 0 else 0


def _of_top(share: Ends) -> str:
    return f"{COUNTED_TOKENS * share[0]:.1f}"
