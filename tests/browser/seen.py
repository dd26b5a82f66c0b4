"""What a page shows in a browser."""

from playwright.sync_api import Page, expect

PAGES = ("", "Logit_lens", "Spectrum", "Similarity", "Choose_rank", "Map", "Layers", "Compare", "Use_this_filter")
"""The pages by their address; the first is Home."""


def tokens(page: Page, key: str) -> list[str]:
    """Tokens of a figure of bars, best first, once it is drawn."""
    ticks = page.locator(f".st-key-{key} .ytick text")
    expect(ticks).not_to_have_count(0)
    return ticks.all_text_contents()


def wait_for_other_tokens(page: Page, key: str, before: list[str]) -> list[str]:
    """Wait until a figure shows other tokens than before; returns them."""
    page.wait_for_function(
        """([key, before]) => {
            const ticks = [...document.querySelectorAll(`.st-key-${key} .ytick text`)].map(tick => tick.textContent)
            return ticks.length && ticks.join() !== before.join()
        }""",
        arg=[key, before],
    )
    return tokens(page, key)


def band(page: Page) -> list[int]:
    """The numbers of the kept band in the sidebar."""
    inputs = page.locator(".st-key-start input, .st-key-stop input")
    expect(inputs).to_have_count(2)
    return [int(one.input_value()) for one in inputs.all()]


def chosen(page: Page, key: str) -> str:
    """The chosen pill of a control."""
    return page.locator(f".st-key-{key} [role=radio][aria-checked=true]").inner_text()


def blocks(page: Page) -> list[str]:
    """Headings of the result blocks."""
    return page.locator("[data-testid=stMain] [data-testid=stHeading] h2").all_inner_texts()


def type_text(page: Page, text: str) -> None:
    """Write a text into the text box and apply it."""
    box = page.locator(".st-key-text textarea")
    box.fill(text)
    box.press("Control+Enter")
