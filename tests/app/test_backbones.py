"""A backbone that cannot be used is told in one line, with a way back; a hosted app reads no paths."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from transformers import AddedToken

import embfilter_core
from embfilter_core import Backbone, preflight
from embfilter_core.backbones import devices, loading
from embfilter_core.backbones.catalogue import BUNDLED, CATALOGUE
from embfilter_core.backbones.machine_memory import MachineMemory
from pages.frame import hosting
from pages.frame.backbone_box import OTHER
from pages.frame.controls import TEXT
from tests.app.acting import clear_caches
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import address, blocks, components, drawn, errors, markup, text_of
from tests.tiny import ROWS, byte_level_tokenizer, save_tiny

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


def test_a_backbone_of_ones_own_is_written_whole_and_its_facts_are_told_once_it_is_loaded(
    open_page: Open, tiny_folder: str
) -> None:
    at = open_page(backbone=BUNDLED.id)
    assert "backbone_written" not in [field.key for field in at.text_input]
    at.selectbox(key="backbone").set_value(OTHER).run()
    assert errors(at) == []
    assert drawn(at, "instrument")["d"] == BUNDLED.d  # until another is named
    at.text_input(key="backbone_written").set_value(f' "{tiny_folder}" ').run()
    assert errors(at) == []
    assert at.text_input(key="backbone_written").value == tiny_folder
    assert any(caption.value.endswith("llama, d = 32, 360 tokens") for caption in at.sidebar.caption)
    at.selectbox(key="backbone").set_value(BUNDLED.id).run()
    assert "backbone_written" not in [field.key for field in at.text_input]
    assert drawn(at, "instrument")["d"] == BUNDLED.d


def test_the_list_says_what_a_backbone_costs_before_it_is_chosen(open_page: Open) -> None:
    offered = open_page(backbone=BUNDLED.id).selectbox(key="backbone").options
    assert offered[0] == "smollm2-135m-instruct · offline · Apache-2.0 · Llama (SmolLM2) · 135 M weights"
    (llama,) = (said for said in offered if said.startswith("llama-3.1-8b-instruct"))
    assert re.search(r" · 16[.]\d+\sGB, gated · Llama 3[.]1 Community License · Llama 3 · 8[.]0 B weights$", llama)


def test_a_hosted_app_lists_what_it_offers(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    offered = open_page(backbone=BUNDLED.id).selectbox(key="backbone").options
    small = [name for name, entry in CATALOGUE.items() if entry.parameters <= hosting.MOST_PARAMETERS]
    assert [said.split(" · ")[0] for said in offered if ", stored · " not in said] == small
    assert 5 < len(small) < len(CATALOGUE)


def test_a_link_names_a_backbone_of_ones_own_by_its_fingerprint_and_finds_it_again(
    open_page: Open, tiny: Backbone, tiny_folder: str, tmp_path: Path
) -> None:
    (named,) = address(open_page(LENS))["backbone"]
    assert named == f"tiny-llama@{tiny.fingerprint[:12]}"
    again = open_page(LENS, backbone=named)
    assert errors(again) == []
    assert again.text_input(key="backbone_written").value == tiny_folder
    (error,) = errors(open_page(LENS, backbone="tiny-llama@0123456789ab"))
    assert error.startswith("The backbone tiny-llama@0123456789ab is somebody's own, and not known on this machine.")


def test_a_hosted_app_links_no_path_and_does_not_look_for_one(
    open_page: Open, tiny_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (named,) = address(open_page())["backbone"]
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    for spec in (tiny_folder, "/nowhere/model", named):
        at = open_page(backbone=spec)
        assert "this app is hosted" in errors(at)[0]
        assert tiny_folder not in errors(at)[0] or spec == tiny_folder
        assert "backbone" not in address(at)


def test_home_ends_with_one_live_set_of_blocks(open_page: Open) -> None:
    at = open_page(backbone=BUNDLED.id)
    assert errors(at) == []
    assert [name for name in components(at) if name not in ("close_sidebar", "address_bar")] == [
        "instrument_data",
        "instrument",
    ]
    assert "Stored example" not in text_of(at)
    assert at.get("plotly_chart") == []


@pytest.fixture
def on_the_hub(monkeypatch: pytest.MonkeyPatch, tiny_folder: str) -> list[str]:
    """`owner/tiny` is the tiny backbone and is yet to be fetched; grows by what is loaded."""
    clear_caches()  # what others loaded would leave, and counts as free
    told = replace(preflight(tiny_folder), spec="owner/tiny", name="owner/tiny", kind="hub", fetch_bytes=988_000_000)
    monkeypatch.setattr(embfilter_core, "preflight", lambda spec: replace(told, spec=spec))
    load, loaded = loading.load_backbone, []
    monkeypatch.setattr(loading, "load_backbone", lambda spec, *given: loaded.append(spec) or load(tiny_folder, *given))
    return loaded


@PAGES
def test_what_is_to_be_fetched_is_told_first_and_a_click_begins_it(
    open_page: Open, on_the_hub: list[str], page: str
) -> None:
    at = open_page(page, backbone="owner/tiny")
    assert errors(at) == []
    told = " ".join(markdown.value for markdown in at.markdown).replace("\\", "")
    assert "llama, 27,040 weights in 2 layers, d = 32, 360 tokens, tied." in told
    assert re.search(r"In float32 on \w+: takes .* of memory, .* are free, fits", told)
    assert "Its card names no licence." in told
    assert (on_the_hub, blocks(at)) == ([], [])
    (fetch,) = (button for button in at.button if button.key == "fetch_backbone")
    assert fetch.label.replace("\xa0", " ") == "Fetch 988 MB and load"
    fetch.click().run()
    assert errors(at) == []
    assert on_the_hub == ["owner/tiny"]
    assert drawn(at, "instrument")["d"] == 32


def test_what_does_not_fit_is_refused_before_it_is_fetched(
    open_page: Open, on_the_hub: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = MachineMemory(total=10**7, available=10**6)
    monkeypatch.setattr(devices, "machine_memory", lambda: few)
    (error,) = errors(open_page(backbone="owner/tiny"))
    assert re.search(r"needs \d+.MB of memory in float32; 1.MB are free", error)
    assert on_the_hub == []


@pytest.fixture(scope="module")
def beyond_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a backbone whose tokenizer has a token that its embedding matrix has no row for."""
    tokenizer = byte_level_tokenizer()
    tokenizer.add_tokens([AddedToken(f"<extra_{i}>", normalized=False) for i in range(ROWS - len(tokenizer) + 1)])
    return str(save_tiny(tmp_path_factory.mktemp("beyond") / "beyond", tokenizer=tokenizer))


def test_what_is_to_be_said_of_a_backbone_stands_below_its_choice(open_page: Open, beyond_folder: str) -> None:
    at = open_page(LENS, backbone=beyond_folder)
    assert errors(at) == []
    assert "beyond the 360 rows of embeddings" in text_of(at)


@pytest.mark.parametrize("page", [HOME, LENS, "pages/2_Spectrum.py", "pages/3_Similarity.py", "pages/6_Layers.py"])
def test_a_text_with_a_token_without_an_embedding_is_one_line(open_page: Open, beyond_folder: str, page: str) -> None:
    at = open_page(page, backbone=beyond_folder)
    assert errors(at) == []
    last = ROWS - len(byte_level_tokenizer())
    at.session_state[TEXT] = f"the cat <extra_{last}> sat"
    at.run()
    assert not at.exception
    (error,) = errors(at)
    assert f"'<extra_{last}>' is the token 360" in error
    assert "\n" not in error
