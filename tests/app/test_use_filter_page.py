"""Use this filter: what it says of the view, what it leaves out, and that its download is what the verb writes."""

import io
import json
import shlex
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.cli import main
from pages.frame import hosting
from tests.app.conftest import Open
from tests.app.reading import errors, plain, text_of

pytestmark = pytest.mark.real

USE = "pages/8_Use_this_filter.py"
SUMMARY = "A text is trimmed and put into the prompt"


def files_of(zipped: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def test_the_download_is_what_the_command_line_and_the_python_lines_write(
    open_page: Open, downloads: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page(USE, preset="random", seed="5", ratio="4", prompt="plain-last")
    assert errors(at) == []
    assert SUMMARY in text_of(at) and "Nothing was measured of this choice" in text_of(at)
    assert "save_export" not in [button.key for button in at.get("download_button")]
    at.button(key="make_export").click().run()
    assert errors(at) == []
    (label,) = (label for label in downloads if label.startswith("Download, "))
    there = files_of(downloads[label])
    (command,) = {code.value for code in at.code if code.value.startswith("python -m embfilter_core export")}
    (lines,) = (code.value for code in at.code if "import" in code.value)
    (tmp_path / "lines").mkdir()
    monkeypatch.chdir(tmp_path / "lines")
    exec(lines, {})
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[3:]) == 0
    written, by_lines = tmp_path / "embedfilter-export", tmp_path / "lines/embedfilter-export"
    assert (written / "conformance.json").read_bytes() == (by_lines / "conformance.json").read_bytes()
    for name in ("conformance.json", "manifest.json", "README.md", "plain/tokenizer.json", "chat/chat_template.jinja"):
        assert there[name] == (written / name).read_bytes(), name
    expected = json.loads(there["conformance.json"])["expected"]
    assert np.array(expected).shape == (10, 8)
    assert b"Nothing was measured of this choice" in there["README.md"]


def test_what_a_form_cannot_hold_is_said_before_it_is_made(open_page: Open) -> None:
    said = text_of(open_page(USE, prompt="echo", layer="1"))
    assert said.count("left out. Echo averages over the second copy of the text alone") == 2
    assert "mean over the second copy of layer 1 of 2, after the final norm" in said


def test_centring_waits_until_the_reference_is_embedded(open_page: Open) -> None:
    at = open_page(USE, centre="true")
    assert "To centre, the 300 reference documents have to be embedded" in text_of(at)
    assert SUMMARY not in text_of(at)


def test_a_download_is_bounded(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from pages.use_filter import making

    monkeypatch.setattr(making, "MOST_BYTES", 1000)
    at = open_page(USE)
    at.button(key="make_export").click().run()
    (error,) = errors(at)
    assert "a download here has at most 0 MB" in error
    assert not hosting.is_hosted()


def test_a_decision_of_choose_rank_goes_along_until_something_else_is_kept(open_page: Open) -> None:
    at = open_page("pages/4_Choose_rank.py", backbone=BUNDLED.id)
    answer = plain(at.success[0].value)
    assert answer.startswith("Keep ")
    next(button for button in at.button if button.label == "Use this band").click().run()
    at.switch_page(USE).run()
    assert errors(at) == []
    said = text_of(at)
    assert "Measured before and stored with the app, on STS Benchmark" in said and answer in said
    assert "That counts on an index which stores 4 bits." in said
    at.button_group(key="preset").set_value("bulk").run()
    said = text_of(at)
    assert answer not in said and "The answer of Choose rank keeps other directions" in said
