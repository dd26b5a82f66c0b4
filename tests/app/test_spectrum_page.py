"""Spectrum: curves, sentences, tokens, shapes and distances are the library's numbers; only a text runs a model."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.spectral.geometry import energy, measure_shape, pair_distances
from embfilter_core.tables.spectrum import EVENLY
from pages.frame.controls import CONTROLS
from tests.app.acting import set_band
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, markup, notes
from tests.app.spectrum import (
    DISTANCES,
    HOSTILE,
    OTHER,
    SPECTRUM,
    TEXT,
    caption,
    counts_of,
    curves,
    end_shares,
    fit,
    metrics,
    scored,
    shares_of,
    shown_direction,
)
from tests.app.test_kept_controls import kept_in_figure

pytestmark = pytest.mark.real


Change = Callable[[AppTest], object]


def test_the_corpus_is_offered_and_never_begun(open_page: Open, own_home: Path, tiny: Backbone) -> None:
    at = open_page(SPECTRUM)
    at.run()
    assert errors(at) == notes(at) == []
    assert len(blocks(at)) == 3
    assert [button.key for button in at.button if button.label.startswith("Embed")] == ["spectrum_corpus"]
    assert list(metrics(at)) == DISTANCES
    assert list(end_shares(at).index) == ["Δπ", "energy of this text", EVENLY]
    assert not (own_home / "embeddings").exists()
    at.button(key="spectrum_corpus").click().run()
    assert list(metrics(at)) == ["Anisotropy", "Effective rank", "Uniformity", *DISTANCES]
    assert stored_embeddings(tiny, lee_background(), tiny.default_prompt) is not None


NO_MODEL: dict[str, Change] = {
    "band": lambda at: set_band(at, 3, 13),
    "preset": lambda at: at.pills(key="preset").set_value("quiet"),
    "ratio": lambda at: at.pills(key="ratio").set_value("8"),
    "dpi_top": lambda at: at.slider(key="dpi_top").set_value(20),
    "tokens": lambda at: at.segmented_control(key="tokens").set_value("rare"),
    "bias": lambda at: at.segmented_control(key="bias").set_value("mean"),
    "counts": lambda at: at.segmented_control(key="counts").set_value("words"),
    "direction": lambda at: at.number_input(key="direction").set_value(5),
}


@pytest.mark.parametrize("change", NO_MODEL.values(), ids=NO_MODEL)
def test_only_a_text_runs_a_model(open_page: Open, forward_passes: list[str], change: Change) -> None:
    at = open_page(SPECTRUM)
    before = figures(at)
    forward_passes.clear()
    change(at)
    at.run()
    assert errors(at) == []
    assert forward_passes == []
    assert figures(at) != before


def test_a_new_text_and_a_new_second_text_are_embedded_once_each(open_page: Open, forward_passes: list[str]) -> None:
    at = open_page(SPECTRUM)
    forward_passes.clear()
    at.text_area(key="text").set_value("a text of the spectrum alone").run()
    assert forward_passes == ["embed"]
    at.text_input(key="second_text").set_value("another text of the spectrum alone").run()
    assert forward_passes == ["embed", "embed"]
    at.text_area(key="text").set_value("another text of the spectrum alone").run()
    assert errors(at) == []
    assert forward_passes == ["embed", "embed"]


@pytest.mark.parametrize("preset", ["bulk", "dominant", "edges", "unfiltered"])
def test_the_three_distances_are_those_of_the_library(open_page: Open, tiny: Backbone, preset: str) -> None:
    at = open_page(SPECTRUM, text=TEXT, preset=preset)
    at.text_input(key="second_text").set_value(OTHER).run()
    kept = getattr(KeptDirections, preset)(tiny.d)
    expected = pair_distances(EmbedFilter(tiny.spectrum, kept), *tiny.embed([TEXT, OTHER]))
    distances = (expected.unfiltered, expected.projected, expected.reduced)
    assert metrics(at) == dict(zip(DISTANCES, (f"{distance:.3f}" for distance in distances), strict=True))
    assert metrics(at)["Projected"] == metrics(at)["Reduced"]
    assert (metrics(at)["Unfiltered"] == metrics(at)["Reduced"]) == (preset == "unfiltered")
    assert f"the {tiny.d - len(kept)} removed directions" in caption(at, "Reducing loses nothing")


@pytest.mark.parametrize("text", ["", "  ", "\x00 \x00"], ids=["empty", "white space", "NULs"])
def test_without_a_second_text_one_is_asked_for_in_one_line(open_page: Open, text: str) -> None:
    at = open_page(SPECTRUM)
    at.text_input(key="second_text").set_value(text).run()
    asked = [text.value for text in at.caption if text.value.startswith("Type a second text")]
    assert len(errors(at) + asked) == 1
    assert list(at.metric) == []
    assert len(blocks(at)) == 3


@pytest.mark.parametrize("text", [*HOSTILE, "a " * 1000])
def test_a_hostile_second_text_is_measured_and_never_markup(open_page: Open, tiny: Backbone, text: str) -> None:
    at = open_page(SPECTRUM, text=TEXT)
    at.text_input(key="second_text").set_value(text).run()
    original = np.linalg.norm(np.subtract(*tiny.embed([TEXT, text]).astype(np.float64)))
    assert metrics(at)["Unfiltered"] == f"{original:.3f}"
    assert not re.search(r"<script|\*\*y\*\*", markup(at))
    assert any("tokens were left out" in note for note in notes(at)) == (len(text) > 1000)


@pytest.mark.parametrize(("preset", "centre"), [("dominant", "false"), ("edges", "true")])
def test_the_shape_is_that_of_the_filtered_corpus(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, preset: str, centre: str
) -> None:
    shown = metrics(open_page(SPECTRUM, preset=preset, centre=centre))
    states = embedded - embedded.mean(axis=0) if centre == "true" else embedded
    kept = getattr(KeptDirections, preset)(tiny.d)
    before, after = measure_shape(states), measure_shape(EmbedFilter(tiny.spectrum, kept).reduce(states))
    for name, digits in (("anisotropy", 3), ("effective_rank", 1), ("uniformity", 2)):
        parts = shown[name.capitalize().replace("_", " ")].split(" → ")
        expected = [getattr(before, name), getattr(after, name)]
        assert [float(part) for part in parts] == pytest.approx(expected, abs=0.6 * 10**-digits)


@pytest.mark.parametrize("ratio", ["2", "8"])
def test_quiet_keeps_the_directions_with_the_lowest_scores(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes], ratio: str
) -> None:
    at = open_page(SPECTRUM, preset="quiet", ratio=ratio)
    kept = kept_in_figure(at)
    assert kept == sorted(
        np.argsort(curves(downloads)["delta_pi"].to_numpy(), kind="stable")[: 32 // int(ratio)].tolist()
    )
    assert kept == KeptDirections.quiet(32, scored(tiny, counts_of(tiny)), int(ratio)).indices.tolist()
    at.segmented_control(key="tokens").set_value("rare").run()
    assert kept_in_figure(at) == kept


BAD = {
    "tokens": ("tokens", "most"),
    "k too small": ("dpi_top", "9"),
    "k too large": ("dpi_top", "1001"),
    "bias": ("bias", "<script>alert(1)</script>"),
    "counts": ("counts", "**web**"),
    "direction below zero": ("direction", "-1"),
    "direction endless": ("direction", "9" * 5000),
}


@pytest.mark.parametrize(("key", "value"), BAD.values(), ids=BAD)
def test_an_impossible_value_is_named_and_the_default_used(open_page: Open, key: str, value: str) -> None:
    at = open_page(SPECTRUM, text=TEXT, **{key: value})
    assert errors(at) == []
    (note,) = notes(at)
    assert note.startswith(f"The link asks for {key} = ")
    assert note.endswith(f"{CONTROLS[key].default} is used.")
    assert at.session_state[key] == CONTROLS[key].default
    assert figures(at) == figures(open_page(SPECTRUM, text=TEXT))


def test_the_bundled_backbone_shows_all_of_it(open_page: Open, own_home: Path, downloads: Mapping[str, bytes]) -> None:
    (own_home / "embeddings").symlink_to((own_home / "assets").readlink().with_name("embeddings"))  # from `make assets`
    backbone = load_backbone(BUNDLED.id)
    states = embed_corpus(backbone, lee_background(), backbone.default_prompt)
    at = open_page(SPECTRUM, backbone=BUNDLED.id, direction="575")
    assert errors(at) == notes(at) == []
    assert len(blocks(at)) == 3
    assert shown_direction(at) == 575
    assert np.allclose(curves(downloads)["delta_pi"], scored(backbone, counts_of(backbone)), rtol=1e-9)
    table = end_shares(at)
    corpus = "energy of the corpus"
    assert list(table.index) == ["Δπ", "energy of this text", corpus, "energy of the mean of the corpus", EVENLY]
    assert np.allclose(table.loc[corpus], shares_of(energy(backbone.spectrum.coefficients(states))), atol=1e-3)
    assert "The fit of log p with b = 0 fails: R² = 0.14" in fit(at)
    assert "With b = -mean(log p), R² = 0.41." in fit(at)
    assert metrics(at)["Anisotropy"].startswith(f"{measure_shape(states).anisotropy:.3f} → ")
