"""Map: pictures and numbers are the library's, stepping runs no model, and UMAP lays out only when it is asked to."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, EmbedFilter, KeptDirections, load_backbone
from embfilter_core.data.corpora import Corpus, topics
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.errors import EmbFilterError
from embfilter_core.figures.maps import frame_ranges
from embfilter_core.maps import steps, umap_map
from embfilter_core.maps.measures import neighbour_change, sentences, summarise
from embfilter_core.maps.neighbours import trustworthiness
from embfilter_core.maps.projection import MapPoints, Picture, joint_frame, map_points
from embfilter_core.vocabulary.token_frequency import token_zipf
from pages.map import cached, results, umap
from pages.map.selection import KEY
from tests.app.conftest import LENS, Open
from tests.app.reading import blocks, errors, figures, markup, notes, numbers

pytestmark = pytest.mark.real

MAP = "pages/5_Map.py"
RATIOS = {"unfiltered": 1, "2": 2, "4": 4, "8": 8}
BLOCKS = ["Where do the texts lie?", "Selected texts"]
HOSTILE = [
    "<script>alert(1)</script>",
    "**b** $x$ :smile: {text}",
    "<b>=1+1</b> שלום \u202e",
    "[l](javascript:alert(1))",
]
SENTENCES = ["the cat sat", "one dog sleeps", "the word in one sentence", "in on the", "cat dog cat", "sleeps sat"]


@pytest.fixture
def tiny(own_home: Path, tiny_folder: str) -> Backbone:
    return load_backbone(tiny_folder)


@pytest.fixture
def coefficients(tiny: Backbone, own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The demo topics are embedded with the tiny backbone, by the first test that needs it; their coefficients."""
    kept_in = tmp_path_factory.getbasetemp() / "tiny-topics"
    kept_in.mkdir(exist_ok=True)
    (own_home / "embeddings").symlink_to(kept_in)
    return tiny.spectrum.coefficients(embed_corpus(tiny, topics(), tiny.default_prompt))


@pytest.fixture(autouse=True)
def umap_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No test starts a process; grows by a name whenever the page warms one up or lets it make a map."""
    cached.umap_picture.clear()
    asked: list[str] = []

    def make(points: MapPoints, progress: object) -> Picture:
        asked.append("make")
        progress("layout", 1, 2)
        made = Picture(points.unfiltered[:, :2], points.filtered[:, :2], "UMAP")
        monkeypatch.setattr(umap_map, "stored_umap", lambda _: made)
        return made

    monkeypatch.setattr(umap_map, "umap_map", make)
    monkeypatch.setattr(umap, "warm_up", lambda: asked.append("warm up"))
    return asked


def opened(open_page: Open, **params: object) -> AppTest:
    at = open_page(MAP, corpus="topics", **params)
    at.run()  # the first run may have embedded the corpus
    assert errors(at) == []
    return at


def opened_on(open_page: Open, texts: list[str], **params: object) -> AppTest:
    at = open_page(MAP, corpus="pasted", **params)
    at.text_area(key="corpus_text").set_value("\n".join(texts)).run()
    return at.run()


def figure(at: AppTest) -> dict:
    (found,) = (spec for key, spec in figures(at).items() if key.startswith("map_plot"))
    return found


def drawn(at: AppTest) -> np.ndarray:
    """Where each text of the corpus is drawn, (n, 2)."""
    places = {}
    for trace in figure(at)["data"]:
        if trace["name"] not in ("found", "your text"):
            rows = zip(*(numbers(trace[name]) for name in ("customdata", "x", "y")), strict=True)
            places |= {int(i): (x, y) for i, x, y in rows}
    return np.array([places[i] for i in range(len(places))])


def star(at: AppTest) -> list[float] | None:
    (found,) = [trace for trace in figure(at)["data"] if trace["name"] == "your text"] or (None,)
    return found and [*numbers(found["x"]), *numbers(found["y"])]


def metrics(at: AppTest) -> dict[str, str]:
    assert errors(at) == []
    return {metric.label: metric.value for metric in at.metric}


def kept_of(d: int, step: str) -> KeptDirections:
    return KeptDirections.bulk(d, RATIOS.get(step, 2))


def framed(coefficients: np.ndarray, *more: KeptDirections) -> tuple:
    """The frame over all four ratios and whatever else is kept, and the picture of each."""
    d = coefficients.shape[1]
    kept = [*(KeptDirections.bulk(d, ratio) for ratio in RATIOS.values()), *more]
    steps = [map_points(coefficients, each).filtered for each in kept]
    frame = joint_frame(steps)
    return frame, [frame.place(step, number) for number, step in enumerate(steps)]


def tables(at: AppTest) -> list[pd.DataFrame]:
    """The selected texts, and the neighbours of one unfiltered and filtered; not the preview of a corpus."""
    return [element.value for element in at.dataframe if "position" in element.value]


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
        "Neighbours that survive": f"{summary.surviving.value:.0%}",
        "Topic purity": f"{summary.purity_unfiltered.value:.3f} → {summary.purity_filtered.value:.3f}",
        "Anisotropy": f"{summary.anisotropy[0]:.3f} → {summary.anisotropy[1]:.3f}",
        "Trustworthiness of the picture": f"{trust[0]:.3f} → {trust[1]:.3f}",
    }
    for sentence in sentences(summary):
        assert sentence in markup(at)


def test_each_colour_is_the_librarys_number(open_page: Open, coefficients: np.ndarray, tiny: Backbone) -> None:
    d = tiny.d
    change = neighbour_change(map_points(coefficients, kept_of(d, "8")), 10)
    embeddings = coefficients @ tiny.spectrum.directions
    filtered = EmbedFilter(tiny.spectrum, kept_of(d, "8")).project(embeddings)
    first = [tiny.lens(states, 1).token_ids[:, 0] for states in (embeddings, filtered)]
    zipf = [[token_zipf(tiny.token_texts.text(int(i))) for i in ids] for ids in first]
    expected = {
        "neighbours": change.surviving,
        "zipf-unfiltered": np.array(zipf[0]),
        "zipf-filtered": np.array(zipf[1]),
    }
    at = opened(open_page, step="8")
    for name, values in expected.items():
        at.selectbox(key="colour").set_value(name).run()
        found = np.full(len(values), np.nan)
        for trace in figure(at)["data"]:
            if trace["name"] == "value":
                found[np.array(numbers(trace["customdata"]), dtype=int)] = numbers(trace["marker"]["color"])
        assert np.array_equal(found, values, equal_nan=True)


def test_without_labels_neighbours_are_the_colour_and_there_is_no_purity(open_page: Open, own_home: Path) -> None:
    at = opened_on(open_page, SENTENCES, colour="label")
    assert at.selectbox(key="colour").value == "neighbours"
    assert "label" not in at.selectbox(key="colour").options
    assert "Topic purity" not in metrics(at)
    assert "topics" in markup(at)


def test_labels_of_another_column_have_a_purity_of_their_own(open_page: Open, own_home: Path) -> None:
    table = pd.DataFrame(
        {"text": SENTENCES, "all alike": "one", "all different": [f"t{i}" for i in range(len(SENTENCES))]}
    )
    at = open_page(MAP, corpus="upload")
    at.file_uploader(key="corpus_file").set_value(("own.csv", table.to_csv(index=False).encode(), "text/csv")).run()
    for column, purity in (("all alike", "1.000 → 1.000"), ("all different", "0.000 → 0.000")):
        at.selectbox(key="corpus_labels").set_value(column).run()
        at.run()  # the first run may have embedded the corpus
        assert metrics(at)["Topic purity"] == purity


@pytest.mark.parametrize(("chosen", "then"), [("neighbours", "label"), ("zipf-filtered", "zipf-filtered")])
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
    assert f" % of the {k} nearest neighbours survive" in markup(at)
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


def test_found_texts_are_ringed_and_listed_with_their_nearest(open_page: Open, coefficients: np.ndarray) -> None:
    at = opened(open_page, step="4")
    at.text_input(key="map_find").set_value(" The RIVER").run()
    found = [i for i, text in enumerate(topics().texts) if "the river" in text.lower()]
    assert found
    (ring,) = (trace for trace in figure(at)["data"] if trace["name"] == "found")
    assert numbers(ring["customdata"]) == found
    change = neighbour_change(map_points(coefficients, kept_of(coefficients.shape[1], "4")), 10)
    assert tables(at)[0]["position"].tolist() == [i + 1 for i in found]
    assert tables(at)[0]["nearest_filtered"].tolist() == [topics().texts[change.filtered[i, 0]] for i in found]
    at.text_input(key="map_find").set_value("no such words").run()
    assert not tables(at)
    assert "0 of 120 texts hold" in markup(at)


def test_a_selection_stays_with_its_texts_over_the_steps_and_not_over_a_change_of_corpus(
    open_page: Open, coefficients: np.ndarray
) -> None:
    at = opened(open_page)
    at.session_state[KEY] = (topics().id, (7, 30), None)
    for step in ("unfiltered", "8"):
        at.button_group(key="step").set_value(step).run()
        lit = [
            int(numbers(trace["customdata"])[i])
            for trace in figure(at)["data"]
            for i in numbers(trace.get("selectedpoints", []))
        ]
        assert sorted(lit) == [7, 30]
        assert tables(at)[0]["position"].tolist() == [8, 31]
    at.selectbox(key="corpus").set_value("pasted").run()
    at.text_area(key="corpus_text").set_value("\n".join(SENTENCES)).run()
    at.run()
    assert not tables(at)
    assert blocks(at) == BLOCKS


def test_one_selected_text_shows_all_of_its_neighbours_and_the_selection_can_be_cleared(
    open_page: Open, coefficients: np.ndarray
) -> None:
    at = opened(open_page)
    at.session_state[KEY] = (topics().id, (7,), None)
    at.run()
    change = neighbour_change(map_points(coefficients, kept_of(coefficients.shape[1], "2")), 10)
    for element, near in zip(tables(at)[1:], (change.unfiltered[7], change.filtered[7]), strict=True):
        assert (element["position"] - 1).tolist() == near.tolist()
    at.button(key="clear_map").click().run()
    assert not tables(at)


def test_the_download_holds_everything(
    open_page: Open, coefficients: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, *_, **__: written.update({label: data}))
    opened(open_page, step="8")
    read = pd.read_csv(io.BytesIO(written["Download all 120 texts as CSV"]()))
    _, places = framed(coefficients)
    assert tuple(read["text"]) == topics().texts
    assert np.allclose(read[["x_unfiltered", "y_unfiltered"]], places[0])
    assert np.allclose(read[["x_filtered", "y_filtered"]], places[3])
    change = neighbour_change(
        map_points(coefficients, kept_of(coefficients.shape[1], "8")), 10, np.array(topics().labels)
    )
    assert np.allclose(read["surviving"], change.surviving)
    assert np.allclose(read["purity_filtered"], change.purity_filtered)
    assert {"label", "zipf_unfiltered", "zipf_filtered"} <= set(read)


def test_umap_is_offered_made_when_asked_for_and_then_there(
    open_page: Open, coefficients: np.ndarray, umap_process: list[str]
) -> None:
    at = opened(open_page, step="8")
    assert umap_process == []
    at.button_group(key="method").set_value("UMAP").run()
    assert figures(at) == {}
    assert set(umap_process) == {"warm up"}
    assert at.button_group(key="step").value == "kept"  # UMAP has no other steps
    assert len(metrics(at)) == 3  # which need no picture
    at.button(key="make_umap").click().run()
    assert umap_process.count("make") == 1
    points = map_points(coefficients, kept_of(coefficients.shape[1], "2"))
    filtered = points.filtered - points.filtered.mean(axis=0)
    assert np.allclose(drawn(at), (filtered / np.linalg.norm(filtered, axis=1, keepdims=True))[:, :2])
    assert star(at) is None
    assert len(metrics(at)) == 4
    assert [button.key for button in at.button if button.key in ("make_umap", "cancel_umap")] == []


def test_a_failure_of_umap_is_one_line_and_can_be_tried_again(
    open_page: Open, coefficients: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise EmbFilterError("UMAP failed: no memory.", "The PCA map needs no UMAP.")

    at = opened(open_page, method="UMAP")
    with monkeypatch.context() as patched:
        patched.setattr(umap_map, "umap_map", fail)
        at.button(key="make_umap").click().run()
        assert errors(at) == ["UMAP failed: no memory. The PCA map needs no UMAP."]
    at.button(key="make_umap").click().run()
    assert errors(at) == []
    assert len(drawn(at)) == 120


def test_four_texts_are_too_few_for_umap_alone(open_page: Open, own_home: Path) -> None:
    at = opened_on(open_page, SENTENCES[:4], method="UMAP")
    assert errors(at) == ["4 texts are too few for UMAP. Give at least 5."]
    at.button_group(key="method").set_value("PCA").run()
    assert errors(at) == []


def test_no_other_page_warms_umap_up(open_page: Open, umap_process: list[str]) -> None:
    open_page(LENS, method="UMAP")
    assert umap_process == []
