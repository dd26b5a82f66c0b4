"""A session file brings a whole view back; a wrong one changes nothing and says so."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame.controls import CONTROLS
from pages.frame.permalink import LARGEST_SESSION_FILE
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import address, band, errors, notes

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


def session(at: AppTest, downloads: dict[str, bytes]) -> dict:
    assert not at.exception
    return json.loads(downloads[SAVE])


@pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])
def test_a_saved_session_opens_in_another_session(
    open_page: Open, downloads: dict[str, bytes], page: str, tiny_folder: str
) -> None:
    first = open_page(page, **VIEW)
    first.text_area(key="text").set_value(LONG_TEXT).run()
    saved = session(first, downloads)
    assert set(saved) == {"kind", "v", "text", *CONTROLS}
    assert saved["text"] == LONG_TEXT
    second = open_page(page)
    assert session(second, downloads) != saved
    upload(second, json.dumps(saved))
    assert errors(second) == []
    assert "The session was restored." in notes(second)
    assert session(second, downloads) == saved


def test_a_custom_band_survives(open_page: Open, downloads: dict[str, bytes]) -> None:
    first = open_page(start="3", stop="9", preset="custom")
    saved = session(first, downloads)
    assert (saved["start"], saved["stop"]) == (3, 9)
    second = upload(open_page(), json.dumps(saved))
    assert band(second) == (3, 9)
    assert second.session_state["preset"] == "custom"


def test_a_band_of_an_old_session_file_is_turned_into_directions(open_page: Open) -> None:
    old = {"kind": "embedfilter-session", "preset": "custom", "band": [125, 500]}
    assert band(upload(open_page(), json.dumps(old))) == (4, 16)


def test_the_last_layer_and_no_baseline_take_back_others(open_page: Open, downloads: dict[str, bytes]) -> None:
    saved = session(open_page(LENS), downloads)
    assert (saved["layer"], saved["baselines"]) == (None, [])
    second = open_page(LENS, **VIEW)
    upload(second, json.dumps(saved))
    assert "The session was restored." in notes(second)
    assert session(second, downloads) == saved
    assert "layer" not in address(second)


WRONG = {
    "no JSON": b"not json",
    "bytes": b"\xff\xfe\x00",
    "empty": b"",
    "a list": b"[1, 2]",
    "another file": b'{"kind": "other", "preset": "edges"}',
    "deep": b"[" * 100_000,
    "endless number": b'{"kind": "embedfilter-session", "top": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("content", WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_session_changes_nothing(
    open_page: Open, downloads: dict[str, bytes], content: bytes
) -> None:
    at = open_page(LENS, **VIEW)
    before = session(at, downloads)
    upload(at, content)
    assert errors(at) == []
    assert notes(at) == ["session.json is not a session file of this app. Nothing was changed."]
    assert session(at, downloads) == before


def test_a_file_that_is_too_large_is_not_read(open_page: Open) -> None:
    at = upload(open_page(), b" " * (LARGEST_SESSION_FILE + 1))
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
    open_page: Open, downloads: dict[str, bytes]
) -> None:
    at = open_page(LENS)
    before = session(at, downloads)
    upload(at, json.dumps({"kind": "embedfilter-session", **IMPOSSIBLE, "known_words": True, "text": ["no text"]}))
    assert errors(at) == []
    assert len(notes(at)) == len(IMPOSSIBLE)
    for key in IMPOSSIBLE:
        assert any(f"The session file's {key} is impossible" in note for note in notes(at))
    assert session(at, downloads) == {**before, "known_words": True}


def test_a_file_name_is_shown_to_the_letter(open_page: Open) -> None:
    at = upload(open_page(), b"x", "**<b>$x$</b>**.json")
    assert "<b>" not in at.info[0].value
    assert notes(at)[0].startswith("**<b>$x$</b>**.json is not")
