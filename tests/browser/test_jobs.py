"""Long work in a browser: clicks, other pages and a reload lose nothing, and its end is told wherever one is."""

import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from embfilter_core.assets.places import assets_folder
from embfilter_core.storage.arrays import embfilter_home
from tests.browser.conftest import Server, Visitor, serve

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
LONG = "One of many sentences about the world, its weather, its people, what they eat and what they read: " * 6
WAIT = "[data-testid=stMain] [class*=st-key-job_wait]"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a folder of its own, in which nothing is embedded yet."""
    home = tmp_path_factory.mktemp("home")
    (home / "assets").symlink_to(assets_folder())
    (home / "spectra").symlink_to(embfilter_home() / "spectra")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("EMBFILTER_HOME", str(home))
        with serve(tmp_path_factory.mktemp("server") / "log.txt") as running:
            yield running


def begin_embedding(visitor: Visitor, prompt: str) -> Page:
    """Let the demo topics be embedded with a long prompt of their own."""
    page, template = visitor.page, f"{prompt} {{text}} {LONG[:120]}"  # what all begin with is computed once
    asked = urlencode({"corpus": "topics", "prompt": "custom", "template": template})
    page.goto(f"{visitor.server.address}/Similarity?{asked}")
    offered = page.get_by_role("button", name="Embed the texts")
    expect(offered.or_(page.locator(WAIT)).first).to_be_visible()
    with suppress(TimeoutError):  # a job that would not take long begins by itself
        offered.click(timeout=3_000)
    expect(page.locator(WAIT)).to_contain_text("Embedding the texts")
    return page


def jobs(page: Page) -> Locator:
    return page.get_by_test_id("stSidebar").locator(".st-key-jobs")


def open_page(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_clicks_another_page_and_a_reload_lose_nothing_and_the_end_is_told_there(visit: Visit) -> None:
    visitor = visit()
    page = begin_embedding(visitor, "First.")
    expect(jobs(page)).to_contain_text("of 120 texts")
    page.locator(".st-key-preset").get_by_role("radio", name="dominant").click()
    expect(page.locator(WAIT)).to_contain_text("of 120 texts")
    open_page(page, "Logit lens")
    expect(page.locator(".instrument .facts")).not_to_be_empty()  # a single text goes first
    expect(jobs(page)).to_contain_text("Embedding the texts")
    page.reload()
    expect(jobs(page)).to_contain_text("Embedding the texts")
    expect(page.get_by_test_id("stToast")).to_contain_text("Done: Embedding the texts")
    jobs(page).get_by_role("link", name="Ready").click()
    expect(page.get_by_role("heading", name="Similarity", level=1)).to_be_visible()
    expect(jobs(page).locator("*")).to_have_count(0)


@pytest.mark.long
def test_a_page_that_waits_fills_in_by_itself_and_a_cancelled_job_is_offered_again(visit: Visit) -> None:
    visitor = visit()
    page = visitor.page
    page.goto(f"{visitor.server.address}/Similarity?corpus=topics&prompt=plain-last")
    ranked, offered = page.locator(".instrument .ranking tbody tr"), page.get_by_role("button", name="Embed the texts")
    expect(ranked.or_(offered).first).to_be_visible()
    if offered.is_visible():  # where this machine is busy; else it has begun at once
        offered.click()
    expect(ranked.first).to_be_visible()
    begin_embedding(visitor, "Second.")
    jobs(page).get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Embed the texts")).to_be_visible()
    for places in (page.locator(WAIT), jobs(page).locator("*")):
        expect(places).to_have_count(0)


@pytest.mark.long
def test_an_interrupt_ends_the_app_while_a_job_runs(visit: Visit, server: Server) -> None:
    visitor = visit()
    begin_embedding(visitor, "Third.")
    server.process.send_signal(signal.SIGINT)
    server.process.wait(20)
    visitor.page.goto("about:blank")
    visitor.trouble.clear()  # the browser missed the server
