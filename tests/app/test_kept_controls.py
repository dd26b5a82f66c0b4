"""Preset, ratio and band are one state: presets write the band, moving the band is a choice of its own."""

import pytest

from embfilter_core.spectral.presets import PRESETS
from tests.app.acting import set_band
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import band, drawn, errors

pytestmark = pytest.mark.real

PAGES = pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])


def kept_in_figure(at) -> list[int]:
    """The kept directions as the instrument draws them."""
    return [i for start, stop in drawn(at, "instrument")["committed"]["runs"] for i in range(start, stop)]


@PAGES
def test_moving_the_band_makes_the_choice_custom(open_page: Open, page: str) -> None:
    at = open_page(page)
    assert at.session_state["preset"] == "bulk"
    set_band(at, 4, 16).run()
    assert errors(at) == []
    assert at.session_state["preset"] == "custom"
    assert band(at) == (4, 16)


def test_the_moved_band_is_what_is_kept(open_page: Open) -> None:
    at = open_page()
    set_band(at, 4, 16).run()
    assert kept_in_figure(at) == list(range(4, 16))
    assert any("12 of 32" in caption.value for caption in at.sidebar.caption)


@pytest.mark.parametrize(
    ("preset", "ratio", "kept"),
    [
        ("bulk", "2", range(8, 24)),
        ("bulk", "8", range(14, 18)),
        ("dominant", "4", range(8)),
        ("secondary", "4", range(24, 32)),
        ("unfiltered", "2", range(32)),
    ],
)
def test_a_preset_writes_its_band(open_page: Open, preset: str, ratio: str, kept: range) -> None:
    at = open_page(preset=preset, ratio=ratio)
    assert kept_in_figure(at) == list(kept)
    assert band(at) == (kept.start, kept.stop)
    assert not at.number_input(key="start").disabled


@PAGES
@pytest.mark.parametrize("preset", PRESETS)
def test_only_what_is_no_single_band_disables_the_numbers(open_page: Open, page: str, preset: str) -> None:
    at = open_page(page)
    at.pills(key="preset").set_value(preset).run()
    assert errors(at) == []
    assert at.number_input(key="stop").disabled == (preset in ("edges", "random", "quiet"))


def test_what_is_no_single_band_is_drawn_as_it_is(open_page: Open) -> None:
    assert kept_in_figure(open_page(preset="edges")) == [*range(8), *range(24, 32)]


def test_the_ratio_is_only_asked_where_it_matters(open_page: Open) -> None:
    at = open_page()
    for preset, disabled in (("bulk", False), ("edges", False), ("unfiltered", True), ("custom", True)):
        at.pills(key="preset").set_value(preset).run()
        assert at.pills(key="ratio").disabled == disabled, preset


def test_the_seed_is_asked_for_random_alone_and_changes_what_is_kept(open_page: Open) -> None:
    at = open_page()
    assert "seed" not in [box.key for box in at.number_input]
    at.pills(key="preset").set_value("random").run()
    first = kept_in_figure(at)
    at.number_input(key="seed").set_value(7).run()
    assert kept_in_figure(at) != first
    assert len(kept_in_figure(at)) == len(first) == 16


def test_choosing_custom_by_hand_keeps_the_band_of_the_preset_before(open_page: Open) -> None:
    at = open_page(preset="dominant", ratio="4")
    at.pills(key="preset").set_value("custom").run()
    assert band(at) == (0, 8)
    assert kept_in_figure(at) == list(range(8))


def test_a_preset_after_a_custom_band_puts_the_band_back(open_page: Open) -> None:
    at = open_page()
    set_band(at, 0, 3).run()
    at.pills(key="preset").set_value("bulk").run()
    assert band(at) == (8, 24)
    assert kept_in_figure(at) == list(range(8, 24))


@PAGES
def test_a_band_beyond_the_last_direction_keeps_that_one(open_page: Open, page: str) -> None:
    at = open_page(page)
    set_band(at, 40, 40).run()
    assert errors(at) == []
    if page == HOME:
        assert kept_in_figure(at) == [31]


@PAGES
def test_a_custom_prompt_without_a_place_for_the_text_is_refused_in_one_line(open_page: Open, page: str) -> None:
    at = open_page(page, prompt="custom", template="no place")
    assert errors(at) == ["The template 'no place' has no {text}. Write {text} where the text goes."]
    at.text_input(key="template").set_value("now {text}").run()
    assert errors(at) == []


@pytest.mark.parametrize(
    "template", ["", "<script>{text}</script>", "{text}{text}{text}", "{0} {} {text!r}{text}", "\x00{text}"]
)
def test_any_template_is_embedded_or_refused_in_one_line(open_page: Open, template: str) -> None:
    at = open_page(prompt="custom")
    at.text_input(key="template").set_value(template).run()
    assert len(errors(at)) == (0 if "{text}" in template else 1)


def test_template_and_pooling_are_only_asked_for_a_custom_prompt(open_page: Open) -> None:
    at = open_page()
    before = {box.key for box in at.text_input}
    at.selectbox(key="prompt").set_value("custom").run()
    assert {box.key for box in at.text_input} - before == {"template"}
    assert at.pills(key="pooling").value == "last"
