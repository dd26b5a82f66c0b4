"""The Compare page: two sides on the same scales, stored ones without a load, and all spectra that are stored."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.backbones import loading
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.corpora import lee_background
from embfilter_core.instrument.evidence import evidence_data
from embfilter_core.lens.corpus_evidence import corpus_evidence
from embfilter_core.lens.token_counts import count_tokens
from embfilter_core.lens.token_rates import token_rates
from embfilter_core.stored_backbones import source
from embfilter_core.stored_backbones.shelf import stored_backbones
from pages.frame.stored_backbones import PLACE
from tests.app.acting import give
from tests.app.conftest import Open
from tests.app.reading import address, blocks, errors, figures, given_files, prose
from tests.app.stored import OWN, SPEC, keep, no_load

pytestmark = pytest.mark.real

COMPARE = "pages/7_Compare.py"
OTHER = "own-other"
TWO = {"first": SPEC, "second": f"stored:{OTHER}"}


@pytest.fixture
def two_stored(own_home: Path, stored_content: bytes) -> Path:
    """Two stored backbones in the cache folder."""
    for name in (OWN, OTHER):
        keep(own_home, stored_content, name)
    return own_home


def open_compare(open_page: Open, **params: object) -> AppTest:
    return open_page(COMPARE, **params)


def evidences(at: AppTest) -> list[dict]:
    import json

    found = [one.proto for one in at.get("bidi_component") if one.proto.component_name == "evidence"]
    return [json.loads(one.json)[0] for one in found]


def token_lists(at: AppTest) -> list[str]:
    return [one.proto.body for one in at.get("html") if 'class="token-lists"' in one.proto.body]


def test_two_stored_backbones_stand_beside_each_other_without_a_load(
    two_stored: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load_backbone", no_load)
    at = open_compare(open_page, backbone=BUNDLED.id, **TWO)
    assert errors(at) == []
    assert blocks(at)[:3] == ["What differs?", "One text", "Is it one text, or the corpus?"]
    first, second = evidences(at)
    assert first == second
    assert [reading["label"] for reading in first["readings"]] == [
        "Unfiltered",
        "Kept directions",
        "Centred, unfiltered",
    ]
    assert len(token_lists(at)) == 2
    assert "<script>" not in "".join(token_lists(at))
    assert any("texts that both read cannot tell" in said for said in prose(at))
    assert {name: address(at)[name] for name in TWO} == {name: [spec] for name, spec in TWO.items()}


def test_two_bands_of_a_stored_backbone_need_no_load(
    two_stored: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load_backbone", no_load)
    at = open_compare(open_page, versus="bands", backbone=SPEC, band_2="secondary-4")
    assert errors(at) == []
    assert token_lists(at)[0] != token_lists(at)[1]
    told = prose(at)
    assert any("the sidebar's band" in said and "secondary, τ 4" in said for said in told)
    assert not any(said.startswith("Δπ of frequent tokens in the first") for said in told)  # one backbone on both sides


@pytest.mark.parametrize("versus", ["prompts", "layers"])
def test_prompts_and_layers_of_a_stored_backbone_need_its_model(two_stored: Path, open_page: Open, versus: str) -> None:
    at = open_compare(open_page, versus=versus, backbone=SPEC)
    assert errors(at) == []
    assert blocks(at) == ["Singular directions across backbones"]
    assert any(f"Comparing {versus} needs the model" in caption.value.replace("\\", "") for caption in at.caption)


def test_a_live_side_shows_what_the_library_finds(
    two_stored: Path, open_page: Open, tiny: Backbone, tiny_folder: str, embedded: np.ndarray
) -> None:
    at = open_compare(open_page, backbone=tiny_folder, first=SPEC, second=tiny_folder)
    assert errors(at) == []
    assert "Spectra" in blocks(at)
    corpus, kept = lee_background(), KeptDirections.bulk(32)
    rates = token_rates(count_tokens(tiny, corpus.texts, corpus.name))
    expected = evidence_data(corpus_evidence(tiny, embedded, kept, rates, embedded.mean(axis=0)), corpus, kept)
    _, live = evidences(at)
    assert [reading["counts"] for reading in live["readings"]] == [
        reading["counts"] for reading in expected["readings"] if "Removed" not in reading["label"]
    ]


@pytest.mark.parametrize(
    "params", [{"versus": "layers"}, {"versus": "prompts"}, {"versus": "bands"}], ids=lambda it: it["versus"]
)
def test_two_readings_of_a_live_backbone_differ(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, params: dict[str, str]
) -> None:
    at = open_compare(open_page, **params)
    assert errors(at) == []
    one, other = token_lists(at)
    assert one != other


def test_all_that_are_stored_are_drawn_and_told_in_a_table(two_stored: Path, open_page: Open) -> None:
    at = open_compare(open_page, **TWO)
    names = [trace["name"] for trace in figures(at)["spectra"]["data"]]
    assert names == [one.name for one in stored_backbones()]
    (table,) = (one.value for one in at.dataframe if "delta_pi_first" in one.value)
    assert table["backbone"].tolist() == names
    assert table["delta_pi_first"].between(0, 100).all()
    assert any(said.startswith("Δπ of frequent tokens is high") for said in prose(at))


def test_a_file_that_somebody_hands_on_is_kept_until_it_is_removed(
    own_home: Path, open_page: Open, stored_content: bytes
) -> None:
    at = give(open_compare(open_page), PLACE, ("from a friend.zip", stored_content))
    assert errors(at) == []
    assert given_files(at) == []  # it is in the cache folder now
    (file,) = (own_home / "stored").iterdir()
    again = open_compare(open_page)
    (look,) = (button for button in again.button if button.label == "Look at it")
    look.click().run()
    assert errors(again) == []
    assert address(again)["backbone"][0].startswith("stored:own-tiny-llama-")
    (remove,) = (button for button in again.button if (button.key or "").startswith("remove_stored:"))
    remove.click().run()
    assert errors(again) == []
    assert not file.exists()


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 nothing", b"<script>alert(1)</script>"], ids=["empty", "zip", "markup"]
)
def test_a_file_that_is_no_stored_backbone_is_refused_and_not_kept(
    own_home: Path, open_page: Open, content: bytes
) -> None:
    at = give(open_compare(open_page), PLACE, ("<b>bad</b>.zip", content))
    (error,) = errors(at)
    assert "is not a stored backbone" in error
    assert "\n" not in error
    assert not [file for file in (own_home / "stored").glob("*.zip")]
    next(button for button in at.button if button.label == "Remove").click().run()
    assert errors(at) == given_files(at) == []


def test_a_hosted_app_keeps_a_given_file_in_its_session_alone(
    own_home: Path, open_page: Open, stored_content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    at = give(open_compare(open_page, backbone=BUNDLED.id), PLACE, ("mine.zip", stored_content))
    assert errors(at) == []
    assert not (own_home / "stored").exists()
    (option,) = (one for one in at.selectbox(key="backbone").options if one.startswith("Tiny llama"))
    assert ", stored" in option
    others = open_compare(open_page, backbone=BUNDLED.id).selectbox(key="backbone").options
    assert all("Tiny llama" not in one for one in others)  # it is that visitor's alone
    (look,) = (button for button in at.button if button.label == "Look at it")
    look.click().run()
    assert errors(at) == []
    assert "Store" not in " ".join(button.label for button in at.button)


def test_the_backbone_of_the_sidebar_is_stored_by_a_button(
    own_home: Path, open_page: Open, tiny: Backbone, embedded: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "check_reference", lambda rates: None)  # a tiny vocabulary has no 500 tokens
    open_page("app.py")  # which loads it
    at = open_compare(open_page)
    (store,) = (button for button in at.button if button.label.startswith("Store "))
    store.click().run()
    assert errors(at) == []
    assert any(one.fingerprint == tiny.fingerprint for one in stored_backbones())
    assert any(
        option.startswith("tiny-llama, stored on this machine") for option in at.selectbox(key="backbone").options
    )
