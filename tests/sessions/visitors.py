"""What visitors do, many at once: open, type, let a band go, switch pages, reload; a few embed texts of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import median
from time import monotonic

import psutil

from tests.sessions.client import Client

INSTRUMENTS = {"": "home", "Logit_lens": "lens", "Spectrum": "spectrum"}
"""The key of the instrument, by the address of its page."""
D = 576
LAST_STEPS = 40
SUBJECTS = ("rates", "cats", "rain", "a bridge", "the election", "tides", "a recipe", "glaciers")
SAMPLED_EVERY_S = 2.0


@dataclass
class Told:
    """What came out of it.

    Attributes:
        alone_s: How long a committed band took a visitor who was alone, in seconds.
        commits_s: How long each took with everybody there.
        failures: Exceptions of pages, refusals, and texts of others that a visitor was sent.
        memory: Seconds since the visitors came, and bytes of the server then.
        memory_after: Bytes of the server some time after they left.
    """

    alone_s: list[float] = field(default_factory=list)
    commits_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    memory_after: int = 0

    @property
    def slowest_over_alone(self) -> float:
        """The 95th percentile of a committed band, over the median of a visitor alone."""
        ordered = sorted(self.commits_s)
        return ordered[int(0.95 * (len(ordered) - 1))] / median(self.alone_s)


async def visit_many(address: str, pid: int, visitors: int, seconds: float, embedding: int, texts: int = 100) -> Told:
    """Let visitors use a running app at once.

    Args:
        address: Of the server.
        pid: Of its process.
        visitors: How many.
        seconds: For how long.
        embedding: How many of them embed texts of their own.
        texts: How many texts each of those embeds.
    """
    told = Told()
    async with Client(address) as alone:
        await alone.open()
        for turn in range(10):
            told.alone_s.append(await _commit(alone, "", Random(turn)))
        told.failures += alone.exceptions + alone.errors
    begin, markers = monotonic(), [f"Zq{number:03d}vx" for number in range(visitors)]
    watching = asyncio.create_task(_watch_memory(told, pid, begin))
    visits = (
        _visit(told, address, markers, number, begin + seconds, texts if number < embedding else 0)
        for number in range(visitors)
    )
    await asyncio.gather(*visits)
    watching.cancel()
    return told


async def _visit(told: Told, address: str, markers: Sequence[str], number: int, end: float, texts: int) -> None:
    random, mine = Random(number), markers[number]
    query, page = "", random.choice(list(INSTRUMENTS))
    while monotonic() < end:
        async with Client(address) as visitor:  # a reload is a new session
            await visitor.open(page, query)
            for _ in range(random.randint(3, 6)):
                if monotonic() > end:
                    break
                await visitor.write("text", f"{mine} writes about {random.choice(SUBJECTS)}, {random.random():.3f}.")
                told.commits_s.append(await _commit(visitor, page, random))
                page = random.choice(list(INSTRUMENTS))
                await visitor.open(page)
                await asyncio.sleep(random.uniform(0.5, 2))
            if texts:
                await _embed(visitor, mine, texts, end)
                texts = 0
            told.failures += [f"visitor {number}: {said}" for said in visitor.exceptions + visitor.errors]
            seen = bytes(visitor.received)
            told.failures += [f"visitor {number} saw {other}" for other in markers if other != mine and other.encode() in seen]


async def _commit(visitor: Client, page: str, random: Random) -> float:
    start = random.randrange(0, D // 2)
    return await visitor.let_go(INSTRUMENTS[page], "band", [start, random.randrange(start + 1, D)])


async def _embed(visitor: Client, marker: str, texts: int, end: float) -> None:
    """Paste texts on Similarity, have them embedded, and wait until their ranking stands there."""
    await visitor.open("Similarity")
    await visitor.write("corpus", "pasted")
    lines = "\n".join(f"{marker} {number}: {SUBJECTS[number % len(SUBJECTS)]} and more." for number in range(texts))
    await visitor.write("corpus_text", lines)
    if "similarity_corpus" in visitor.widgets:
        await visitor.press("similarity_corpus")
    while monotonic() < end and "ranking" not in visitor.widgets:
        await asyncio.sleep(0.5)


async def _watch_memory(told: Told, pid: int, begin: float) -> None:
    server = psutil.Process(pid)
    while True:
        told.memory.append((monotonic() - begin, server.memory_info().rss))
        await asyncio.sleep(SAMPLED_EVERY_S)
