"""F5 keeps a visit: locally all of it, by an id in the address; hosted in the visitor's own browser, files apart."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from embfilter_core.storage.arrays import embfilter_home
from tests.browser.conftest import Visitor, serve
from tests.browser.seen import type_text

pytestmark = [pytest.mark.browser, pytest.mark.real]

TEXT = "The cat <b>sat</b> on the mat."
ROWS = ("title,body", "Cats,The cat sleeps on the sofa", "Banks,The bank raised its rates", "Rain,Rain fell all night")
TABLE = "\n".join(ROWS)
OTHER = TABLE.replace("Cats", "Dogs")
HELD = "said => sessionStorage.getItem('embedfilter-visit')?.includes(said)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what is kept, with all that is kept already but visits."""
    folder = tmp_path / "home"
    folder.mkdir()
    for kept in embfilter_home().iterdir():
        if kept.name != "visits":
            (folder / kept.name).symlink_to(kept)
    monkeypatch.setenv("EMBFILTER_HOME", str(folder))
    return folder


@contextmanager
def visitor(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    with serve(tmp_path / "log.txt") as server:
        one = Visitor(browser.new_context(viewport={"width": 1280, "height": 900}).new_page(), server)
        yield one
        one.page.context.close()
    assert one.trouble == []
    assert "Traceback" not in server.log.read_text()


def open_uploader(visitor: Visitor) -> Page:
    visitor.page.goto(f"{visitor.server.address}/Similarity?corpus=upload")
    expect(uploader(visitor.page)).to_be_visible()
    return visitor.page


def uploader(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_test_id("stFileUploader")


def choose(page: Page, name: str, table: str) -> None:
    replace = page.get_by_test_id("stMain").get_by_role("button", name="Replace")
    place = page.get_by_test_id("stPopoverBody") if replace.count() else page.get_by_test_id("stMain")
    if replace.count():
        replace.click()
    place.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": table.encode()}
    )


def column(page: Page) -> Locator:
    # Where a message above it goes, Streamlit draws it anew and takes the old one away a moment later.
    return page.locator(".st-key-corpus_column input").last


def quiet(page: Page) -> None:
    page.wait_for_timeout(300)  # a run that a press has asked for may not have begun
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()


def choose_title(page: Page) -> None:
    column(page).click()
    page.get_by_role("option", name="title").click()
    expect(column(page)).to_have_value("title")
    quiet(page)


def see_all_again(page: Page) -> None:
    expect(page.locator(".st-key-text textarea")).to_have_value(TEXT)
    expect(page.locator(".st-key-corpus_0")).to_contain_text("two.csv · ")
    expect(column(page)).to_have_value("title")
    quiet(page)


def test_a_reload_and_other_pages_keep_text_file_and_choices_and_a_removed_file_is_gone(
    browser: Browser, home: Path, tmp_path: Path
) -> None:
    with visitor(browser, tmp_path) as one:
        page = open_uploader(one)
        type_text(page, TEXT)
        choose(page, "two.csv", TABLE)
        choose_title(page)
        expect(page).to_have_url(re.compile(r"visit=[\w-]{12}"))
        assert "cat" not in page.url
        page.reload()
        see_all_again(page)
        for name in ("Home", "Map", "Similarity"):
            page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text("EmbedFilter" if name == "Home" else name)
            quiet(page)
        see_all_again(page)
        choose(page, "other.csv", OTHER)
        expect(page.locator(".st-key-corpus_0")).to_contain_text("other.csv · ")
        expect(column(page)).to_have_value("body")
        page.get_by_role("button", name="Remove").click()
        expect(uploader(page)).to_be_visible()
        page.reload()
        expect(page.locator(".st-key-text textarea")).to_have_value(TEXT)
        expect(uploader(page)).to_be_visible()
        expect(page.locator(".st-key-corpus_0")).to_have_count(0)
        assert list((home / "visits" / "contents").iterdir()) == []


def test_hosted_a_reload_brings_the_text_back_and_asks_for_the_file_and_nothing_is_on_the_server(
    browser: Browser, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    with visitor(browser, tmp_path) as one:
        page = open_uploader(one)
        assert page.evaluate("sessionStorage.getItem('embedfilter-visit')") is None
        type_text(page, TEXT)
        choose(page, "two.csv", TABLE)
        choose_title(page)
        page.wait_for_function(HELD, arg='"title"')  # what is chosen is held once the server has heard of it
        held = json.loads(page.evaluate("sessionStorage.getItem('embedfilter-visit')"))
        assert held["texts"] == {"text": TEXT}
        page.reload()
        expect(page.locator(".st-key-text textarea")).to_have_value(TEXT)
        expect(page.get_by_text("two.csv was here; choose it again")).to_be_visible()
        choose(page, "two.csv", OTHER)
        expect(page.get_by_text("two.csv is another file than the two.csv that was here")).to_be_visible()
        expect(column(page)).to_have_value("body")
        choose(page, "two.csv", TABLE)
        see_all_again(page)
        assert not (home / "visits").exists()
        kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and not path.is_symlink())
        assert b"cat" not in kept
