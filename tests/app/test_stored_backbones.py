"""A stored backbone is shown without a load; what it cannot show is said in one line, with a way to its model."""

from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embfilter_core.backbones import loading
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.stored_backbones.archive import write_archive
from embfilter_core.stored_backbones.bands import committed_for
from embfilter_core.stored_backbones.reading import read_text
from embfilter_core.stored_backbones.shelf import find_stored
from pages.cached.stored_backbones import Stored, text_id
from pages.frame import load
from pages.frame.messages import literal
from pages.home import larger
from tests.app.acting import clear_caches, tick
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import address, blocks, chosen, drawn, errors, figures, markup, notes, plain, prose
from tests.app.stored import HUB_ID, OWN, SPEC, keep, no_load
from tests.core.stored_backbones.conftest import CORPUS
from tests.core.stored_backbones.test_strange_files import members_of, with_manifest

pytestmark = pytest.mark.real

SPECTRUM = "pages/2_Spectrum.py"
GET = f"Get {literal(HUB_ID)}"
SHOW_IT = [HOME, LENS, SPECTRUM]
NEED_THE_MODEL = ["pages/3_Similarity.py", "pages/4_Choose_rank.py", "pages/5_Map.py", "pages/6_Layers.py"]
LIVE_DATA = {"task": "graded-pairs"}


@pytest.fixture
def stored(own_home: Path, stored_content: bytes, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny backbone is stored in the cache folder, and nothing may be loaded."""
    monkeypatch.setattr(loading, "load_backbone", no_load)
    keep(own_home, stored_content)
    return own_home


def buttons(at: AppTest) -> list[str]:
    return [button.label for button in at.main.get("button")]


def captions(at: AppTest) -> list[str]:
    return [plain(caption.value) for caption in at.main.get("caption")]


@pytest.mark.parametrize("page", SHOW_IT)
def test_its_texts_are_shown_in_the_instrument_without_a_load(stored: Path, open_page: Open, page: str) -> None:
    at = open_page(page, backbone=SPEC)
    assert errors(at) == []
    shown, about = drawn(at, "instrument"), find_stored(OWN)
    expected = read_text(about, 0).instrument
    assert (shown["id"], shown["committed"]["lists"]) == (expected["id"], expected["committed"]["lists"])
    assert GET in buttons(at)
    assert "10 texts are stored. Your own needs the model." in captions(at)
    assert address(at)["backbone"] == [SPEC]


def test_home_labels_it_as_stored_and_tells_what_its_filter_leaves(stored: Path, open_page: Open) -> None:
    at = open_page(HOME, backbone=SPEC)
    finding, leaves, *_ = prose(at)
    assert finding.startswith("Stored Over 10 texts")
    assert leaves.startswith("Filtered (bulk, τ 2), the top 20 tokens are")
    assert [reading["label"] for reading in drawn(at, "evidence")["readings"]][:2] == ["Unfiltered", "Kept directions"]
    caption = " ".join(caption.value for caption in at.sidebar.caption)
    assert "Stored, not computed now" in caption.replace("\\", "")
    assert [control.key for control in at.sidebar.get("selectbox")] == ["backbone"]  # it was read in one way


@pytest.mark.parametrize(
    ("params", "runs", "note"),
    [
        ({"preset": "edges"}, [[0, 8], [24, 32]], ""),
        ({"preset": "unfiltered"}, [[0, 32]], ""),
        ({"start": "2", "stop": "6"}, [[2, 6]], ""),
        ({"start": "3", "stop": "9"}, [[3, 8]], "Bands are stored between edges of a grid"),
        ({"preset": "random"}, [[8, 24]], "What the preset random says is not stored; shown is bulk, τ 2."),
        ({"preset": "quiet"}, [[8, 24]], "What the preset quiet says is not stored; shown is bulk, τ 2."),
    ],
    ids=["edges", "unfiltered", "a band", "a band off the grid", "random", "quiet"],
)
def test_any_directions_are_shown_as_near_as_they_are_stored(
    stored: Path, open_page: Open, params: dict[str, str], runs: list[list[int]], note: str
) -> None:
    at = open_page(HOME, backbone=SPEC, **params)
    assert errors(at) == []
    committed = drawn(at, "instrument")["committed"]
    assert committed["runs"] == runs
    expected = committed_for(read_text(find_stored(OWN), 0).instrument, "custom", 2, runs)
    assert (committed["lists"], committed["near"]) == (expected["lists"], expected["near"])
    assert [said[: len(note)] for said in notes(at)] == ([note] if note else [])


def test_evidence_of_other_directions_is_said_to_be_that(stored: Path, open_page: Open) -> None:
    at = open_page(HOME, backbone=SPEC, start="2", stop="6")
    assert "Over a corpus, these directions are not stored; shown is bulk, τ 2." in markup(at)
    unfiltered = open_page(HOME, backbone=SPEC, preset="unfiltered")
    labels = [reading["label"] for reading in drawn(unfiltered, "evidence")["readings"]]
    assert labels == ["Unfiltered", "Centred, unfiltered"]
    assert "not stored" not in markup(unfiltered)


def test_a_text_is_chosen_kept_in_the_link_and_on_other_pages(stored: Path, open_page: Open) -> None:
    at = open_page(HOME, backbone=SPEC)
    typical, other, *_ = (text.text for text in find_stored(OWN).texts)
    at.selectbox(key="stored_text").set_value(text_id(other)).run()
    assert errors(at) == []
    assert address(at)["of_text"] == [text_id(other)]
    assert drawn(at, "instrument")["id"] == read_text(find_stored(OWN), 1).instrument["id"]
    again = open_page(LENS, backbone=SPEC, of_text=text_id(other))
    assert drawn(again, "instrument")["id"] == drawn(at, "instrument")["id"]
    foreign = open_page(LENS, backbone=SPEC, of_text="0" * 12)
    assert drawn(foreign, "instrument")["id"] == read_text(find_stored(OWN), 0).instrument["id"]
    assert typical in CORPUS.texts
    assert "of_text" not in address(open_page(LENS, of_text=text_id(other)))  # a live backbone has none


def test_a_text_of_the_table_is_opened(stored: Path, open_page: Open) -> None:
    at = tick(open_page(LENS, backbone=SPEC), "stored_texts", 2)
    assert errors(at) == []
    assert chosen(at)["stored_text"] == text_id(find_stored(OWN).texts[2].text)
    assert blocks(at) == ["And centring?", "All stored texts"]


def test_the_spectrum_shows_curves_and_the_ends_of_any_direction(stored: Path, open_page: Open) -> None:
    at = open_page(SPECTRUM, backbone=SPEC, dir="5")
    assert errors(at) == []
    assert [trace["name"] for trace in figures(at)["stored_curves"]["data"]][2:] == [
        "energy of this text",
        "energy of the corpus",
        "energy of the mean of the corpus",
    ]
    assert any(caption.value.startswith("Direction 5, left out") for caption in at.caption)
    assert len(at.dataframe[-1].value) == 5
    at.number_input(key="direction").set_value(31).run()
    assert errors(at) == []


@pytest.mark.parametrize("page", NEED_THE_MODEL)
def test_a_page_that_needs_the_model_says_so_in_one_line(stored: Path, open_page: Open, page: str) -> None:
    at = open_page(page, backbone=SPEC, **LIVE_DATA)
    assert errors(at) == []
    assert any(said.startswith("Tiny llama is stored, with 10 texts") for said in captions(at))
    assert blocks(at) == []
    assert [label for label in buttons(at) if "backbone" in label or "Get" in label] == [
        GET,
        "Use the bundled backbone",
    ]


def test_a_click_asks_for_the_model(stored: Path, open_page: Open) -> None:
    at = open_page(HOME, backbone=SPEC)
    next(button for button in at.button if button.label == GET).click().run()
    assert chosen(at)["backbone"] == HUB_ID
    assert "cannot be reached" in errors(at)[0]  # the tests have no network


def test_the_list_tells_stored_backbones_apart(stored: Path, open_page: Open) -> None:
    options = open_page(HOME, backbone=SPEC).selectbox(key="backbone").options
    told = [option for option in options if ", stored" in option]
    assert "Tiny llama, stored on this machine · no load · d = 32 · 360 tokens · 27,040 weights" in told
    assert options.index(told[0]) == 1
    assert options[1 : 1 + len(told)] == told


def test_what_is_not_stored_here_is_one_line_with_a_way_back(stored: Path, open_page: Open) -> None:
    at = open_page(HOME, backbone="stored:<b>nothing</b>")
    (error,) = errors(at)
    assert error.startswith("There is no stored backbone '<b>nothing</b>' here.")
    assert "Use the bundled backbone" in buttons(at)
    assert blocks(at) == []


def test_a_file_that_goes_bad_is_one_line(stored: Path, open_page: Open, stored_content: bytes) -> None:
    keep(stored, stored_content[: len(stored_content) // 2])
    (error,) = errors(open_page(HOME, backbone=SPEC))
    assert "no stored backbone" in error


def test_what_a_file_calls_itself_is_shown_to_the_letter(stored: Path, open_page: Open, stored_content: bytes) -> None:
    members = members_of(stored_content)
    with_manifest(hub_id="", name="![x](http://x/y.png) <i>n</i>")(members)
    keep(stored, write_archive(members))
    at = open_page(HOME, backbone=SPEC)
    assert errors(at) == []
    assert [label for label in buttons(at) if label.startswith("Get ")] == []  # it does not say where its model is
    assert "![x]" not in markup(at)
    assert "<i>n" not in markup(at)


def test_a_hosted_app_shows_what_comes_with_it_and_nothing_of_its_machine(
    stored: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    at = open_page(HOME, backbone=SPEC)
    assert "no stored backbone" in errors(at)[0]
    assert all("Tiny llama" not in option for option in at.selectbox(key="backbone").options)


def test_from_the_bundled_backbone_one_click_leads_to_a_larger_one(
    stored: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_caches()  # an earlier test may have loaded the bundled backbone
    about = replace(find_stored(OWN), parameters=11 * BUNDLED.parameters)
    monkeypatch.setattr(larger, "all_stored", lambda: {SPEC: Stored(SPEC, about, "shipped")})
    monkeypatch.setattr(load, "load", lambda *_: st.stop())  # what a visitor sees before the backbone is loaded
    at = open_page(HOME, backbone=BUNDLED.id)
    (button,) = (button for button in at.button if button.key == "larger")
    assert button.label == "See it on a model 11 times larger: Tiny llama, stored"
    button.click().run()
    assert errors(at) == []
    assert prose(at)[0].startswith("Stored Over 10 texts")
    assert drawn(at, "instrument")["d"] == 32
    assert "larger" not in [button.key for button in at.button]
