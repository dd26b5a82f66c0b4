"""A link restores a view; what is impossible in it is named, and replaced by the default."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.backbones.places import reference_of
from embfilter_core.stored_backbones.example import read_stored_example
from pages.frame.address_bar import LINK_VERSION, LONGEST_VALUE, left_out, written
from pages.frame.control import Choice, Control, Named, Several, Switch
from pages.frame.controls import CONTROLS
from pages.frame.sidebar_controls import CUSTOM, PROMPT, TEMPLATE
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import address, band, blocks, drawn, errors, notes

pytestmark = pytest.mark.real

BAD = {
    "start below zero": ("start", "-1"),
    "start of words": ("start", "<script>"),
    "stop beyond everything": ("stop", "100000"),
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
    "device that is not here": ("device", "tpu"),
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
    written = {
        "layer": "The last layer",
        "baselines": "none",
        **dict.fromkeys(("start", "stop"), "What the preset keeps"),
    }.get(key, default)
    assert note.endswith(f"{written} is used.")
    assert set(address(at)) == {"v", "backbone"}
    assert band(at) == (8, 24)
    assert blocks(at) == ["Tokens"]


@PAGES
def test_a_link_that_is_all_wrong_names_everything_in_one_box(open_page: Open, page: str) -> None:
    wrong = {"preset": "x", "ratio": "x", "start": "x", "compare": "x", "top": "x", "v": "x", "centre": "x"}
    at = open_page(page, **wrong)
    assert errors(at) == []
    assert len(at.info) == 1
    assert len(notes(at)) == len(wrong)
    assert drawn(at, "instrument")


def test_an_impossible_value_leaves_the_address(open_page: Open) -> None:
    at = open_page(LENS, start="x", preset="best", top="7", nonsense="1")
    assert set(address(at)) == {"v", "backbone", "top"}
    assert at.session_state["preset"] == "bulk"
    assert band(at) == (8, 24)


@PAGES
def test_the_notes_can_be_dismissed_and_stay_away(open_page: Open, page: str) -> None:
    at = open_page(page, ratio="3")
    assert len(notes(at)) == 1
    at.button(key="dismiss_notes").click().run()
    assert notes(at) == []
    assert [button.key for button in at.button if button.key == "dismiss_notes"] == []
    assert notes(at.run()) == []


@pytest.mark.parametrize("version", ["6", "0", "<b>", "9" * 400])
def test_a_link_of_another_version_says_so_and_is_read_as_far_as_it_goes(open_page: Open, version: str) -> None:
    at = open_page(LENS, v=version, preset="edges", top="7")
    assert errors(at) == []
    (note,) = notes(at)
    assert f"version {version[:20]}," in note
    assert (at.session_state["preset"], at.session_state["top"]) == ("edges", 7)


def test_a_link_of_this_version_says_nothing(open_page: Open) -> None:
    assert notes(open_page(LENS, v=LINK_VERSION)) == []


@PAGES
def test_unknown_names_in_a_link_are_ignored(open_page: Open, page: str) -> None:
    at = open_page(page, nonsense="1", embed_options="x", **{"<script>": "alert(1)"})
    assert errors(at) == notes(at) == []
    assert drawn(at, "instrument")


GOOD = {
    "preset": ["edges"],
    "ratio": ["8"],
    "seed": ["42"],
    "prompt": ["custom"],
    "template": ["say {text} $x$ **once**"],
    "pooling": ["mean"],
    "centre": ["true"],
    "compare": ["filter"],
    "top": ["7"],
    "known_words": ["true"],
    "lines": ["true"],
    "device": ["cpu"],
    "layer": ["1"],
    "corpus": ["topics"],
    "pairs": ["5"],
    "baselines": ["z-score", "centring"],
}


@pytest.mark.parametrize("preset", ["edges", "random", "custom"])
def test_a_permalink_opens_the_view_it_was_made_from(open_page: Open, tiny: Backbone, preset: str) -> None:
    wanted = {**GOOD, "preset": [preset]} | ({"start": ["3"], "stop": ["9"]} if preset == "custom" else {})
    first = open_page(LENS, **wanted, text="the cat sat\non one dog")
    assert errors(first) == notes(first) == []
    link = linked(first)
    names = {CONTROLS[key].name: raw for key, raw in wanted.items()}
    assert link == {**names, "v": [LINK_VERSION], "backbone": [reference_of(tiny)], "text": link["text"]}
    assert link["text"] == ["the cat sat\non one dog"]
    again = open_page(LENS, **link)
    assert errors(again) == notes(again) == []
    assert linked(again) == link


def test_a_link_holds_only_what_differs_and_matters(open_page: Open, tiny: Backbone) -> None:
    at = open_page(
        top="20", seed="7", template="say {text}", start="3", stop="9", preset="bulk", hub="someone/something"
    )
    assert address(at) == {"v": [LINK_VERSION], "backbone": [reference_of(tiny)], "seed": ["7"]}
    at.selectbox(key="prompt").set_value("custom").run()
    assert address(at)["template"] == ["say {text}"]


def test_a_first_visit_has_an_empty_address_and_a_short_link(open_page: Open) -> None:
    at = open_page(backbone=BUNDLED.id)
    at.text_area(key="text").set_value(read_stored_example().text).run()
    assert address(at) == linked(at) == {}


def test_names_in_links_are_short_and_differ() -> None:
    names = [control.name for control in CONTROLS.values()]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 10
    of_others = {control.name: key for key, control in CONTROLS.items() if control.name != key}
    assert not of_others.keys() & CONTROLS.keys()


def test_the_longest_link_has_less_than_2000_characters() -> None:
    longest = {control: _longest(control) for control in CONTROLS.values()}
    link = urlencode(written(longest), doseq=True)
    assert len(link) < 2_000
    snowmen = {PROMPT: CUSTOM, TEMPLATE: "{text}" + "\N{SNOWMAN}" * 290}  # 2,616 characters in an address
    assert written(snowmen) == {"v": [LINK_VERSION], "prompt": [CUSTOM]}
    assert left_out(snowmen) == [TEMPLATE]


def _longest(control: Control) -> object:
    if isinstance(control, Named):
        return "m" * LONGEST_VALUE
    if isinstance(control, Several):
        return list(control.choices)
    if isinstance(control, Choice):
        wanted = "custom" if "custom" in control.choices else "hub" if "hub" in control.choices else ""
        return wanted or max((name for name in control.choices if name != control.default), key=len)
    return not control.default if isinstance(control, Switch) else getattr(control, "high", 0)


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
    assert "text" not in address(at)
    assert at.text_area(key="text").value == "another"


def test_a_band_alone_in_a_link_is_a_custom_band(open_page: Open) -> None:
    at = open_page(start="3", stop="9")
    assert at.session_state["preset"] == "custom"
    assert band(at) == (3, 9)


def test_a_band_that_starts_at_0_is_read_where_the_address_leaves_that_out(open_page: Open) -> None:
    at = open_page(preset="custom", stop="9")
    assert errors(at) == notes(at) == []
    assert band(at) == (0, 9)


def test_a_preset_in_a_link_goes_before_its_band(open_page: Open) -> None:
    at = open_page(start="3", stop="9", preset="bulk")
    assert at.session_state["preset"] == "bulk"
    assert band(at) == (8, 24)


OLD_BAND = {"alone": {}, "with its preset": {"preset": "custom"}}


@pytest.mark.parametrize("given", OLD_BAND.values(), ids=OLD_BAND)
def test_a_band_of_an_old_link_is_turned_into_directions(open_page: Open, given: dict[str, str]) -> None:
    at = open_page(v="1", band=["125", "500"], **given)
    assert errors(at) == notes(at) == []
    assert at.session_state["preset"] == "custom"
    assert band(at) == (4, 16)
    assert address(at)["start"] == ["4"]


@pytest.mark.parametrize("wrong", [["900", "100"], ["500"], ["0", "1001"], ["<b>", "1"], ["250", "250"]])
def test_an_impossible_band_of_an_old_link_is_named(open_page: Open, wrong: list[str]) -> None:
    at = open_page(v="1", band=wrong)
    assert notes(at) == [
        f"The link asks for band = {' and '.join(wrong)}, which is impossible "
        "(possible: two rising whole numbers from 0 to 1000)."
    ]
    assert at.session_state["preset"] == "bulk"


def linked(at: AppTest) -> dict[str, list[str]]:
    """The names and values of the page's permalink."""
    return parse_qs(urlsplit(at.sidebar.code[0].value).query, keep_blank_values=True)
