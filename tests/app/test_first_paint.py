"""What a first visit waits for: neither for torch, nor for what a server can do when it starts."""

import asyncio
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest
import streamlit as st

from embfilter_core.storage.visit import Visit
from embfilter_core.storage.visit_store import new_visit_id, visit_store
from pages.frame import starting
from pages.frame.visit.files import file_of
from tests.apart import run_apart

DRAW_THE_STORED_EXAMPLE = """
import sys

sys.modules["plotly"] = None  # Streamlit imports it where it is there; Home needs none of it
import app
import streamlit as st
from streamlit.testing.v1 import AppTest

from pages.frame import load

def ours():
    return {name for name in sys.modules if name.startswith(("embfilter_core", "pages"))}

assert isinstance(app.app, st.App)
load.load = lambda *_: st.stop()  # all that a visitor sees before the backbone is loaded
before = ours()
at = AppTest.from_file("app.py", default_timeout=60)
name, value = sys.argv[1:] or ("", "")
if name:
    at.query_params[name] = value
at.run()
assert name != "visit" or at.session_state["text"] == "a text that was kept"
assert not at.exception
drawn = [one.proto.component_name for one in at.get("bidi_component")]
assert sorted(drawn) == ["address_bar", "close_sidebar", "evidence", "instrument", "instrument_data"], drawn
heavy = {"pandas", "scipy", "sklearn", "torch", "transformers", "umap", "wordfreq"}
print(sorted(heavy & set(sys.modules) | ours() - before))
"""


def heavy_imports(*arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", DRAW_THE_STORED_EXAMPLE, *arguments],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    return result.stdout.splitlines()[-1]


def test_the_stored_example_needs_no_heavy_import_and_none_of_ours_that_a_server_has_not_done() -> None:
    assert heavy_imports() == "[]"


def test_a_stored_backbone_needs_no_more_than_that() -> None:
    assert heavy_imports("backbone", "stored:smollm2-135m-instruct") == "[]"


def test_a_visit_that_was_kept_comes_back_without_any_heavy_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path))
    visit_id, file = new_visit_id(), file_of("own.csv", b"text\na\n")
    kept = Visit({"text": "a text that was kept"}, {"corpus": (file,)}, {file.sha256: {"delimiter": "comma"}})
    assert visit_store().write(visit_id, kept, {file.sha256: b"text\na\n"})
    assert heavy_imports("visit", visit_id) == "[]"


@pytest.mark.parametrize("headless", [True, False])
def test_a_server_that_starts_opens_a_browser_where_there_may_be_one(
    headless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    options = {"server.headless": headless, "browser.serverPort": 8599, "server.baseUrlPath": "/lens/"}
    monkeypatch.setattr(st, "get_option", lambda name, get=st.get_option: options.get(name, get(name)))
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(starting, "LISTENS_AFTER_S", 0)

    async def start() -> None:
        async with starting.starting(None):
            await asyncio.sleep(0.01)

    run_apart(start())
    assert opened == ([] if headless else ["http://localhost:8599/lens"])
