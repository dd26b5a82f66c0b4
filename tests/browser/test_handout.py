"""A page of its own, opened from a file: the library's numbers, a hand that drags, and a policy that stops the rest."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from embfilter_core import Backbone, KeptDirections, load_backbone
from embfilter_core.handout.scores import Scores
from embfilter_core.instrument.committed import committed_data
from embfilter_core.instrument.measured_bands import measured_bands
from embfilter_core.quality.bands import BandMap
from embfilter_core.quality.bootstrap import Intervals
from embfilter_core.quality.selections import grid_bands
from embfilter_core.spectral.direction_grid import grid_edges
from tests.browser.instrument import CLOSE, READ_LISTS, READ_NEAR
from tests.core.handout.pages import HOSTILE, TEXTS, page_of, part_of
from tests.tiny import save_tiny

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def backbones(tmp_path_factory: pytest.TempPathFactory) -> tuple[Backbone, Backbone]:
    folder = tmp_path_factory.mktemp("handout")
    names = (("llama", 0), ("gpt2", 1))
    return tuple(load_backbone(str(save_tiny(folder / family, family))) for family, _ in names)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def file(backbones: tuple[Backbone, Backbone], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of two texts by two backbones; of the first, something was measured."""
    bands = np.array([kept.bounds for kept in grid_bands(32, 8)])
    gains = np.arange(len(bands)) / 10
    intervals = Intervals(gains, gains - 1, gains + 1)
    found = measured_bands(BandMap(bands, 8, intervals, intervals, 50.0, "pairs", 100), 32, "spearman", "these")
    scores = Scores("these", found | {"called": "stored"}, (8, 16), "Stored, not measured now.")
    first, second = backbones
    page = tmp_path_factory.mktemp("page") / "page.html"
    page.write_text(page_of(part_of(first, scores=[scores]), part_of(second)), "utf-8")
    return page


@pytest.fixture
def open_file(browser: Browser, file: Path) -> Iterator[Open]:
    """Opens the page; whatever the browser said, or asked anybody for, is trouble after the test."""
    trouble, contexts = [], []

    def open_it(address: str = "", **options: object) -> Page:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or trouble.append(request.url))
        page.goto(f"file://{file}{address}")
        expect(page.locator(".instrument .facts")).not_to_be_empty()
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert trouble == []


def lists(page: Page) -> dict[str, list[tuple[str, float]]]:
    found = page.locator(".instrument section[data-list]").evaluate_all(READ_LISTS)
    return {name: [(token, logit) for token, logit in one["tokens"]] for name, one in found.items()}


def near(page: Page, side: str) -> list[tuple[str, float]]:
    return [(text, cosine) for text, cosine in page.locator(f".near ol.{side} li").evaluate_all(READ_NEAR)]


def assert_shows(page: Page, backbone: Backbone, text: str, kept: KeptDirections, preset: str, close: float) -> None:
    """Lists, neighbours and numbers are those that the library, and so the app, gives of these directions."""
    part, state = part_of(backbone), backbone.embed([text], "prompteol")[0]
    expected = committed_data(backbone, state, kept, part.rates, part.reference, preset, 2)
    for name, tokens in expected["lists"].items():
        assert [logit for _, logit in lists(page)[name]] == pytest.approx([one["logit"] for one in tokens], abs=close)
    for side in ("unfiltered", "filtered"):
        cosines = [entry[side]["cosine"] for entry in expected["near"][side]]
        assert [cosine for _, cosine in near(page, side)] == pytest.approx(cosines, abs=close)
    expect(page.locator(".instrument .kept")).to_have_text(f"keeps {len(kept)} of {backbone.d}")


def press(page: Page, name: str) -> None:
    page.locator(".instrument .choices").get_by_role("button", name=name, exact=True).click()


def test_it_opens_to_the_numbers_of_the_app_and_shows_every_text_to_the_letter(
    open_file: Open, backbones: tuple[Backbone, Backbone]
) -> None:
    page = open_file()
    expect(page.get_by_role("heading", level=1)).to_have_text("A <b>title</b>")
    expect(page.locator(".notes p")).to_have_text("$x$ </p>")
    assert_shows(page, backbones[0], TEXTS[0], KeptDirections.bulk(32), "bulk", 1e-5)
    expect(page.locator("#notice")).to_contain_text("Frequent tokens:")
    expect(page.locator(".instrument .measured")).to_contain_text("stored: ")
    page.locator("#text").select_option(index=1)
    expect(page.locator("#shown")).to_have_text(HOSTILE)
    assert_shows(page, backbones[0], HOSTILE, KeptDirections.bulk(32), "bulk", 1e-5)
    assert page.locator("img, script[src], #shown *").count() == 0


def test_a_band_is_dragged_and_stays_and_a_link_opens_it_again(
    open_file: Open, backbones: tuple[Backbone, Backbone]
) -> None:
    page = open_file()
    start = page.locator(".instrument [role=slider][data-part=start]")
    start.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("keep="))
    edges = grid_edges(32).tolist()
    band = edges[edges.index(8) - 4], 24
    assert_shows(page, backbones[0], TEXTS[0], KeptDirections.band(32, *band), "custom", CLOSE)
    expect(page.locator("#notice")).to_be_empty()
    again = open_file(page.url[page.url.index("#") :])
    assert_shows(again, backbones[0], TEXTS[0], KeptDirections.band(32, *band), "custom", CLOSE)
    assert lists(again) == lists(page)


def test_presets_ratios_texts_and_backbones_are_switched(open_file: Open, backbones: tuple[Backbone, Backbone]) -> None:
    page = open_file()
    press(page, "edges")
    press(page, "τ 4")
    assert_shows(page, backbones[0], TEXTS[0], KeptDirections.edges(32, 4), "edges", 1e-5)
    page.locator("#backbone").select_option(index=1)
    assert_shows(page, backbones[1], TEXTS[0], KeptDirections.edges(32, 4), "edges", 1e-5)
    expect(page.locator(".instrument .measured")).to_be_hidden()
    press(page, "random")
    assert_shows(page, backbones[1], TEXTS[0], KeptDirections.random(32, 4, seed=0), "random", 1e-5)
    again = open_file(page.url[page.url.index("#") :])
    assert lists(again) == lists(page)


@pytest.mark.parametrize("address", ["#keep=900-2&text=9&backbone=x", "#keep=nonsense-3", "#%00<script>"])
def test_a_wrong_address_opens_the_page_as_it_was_made(
    open_file: Open, backbones: tuple[Backbone, Backbone], address: str
) -> None:
    assert_shows(open_file(address), backbones[0], TEXTS[0], KeptDirections.bulk(32), "bulk", 1e-5)


def test_the_policy_runs_nothing_that_is_put_into_the_page(browser: Browser, file: Path) -> None:
    page, said, asked = browser.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(f"{request.url} {request.failure}"))
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto(f"file://{file}")
    expect(page.locator(".instrument .facts")).not_to_be_empty()
    asked.clear()
    page.evaluate("""() => {
        const script = document.createElement('script')
        script.textContent = 'window.ran = true'
        document.body.append(script)
        const image = document.createElement('img')
        image.setAttribute('onerror', 'window.ran = true')
        image.src = 'https://example.com/x.png'
        document.body.append(image)
        return fetch('https://example.com/').catch(() => null)
    }""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert asked == []
    assert len([text for text in said if "Content Security Policy" in text]) >= 3
    assert "https://example.com/x.png csp" in said
    page.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_accessible_and_fits_in_both_themes(open_file: Open, theme: str, width: int) -> None:
    page = open_file(color_scheme=theme, viewport={"width": width, "height": 800})
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
