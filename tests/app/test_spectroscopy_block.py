"""Spectroscopy: curves, sentences and the tokens at the ends of a direction are the library's, fitted once."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.spectral import spectroscopy
from embfilter_core.spectral.geometry import energy
from embfilter_core.vocabulary.token_frequency import token_zipf
from pages.frame.controls import CONTROLS
from pages.spectrum import cached
from tests.app.acting import set_band
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, markup, notes
from tests.app.spectrum import (
    HOSTILE,
    OTHER,
    SPECTRUM,
    TEXT,
    ZIPF,
    caption,
    counts_of,
    drawn,
    fitted,
    marked,
    percentages,
    scored,
    sentences,
    shares_in_words,
    shown_direction,
)
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
def test_scores_fit_and_counts_are_those_of_the_library(open_page: Open, tiny: Backbone, chosen: dict) -> None:
    at = open_page(SPECTRUM, **chosen)
    assert errors(at) == notes(at) == []
    bias, tokens, k = (chosen.get(key, CONTROLS[key].default) for key in ("bias", "tokens", "dpi_top"))
    counts = counts_of(tiny, chosen.get("counts", "corpus"))
    values, scores, *_ = drawn(at)
    assert np.allclose(values, tiny.spectrum.singular_values)
    assert np.allclose(scores, scored(tiny, counts, tokens, k, bias), rtol=1e-9)
    said = caption(at, "Frequencies from ")
    assert f": {counts.seen:,} tokens seen, {counts.unseen:,} unseen " in said
    assert f"R² = {fitted(tiny, counts, bias).r_squared:.2f} of log p" in said
    assert f"Δπ is over {len(counts.token_set(tokens, k)):,} tokens." in said


def test_an_empty_pasted_text_is_one_line_and_the_rest_of_the_page_stays(open_page: Open) -> None:
    at = open_page(SPECTRUM, counts="pasted")
    assert errors(at) == ["The texts have no token to count. Give at least one word."]
    assert len(blocks(at)) == 3
    at.segmented_control(key="counts").set_value("corpus").run()
    assert errors(at) == []
    assert "panels" in figures(at)


@pytest.mark.parametrize("text", [OTHER, *HOSTILE, "\x00", " \n"])
def test_the_tokens_of_a_pasted_text_are_counted_and_never_markup(open_page: Open, tiny: Backbone, text: str) -> None:
    at = open_page(SPECTRUM, counts="pasted")
    at.text_area(key="counts_text").set_value(text).run()
    assert errors(at) == []
    counts = counts_of(tiny, "pasted", text)
    assert np.allclose(drawn(at)[1], scored(tiny, counts), rtol=1e-9)
    assert f"Frequencies from your text: {counts.seen} tokens seen, " in caption(at, "Frequencies from ")
    assert not re.search(r"<script|\*\*y\*\*", markup(at))


def test_another_number_of_tokens_fits_nothing_anew(open_page: Open, fits: list[str]) -> None:
    at = open_page(SPECTRUM, text="the cat is fitted once")
    assert fits == ["average_token", "score_table"]
    before = drawn(at)[1]
    for k in (10, 50):
        at.slider(key="dpi_top").set_value(k).run()
        assert errors(at) == []
        assert not np.allclose(drawn(at)[1], before)
    set_band(at, 3, 13).run()
    assert len(fits) == 2
    at.segmented_control(key="bias").set_value("mean").run()
    assert fits == ["average_token", "score_table"] * 2
    at.segmented_control(key="bias").set_value("zero").run()
    assert len(fits) == 4


@pytest.mark.parametrize(("preset", "centre"), [("bulk", "false"), ("edges", "true")])
def test_the_sentences_say_what_the_numbers_say(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, preset: str, centre: str
) -> None:
    at = open_page(SPECTRUM, text=TEXT, preset=preset, centre=centre, tokens="rare", dpi_top=20)
    assert errors(at) == []
    mean, coefficients = embedded.mean(axis=0, keepdims=True), tiny.spectrum.coefficients
    shift = mean if centre == "true" else 0
    expected = {"this text": tiny.embed([TEXT]) - shift, "the corpus": embedded - shift}
    if centre == "false":
        expected["the mean of the corpus"] = mean
    expected = {name: energy(coefficients(states)) for name, states in expected.items()}
    said, scores = sentences(at), scored(tiny, counts_of(tiny), "rare", 20)
    assert list(said) == [*(f"Energy of {name}" for name in expected), "Δπ", ZIPF]
    for (name, shares), shown in zip(expected.items(), drawn(at)[2:], strict=True):
        assert np.allclose(shown, shares, atol=1e-6)
        assert percentages(said[f"Energy of {name}"]) == shares_in_words(shares)
        more = "last" if shares[-2:].sum() > shares[:2].sum() else "first"
        assert said[f"Energy of {name}"].endswith(f"the {more} 2 carry more.")
    assert percentages(said["Δπ"]) == [*shares_in_words(scores / scores.sum())[:2], f"{2 / 32:.0%}"]


def test_the_last_sentence_says_where_word_frequency_can_be_read(open_page: Open, tiny: Backbone) -> None:
    said = sentences(open_page(SPECTRUM, text=TEXT))[ZIPF]
    zipf = np.array([token_zipf(tiny.token_texts.text(i)) for i in range(tiny.vocab_size)])
    known, weight = np.where(zipf > 0, zipf, np.nan), tiny.architecture.head.weight
    blocks_of_two = (slice(0, 2), slice(15, 17), slice(30, 32))
    expected = [spectroscopy.frequency_r_squared(weight, tiny.spectrum, known, block) for block in blocks_of_two]
    assert re.findall(r"-?\d+\.\d\d", said) == [f"{value:.2f}" for value in expected]


@pytest.mark.usefixtures("embedded")
def test_the_sentences_follow_text_centring_and_tokens_and_not_the_band(open_page: Open) -> None:
    first = sentences(open_page(SPECTRUM, text=TEXT))
    for other, changed in (
        ({"preset": "edges"}, set()),
        ({"text": OTHER}, {"Energy of this text"}),
        ({"centre": "true"}, {"Energy of this text", "Energy of the corpus"}),
        ({"tokens": "rare", "dpi_top": "20"}, {"Δπ"}),
    ):
        then = sentences(open_page(SPECTRUM, **{"text": TEXT, **other}))
        assert {about for about in then if then[about] != first[about]} == changed


@pytest.mark.parametrize("direction", [0, 5, 31])
def test_a_direction_is_marked_and_its_ends_are_listed(open_page: Open, tiny: Backbone, direction: int) -> None:
    linked, chosen = open_page(SPECTRUM, direction=str(direction)), open_page(SPECTRUM)
    chosen.number_input(key="direction").set_value(direction).run()
    along = tiny.architecture.head.weight.double().numpy() @ tiny.spectrum.directions[direction]
    order = [i for i in np.argsort(along) if not tiny.padded_rows[i]]
    ends = order[::-1][:12], order[:12]
    for at in (linked, chosen):
        assert errors(at) == notes(at) == []
        table = at.dataframe[0].value
        assert table["End"].tolist() == ["positive", "negative"]
        assert table.iloc[:, 1].tolist() == [", ".join(tiny.token_texts.readable_all(ids)) for ids in ends]
        assert f"singular value {tiny.spectrum.singular_values[direction]:.4g}" in caption(at, "Tokens at both ends")
        assert (shown_direction(at), marked(at)) == (direction, {direction})


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
    assert marked(at) == marked(at.run()) == {0}


def test_a_direction_that_the_next_backbone_lacks_falls_back_to_the_first(open_page: Open, tmp_path: Path) -> None:
    at = open_page(SPECTRUM, direction="31")
    narrow = save_tiny(tmp_path / "narrow", "opt_projected")
    at.selectbox(key="backbone").set_value(str(narrow)).run()
    assert errors(at) == []
    assert at.number_input(key="direction").max == 15
    assert (shown_direction(at), marked(at)) == (0, {0})
