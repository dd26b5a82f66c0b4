"""Spectroscopy: curves, sentences and the tokens at the ends of a direction are the library's, fitted once."""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.lens.spectroscopy_report import describe_better_fit, describe_scores, fit_fails
from embfilter_core.spectral import spectroscopy
from embfilter_core.spectral.direction_grid import grid_edges, place_on_grid
from embfilter_core.spectral.geometry import energy
from embfilter_core.tables.spectrum import EVENLY, steps_table
from embfilter_core.vocabulary.token_frequency import token_zipf
from pages.frame.controls import CONTROLS
from pages.spectrum import cached
from tests.app.acting import set_band
from tests.app.conftest import Open
from tests.app.reading import blocks, drawn, errors, figures, markup, notes
from tests.app.spectrum import (
    HOSTILE,
    OTHER,
    SPECTRUM,
    TEXT,
    caption,
    counts_of,
    curves,
    drawn_steps,
    end_shares,
    fit,
    fitted,
    marked,
    said_below,
    scored,
    shares_of,
    shown_direction,
    shown_ends,
)
from tests.app.test_kept_controls import kept_in_figure
from tests.tiny import save_tiny

pytestmark = pytest.mark.real


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by a name whenever an average token is fitted or scores are computed; nothing is kept from before."""
    cached.spectroscopy.clear()
    done: list[str] = []
    for name in ("average_token", "score_table"):
        real = getattr(spectroscopy, name)
        monkeypatch.setattr(spectroscopy, name, lambda *given, real=real, name=name: done.append(name) or real(*given))
    return done


CHOICES = {
    "defaults": {},
    "rare": {"tokens": "rare", "dpi_top": 20},
    "random": {"tokens": "random", "dpi_top": 50},
    "more random ones than there are": {"tokens": "random", "dpi_top": 1000},
    "more than there are": {"dpi_top": 1000},
    "not on the slider's steps": {"dpi_top": 105},
    "mean": {"bias": "mean", "dpi_top": 30},
    "words about the mean": {"counts": "words", "bias": "mean", "tokens": "rare", "dpi_top": 10},
}


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_scores_fit_and_counts_are_those_of_the_library(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes], chosen: dict
) -> None:
    at = open_page(SPECTRUM, **chosen)
    assert errors(at) == notes(at) == []
    bias, tokens, k = (chosen.get(key, CONTROLS[key].default) for key in ("bias", "tokens", "dpi_top"))
    counts = counts_of(tiny, chosen.get("counts", "corpus"))
    written = curves(downloads)
    assert np.allclose(written["singular_value"], tiny.spectrum.singular_values)
    assert np.allclose(written["delta_pi"], scored(tiny, counts, tokens, k, bias), rtol=1e-9)
    assert f": {counts.seen:,} tokens seen, {counts.unseen:,} unseen " in fit(at)
    assert f"R² = {fitted(tiny, counts, bias).r_squared:.2f}" in fit(at)
    assert said_below(at).startswith(f"Δπ of {len(counts.token_set(tokens, k)):,} tokens ")


def test_the_curves_are_drawn_in_the_steps_of_the_instrument(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes]
) -> None:
    at = open_page(SPECTRUM, text=TEXT, preset="edges")
    written, edges = curves(downloads), grid_edges(tiny.d)
    assert drawn(at, "instrument")["edges"] == edges.tolist()
    kept = np.array(kept_in_figure(at))
    steps = steps_table({"Δπ": written["delta_pi"].to_numpy()}, edges, kept)
    for name, mine in (("Δπ, kept", steps["kept"]), ("Δπ, left out", ~steps["kept"])):
        places, means = drawn_steps(at)[name]
        assert np.allclose(places, (steps["start"] + steps["width"] / 2)[mine])
        assert np.allclose(means, steps["mean"][mine])
    energy_steps = steps_table({"this text": written["energy of this text"].to_numpy()}, edges)
    assert np.allclose(drawn_steps(at)["energy of this text"][1], energy_steps["mean"])


def test_where_the_fit_fails_the_better_bias_is_offered(open_page: Open, tiny: Backbone) -> None:
    at = open_page(SPECTRUM)
    fits = {bias: fitted(tiny, counts_of(tiny), bias) for bias in ("zero", "mean")}
    better = describe_better_fit(fits["zero"], fits["mean"])
    assert (len(at.warning) == 1) == fit_fails(fits["zero"])
    assert bool([button for button in at.button if button.key == "other_bias"]) == bool(better)
    assert fit(at).endswith("The preset quiet rests on this fit.")
    if better:
        at.button(key="other_bias").click().run()
        assert at.session_state["bias"] == "mean"
        assert f"R² = {fits['mean'].r_squared:.2f}" in fit(at)
        assert "not on this one" in fit(at)


def test_an_empty_pasted_text_is_one_line_and_the_rest_of_the_page_stays(open_page: Open) -> None:
    at = open_page(SPECTRUM, counts="pasted")
    assert errors(at) == ["The texts have no token to count. Give at least one word."]
    assert len(blocks(at)) == 3
    at.segmented_control(key="counts").set_value("corpus").run()
    assert errors(at) == []
    assert "curves" in figures(at)


@pytest.mark.parametrize("text", [OTHER, *HOSTILE, "\x00", " \n"])
def test_the_tokens_of_a_pasted_text_are_counted_and_never_markup(
    open_page: Open, tiny: Backbone, downloads: Mapping[str, bytes], text: str
) -> None:
    at = open_page(SPECTRUM, counts="pasted")
    at.text_area(key="counts_text").set_value(text).run()
    assert errors(at) == []
    counts = counts_of(tiny, "pasted", text)
    assert np.allclose(curves(downloads)["delta_pi"], scored(tiny, counts), rtol=1e-9)
    assert fit(at).startswith(f"Frequencies from your text: {counts.seen} tokens seen, ")
    assert not re.search(r"<script|\*\*y\*\*", markup(at))


def test_another_number_of_tokens_fits_nothing_anew(
    open_page: Open, fits: list[str], downloads: Mapping[str, bytes]
) -> None:
    at = open_page(SPECTRUM, text="the cat is fitted once")
    first = len(fits)  # two fits where the first fails, since the other bias is told beside it
    assert fits in (["average_token", "score_table"], ["average_token", "score_table"] * 2)
    before = curves(downloads)["delta_pi"]
    for k in (10, 50):
        at.slider(key="dpi_top").set_value(k).run()
        assert errors(at) == []
        assert not np.allclose(curves(downloads)["delta_pi"], before)
    set_band(at, 3, 13).run()
    assert len(fits) == first
    at.segmented_control(key="bias").set_value("mean").run()
    at.segmented_control(key="bias").set_value("zero").run()
    assert fits == ["average_token", "score_table"] * 2


@pytest.mark.parametrize(("preset", "centre"), [("bulk", "false"), ("edges", "true")])
def test_the_table_of_the_ends_holds_what_the_curves_hold(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, downloads: Mapping[str, bytes], preset: str, centre: str
) -> None:
    at = open_page(SPECTRUM, text=TEXT, preset=preset, centre=centre, tokens="rare", dpi_top=20)
    mean, coefficients = embedded.mean(axis=0, keepdims=True), tiny.spectrum.coefficients
    shift = mean if centre == "true" else 0
    expected = {"energy of this text": tiny.embed([TEXT]) - shift, "energy of the corpus": embedded - shift}
    if centre == "false":
        expected["energy of the mean of the corpus"] = mean
    expected = {name: energy(coefficients(states)) for name, states in expected.items()}
    table, scores = end_shares(at), scored(tiny, counts_of(tiny), "rare", 20)
    assert list(table.index) == ["Δπ", *expected, EVENLY]
    for name, shares in expected.items():
        assert np.allclose(curves(downloads)[name], shares, atol=1e-6)
        assert np.allclose(table.loc[name], shares_of(shares), atol=1e-3)
    assert np.allclose(table.loc["Δπ"], shares_of(scores / scores.sum()))
    assert np.allclose(table.loc[EVENLY], shares_of(np.full(tiny.d, 1 / tiny.d)))
    assert said_below(at).startswith(describe_scores(scores, 20, "rare"))


def test_the_last_sentence_says_where_word_frequency_can_be_read(open_page: Open, tiny: Backbone) -> None:
    said = said_below(open_page(SPECTRUM, text=TEXT)).partition("How common a word is (Zipf)")[2]
    zipf = np.array([token_zipf(tiny.token_texts.text(i)) for i in range(tiny.vocab_size)])
    known, weight = np.where(zipf > 0, zipf, np.nan), tiny.architecture.head.weight
    blocks_of_two = (slice(0, 2), slice(15, 17), slice(30, 32))
    expected = [spectroscopy.frequency_r_squared(weight, tiny.spectrum, known, block) for block in blocks_of_two]
    assert re.findall(r"-?\d+\.\d\d", said) == [f"{value:.2f}" for value in expected]


@pytest.mark.usefixtures("embedded")
def test_the_table_follows_text_centring_and_tokens_and_not_the_band(open_page: Open) -> None:
    first = end_shares(open_page(SPECTRUM, text=TEXT)).T.to_dict("list")
    for other, changed in (
        ({"preset": "edges"}, set()),
        ({"text": OTHER}, {"energy of this text"}),
        ({"centre": "true"}, {"energy of this text", "energy of the corpus"}),
        ({"tokens": "rare", "dpi_top": "20"}, {"Δπ"}),
    ):
        then = end_shares(open_page(SPECTRUM, **{"text": TEXT, **other})).T.to_dict("list")
        assert {about for about in then if then[about] != first[about]} == changed


@pytest.mark.parametrize("direction", [0, 5, 31])
def test_a_direction_is_marked_and_its_ends_are_listed(open_page: Open, tiny: Backbone, direction: int) -> None:
    linked, chosen = open_page(SPECTRUM, direction=str(direction)), open_page(SPECTRUM)
    chosen.number_input(key="direction").set_value(direction).run()
    along = tiny.architecture.head.weight.double().numpy() @ tiny.spectrum.directions[direction]
    order = [i for i in np.argsort(along) if not tiny.padded_rows[i]]
    ends = order[::-1][:8], order[:8]
    for at in (linked, chosen):
        assert errors(at) == notes(at) == []
        table = shown_ends(at)
        for end, ids in zip(("positive", "negative"), ends, strict=True):
            assert table[end].tolist() == tiny.token_texts.readable_all(ids)
        assert f"singular value {tiny.spectrum.singular_values[direction]:.4g}" in caption(at, "Direction ")
        place = place_on_grid(direction + 0.5, grid_edges(tiny.d))
        assert (shown_direction(at), marked(at)) == (direction, {place})


def test_another_direction_does_not_touch_the_unembedding_matrix(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page(SPECTRUM, text=TEXT)
    rows, convert = [], torch.Tensor.to
    monkeypatch.setattr(  # what reads W_U along the directions does it in float64, by chunks of rows
        torch.Tensor,
        "to",
        lambda tensor, *given, **more: (
            rows.append(len(tensor) * (torch.float64 in given)) or convert(tensor, *given, **more)
        ),
    )
    for direction in (3, 4):
        at.number_input(key="direction").set_value(direction).run()
        assert shown_direction(at) == direction
    assert sum(rows) == 0


@pytest.mark.parametrize("direction", ["32", "575", "9999", "16383", "99999"])
def test_a_direction_that_this_backbone_lacks_falls_back_to_the_first(open_page: Open, direction: str) -> None:
    at = open_page(SPECTRUM, direction=direction)
    assert errors(at) == notes(at) == []
    assert at.number_input(key="direction").value == shown_direction(at) == 0
    assert marked(at) == marked(at.run()) == {0.5}


def test_a_direction_that_the_next_backbone_lacks_falls_back_to_the_first(open_page: Open, tmp_path: Path) -> None:
    at = open_page(SPECTRUM, direction="31")
    narrow = save_tiny(tmp_path / "narrow", "opt_projected")
    at.text_input(key="backbone_written").set_value(str(narrow)).run()
    assert errors(at) == []
    assert at.number_input(key="direction").max == 15
    assert (shown_direction(at), marked(at)) == (0, {0.5})
