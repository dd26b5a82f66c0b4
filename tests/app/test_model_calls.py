"""What runs the model and what does not: only a new text, prompt or backbone does."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.acting import set_band
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import drawn, errors, figures

pytestmark = pytest.mark.real

PAGES = pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])
RUNS = {HOME: ["embed"], LENS: ["embed", "head"]}
"""What a new text runs on each page: Home shows no error of the head."""
NO_MODEL: dict[str, Callable[[AppTest], object]] = {
    "band": lambda at: set_band(at, 3, 13),
    "preset": lambda at: at.pills(key="preset").set_value("edges"),
    "ratio": lambda at: at.pills(key="ratio").set_value("8"),
    "nothing": lambda at: at,
}
ONLY_LENS: dict[str, Callable[[AppTest], object]] = {
    "compare": lambda at: at.segmented_control(key="compare").set_value("filter"),
    "top": lambda at: at.slider(key="top").set_value(9),
    "known words": lambda at: at.toggle(key="known_words").set_value(True),
}


@PAGES
@pytest.mark.parametrize("change", NO_MODEL.values(), ids=NO_MODEL)
def test_choosing_directions_runs_no_model(
    open_page: Open, forward_passes: list[str], page: str, change: Callable[[AppTest], object]
) -> None:
    at = open_page(page)
    before = drawn(at, "instrument")["committed"]
    forward_passes.clear()
    change(at)
    at.run()
    assert errors(at) == []
    assert forward_passes == []
    assert (drawn(at, "instrument")["committed"] == before) == (change is NO_MODEL["nothing"])


@pytest.mark.parametrize("change", ONLY_LENS.values(), ids=ONLY_LENS)
def test_another_look_at_the_same_lens_runs_no_model(
    open_page: Open, forward_passes: list[str], change: Callable[[AppTest], object]
) -> None:
    at = open_page(LENS)
    before = figures(at)
    forward_passes.clear()
    change(at)
    at.run()
    assert errors(at) == []
    assert forward_passes == []
    assert figures(at) != before


@PAGES
def test_a_new_text_is_embedded_once_and_its_head_checked_only_where_that_is_shown(
    open_page: Open, forward_passes: list[str], page: str
) -> None:
    at = open_page(page)
    forward_passes.clear()
    at.text_area(key="text").set_value(f"a new text for {page}").run()
    assert sorted(forward_passes) == RUNS[page]


@PAGES
def test_a_text_seen_before_is_not_embedded_again(open_page: Open, forward_passes: list[str], page: str) -> None:
    at = open_page(page)
    at.text_area(key="text").set_value(f"first of {page}").run()
    at.text_area(key="text").set_value(f"second of {page}").run()
    forward_passes.clear()
    at.text_area(key="text").set_value(f"first of {page}").run()
    assert errors(at) == []
    assert forward_passes == []


@PAGES
def test_another_prompt_embeds_again(open_page: Open, forward_passes: list[str], page: str) -> None:
    at = open_page(page, text=f"prompted on {page}")
    forward_passes.clear()
    at.selectbox(key="prompt").set_value("plain-last").run()
    assert sorted(forward_passes) == RUNS[page]


def test_two_sessions_share_what_was_computed(open_page: Open, forward_passes: list[str]) -> None:
    open_page(LENS, text="a text that two sessions have")
    forward_passes.clear()
    assert errors(open_page(LENS, text="a text that two sessions have")) == []
    assert forward_passes == []


def test_several_texts_go_through_in_one_batch(open_page: Open, forward_passes: list[str]) -> None:
    at = open_page(LENS, lines="true")
    forward_passes.clear()
    at.text_area(key="text").set_value("one cat in a batch\none dog in a batch\nthe sentence in a batch").run()
    assert errors(at) == []
    assert forward_passes.count("embed") == 1
