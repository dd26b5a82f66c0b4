"""Spectrum: curves, sentences, tokens, shapes and distances are the library's numbers; only a text runs a model."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.lens.token_counts import TokenCounts, count_tokens, word_token_counts
from embfilter_core.spectral import spectroscopy
from embfilter_core.spectral.geometry import edge_shares, energy, measure_shape, pair_distances
from embfilter_core.vocabulary.token_frequency import token_zipf
from pages.frame.controls import CONTROLS
from pages.spectrum import cached
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, markup, notes, numbers, plain
from tests.app.test_kept_controls import kept_in_figure
from tests.tiny import save_tiny

pytestmark = pytest.mark.real

SPECTRUM = "pages/2_Spectrum.py"
DISTANCES = ["Unfiltered", "Projected", "Reduced"]
Change = Callable[[AppTest], object]
ZIPF = "How common a word is (Zipf)"
TEXT = "the cat sat on one sentence"
OTHER = "one dog sleeps in the word"
HOSTILE = ["<script>alert(1)</script>", "**y** $x$ :smile: {text}", "🐈‍⬛ \u202e שלום"]


@pytest.fixture
def tiny(own_home: Path, tiny_folder: str) -> Backbone:
    return load_backbone(tiny_folder)


@pytest.fixture
def embedded(tiny: Backbone, own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The reference corpus is embedded with the tiny backbone, by the first test that needs it; its embeddings."""
    kept_in = tmp_path_factory.getbasetemp() / "tiny-embeddings"
    kept_in.mkdir(exist_ok=True)
    (own_home / "embeddings").symlink_to(kept_in)
    return embed_corpus(tiny, lee_background(), tiny.default_prompt)


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by a name whenever an average token is fitted or scores are computed; nothing is kept from before."""
    cached.spectroscopy.clear()
    done: list[str] = []
    for name in ("average_token", "score_table"):
        real = getattr(spectroscopy, name)
        monkeypatch.setattr(spectroscopy, name, lambda *given, real=real, name=name: done.append(name) or real(*given))
    return done


def counts_of(backbone: Backbone, source: str = "corpus", pasted: str = "") -> TokenCounts:
    if source == "words":
        return word_token_counts(backbone)
    return count_tokens(backbone, [pasted] if source == "pasted" else lee_background().texts, source)


def fitted(backbone: Backbone, counts: TokenCounts, bias: str = "zero") -> spectroscopy.AverageToken:
    weight = backbone.architecture.head.weight
    return spectroscopy.average_token(weight, backbone.spectrum, counts.log_frequencies(), counts.padded, bias)


def scored(backbone: Backbone, counts: TokenCounts, tokens: str = "frequent", k: int = 100, bias: str = "zero"):
    average, ids = fitted(backbone, counts, bias), counts.token_set(tokens, k)
    return spectroscopy.direction_scores(backbone.architecture.head.weight, backbone.spectrum, average, ids)


def drawn(at: AppTest) -> list[np.ndarray]:
    """Singular values, Δπ and energies as they are drawn, each over all directions in order."""
    traces = figures(at)["panels"]["data"]
    for trace in traces:
        assert numbers(trace["x"]) == list(range(len(numbers(trace["x"]))))
    return [np.array(numbers(trace["y"])) for trace in traces]


def marked(at: AppTest) -> set[float]:
    return {shape["x0"] for shape in figures(at)["panels"]["layout"]["shapes"]}


def caption(at: AppTest, beginning: str) -> str:
    (found,) = (plain(text.value) for text in at.caption if text.value.startswith(beginning))
    return found


def sentences(at: AppTest) -> dict[str, str]:
    """The sentences below the curves, by what they are about."""
    (found,) = (text.value for text in at.markdown if text.value.startswith("- Energy of this text"))
    parts = (line.removeprefix("- ").partition(": " if "R²" not in line else " can ") for line in found.split("\n"))
    return {about: said for about, _, said in parts}


def percentages(sentence: str) -> list[str]:
    return re.findall(r"[\d.]+%", sentence)


def metrics(at: AppTest) -> dict[str, str]:
    assert errors(at) == []
    return {metric.label: metric.value for metric in at.metric}


def test_the_corpus_is_offered_and_never_begun(open_page: Open, own_home: Path, tiny: Backbone) -> None:
    at = open_page(SPECTRUM)
    at.run()
    assert errors(at) == notes(at) == []
    assert len(blocks(at)) == 3
    assert [button.key for button in at.button if button.label.startswith("Embed")] == ["spectrum_corpus"]
    assert list(metrics(at)) == DISTANCES
    assert list(sentences(at)) == ["Energy of this text", "Δπ", ZIPF]
    assert not (own_home / "embeddings").exists()
    at.button(key="spectrum_corpus").click().run()
    assert list(metrics(at)) == ["Anisotropy", "Effective rank", "Uniformity", *DISTANCES]
    assert stored_embeddings(tiny, lee_background(), tiny.default_prompt) is not None


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
    at.slider(key="band").set_range(100, 400).run()
    assert len(fits) == 2
    at.segmented_control(key="bias").set_value("mean").run()
    assert fits == ["average_token", "score_table"] * 2
    at.segmented_control(key="bias").set_value("zero").run()
    assert len(fits) == 4


NO_MODEL: dict[str, Change] = {
    "band": lambda at: at.slider(key="band").set_range(100, 400),
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


def shares_in_words(shares: np.ndarray) -> list[str]:
    ends = edge_shares(shares)
    return [f"{part:.0%}" for part in (ends.first, ends.last, ends.very_last, 1 - ends.first - ends.last)]


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


def shown_direction(at: AppTest) -> int:
    return int(re.match(r"Tokens at both ends of direction (\d+), ", caption(at, "Tokens at both ends"))[1])


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
def test_quiet_keeps_the_directions_with_the_lowest_scores(open_page: Open, tiny: Backbone, ratio: str) -> None:
    at = open_page(SPECTRUM, preset="quiet", ratio=ratio)
    kept = kept_in_figure(at)
    assert kept == sorted(np.argsort(drawn(at)[1], kind="stable")[: 32 // int(ratio)].tolist())
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


def test_the_bundled_backbone_shows_all_of_it(open_page: Open, own_home: Path) -> None:
    (own_home / "embeddings").symlink_to((own_home / "assets").readlink().with_name("embeddings"))  # from `make assets`
    backbone = load_backbone(BUNDLED.id)
    states = embed_corpus(backbone, lee_background(), backbone.default_prompt)
    at = open_page(SPECTRUM, backbone=BUNDLED.id, direction="575")
    assert errors(at) == notes(at) == []
    assert len(blocks(at)) == 3
    assert shown_direction(at) == 575
    assert np.allclose(drawn(at)[1], scored(backbone, counts_of(backbone)), rtol=1e-9)
    said = sentences(at)
    assert [about.removeprefix("Energy of the ") for about in said][1:] == ["corpus", "mean of the corpus", "Δπ", ZIPF]
    assert percentages(said["Energy of the corpus"]) == shares_in_words(energy(backbone.spectrum.coefficients(states)))
    assert metrics(at)["Anisotropy"].startswith(f"{measure_shape(states).anisotropy:.3f} → ")
