"""A session file brings a whole view back; a wrong one changes nothing and says so."""

import json
from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.errors import InputError
from embfilter_core.storage.visit import Visit
from pages.frame.control import Choice, Control, Named, Place, Several, Switch
from pages.frame.controls import CONTROLS
from pages.frame.share.session_file import LARGEST, PARTS, read, writer
from pages.frame.sidebar_controls import BACKBONE, DEVICE, DTYPE
from tests.app.acting import give
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import address, band, chosen, errors, given_files, markup, notes

pytestmark = pytest.mark.real

SAVE = "Save the session file"
VIEW = {
    "preset": "random",
    "ratio": "8",
    "seed": "42",
    "compare": "difference",
    "top": "7",
    "known_words": "true",
    "layer": "1",
    "corpus": "topics",
    "pairs": "5",
    "baselines": ["z-score", "centring"],
}
LONG_TEXT = "the cat <b>sat</b>\n" * 500


def upload(at: AppTest, content: bytes | str, name: str = "session.json") -> AppTest:
    data = content if isinstance(content, bytes) else content.encode()
    return at.file_uploader(key="session_file").set_value((name, data, "application/json")).run()


def session(at: AppTest, downloads: Mapping[str, bytes]) -> dict:
    assert not at.exception
    return json.loads(downloads[SAVE])


@pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])
def test_a_saved_session_opens_in_another_session(
    open_page: Open, downloads: Mapping[str, bytes], page: str, tiny_folder: str
) -> None:
    first = open_page(page, **VIEW)
    first.text_area(key="text").set_value(LONG_TEXT).run()
    saved = session(first, downloads)
    assert set(saved) == PARTS
    assert set(saved["controls"]) == set(CONTROLS)
    assert saved["visit"]["texts"] == {"text": LONG_TEXT}
    second = open_page(page)
    assert session(second, downloads) != saved
    upload(second, json.dumps(saved))
    assert errors(second) == []
    assert "The session was restored." in notes(second)
    assert session(second, downloads) == saved


def test_a_custom_band_survives(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    first = open_page(start="3", stop="9", preset="custom")
    saved = session(first, downloads)
    assert (saved["controls"]["start"], saved["controls"]["stop"]) == (3, 9)
    second = upload(open_page(), json.dumps(saved))
    assert band(second) == (3, 9)
    assert second.session_state["preset"] == "custom"


def test_a_band_of_an_old_session_file_is_turned_into_directions(open_page: Open) -> None:
    old = {"kind": "embedfilter-session", "preset": "custom", "band": [125, 500]}
    assert band(upload(open_page(), json.dumps(old))) == (4, 16)


def test_the_last_layer_and_no_baseline_take_back_others(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    saved = session(open_page(LENS), downloads)
    assert (saved["controls"]["layer"], saved["controls"]["baselines"]) == (None, [])
    second = open_page(LENS, **VIEW)
    upload(second, json.dumps(saved))
    assert "The session was restored." in notes(second)
    assert session(second, downloads) == saved
    assert "layer" not in address(second)


def another_value(control: Control) -> object:
    """A possible value of a control that is not its default."""
    if isinstance(control, Switch):
        return not control.default
    if isinstance(control, Choice):
        return [choice for choice in control.choices if choice != control.default][-1]
    if isinstance(control, Several):
        return list(control.choices)[:1]
    if isinstance(control, Named):
        return "prompteol {text}" if control.key == "template" else "sick"
    return "3" if isinstance(control, Place) else 15


def test_every_control_comes_back(open_page: Open, downloads: Mapping[str, bytes], tiny_folder: str) -> None:
    at = open_page()
    begun = session(at, downloads)["controls"]
    kept = {control.key for control in (BACKBONE, DEVICE, DTYPE)}  # of which this machine has one
    others = {key: another_value(control) for key, control in CONTROLS.items() if key not in kept}
    assert all(begun[key] != value for key, value in others.items())
    whole = session(at, downloads) | {"controls": begun | others, "page": "Map"}
    upload(at, json.dumps(whole))
    assert at.title[0].value == "Map"
    assert session(at, downloads)["controls"] == begun | others


def test_texts_files_and_choices_open_elsewhere_and_files_are_asked_for_again(
    open_page: Open, downloads: Mapping[str, bytes], own_home: Path
) -> None:
    table = ("mine.csv", "a;b\none text here;x\nand another text;y\n")
    similarity = "pages/3_Similarity.py"
    first = open_page(similarity, corpus="upload")
    give(first, "corpus", table)
    first.session_state["second_text"] = "A second text."
    saved = session(first.run(), downloads)
    rmtree(own_home / "visits")  # another server does not have the file
    second = open_page(HOME)
    upload(second, json.dumps(saved))
    assert second.title[0].value == "Similarity"
    assert "was here; choose it again, and what was chosen for it is back" in markup(second)
    assert any("Choose again on its page: mine.csv." in note for note in notes(second))
    give(second.switch_page(similarity), "corpus", table)
    assert [line.split(" · ")[0] for line in given_files(second)] == ["mine.csv"]
    assert session(second, downloads)["visit"] == saved["visit"]
    assert session(second, downloads)["visit"]["texts"]["second_text"] == "A second text."


def test_what_was_looked_for_and_followed_comes_back(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    layers = "pages/6_Layers.py"
    first = open_page(layers)
    first.multiselect(key="followed").set_value(first.multiselect(key="followed").value[:1]).run()
    first.session_state["map_find"] = "cat"
    saved = session(first.run(), downloads)
    assert set(saved["screen"]) == {"followed", "map_find"}
    second = open_page(layers)
    assert len(second.multiselect(key="followed").value) > 1
    upload(second, json.dumps(saved))
    assert errors(second) == []
    assert second.multiselect(key="followed").value == first.multiselect(key="followed").value
    assert session(second, downloads)["screen"] == saved["screen"]


def test_a_backbone_of_ones_own_stands_in_the_file_by_name_and_fingerprint(
    open_page: Open, downloads: Mapping[str, bytes], tiny_folder: str
) -> None:
    saved = session(open_page().run(), downloads)
    assert saved["controls"]["backbone"].startswith("tiny-llama@")
    assert tiny_folder not in json.dumps(saved)
    second = open_page(LENS)
    upload(second, json.dumps(saved))
    assert chosen(second)["backbone"] == tiny_folder


WRONG = {
    "no JSON": b"not json",
    "bytes": b"\xff\xfe\x00",
    "empty": b"",
    "a list": b"[1, 2]",
    "another file": b'{"kind": "other", "preset": "edges"}',
    "deep": b"[" * 100_000,
    "a number that is none": b'{"kind": "embedfilter-session", "top": NaN}',
    "endless number": b'{"kind": "embedfilter-session", "top": ' + b"9" * 5000 + b"}",
}


HOSTILE = {
    "newer": ({"v": "7"}, "is of version 7, and this app reads versions 1 to 6"),
    "a version that is none": ({"v": "<b>"}, "is of version <b>, and this app reads versions 1 to 6"),
    "a foreign part": ({"script": 1}, "holds 'script', which is nothing that this app knows"),
    "a foreign control": ({"controls": {"evil": 1}}, "holds 'evil', which is nothing that this app knows"),
    "a control of another kind": (
        {"controls": {"top": {"x": 1}}},
        "has for 'top' a value of a kind that no control has",
    ),
    "a control with a fraction": ({"controls": {"top": 7.5}}, "has for 'top' a value of a kind that no control has"),
    "no controls": ({"controls": []}, "lacks the controls of a session file"),
    "a page of another kind": ({"page": ["Home"]}, "lacks a part of a session file"),
    "a visit of another shape": (
        {"visit": {"texts": {}}},
        "has in 'visit' not the texts, files and choices of a visit",
    ),
    "a text of no box": (
        {"visit": {"texts": {"other": "x"}, "files": {}, "choices": {}}},
        "has in 'visit' a text of no box, or one that is too long",
    ),
    "a foreign part of the screen": ({"screen": {"x": 1}}, "has in 'screen' a screen with parts that are not known"),
    "a search of another kind": ({"screen": {"find": 3}}, "has in 'screen' a text that is none, or too long"),
    "a run that is none": ({"run": {"record": {}}}, "has in 'run' a run that is none"),
    "a run without numbers": (
        {"run": {"fingerprint": "x", "record": {"id": "x"}}},
        "has in 'run' not a record of a measurement",
    ),
}


@pytest.fixture(scope="module")
def whole() -> dict:
    """What a session file holds where nothing was chosen."""
    controls = {key: control.default for key, control in CONTROLS.items()}
    return json.loads(writer("Home", controls, Visit(), {}, lambda: None)())


def test_a_file_as_it_is_written_is_read(whole: dict) -> None:
    found = read("mine.json", json.dumps(whole).encode())
    assert (found.page, found.is_whole, found.run, dict(found.controls)) == ("Home", True, None, whole["controls"])


@pytest.mark.parametrize(("change", "why"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_or_newer_file_is_refused_by_name(whole: dict, change: dict, why: str) -> None:
    wrong = whole | {name: value for name, value in change.items() if name != "controls"}
    if isinstance(change.get("controls"), dict):
        wrong["controls"] = whole["controls"] | change["controls"]
    elif "controls" in change:
        wrong["controls"] = change["controls"]
    with pytest.raises(InputError) as refused:
        read("theirs.json", json.dumps(wrong).encode())
    assert str(refused.value) == f"theirs.json {why}. Nothing was changed."


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_what_is_no_session_file_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read("theirs.json", content)
    assert str(refused.value) == "theirs.json is not a session file of this app. Nothing was changed."


def test_a_file_that_is_refused_changes_nothing(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_page(LENS, **VIEW)
    before = session(at, downloads)
    wrong = before | {"page": "Map", "run": {"fingerprint": "x", "record": {"id": "x"}}}
    for content in (json.dumps(wrong), json.dumps(before).replace('"top": 7', '"top": NaN'), WRONG["deep"]):
        upload(at, content, "theirs.json")
        assert errors(at) == []
        assert notes(at)[0].startswith("theirs.json ")
        assert notes(at)[0].endswith("Nothing was changed.")
        assert session(at, downloads) == before


def test_a_file_that_is_too_large_is_not_read(open_page: Open) -> None:
    at = upload(open_page(), b" " * (LARGEST + 1))
    assert errors(at) == []
    (note,) = notes(at)
    assert "larger than" in note


IMPOSSIBLE = {
    "preset": "<script>",
    "start": -1,
    "band": [900, 100],
    "top": 500,
    "ratio": [2, 4],
    "seed": None,
    "centre": "perhaps",
    "backbone": ["x", "y"],
    "layer": "last",
    "corpus": None,
    "baselines": ["centring", "nonsense"],
    "pairs": 2.5,
}


def test_impossible_values_are_named_and_left_while_the_others_are_restored(
    open_page: Open, downloads: Mapping[str, bytes]
) -> None:
    at = open_page(LENS)
    before = session(at, downloads)
    upload(at, json.dumps({"kind": "embedfilter-session", **IMPOSSIBLE, "known_words": True, "text": ["no text"]}))
    assert errors(at) == []
    assert len(notes(at)) == len(IMPOSSIBLE)
    for key in IMPOSSIBLE:
        assert any(f"The session file's {key} is impossible" in note for note in notes(at))
    assert session(at, downloads)["controls"] == {**before["controls"], "known_words": True}


def test_a_file_name_is_shown_to_the_letter(open_page: Open) -> None:
    at = upload(open_page(), b"x", "**<b>$x$</b>**.json")
    assert "<b>" not in at.info[0].value
    assert notes(at)[0].startswith("**<b>$x$</b>**.json is not")
