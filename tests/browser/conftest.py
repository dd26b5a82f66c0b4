"""The app in a real Chromium: a server on a free port, and visitors who notice what a page should not do."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.install_browser import find_browser

ROOT = Path(__file__).resolve().parents[2]
WAIT_MS = 90_000
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=WAIT_MS)
TROUBLE = re.compile(r"Traceback|Warning|WARNING|ERROR|Exception")
SETTLED = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stSpinner], [data-testid=stSkeleton], [class*=st-key-job_wait]')
    && document.querySelector('[data-testid=stMain] h2, [data-testid=stMain] [data-testid=stAlert]')"""


@dataclass
class Server:
    """A running app.

    Attributes:
        address: Where it answers, without a slash at the end.
        log: What it prints.
        process: It.
    """

    address: str
    log: Path
    process: subprocess.Popen


@contextmanager
def serve(log: Path, script: str = "app.py", options: Sequence[str] = ()) -> Iterator[Server]:
    """Start the app, or another script, on a free port, and stop it; `options` are more of Streamlit's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", script, *place, *options]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, env=dict(os.environ))
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield Server(f"http://127.0.0.1:{port}", log, process)
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen) -> None:
    end = monotonic() + WAIT_MS / 1000
    while monotonic() < end and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        sleep(0.1)
    raise RuntimeError("The app's server did not start.")


@dataclass
class Visitor:
    """One person with a browser of their own.

    Attributes:
        page: Their page.
        server: The app they visit.
        trouble: What went wrong in their browser: console errors, dialogs, requests to another host.
    """

    page: Page
    server: Server
    trouble: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.trouble.append(f"uncaught: {error}"))
        self.page.on("dialog", lambda dialog: (self.trouble.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("request", lambda request: self._on_request(request.url))

    def go(self, path: str = "", **params: object) -> Page:
        """Open a page by its address and wait until it has settled."""
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        self.page.goto(f"{self.server.address}/{path}{query}")
        return self.settle()

    def settle(self) -> Page:
        """Wait until the page shows its results or an error, and nothing runs."""
        self.page.wait_for_function(SETTLED, timeout=WAIT_MS)
        return self.page

    def _on_console(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        # On a deep link the front end asks for /<page>/_stcore/... first, which is Streamlit's own 404.
        own = "404" in message.text and re.search(r"/\w+/_stcore/", address)
        if message.type == "error" and not own:
            self.trouble.append(f"console: {message.text} ({address})")

    def _on_request(self, address: str) -> None:
        if not address.startswith((self.server.address, "data:", "blob:")):
            self.trouble.append(f"request: {address}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; after the test, none of them may have seen trouble, nor the server's log hold any."""
    visitors = []
    begin = server.log.stat().st_size

    def new(**options: object) -> Visitor:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        visitors.append(Visitor(context.new_page(), server))
        return visitors[-1]

    yield new
    for visitor in visitors:
        visitor.page.context.close()
    assert [trouble for visitor in visitors for trouble in visitor.trouble] == []
    assert not TROUBLE.search(server.log.read_text()[begin:]), server.log.read_text()[begin:]
