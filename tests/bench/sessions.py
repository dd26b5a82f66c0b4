"""Thirty visitors at once for three minutes: nothing fails, nobody sees others' texts, memory stays, bands follow."""

from collections.abc import Iterator
from statistics import median

from tests.bench.measure import Check, Comparison, Ratio
from tests.sessions.told import Told
from tests.sessions.visit import visit
from tests.sessions.visitors import Plan

PLAN = Plan(visitors=30, seconds=180, embedding=3, texts=100, pause_s=(8, 20), rounds=(1, 3))
"""Who types, lets a band go or turns to another page looks at it for 14 seconds on average before going on."""
ALLOWED, MORE, HELD = 10, 0.15, 0.05
"""How many times longer the slowest twentieth of bands may take than a visitor's alone, the growth of memory while
visitors are there, and once they have left."""


def compare_sessions() -> Iterator[Comparison]:
    """A band let go among many visitors, over that of one who is alone.

    Memory counts as flat where its mean over the last third of the time is within 15 % of that just after the first
    third (one minute), and as given back where, once the sessions of those who left are forgotten, it is less than
    while they were there and at most a twentieth above that just after the first third: what is computed for a text is
    held for the next who asks, up to a bound, and fills up meanwhile.
    """
    told = visit(PLAN)
    alone, slow, times = told.alone_typical_s, told.slow_s, told.commits_s
    ratio = slow / alone
    yield Comparison(
        f"a band let go among {PLAN.visitors} visitors, slowest twentieth of {len(times)} ({slow:.2f} s), over "
        f"the median of one who is alone ({alone:.2f} s); a text took {median(told.texts_s):.2f} s, and the server "
        f"had {told.cores:.1f} cores",
        Ratio(ratio, min(times) / alone, max(times) / alone, len(times)),
        (Check(f"at most {ALLOWED} times: {ratio:.1f}", ratio <= ALLOWED), *_checks(told)),
    )


def _checks(told: Told) -> tuple[Check, ...]:
    settled, last, after = told.settled, told.last, told.memory_after
    return (
        Check(
            f"nothing failed, and nobody saw a text of another: {'; '.join(told.trouble) or 'none'}", not told.trouble
        ),
        Check(f"{told.embedded} of {PLAN.embedding} ranked {PLAN.texts} texts", told.embedded == PLAN.embedding),
        Check(f"{told.returned} reloads gave one's own text back", told.returned > 0),
        Check(
            f"memory in the last minute is {last / settled:.2f} of that after the first ({settled / 1e6:,.0f} MB)",
            abs(last / settled - 1) <= MORE,
        ),
        Check(
            f"memory after they left is {after / settled:.2f} of that", after < last and after <= (1 + HELD) * settled
        ),
    )
