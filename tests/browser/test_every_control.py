"""No control loses its value: at a page switch, while it is not drawn, by Back and Forward, or by a reload.

A small app draws every control of the real one on two pages, in the real frame's
order of work, so that each can be set by hand in seconds and looked for on the other
page. What runs is the real front end and the real table of controls.
"""

import ast
import json
from collections.abc import Collection, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from pages.frame.control import Choice, Control, Named, Place, Several, Switch, Whole
from pages.frame.controls import CONTROLS
from tests.browser.conftest import Server, serve

pytestmark = pytest.mark.browser

SETTLED = "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
FACE = """keys => Object.fromEntries(keys.map(key => {
    const block = document.querySelector(`.st-key-${key}`)
    const inputs = [...block.querySelectorAll('input')].map(it => it.type === 'checkbox' ? it.checked : it.value)
    const pressed = [...block.querySelectorAll('[aria-checked=true], [aria-pressed=true], [data-baseweb=tag]')]
    const thumbs = [...block.querySelectorAll('[role=slider]')].map(it => it.ariaValueText ?? it.ariaValueNow)
    const open = block.querySelector('details')?.open
    return [key, [inputs, pressed.map(it => it.innerText), thumbs, open]]
}))"""


@pytest.fixture(scope="module")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("small") / "log.txt", "tests/browser/every_control/app.py") as running:
        yield running


def settle(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    page.wait_for_timeout(200)  # a run that a press has asked for may not have begun
    page.wait_for_function(SETTLED)


def said(page: Page, keys: Collection[str] = CONTROLS) -> dict[str, str]:
    return {key: page.locator(f".st-key-said_{key}").inner_text() for key in keys}


def shown(page: Page, keys: Collection[str] = CONTROLS) -> str:
    return json.dumps(page.evaluate(FACE, list(keys)), indent=1)


def in_address(chosen: dict[str, str]) -> list[str]:
    """Of controls that only matter with a choice of another one, the address has those that do."""
    values = {CONTROLS[key]: ast.literal_eval(value) for key, value in chosen.items()}
    return [key for key, control in CONTROLS.items() if control.matters(values)]


def change(page: Page, control: Control) -> None:
    """Set a control as a visitor does, to something that is not its default."""
    block = page.locator(f".st-key-{control.key}").first
    if isinstance(control, Switch):
        block.locator("summary" if control.label.startswith("**") else "label").first.click()
    elif isinstance(control, Choice) and control.drawn != "list":
        block.locator("[role=radio][aria-checked=false]").last.click()
    elif isinstance(control, Several) and control.width is None:
        block.locator("button[aria-pressed]").first.click()
    elif is_list(control):
        offered = page.get_by_role("option")
        block.get_by_role("button", name="Open").click()
        page.wait_for_timeout(300)
        with suppress(PlaywrightTimeout):  # it has closed again
            offered.last.click(timeout=2000)
        page.keyboard.press("Escape")
    elif isinstance(control, Place) or (isinstance(control, Whole) and control.step is not None):
        block.get_by_role("slider").focus()
        page.keyboard.press("ArrowLeft" if isinstance(control, Place) else "ArrowRight")
    else:
        block.locator("input").fill("{text}!" if isinstance(control, Named) else "3")
        page.keyboard.press("Enter")


def set_by_hand(page: Page, control: Control, usual: str) -> None:
    """Change a control until the page says so: a list that is open closes where the page is drawn anew meanwhile."""
    told = page.locator(f".st-key-said_{control.key}")
    change(page, control)
    for _ in range(5 if is_list(control) else 0):
        page.wait_for_timeout(1000)
        if told.inner_text() != usual:
            break
        change(page, control)
    expect(told).not_to_have_text(usual)


def is_list(control: Control) -> bool:
    return (
        (isinstance(control, Choice) and control.drawn == "list")
        or (isinstance(control, Several) and control.width is not None)
        or (isinstance(control, Named) and bool(control.offered))
    )


def test_no_control_loses_its_value(browser: Browser, small_app: Server) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(small_app.address)
    settle(page, "First")
    usual = said(page)
    for control in CONTROLS.values():
        set_by_hand(page, control, usual[control.key])
        settle(page, "First")  # a list that is open closes when the page is drawn anew
    chosen, face = said(page), shown(page)
    page.get_by_text("To the second").click()
    settle(page, "Second")
    assert (said(page), shown(page)) == (chosen, face)
    page.locator(".st-key-hide_Second label").first.click()
    expect(page.locator(f".st-key-{list(CONTROLS)[1]}")).to_have_count(0)
    settle(page, "Second")
    assert said(page) == chosen
    page.locator(".st-key-hide_Second label").first.click()
    expect(page.locator(f".st-key-{list(CONTROLS)[1]}")).to_have_count(1)
    settle(page, "Second")
    assert shown(page) == face
    keys = in_address(chosen)
    kept, face = {key: chosen[key] for key in keys}, shown(page, keys)
    page.locator(".st-key-seed input").fill("77")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-said_seed")).to_have_text("77")
    page.reload()
    settle(page, "Second")
    assert said(page, keys) == {**kept, "seed": "77"}
    page.go_back()
    expect(page.locator(".st-key-said_seed")).to_have_text("3")
    settle(page, "Second")
    assert (said(page, keys), shown(page, keys)) == (kept, face)
    page.go_back()
    settle(page, "First")
    assert (said(page, keys), shown(page, keys)) == (kept, face)
    page.go_forward()
    settle(page, "Second")
    page.go_forward()
    expect(page.locator(".st-key-said_seed")).to_have_text("77")
    page.close()
