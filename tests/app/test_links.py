"""A link restores a view; what is impossible in it is named, and replaced by the default."""

from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame.controls import CONTROLS
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import blocks, errors, notes

pytestmark = pytest.mark.real

BAD = {
    "band turned round": ("band", ["900", "100"]),
    "band of one number": ("band", "500"),
    "band of three": ("band", ["1", "2", "3"]),
    "band too far": ("band", ["0", "1001"]),
    "band below zero": ("band", ["-1", "500"]),
    "band of words": ("band", ["<b>", "<script>"]),
    "empty band": ("band", ["250", "250"]),
    "preset": ("preset", "best"),
    "preset twice": ("preset", ["bulk", "edges"]),
    "ratio": ("ratio", "3"),
    "ratio of zero": ("ratio", "0"),
    "compare": ("compare", "<script>alert(1)</script>"),
    "top too small": ("top", "4"),
    "top too large": ("top", "51"),
    "top with a fraction": ("top", "20.5"),
    "top of superscripts": ("top", "²"),
    "top endless": ("top", "9" * 5000),
    "seed": ("seed", "-1"),
    "dtype": ("dtype", "int8"),
    "prompt": ("prompt", "**bold**"),
    "pooling": ("pooling", "max"),
    "known words": ("known_words", "yes"),
    "lines": ("lines", "1"),
    "centre": ("centre", "TRUE"),
    "template too long": ("template", "{text}" * 60),
    "layer below zero": ("layer", "-1"),
    "layer of words": ("layer", "last"),
    "corpus": ("corpus", "nonsense"),
    "pairs too many": ("pairs", "99"),
    "baseline": ("baselines", "foo"),
    "a baseline among others": ("baselines", ["centring", "<b>"]),
    "baseline twice": ("baselines", ["centring", "centring"]),
}
PAGES = pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])


@pytest.mark.parametrize(("key", "value"), BAD.values(), ids=BAD)
def test_an_impossible_value_is_named_and_the_default_used(open_page: Open, key: str, value: str | list[str]) -> None:
    at = open_page(LENS, **{key: value})
    assert errors(at) == []
    (note,) = notes(at)
    assert note.startswith(f"The link asks for {key} = ")
    assert CONTROLS[key].syntax.possible in note
    assert len(note) < 600
    default = CONTROLS[key].default
    written = {"layer": "The last layer", "baselines": "none", "band": "250 and 750"}.get(key, default)
    assert note.endswith(f"{written} is used.")
    assert linked(at).get(key, []) == [
        str(part).lower() if isinstance(part, bool) else str(part) for part in as_tuple(default)
    ]
    assert blocks(at) == ["Tokens", "Drag the band"]


@PAGES
def test_a_link_that_is_all_wrong_names_everything_in_one_box(open_page: Open, page: str) -> None:
    wrong = {"preset": "x", "ratio": "x", "band": "x", "compare": "x", "top": "x", "v": "x", "centre": "x"}
    at = open_page(page, **wrong)
    assert errors(at) == []
    assert len(at.info) == 1
    assert len(notes(at)) == len(wrong)
    assert blocks(at)


def test_an_impossible_value_leaves_the_address(open_page: Open) -> None:
    at = open_page(LENS, band=["900", "100"], preset="best", top="7", nonsense="1")
    assert set(at.query_params) == {"backbone", "top", "nonsense"}
    assert at.session_state["preset"] == "bulk"
    assert at.slider(key="band").value == (250, 750)


@PAGES
def test_the_notes_can_be_dismissed_and_stay_away(open_page: Open, page: str) -> None:
    at = open_page(page, ratio="3")
    assert len(notes(at)) == 1
    at.button(key="dismiss_notes").click().run()
    assert notes(at) == []
    assert [button.key for button in at.button if button.key == "dismiss_notes"] == []
    assert notes(at.run()) == []


@pytest.mark.parametrize("version", ["3", "0", "", "<b>", "9" * 400])
def test_a_link_of_another_version_says_so_and_is_read_as_far_as_it_goes(open_page: Open, version: str) -> None:
    at = open_page(LENS, v=version, preset="edges", top="7")
    assert errors(at) == []
    (note,) = notes(at)
    assert f"version {version[:20]}," in note
    assert (at.session_state["preset"], at.session_state["top"]) == ("edges", 7)


def test_a_link_of_this_version_says_nothing(open_page: Open) -> None:
    assert notes(open_page(LENS, v="2")) == []


@PAGES
def test_unknown_names_in_a_link_are_ignored(open_page: Open, page: str) -> None:
    at = open_page(page, nonsense="1", embed_options="x", **{"<script>": "alert(1)"})
    assert errors(at) == notes(at) == []
    assert blocks(at)


GOOD = {
    "preset": ["edges"],
    "ratio": ["8"],
    "seed": ["42"],
    "prompt": ["custom"],
    "template": ["say {text} $x$ **once**"],
    "pooling": ["mean"],
    "centre": ["true"],
    "compare": ["difference"],
    "top": ["7"],
    "known_words": ["true"],
    "lines": ["true"],
    "dtype": ["float32"],
    "layer": ["1"],
    "corpus": ["topics"],
    "hub": ["someone/something"],
    "pairs": ["5"],
    "baselines": ["z-score", "centring"],
}


@pytest.mark.parametrize("preset", ["edges", "random", "custom"])
def test_a_permalink_opens_the_view_it_was_made_from(open_page: Open, tiny_folder: str, preset: str) -> None:
    wanted = {**GOOD, "preset": [preset]} | ({"band": ["123", "456"]} if preset == "custom" else {})
    first = open_page(LENS, **wanted, text="the cat sat\non one dog")
    assert errors(first) == notes(first) == []
    link = linked(first)
    assert link | wanted == link
    assert link["text"] == ["the cat sat\non one dog"]
    again = open_page(LENS, **link)
    assert errors(again) == notes(again) == []
    assert linked(again) == link


@PAGES
def test_a_permalink_holds_every_control_even_at_its_default(open_page: Open, page: str) -> None:
    link = linked(open_page(page))
    assert set(link) == {*CONTROLS, "v", "text"} - {"layer", "baselines", "overlay"}  # of which nothing is chosen


def test_a_long_text_is_left_out_of_the_permalink_and_the_page_says_so(open_page: Open) -> None:
    at = open_page()
    at.text_area(key="text").set_value("a" * 1500).run()
    assert linked(at)["text"] == ["a" * 1500]
    at.text_area(key="text").set_value("a" * 1501).run()
    assert "text" not in linked(at)
    assert any("without the text" in caption.value for caption in at.sidebar.caption)


@PAGES
def test_a_text_in_a_link_becomes_the_text_and_is_taken_out_once_it_is_changed(open_page: Open, page: str) -> None:
    at = open_page(page, text="the <b>cat</b>")
    assert at.text_area(key="text").value == "the <b>cat</b>"
    at.text_area(key="text").set_value("another").run()
    assert "text" not in at.query_params
    assert at.text_area(key="text").value == "another"


def test_a_band_alone_in_a_link_is_a_custom_band(open_page: Open) -> None:
    at = open_page(band=["100", "300"])
    assert at.session_state["preset"] == "custom"
    assert at.slider(key="band").value == (100, 300)


def test_a_preset_in_a_link_goes_before_its_band(open_page: Open) -> None:
    at = open_page(band=["100", "300"], preset="bulk")
    assert at.session_state["preset"] == "bulk"
    assert at.slider(key="band").value == (250, 750)


def as_tuple(value: object) -> tuple:
    if isinstance(value, (tuple, list)):
        return tuple(value)
    return () if value is None else (value,)


def linked(at: AppTest) -> dict[str, list[str]]:
    """The names and values of the page's permalink."""
    return parse_qs(urlsplit(at.sidebar.code[0].value).query, keep_blank_values=True)
