"""Choose rank: card, curve, bands and overlays are the library's numbers, measured once; a click keeps a band."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.built_in_tasks import graded_pairs, lee_50_pairs, topics_task
from embfilter_core.data.corpora import Corpus, lee_background
from embfilter_core.data.published import published_ablation, published_results
from embfilter_core.data.tasks import Task
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.quality import bands as bands_module
from embfilter_core.quality import clustering
from embfilter_core.quality import sweep as study
from embfilter_core.quality.comparison import compare_baselines, compare_presets
from embfilter_core.quality.measuring import Vectors
from embfilter_core.quality.random_subspaces import measure_random_subspaces
from embfilter_core.quality.recommendation import Reason, Recommendation, reasons
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.per_mille import band_per_mille
from embfilter_core.tables.quality import bands_table, sweep_table
from embfilter_core.tables.quality_summary import quality_summary
from pages.cached import corpora
from pages.choose_rank import cached
from pages.choose_rank import curve as curve_block
from pages.frame.controls import CONTROLS
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, markup, notes, numbers, plain

pytestmark = pytest.mark.real

CHOOSE = "pages/4_Choose_rank.py"
CARD, CURVE, BANDS, CLUSTERS, PUBLISHED = (
    "How many directions should be kept?",
    "How does quality change with the number of directions?",
    "Must both ends go alike?",
    "Do the texts cluster by their labels?",
    "What did the paper report?",
)
BLOCKS = [CARD, CURVE, BANDS, PUBLISHED]
FITTED = {info.name for info in BASELINES.values() if info.needs_reference}
ALL_OVERLAYS = ["presets", "baselines", "random"]


@pytest.fixture
def anew() -> Iterator[None]:
    """Nothing measured before is kept, and nothing measured here is kept for another test."""
    for cache in (cached._slot, corpora.corpus_coefficients):
        cache.clear()
    yield
    cached._slot.clear()


@pytest.fixture
def tiny(own_home: Path, tiny_folder: str, anew: None) -> Backbone:
    """The backbone of the pages; what they measure is of the embeddings in this test's own folder."""
    return load_backbone(tiny_folder)


@pytest.fixture
def measurings(monkeypatch: pytest.MonkeyPatch, anew: None) -> list[str]:
    """Grows by a name whenever something is measured."""
    done: list[str] = []
    homes = {
        "sweep_quality": study,
        "recommend_rank": study,
        "map_bands": bands_module,
        "cluster_quality": clustering,
    }
    for name, home in homes.items():
        real = getattr(home, name)
        counted = lambda *given, real=real, name=name, **more: done.append(name) or real(*given, **more)  # noqa: E731
        monkeypatch.setattr(home, name, counted)
    return done


@pytest.fixture
def reference(tiny: Backbone, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A reference corpus of forty documents, embedded."""
    few = Corpus("forty-documents", "Forty documents", tuple(dict.fromkeys(lee_background().texts))[:40], "here")
    embed_corpus(tiny, few, tiny.default_prompt)
    monkeypatch.setattr("embfilter_core.data.corpora.lee_background", lambda: few)
    return few


def open_choose(open_page: Open, task: str = "graded-pairs", **params: object) -> AppTest:
    return open_page(CHOOSE, **{"task": task, **params})


def vectors_of(backbone: Backbone, task: Task, mean: np.ndarray | float = 0) -> Vectors:
    embedded = stored_embeddings(backbone, task.corpus, backbone.default_prompt)
    return (backbone.spectrum.coefficients(embedded - mean),)


def sentences(at: AppTest) -> list[str]:
    """The answer of the card, then what it rests on."""
    assert not at.exception
    (answer,) = [*at.success] or [box for box in at.info if box.icon == ":material/help:"]
    (rest,) = (text.value for text in at.markdown if text.value.startswith("- On all"))
    return [plain(answer.value), *(plain(line.removeprefix("- ")) for line in rest.split("\n"))]


def remarks(at: AppTest) -> list[str]:
    """The remarks of a page without the answer of the card."""
    return [note for note in notes(at) if note not in sentences(at)]


def line(figure: dict, name: str) -> tuple[list[float], list[float]]:
    """Numbers of directions and scores of a line or a mark of the curve."""
    (trace,) = (trace for trace in figure["data"] if trace.get("name") == name)
    return [int(k) for k in numbers(trace["customdata"])], numbers(trace["y"])


def table_with(at: AppTest, column: str) -> pd.DataFrame:
    (found,) = (frame.value for frame in at.dataframe if column in frame.value.columns)
    return found


def captions(at: AppTest) -> str:
    return "\n".join(plain(text.value) for text in at.caption)


def kept(at: AppTest) -> tuple[str, tuple[int, int]]:
    return at.pills(key="preset").value, tuple(at.slider(key="band").value)


def click(at: AppTest, key: str, *points: dict) -> AppTest:
    """Select points of a figure, as its front end tells."""
    (chart,) = (chart for chart in at.get("plotly_chart") if chart.key == key)
    state = at._tree.get_widget_states()
    selection = {"points": list(points), "point_indices": [], "box": [], "lasso": []}
    state.widgets.add(id=chart.proto.id, string_value=json.dumps({"selection": selection}))
    return at._run(state)


def button(at: AppTest, label: str) -> list:
    return [one for one in at.button if one.label == label]


TASKS = {"graded-pairs": (graded_pairs, BLOCKS), "topics": (topics_task, [CARD, CURVE, BANDS, CLUSTERS, PUBLISHED])}


@pytest.mark.parametrize(("make", "expected"), TASKS.values(), ids=TASKS)
def test_card_curve_table_windows_and_downloads_hold_the_numbers_of_the_library(
    open_page: Open, tiny: Backbone, downloads: dict[str, bytes], make: Callable[[], Task], expected: list[str]
) -> None:
    task = make()
    at = open_choose(open_page, task.id)
    assert errors(at) == remarks(at) == []
    assert blocks(at) == expected
    vectors = vectors_of(tiny, task)
    assert sentences(at) == reasons(study.recommend_rank(task, vectors, margin=0.5))
    sweep, bands = study.sweep_quality(task, vectors), bands_module.map_bands(task, vectors)
    curve = figures(at)["quality"]
    ks, scores = line(curve, "bulk, now")
    assert ks == sweep.ks.tolist() == list(range(1, 33))
    assert scores == sweep.scores.values.tolist()
    (band,) = (trace for trace in curve["data"] if trace.get("fill") == "toself")
    assert numbers(band["y"]) == [*sweep.scores.high, *sweep.scores.low[::-1]]
    pd.testing.assert_frame_equal(table_with(at, "to_unfiltered"), quality_summary(sweep, [], 16), check_dtype=False)
    cells = figures(at)["bands"]["data"][0]
    assert np.reshape(numbers(cells["customdata"]), (-1, 2)).tolist() == bands.bands.tolist()
    assert numbers(cells["marker"]["color"]) == bands.scores.values.tolist()
    for label, table in (
        ("Download all 32 numbers of directions as CSV", sweep_table(sweep)),
        ("Download all bands as CSV", bands_table(bands, 32)),
    ):
        read = pd.read_csv(io.BytesIO(downloads[label]), encoding="utf-8-sig")
        pd.testing.assert_frame_equal(read, table, check_dtype=False, rtol=1e-9)


def test_every_pair_of_fifty_documents_is_measured_over_its_documents(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, "lee-50")
    assert errors(at) == []
    assert line(figures(at)["quality"], "bulk, now")[1] == pytest.approx(
        study.sweep_quality(lee_50_pairs(), vectors_of(tiny, lee_50_pairs())).scores.values.tolist()
    )
    assert "95 % interval over 50 texts" in captions(at)
    assert any("the texts are what is drawn" in text.value for text in at.markdown)
    assert any("1,225 pairs of 50 texts" in sentence for sentence in sentences(at))


@pytest.mark.parametrize("recommended", [False, True])
def test_nothing_is_called_better_or_an_improvement(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, anew: None, recommended: bool
) -> None:
    if recommended:
        recommend_always(monkeypatch, 12)
    at = open_choose(open_page, overlay=ALL_OVERLAYS)
    assert errors(at) == []
    for word in ("improve", "better", "significant", "boost", "superior"):
        assert word not in markup(at).lower()


EVERYTHING = ["sweep_quality", "recommend_rank", "map_bands"]
CHANGES: dict[str, tuple[Callable[[AppTest], object], list[str]]] = {
    "preset": (lambda at: at.pills(key="preset").set_value("dominant"), []),
    "ratio": (lambda at: at.pills(key="ratio").set_value("8"), []),
    "band": (lambda at: at.slider(key="band").set_range(0, 300), []),
    "bulk again": (lambda at: at.pills(key="preset").set_value("bulk"), []),
    "overlay": (lambda at: at.pills(key="overlay").set_value(ALL_OVERLAYS), []),
    "margin": (lambda at: at.pills(key="margin").set_value("2"), ["recommend_rank"]),
    "measure": (lambda at: at.selectbox(key="measure").set_value("pearson"), EVERYTHING),
}


def test_only_what_a_control_changes_is_measured_again_and_no_model_runs(
    open_page: Open, forward_passes: list[str], measurings: list[str]
) -> None:
    at = open_choose(open_page)
    assert measurings == EVERYTHING
    for name, (change, measured) in CHANGES.items():
        before = figures(at)
        for done in (forward_passes, measurings):
            done.clear()
        change(at)
        at.run()
        assert errors(at) == forward_passes == [], name
        assert measurings == measured, name
        assert figures(at) != before, name


def test_a_second_visit_embeds_and_measures_nothing(
    open_page: Open, forward_passes: list[str], measurings: list[str]
) -> None:
    first = open_choose(open_page)
    corpora.corpus_embeddings.clear()  # as after a restart: what is left is on disk
    for done in (forward_passes, measurings):
        done.clear()
    second = open_choose(open_page)
    assert errors(second) == forward_passes == measurings == []
    assert figures(second) == figures(first)
    assert sentences(second) == sentences(first)


def test_the_kept_number_is_marked_where_it_is_of_the_bulk(open_page: Open) -> None:
    at = open_choose(open_page)
    for preset, marks in (("bulk", [16]), ("unfiltered", [32]), ("dominant", []), ("edges", [])):
        at.pills(key="preset").set_value(preset).run()
        shapes = figures(at)["quality"]["layout"].get("shapes", [])
        assert [shape["x0"] for shape in shapes] == marks, preset
        rings = [trace for trace in figures(at)["bands"]["data"] if trace["name"] == "kept now"]
        assert len(rings) == (preset != "edges")


def test_a_finer_look_maps_the_windows_around_the_band(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, preset="dominant")
    at.toggle(key="finer").set_value(True).run()
    expected = bands_module.map_bands(graded_pairs(), vectors_of(tiny, graded_pairs()), around=(0, 16))
    cells = figures(at)["bands"]["data"][0]
    assert np.reshape(numbers(cells["customdata"]), (-1, 2)).tolist() == expected.bands.tolist()
    at.pills(key="preset").set_value("edges").run()
    assert errors(at) == []
    assert at.toggle(key="finer").disabled


def test_presets_baselines_and_random_subspaces_are_the_librarys_at_the_kept_number(
    open_page: Open, tiny: Backbone, reference: Corpus
) -> None:
    at = open_choose(open_page, overlay=ALL_OVERLAYS, preset="dominant", ratio="4")
    assert errors(at) == remarks(at) == []
    assert "fitted on Forty documents, which is not the data measured here" in captions(at)
    task = graded_pairs()
    vectors = vectors_of(tiny, task)
    sweep, curve = study.sweep_quality(task, vectors), figures(at)["quality"]
    states = stored_embeddings(tiny, task.corpus, tiny.default_prompt)
    learnt_from = stored_embeddings(tiny, reference, tiny.default_prompt)
    shown = table_with(at, "to_unfiltered").set_index("what")
    baselines, left_out = compare_baselines(task, (states,), learnt_from, sweep, 8)
    presets = compare_presets(task, vectors, sweep, 8)
    assert set(left_out) == {"Average token removed"}  # its token is not given here
    assert len(presets) >= 4
    for one in (*presets, *baselines):
        assert line(curve, one.name) == ([one.k], [pytest.approx(one.score.value)]), one.name
        row = shown.loc[f"{one.kind}: {one.name}"]
        assert [row["k"], row["to_unfiltered"]] == pytest.approx([one.k, one.to_unfiltered.value], abs=1e-6)
    assert {f"baseline: {name}" for name in (*FITTED, *left_out)} <= set(shown.index)
    controls = measure_random_subspaces(task, vectors, [4, 8, 16, 24], "spearman")
    ks, medians = line(curve, "random subspaces, 20 seeds, the middle 95 %")
    listed = table_with(at, "share_above_unfiltered")
    assert listed["k"].tolist() == list(ks)
    assert np.allclose(listed["median"], medians)
    assert np.allclose(listed["share_above_unfiltered"], (controls.scores > sweep.scores.values[-1]).mean(axis=1))
    assert ks == controls.ks.tolist()
    assert medians == pytest.approx(np.median(controls.scores, axis=1).tolist())


def test_a_baseline_that_cannot_be_fitted_is_left_out_with_a_note(
    open_page: Open, reference: Corpus, monkeypatch: pytest.MonkeyPatch, tiny: Backbone
) -> None:
    few = replace(reference, id="five-documents", texts=reference.texts[:5])
    embed_corpus(tiny, few, tiny.default_prompt)
    monkeypatch.setattr("embfilter_core.data.corpora.lee_background", lambda: few)
    at = open_choose(open_page, overlay="baselines")
    said = remarks(at)
    assert any(note.startswith("PCA is left out: ") and "5" in note for note in said)
    shown = set(table_with(at, "to_unfiltered")["what"])
    assert {"baseline: Centring", "baseline: Truncation"} <= shown
    assert not {f"baseline: {note.partition(' is left out')[0]}" for note in said} & shown


def test_without_an_embedded_reference_it_is_offered_and_nothing_is_fitted(open_page: Open, anew: None) -> None:
    at = open_choose(open_page, overlay="baselines")
    assert {note.partition(" is left out")[0] for note in remarks(at)} == FITTED
    assert "which is not embedded yet" in captions(at)
    assert any(text.value.startswith("To fit baselines, the 300 reference documents") for text in at.markdown)
    assert "baseline: Truncation" in set(table_with(at, "to_unfiltered")["what"])
    at.pills(key="overlay").set_value(["presets"]).run()
    assert button(at, "Embed the reference documents") == remarks(at) == []


def test_nothing_is_fitted_on_texts_that_are_measured(open_page: Open, reference: Corpus) -> None:
    labels = ["even", "odd"] * 10
    uploaded = pd.DataFrame({"text": [*reference.texts[:2], *graded_pairs().texts[:18]], "label": labels})
    at = open_choose(open_page, "upload", label_kind="labelled", overlay="baselines")
    name, data = "own.jsonl", uploaded.to_json(orient="records", lines=True).encode()
    at.file_uploader(key="task_labelled_file").set_value((name, data, "")).run()
    assert errors(at) == []
    assert {note.partition(" is left out")[0] for note in remarks(at)} == FITTED
    assert "holds texts that are measured here, so no baseline is fitted on it" in captions(at)
    assert not {f"baseline: {name}" for name in FITTED} & set(table_with(at, "to_unfiltered")["what"])


def test_centring_measures_centred_embeddings(open_page: Open, tiny: Backbone, reference: Corpus) -> None:
    at = open_choose(open_page, centre="true")
    mean = stored_embeddings(tiny, reference, tiny.default_prompt).mean(axis=0)
    task = graded_pairs()
    expected = study.sweep_quality(task, vectors_of(tiny, task, mean)).scores.values
    assert line(figures(at)["quality"], "bulk, now")[1] == pytest.approx(expected.tolist(), abs=1e-6)
    uncentred = study.sweep_quality(task, vectors_of(tiny, task)).scores.values
    assert not np.allclose(expected, uncentred, atol=1e-3)


def test_the_measure_is_what_is_drawn(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page)
    assert at.selectbox(key="measure").options == ["usual", "spearman", "pearson"]
    usual = figures(at)["quality"]
    at.selectbox(key="measure").set_value("spearman").run()
    assert figures(at)["quality"] == usual
    at.selectbox(key="measure").set_value("pearson").run()
    vectors = vectors_of(tiny, graded_pairs())
    pearson = study.sweep_quality(graded_pairs(), vectors, "pearson")
    assert line(figures(at)["quality"], "bulk, now")[1] == pearson.scores.values.tolist()
    assert sentences(at) == reasons(study.recommend_rank(graded_pairs(), vectors, "pearson"))
    assert "Pearson correlation" in captions(at)


def test_a_measure_that_the_data_cannot_have_falls_back_to_the_usual(open_page: Open) -> None:
    at = open_choose(open_page, "topics", measure="pearson")
    assert errors(at) == []
    assert at.selectbox(key="measure").value == "usual"
    assert "accuracy of the five nearest neighbours" in captions(at)
    at.selectbox(key="task").set_value("graded-pairs").run()
    at.selectbox(key="measure").set_value("pearson").run()
    at.selectbox(key="task").set_value("topics").run()
    assert errors(at) == []
    assert at.selectbox(key="measure").value == "usual"


def test_the_margin_is_that_of_the_decision_and_of_the_outlined_windows(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, margin="2")
    vectors = vectors_of(tiny, graded_pairs())
    for margin in ("2", "0.25"):
        at.pills(key="margin").set_value(margin).run()
        assert sentences(at) == reasons(study.recommend_rank(graded_pairs(), vectors, margin=float(margin)))
        assert f"within {margin} points of the best of its half" in sentences(at)[-2]
        assert f"loses at most {margin} points (95 %)" in [t["name"] for t in figures(at)["bands"]["data"]]


BAD = {
    "task": ("task", "nonsense"),
    "margin": ("margin", "7"),
    "overlay": ("overlay", ["presets", "foo"]),
    "label kind": ("label_kind", "<b>foo</b>"),
    "measure": ("measure", "**mrr**"),
}


@pytest.mark.parametrize(("key", "value"), BAD.values(), ids=BAD)
def test_an_impossible_value_of_a_link_is_named_and_the_default_used(open_page: Open, key: str, value: object) -> None:
    at = open_choose(open_page, **{key: value})
    assert errors(at) == []
    (note,) = remarks(at)
    assert note.startswith(f"The link asks for {key} = ")
    assert at.session_state[key if key in at.session_state else "task"] in (CONTROLS[key].default, "graded-pairs")
    assert CARD in blocks(at)


def recommend_always(monkeypatch: pytest.MonkeyPatch, k: int) -> list[Recommendation]:
    """Let every recommendation be to keep k directions, whatever the data say; returns what was given out."""
    given: list[Recommendation] = []
    real = study.recommend_rank

    def recommend(*arguments: object) -> Recommendation:
        given.append(replace(real(*arguments), k=k, candidate_k=k, reason=Reason.RECOMMENDED))
        return given[-1]

    monkeypatch.setattr(study, "recommend_rank", recommend)
    return given


def test_a_recommended_band_can_be_used_everywhere(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, anew: None
) -> None:
    given = recommend_always(monkeypatch, 10)
    at = open_choose(open_page)
    assert sentences(at) == reasons(given[0])
    assert sentences(at)[0].startswith("Keep 10 of 32 directions")
    (use,) = button(at, "Use this band")
    use.click().run()
    assert errors(at) == []
    assert kept(at) == ("custom", band_per_mille(KeptDirections.bulk(32, keep=10)))
    assert "bulk, as kept now" in set(table_with(at, "to_unfiltered").query("k == 10")["what"])


def test_without_a_recommendation_there_is_no_band_to_use(open_page: Open) -> None:
    at = open_choose(open_page)
    assert sentences(at)[0].startswith("Not enough data to tell: ")
    assert not at.success
    assert button(at, "Use this band") == []


def test_a_clicked_number_of_directions_is_kept(open_page: Open) -> None:
    at = open_choose(open_page, preset="edges")
    for k in (1, 5, 31, 32):
        click(at, "quality", {"curve_number": 1, "customdata": k})
        assert errors(at) == []
        assert kept(at) == ("custom", band_per_mille(KeptDirections.bulk(32, keep=k)))
        assert at.query_params["preset"] == "custom"


def test_a_clicked_window_is_kept(open_page: Open) -> None:
    at = open_choose(open_page)
    for start, stop in ((0, 1), (3, 30), (31, 32), (0, 32)):
        click(at, "bands", {"customdata": [start, stop]})
        assert errors(at) == []
        assert kept(at) == ("custom", band_per_mille(KeptDirections.band(32, start, stop)))
        (ring,) = (trace for trace in figures(at)["bands"]["data"] if trace["name"] == "kept now")
        assert (ring["x"], ring["y"]) == ([start], [32 - stop])


NO_K = (None, 0, 33, -1, 1e9, float("nan"), "12", "<b>", [], {"k": 4})
NO_WINDOW = (None, 7, "ab", [], [5], [9, 9], [9, 3], [-1, 4], [0, 33], [None, 4], ["a", "b"], [0, 4, 8], {"start": 1})


@pytest.mark.parametrize(("key", "nonsense"), [("quality", NO_K), ("bands", NO_WINDOW)], ids=["curve", "bands"])
def test_a_selection_of_nothing_that_can_be_kept_changes_nothing(open_page: Open, key: str, nonsense: tuple) -> None:
    at = open_choose(open_page)
    for points in ([], [{}], *([{"customdata": value}] for value in nonsense)):
        click(at, key, *points)
        assert errors(at) == [], points
        assert kept(at) == ("bulk", (250, 750)), points


def earlier(at: AppTest) -> list[str]:
    return at.multiselect(key="earlier_runs").options


def test_what_was_measured_before_can_be_laid_over_what_is_measured_now(open_page: Open) -> None:
    at = open_choose(open_page)
    assert earlier(at) == []
    first = line(figures(at)["quality"], "bulk, now")
    at.selectbox(key="prompt").set_value("prompteol").run()
    if len(earlier(at)) == 0:  # it is the prompt that the backbone has anyway
        at.selectbox(key="prompt").set_value("echo").run()
    (name,) = earlier(at)
    assert name not in [trace.get("name") for trace in figures(at)["quality"]["data"]]
    at.multiselect(key="earlier_runs").set_value([name]).run()
    assert errors(at) == []
    assert line(figures(at)["quality"], name) == first
    assert line(figures(at)["quality"], "bulk, now") != first
    at.selectbox(key="prompt").set_value("default").run()  # what was laid over is now what is measured
    assert errors(at) == []
    assert name not in earlier(at)
    assert len(earlier(at)) == 1


def test_the_oldest_run_goes_where_there_are_too_many(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    assert curve_block.MOST_RUNS == 8
    monkeypatch.setattr(curve_block, "MOST_RUNS", 3)
    at = open_choose(open_page, prompt="custom")
    for number in range(5):
        at.text_input(key="template").set_value(f"word {number}: {{text}}").run()
        assert errors(at) == []
        if number == 2:
            at.multiselect(key="earlier_runs").set_value(earlier(at)[:1]).run()
    assert len(set(earlier(at))) == len(earlier(at)) == 3
    assert not any("word 0" in name for name in earlier(at))


def test_texts_are_clustered_on_demand_only(open_page: Open, tiny: Backbone, measurings: list[str]) -> None:
    at = open_choose(open_page, "topics")
    assert "cluster_quality" not in measurings
    assert set(figures(at)) == {"quality", "bands"}
    at.button(key="cluster").click().run()
    assert measurings.count("cluster_quality") == 1
    ks, scores = clustering.cluster_quality(topics_task(), vectors_of(tiny, topics_task()))
    assert line(figures(at)["clusters"], "bulk") == (ks.tolist(), scores.tolist())
    at.pills(key="preset").set_value("edges").run()
    assert "clusters" in figures(at)
    assert measurings.count("cluster_quality") == 2  # the second is the test's own
    at.selectbox(key="task").set_value("graded-pairs").run()
    assert CLUSTERS not in blocks(at)
    assert "clusters" not in figures(at)


def test_the_papers_numbers_are_shown_and_called_published(open_page: Open) -> None:
    at = open_choose(open_page)
    assert "Published, not measured here" in captions(at)
    assert "2606.07502" in captions(at)
    results = published_results()
    for backbone in results["backbone"].unique():
        at.button_group(key="published").set_value(backbone).run()
        tables = [frame.value for frame in at.dataframe]
        expected = results[results["backbone"] == backbone].drop(columns="backbone")
        assert any(table.equals(expected) for table in tables), backbone
    assert any(table.equals(published_ablation()) for table in tables)


def test_the_bundled_backbone_cannot_tell_on_fifty_news_documents(open_page: Open, own_home: Path) -> None:
    (own_home / "embeddings").symlink_to((own_home / "assets").readlink().with_name("embeddings"))  # from `make assets`
    at = open_choose(open_page, "lee-50", backbone=BUNDLED.id, prompt="prompteol")
    assert errors(at) == []
    assert sentences(at)[0].startswith("Not enough data to tell: ")
    shown = table_with(at, "to_unfiltered").set_index("k")["score"]
    assert (round(shown[576], 1), round(shown[288], 1)) == (46.8, 46.7)
