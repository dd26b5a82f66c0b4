"""Many visitors of a server that is started for them: what came out, and whether its memory came back."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import mean
from time import sleep

import psutil

from pages.frame.jobs.given_back import AGAIN_S, CALM_S
from tests.apart import run_apart
from tests.browser.conftest import TROUBLE, Server
from tests.sessions.client import Client
from tests.sessions.server import FORGOTTEN_AFTER_S, server_of_its_own
from tests.sessions.told import Told
from tests.sessions.visitors import Plan, visit_many

SAMPLES = 10


def visit(plan: Plan) -> Told:
    """Start a server, let visitors come and go, and note what its log says and what memory it has after them."""
    with tempfile.TemporaryDirectory() as folder, server_of_its_own(Path(folder)) as server:
        told = run_apart(visit_many(server.address, server.process.pid, plan))
        told.memory_after = _memory_after(server)
        told.trouble += [line for line in server.log.read_text().splitlines() if TROUBLE.search(line)]
    return told


def _memory_after(server: Server) -> int:
    """Mean bytes once sessions are forgotten, which Streamlit does when the next visitor leaves, and all is calm."""
    sleep(FORGOTTEN_AFTER_S + 1)
    run_apart(_come_and_go(server.address))
    sleep(CALM_S + AGAIN_S + 1)
    samples = []
    for _ in range(SAMPLES):
        samples.append(psutil.Process(server.process.pid).memory_info().rss)
        sleep(0.5)
    return round(mean(samples))


async def _come_and_go(address: str) -> None:
    async with Client(address) as last:
        await last.open()
