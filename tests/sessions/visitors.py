"""What visitors do, many at once: open, type, let a band go, switch pages, reload; a few embed texts of their own."""

from __future__ import annotations

import asyncio
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from time import monotonic

import psutil

from tests.sessions.client import Client
from tests.sessions.told import Told

INSTRUMENTS = {"": "home", "Logit_lens": "lens", "Spectrum": "spectrum"}
"""The key of the instrument, by the address of its page."""
D = 576
COMMITS_ALONE, BANDS, LEAST_ACTS = 12, 3, 2
"""How many bands one lets go who is alone, and each of many for a text; what everybody does at least."""
SUBJECTS = ("rates", "cats", "rain", "a bridge", "the election", "tides", "a recipe", "glaciers")
SAMPLED_EVERY_S, ARRIVING = 2.0, 1 / 4
"""Of memory, and the share of the time in which the visitors come one after another."""


@dataclass(frozen=True)
class Plan:
    """What the visitors are to do.

    Attributes:
        visitors: How many there are.
        seconds: For how long.
        embedding: How many of them embed texts of their own.
        texts: How many texts each of those embeds.
        pause_s: Between what a visitor does: at least, and at most.
        rounds: How often a visitor types, lets bands go and switches the page before reloading: at least, and at most.
    """

    visitors: int
    seconds: float
    embedding: int
    texts: int
    pause_s: tuple[float, float]
    rounds: tuple[int, int]


async def visit_many(address: str, pid: int, plan: Plan) -> Told:
    """Let visitors use a running app at once, after one who is alone.

    Args:
        address: Of the server.
        pid: Of its process.
        plan: What they do.
    """
    # Each visitor's texts begin with a name like this, too long to stand by chance in an array that is sent in base64.
    told, names = Told(plan.seconds), re.compile(rb"Zq[0-9a-f]{12}vx")
    await _visit_alone(told, address)
    begin, used = monotonic(), _processor_s(pid)
    watching = asyncio.create_task(_watch(told, pid, begin))
    visitors = [_Visitor(told, address, plan, number, names) for number in range(plan.visitors)]
    await asyncio.gather(*(visitor.stay(begin + plan.seconds) for visitor in visitors))
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    told.cores = (_processor_s(pid) - used) / (monotonic() - begin)
    return told


async def _visit_alone(told: Told, address: str) -> None:
    """Commit bands on every page with an instrument, each once before it is timed."""
    async with Client(address) as alone:
        for page, key in INSTRUMENTS.items():
            await alone.open(page)
            times = [await alone.let_go(key, "band", [turn, D - turn]) for turn in range(COMMITS_ALONE // 3 + 1)]
            told.alone_s += times[1:]
        told.trouble += alone.trouble


class _Visitor:
    def __init__(self, told: Told, address: str, plan: Plan, number: int, names: re.Pattern[bytes]) -> None:
        self.told, self.address, self.plan, self.names = told, address, plan, names
        self.random, self.name = Random(number), f"Zq{secrets.token_hex(6)}vx"
        self.acted = 0
        self.texts = plan.texts if number < plan.embedding else 0
        self.page, self.query = self.random.choice(list(INSTRUMENTS)), ""

    async def stay(self, end: float) -> None:
        """Visit and reload until the time is over, and once more then; everybody writes and lets a band go."""
        await asyncio.sleep(self.random.uniform(0, self.plan.seconds * ARRIVING))
        while monotonic() < end:
            await self._visit(end)
        await self._visit(end)

    async def _visit(self, end: float) -> None:
        """Be a session; a reload is a new one with the same address."""
        async with Client(self.address, self.names, query=self.query) as session:
            try:
                await self._use(session, end)
            except TimeoutError as problem:
                self.told.trouble.append(f"{self.name}: {problem}")
            self._note(session)
            self.query = session.query

    async def _use(self, session: Client, end: float) -> None:
        await session.open(self.page)
        if self.acted:
            self._expect_own_text(session)
        if self.texts:
            await self._embed(session)
        for _ in range(self.random.randint(*self.plan.rounds)):
            for act in (self._write, *[self._let_go] * BANDS, self._turn_to_another_page):
                if monotonic() > end and self.acted >= LEAST_ACTS:
                    return
                await self._pause()
                await act(session)
                self.acted += 1

    async def _write(self, session: Client) -> None:
        subject = self.random.choice(SUBJECTS)
        text = f"{self.name} writes about {subject}, {self.random.random():.3f}."
        self.told.texts_s.append(await session.write("text", text))

    async def _let_go(self, session: Client) -> None:
        start = self.random.randrange(D // 2)
        band = [start, self.random.randrange(start + 1, D)]
        self.told.commits_s.append(await session.let_go(INSTRUMENTS[self.page], "band", band))

    async def _turn_to_another_page(self, session: Client) -> None:
        self.page = self.random.choice(list(INSTRUMENTS))
        await session.open(self.page)

    async def _embed(self, session: Client) -> None:
        """Paste texts on Similarity, have them embedded, and wait until their ranking stands there."""
        await session.open("Similarity")
        await session.write("corpus", "pasted")
        lines = "\n".join(f"{self.name} {n}: {SUBJECTS[n % len(SUBJECTS)]} and more." for n in range(self.texts))
        await session.write("corpus_text", lines)
        if "ranking" not in session.widgets and "similarity_corpus" in session.widgets:
            await session.press("similarity_corpus")
        end = monotonic() + self.plan.seconds
        while monotonic() < end and "ranking" not in session.widgets:
            await asyncio.sleep(0.5)
        self.told.embedded += "ranking" in session.widgets
        self.texts = 0
        await session.open(self.page)

    def _expect_own_text(self, session: Client) -> None:
        if self.name.encode() in session.seen:
            self.told.returned += 1
        else:
            self.told.trouble.append(f"{self.name} reloaded, and the text was gone")

    def _note(self, session: Client) -> None:
        others = session.seen - {self.name.encode()}
        self.told.trouble += [f"{self.name}: {said}" for said in session.trouble]
        self.told.trouble += [f"{self.name} saw a text of {other.decode()}" for other in sorted(others)]

    async def _pause(self) -> None:
        await asyncio.sleep(self.random.uniform(*self.plan.pause_s))


async def _watch(told: Told, pid: int, begin: float) -> None:
    server = psutil.Process(pid)
    while True:
        told.memory.append((monotonic() - begin, server.memory_info().rss))
        await asyncio.sleep(SAMPLED_EVERY_S)


def _processor_s(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system
