"""A backbone that cannot be used is told in one line, with a way back; a hosted app reads no paths."""

import pytest

from embfilter_core.backbones.catalogue import BUNDLED
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import blocks, components, drawn, errors, markup, text_of

pytestmark = pytest.mark.real

PAGES = pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])
UNKNOWN = {
    "unknown name": ("nope", "Unknown backbone 'nope'."),
    "markup": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "markdown": ("**x** $y$ :smile:", "'**x** $y$ :smile:'"),
    "hub id offline": ("owner/name", "cannot be reached, and owner/name is not on this machine."),
    "impossible hub id": ("owner/na me", "'owner/na me' is not a possible hub id."),
    "no such folder": ("/nowhere/model", "There is no folder /nowhere/model."),
    "no such file": ("/nowhere/model.gguf", "There is no file /nowhere/model.gguf."),
    "white space": ("   ", "Unknown backbone ''."),
}


@PAGES
@pytest.mark.parametrize(("spec", "said"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_backbone_that_cannot_be_found_is_one_line(open_page: Open, page: str, spec: str, said: str) -> None:
    at = open_page(page, backbone=spec)
    (error,) = errors(at)
    assert said in error
    assert "\n" not in error
    assert blocks(at) == []
    assert "<script" not in markup(at)
    assert "**x**" not in markup(at)


def test_a_folder_without_a_model_is_one_line(open_page: Open, tmp_path) -> None:
    (error,) = errors(open_page(backbone=str(tmp_path)))
    assert "has no config.json" in error


@PAGES
def test_from_an_unknown_backbone_one_click_leads_back(open_page: Open, page: str) -> None:
    at = open_page(page, backbone="nope")
    (back,) = (button for button in at.button if button.label == "Use the bundled backbone")
    back.click().run()
    assert errors(at) == []
    assert at.session_state["backbone"] == BUNDLED.id
    assert drawn(at, "instrument")["d"] == BUNDLED.d


@PAGES
def test_a_hosted_app_refuses_a_path_even_where_there_is_a_model(
    open_page: Open, tiny_folder: str, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    assert errors(open_page(page)) == []
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    (error,) = errors(open_page(page, backbone=tiny_folder))
    assert "is not offered here: this app is hosted." in error


@pytest.mark.parametrize(
    "spec",
    [
        "owner/name",
        "mistral-7b-instruct-v0.3",
        "mistralai/Mistral-7B-Instruct-v0.3",
        "~/model",
        "/etc/passwd.gguf",
        "nope",
    ],
)
def test_a_hosted_app_refuses_what_is_no_small_catalogue_backbone(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, spec: str
) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    (error,) = errors(open_page(backbone=spec))
    assert "this app is hosted" in error


def test_a_hosted_app_shows_the_bundled_backbone(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    at = open_page(backbone=BUNDLED.id)
    assert errors(at) == []
    assert drawn(at, "instrument")["d"] == BUNDLED.d


def test_home_ends_with_one_live_set_of_blocks(open_page: Open) -> None:
    at = open_page(backbone=BUNDLED.id)
    assert errors(at) == []
    assert components(at) == ["instrument_data", "instrument", "close_sidebar"]
    assert "Stored example" not in text_of(at)
    assert at.get("plotly_chart") == []
