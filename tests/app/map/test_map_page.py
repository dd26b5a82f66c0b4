"""Map: pictures and numbers are the library's, stepping runs no model, and UMAP lays out only when it is asked to."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, reference_token_rates
from embfilter_core.data.corpora import Corpus, topics
from embfilter_core.figures.map_colours import ESTIMATED, SEEN
from embfilter_core.figures.maps import frame_ranges
from embfilter_core.maps import steps
from embfilter_core.maps.measures import neighbour_change, sentences, summarise
from embfilter_core.maps.neighbours import trustworthiness
from embfilter_core.maps.projection import map_points
from embfilter_core.vocabulary.token_frequency import log_rate
from pages.map import results
from tests.app.acting import give
from tests.app.conftest import Open
from tests.app.map.shown import (
    BLOCKS,
    HOSTILE,
    MAP,
    RATIOS,
    SENTENCES,
    drawn,
    figure,
    framed,
    kept_of,
    metrics,
    opened,
    opened_on,
    star,
    tables,
)
from tests.app.reading import blocks, errors, list_of_file, markup, notes, numbers, text_of

pytestmark = pytest.mark.real


def test_the_page_draws_its_blocks_with_the_labels_in_colour(open_page: Open, coefficients: np.ndarray) -> None:
    at = opened(open_page)
    assert blocks(at) == BLOCKS
    assert notes(at) == []
    assert at.selectbox(key="colour").value == "label"
    assert {trace["name"] for trace in figure(at)["data"]} == {*topics().labels, "your text"}
    assert not tables(at)


def test_a_small_corpus_is_embedded_at_once(open_page: Open, own_home: Path) -> None:
    assert blocks(opened(open_page)) == BLOCKS


def test_stepping_moves_every_text_in_one_frame_and_runs_no_model(
    open_page: Open, coefficients: np.ndarray, tiny: Backbone, forward_passes: list[str]
) -> None:
    frame, places = framed(coefficients)
    own = tiny.spectrum.coefficients(tiny.embed(["the cat sat"]))
    ranges = None
    at = opened(open_page, text="the cat sat")
    forward_passes.clear()
    for number, step in enumerate(RATIOS):
        at.button_group(key="step").set_value(step).run()
        assert np.allclose(drawn(at), places[number])
        assert np.allclose(star(at), frame.place(map_points(own, kept_of(tiny.d, step)).filtered, number)[0], atol=1e-6)
        layout = figure(at)["layout"]
        assert ranges in (None, ranges := (layout["xaxis"]["range"], layout["yaxis"]["range"]))
    assert forward_passes == []
    at.button_group(key="step").set_value("kept").run()
    assert np.allclose(drawn(at), places[1])  # what is kept is the second ratio, and is not fitted twice


def test_what_the_sidebar_keeps_is_a_step_of_its_own(open_page: Open, coefficients: np.ndarray) -> None:
    at = opened(open_page, preset="edges")
    _, places = framed(coefficients, KeptDirections.edges(coefficients.shape[1]))
    assert np.allclose(drawn(at), places[-1])
    for found, expected in zip(
        (figure(at)["layout"][axis]["range"] for axis in ("xaxis", "yaxis")), frame_ranges(*places), strict=True
    ):
        assert found[0] <= expected[0] < expected[1] <= found[1]


@pytest.mark.parametrize("step", ["unfiltered", "4", "kept"])
def test_the_numbers_are_measured_in_the_original_spaces(open_page: Open, coefficients: np.ndarray, step: str) -> None:
    at = opened(open_page, step=step)
    _, places = framed(coefficients)
    points = map_points(coefficients, kept_of(coefficients.shape[1], "kept" if step == "unfiltered" else step))
    summary = summarise(neighbour_change(points, 10, np.array(topics().labels)))
    trust = [
        trustworthiness(points.unfiltered, places[0], 10),
        trustworthiness(points.filtered, places[2 if step == "4" else 1], 10),
    ]
    assert metrics(at) == {
        "Neighbours that survive": f"{100 * summary.surviving.value:.1f} %",
        "Topic purity": f"{summary.purity_unfiltered.value:.3f} → {summary.purity_filtered.value:.3f}",
        "Anisotropy": f"{summary.anisotropy[0]:.3f} → {summary.anisotropy[1]:.3f}",
        "Trustworthiness of the picture": f"{trust[0]:.3f} → {trust[1]:.3f}",
    }
    for sentence in sentences(summary):
        assert sentence in text_of(at)


def test_each_colour_is_the_librarys_number(open_page: Open, coefficients: np.ndarray, tiny: Backbone) -> None:
    d = tiny.d
    change = neighbour_change(map_points(coefficients, kept_of(d, "8")), 10)
    embeddings = coefficients @ tiny.spectrum.directions
    filtered = EmbedFilter(tiny.spectrum, kept_of(d, "8")).project(embeddings)
    first = [tiny.lens(states, 1).token_ids[:, 0] for states in (embeddings, filtered)]
    rates = reference_token_rates(tiny)  # the corpus of the map is smaller
    expected = {
        "neighbours": change.surviving,
        "rate-unfiltered": log_rate(rates.per_million[first[0]]),
        "rate-filtered": log_rate(rates.per_million[first[1]]),
    }
    at = opened(open_page, step="8")
    for name, values in expected.items():
        at.selectbox(key="colour").set_value(name).run()
        found = np.full(len(values), np.nan)
        for trace in figure(at)["data"]:
            if trace["name"] in ("value", SEEN, ESTIMATED):
                found[np.array(numbers(trace["customdata"]), dtype=int)] = numbers(trace["marker"]["color"])
        assert np.array_equal(found, values, equal_nan=True)


def test_without_labels_neighbours_are_the_colour_and_there_is_no_purity(open_page: Open, own_home: Path) -> None:
    at = opened_on(open_page, SENTENCES, colour="label")
    assert at.selectbox(key="colour").value == "neighbours"
    assert "label" not in at.selectbox(key="colour").options
    assert "Topic purity" not in metrics(at)
    assert "topics" in text_of(at)


def test_labels_of_another_column_have_a_purity_of_their_own(open_page: Open, own_home: Path) -> None:
    table = pd.DataFrame(
        {"text": SENTENCES, "all alike": "one", "all different": [f"t{i}" for i in range(len(SENTENCES))]}
    )
    at = open_page(MAP, corpus="upload")
    give(at, "corpus", ("own.csv", table.to_csv(index=False)))
    for column, purity in (("all alike", "1.000 → 1.000"), ("all different", "0.000 → 0.000")):
        list_of_file(at, "corpus_labels").set_value(column).run()
        at.run()  # the first run may have embedded the corpus
        assert metrics(at)["Topic purity"] == purity


@pytest.mark.parametrize(("chosen", "then"), [("neighbours", "label"), ("rate-filtered", "rate-filtered")])
def test_labels_are_the_colour_again_where_there_are_some_unless_another_was_chosen(
    open_page: Open, coefficients: np.ndarray, chosen: str, then: str
) -> None:
    at = opened_on(open_page, SENTENCES)
    at.selectbox(key="colour").set_value(chosen).run()
    at.selectbox(key="corpus").set_value("topics").run()
    assert at.selectbox(key="colour").value == then


@pytest.mark.parametrize("key", ["method", "step", "colour"])
def test_an_impossible_value_in_a_link_is_named_and_the_page_works(
    open_page: Open, coefficients: np.ndarray, key: str
) -> None:
    at = open_page(MAP, corpus="topics", **{key: "<b>x</b>"})
    (note,) = notes(at)
    assert note.startswith(f"The link asks for {key} = <b>x</b>, which is impossible")
    assert blocks(at) == BLOCKS


@pytest.mark.parametrize("count", [1, 2, 3])
def test_too_few_texts_are_one_clear_line(open_page: Open, own_home: Path, count: int) -> None:
    at = opened_on(open_page, SENTENCES[:count])
    (line,) = errors(at)
    assert line == f"{count} text{'s' * (count > 1)} make no map. Give at least 4."
    assert blocks(at) == []


def test_too_many_texts_are_refused_before_anything_is_loaded(
    open_page: Open, own_home: Path, monkeypatch: pytest.MonkeyPatch, forward_passes: list[str]
) -> None:
    monkeypatch.setattr(steps, "MOST_TEXTS", 5)
    at = opened_on(open_page, SENTENCES)
    assert errors(at) == ["The corpus has 6 texts; a map takes at most 5. Use a part of it."]
    assert forward_passes == []
    assert results.fits(Corpus("c", "c", ("a",) * 5, "here"))


@pytest.mark.parametrize(("count", "k"), [(4, 1), (6, 2)])
def test_few_texts_are_mapped_with_fewer_neighbours(open_page: Open, own_home: Path, count: int, k: int) -> None:
    at = opened_on(open_page, SENTENCES[:count])
    assert len(metrics(at)) == 3
    assert f" % of the {k} nearest neighbours survive" in text_of(at)
    assert len(drawn(at)) == count


def test_equal_texts_are_mapped_too(open_page: Open, own_home: Path) -> None:
    at = opened_on(open_page, ["the cat sat"] * 6)
    assert metrics(at)
    assert np.allclose(drawn(at), drawn(at)[0], atol=1e-6)


def test_hostile_texts_are_shown_to_the_letter(open_page: Open, own_home: Path) -> None:
    at = opened_on(open_page, HOSTILE, text=HOSTILE[0])
    at.text_input(key="map_find").set_value("<b>").run()
    assert errors(at) == []
    assert HOSTILE[0] not in json.dumps(figure(at))
    assert tables(at)[0]["text"].tolist() == [HOSTILE[2]]
    assert "alert" not in markup(at)


def test_a_text_of_ones_own_can_be_left_out(open_page: Open, coefficients: np.ndarray) -> None:
    at = opened(open_page)
    assert star(at) is not None
    at.text_area(key="text").set_value("  ").run()
    assert blocks(at) == BLOCKS
    assert star(at) is None
