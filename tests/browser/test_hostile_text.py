"""Whatever is typed or linked stays text: nothing runs, and every character is seen as it was written."""

from collections.abc import Callable
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.instrument import open_instrument, shown
from tests.browser.seen import type_text

pytestmark = [pytest.mark.browser, pytest.mark.real]

Visit = Callable[..., Visitor]
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>bold</b> **strong** _em_ `code`",
    "$x^2$ :smile: :red[red] {text}",
    "[link](javascript:alert(1)) ![i](http://example.com/x.png)",
    "www.example.com a@example.com",
]
MADE_OF_IT = "script, img, b, em, code, .katex, a[href*=javascript], a[href*=example], [style*='color: red']"


def assert_is_inert(page: Page, scope: str) -> None:
    for place in page.locator(scope).all():
        assert place.locator(MADE_OF_IT).count() == 0, place.inner_html()
    assert page.locator("[data-testid=stMain] script, [data-testid=stMain] img").count() == 0


def test_a_hostile_backbone_is_shown_to_the_letter(visit: Visit) -> None:
    visitor = visit()
    for path, text in product(["", "Logit_lens"], HOSTILE):
        spec = text[:70]
        page = visitor.go(path, backbone=spec)
        error = page.locator("[data-testid=stMain] [data-testid=stAlert]")
        expect(error).to_have_count(1)
        assert spec in error.inner_text().replace("\u2060", "")
        assert_is_inert(page, "[data-testid=stMain] [data-testid=stAlert]")
        assert error.locator("strong").count() == 0


def test_hostile_lines_run_nothing_on_the_lens(visit: Visit) -> None:
    visitor = visit()
    page = visitor.go("Logit_lens", lines="true")
    type_text(page, "\n".join(HOSTILE))
    expect(page.get_by_text("Text 1", exact=True)).to_be_visible()
    visitor.settle()
    expect(page.locator(".st-key-lens_texts canvas").first).to_be_visible()
    expect(page.locator(".instrument :is(script, img, li span *)")).to_have_count(0)
    for place in (".st-key-lens_texts", "[data-testid=stPlotlyChart]"):
        assert_is_inert(page, place)


def test_a_hostile_text_on_home_runs_nothing_and_is_embedded(visit: Visit) -> None:
    visitor = visit()
    page = open_instrument(visitor)
    before = shown(page).lists["unfiltered"]
    type_text(page, " ".join(HOSTILE))
    expect(page.locator(".instrument section[data-list=unfiltered] li span").first).not_to_have_text(before[0][0])
    visitor.settle()
    expect(page.locator(".st-key-text textarea")).to_have_value(" ".join(HOSTILE))
    expect(page.locator(".instrument :is(script, img, li span *), .evidence :is(script, img)")).to_have_count(0)


def test_a_hostile_text_in_a_link_is_only_a_text(visit: Visit) -> None:
    page = visit().go("Logit_lens", text=HOSTILE[0], template="<b>{text}</b>", prompt="custom")
    expect(page.locator(".st-key-text textarea")).to_have_value(HOSTILE[0])
    page.get_by_role("button", name="Share this view").click()
    expect(page.get_by_test_id("stCode").first).to_contain_text("%3Cscript%3E")
    assert_is_inert(page, "[data-testid=stSidebar] [data-testid=stMarkdownContainer] p b")
