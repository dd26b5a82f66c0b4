"""Scores of mteb at several ratios: right, from one forward pass, and never mixed up."""

from pathlib import Path

import numpy as np
import pytest
from mteb import mocks

from embfilter_core import (
    Backbone,
    EmbedFilter,
    KeptDirections,
    find_mteb_tasks,
    graded_pairs,
    load_backbone,
    measure_mteb,
)
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.published import DATA_SETS
from embfilter_core.errors import Cancelled, InputError
from embfilter_core.interfaces.mteb_run import MtebScore, results_folder
from embfilter_core.interfaces.mteb_tasks import MtebTask, benchmark_tasks
from embfilter_core.quality.metrics import spearman
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.embedding_store import BYTES_VARIABLE
from tests.core.interfaces.local_tasks import CLASSES, CLUSTERS, PAIRS

RATIOS = (1, 2, 4, 8)
KINDS = ("PairClassification", "Reranking", "Retrieval", "Summarization")


def points(scores: list[MtebScore]) -> dict[int, float]:
    return {one.ratio: one.score for one in scores}


def test_scores_are_spearman_s_correlation_of_filtered_cosines(llama: Backbone, results: Path) -> None:
    pairs = graded_pairs()
    embeddings = llama.embed(pairs.texts)
    for one in measure_mteb(llama, [PAIRS], RATIOS, results=results):
        vectors = EmbedFilter(llama.spectrum, KeptDirections.bulk(llama.d, one.ratio)).reduce(embeddings)
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        expected = spearman((units[pairs.left] * units[pairs.right]).sum(axis=1), pairs.scores)
        assert one.score == pytest.approx(100 * expected, abs=0.1)
        assert (one.task, one.kept, one.texts) == ("graded-pairs", llama.d // one.ratio, 120)


@pytest.mark.real
def test_the_bundled_backbone_has_the_scores_of_readme(results: Path) -> None:
    found = measure_mteb(load_backbone(BUNDLED.id), find_mteb_tasks(["lee-50"]), (1, 2, 4, 8), results=results)
    assert {ratio: round(score, 1) for ratio, score in points(found).items()} == {1: 46.8, 2: 46.7, 4: 44.8, 8: 41.4}


@pytest.mark.parametrize("held", ["2000000000", "0"], ids=["kept by the store", "with a store that holds nothing"])
def test_every_text_goes_through_the_model_once_for_all_ratios(
    llama: Backbone, results: Path, forward_passes: list[int], monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    monkeypatch.setenv(BYTES_VARIABLE, held)
    measure_mteb(llama, [PAIRS], RATIOS[:1], results=results / "once")
    of_one_ratio = sum(forward_passes)
    forward_passes.clear()
    (embfilter_home() / "embeddings" / "embeddings.sqlite3").unlink()
    measure_mteb(llama, [PAIRS], RATIOS, results=results)
    assert sum(forward_passes) == of_one_ratio
    assert [path for path in embfilter_home().iterdir() if path.name.startswith("mteb")] == []


def test_results_that_mteb_kept_are_taken_for_their_own_settings_alone(
    llama: Backbone, results: Path, forward_passes: list[int]
) -> None:
    first = measure_mteb(llama, [PAIRS], RATIOS, results=results)
    forward_passes.clear()
    again = measure_mteb(llama, [PAIRS], RATIOS, results=results)
    assert forward_passes == []
    assert points(again) == points(first)
    assert {one.texts for one in again} == {None}
    assert len(set(points(first).values())) == len(RATIOS)
    for settings in ({"prompt": "plain-mean"}, {"layer": 1}, {"mean": llama.embed(["the cat"])[0]}):
        other = measure_mteb(llama, [PAIRS], RATIOS, results=results, **settings)
        assert {one.texts for one in other} == {120}
        assert points(other) != points(first)


@pytest.mark.parametrize("task", [CLUSTERS, CLASSES], ids=["clusters", "classes"])
def test_a_ratio_scores_the_same_alone_and_after_others(
    llama: Backbone, results: Path, forward_passes: list[int], task: MtebTask
) -> None:
    together = points(measure_mteb(llama, [task], (1, 2, 4), results=results))
    forward_passes.clear()
    assert points(measure_mteb(llama, [task], (4,), results=results / "alone")) == {4: together[4]}
    assert forward_passes == []  # the same random sample, embedded before
    assert len(set(together.values())) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_task_is_scored(llama: Backbone, results: Path, kind: str) -> None:
    task = MtebTask(kind, getattr(mocks.mock_tasks, f"Mock{kind}Task"))
    for one in measure_mteb(llama, [task], (1, 2), results=results):
        assert np.isfinite(one.score)
        assert one.texts > 0


def test_a_run_that_was_cancelled_leaves_nothing_but_what_was_embedded(llama: Backbone, results: Path) -> None:
    with pytest.raises(Cancelled):
        measure_mteb(llama, [PAIRS], RATIOS, results=results, progress=lambda done, total: False)
    assert {path.name for path in embfilter_home().iterdir()} <= {"embeddings", "spectra", "speeds.json"}


def test_the_tasks_of_the_paper_s_benchmark_are_made_anew_each_time() -> None:
    tasks = benchmark_tasks()
    assert len(tasks) == 56
    assert {task.category for task in tasks} == set(DATA_SETS)
    assert tasks[0].make() is not tasks[0].make()
    for task in tasks:
        made = task.make()
        assert made.metadata.name == task.name
        assert list(made.eval_splits) == (["dev"] if task.name == "MSMARCO" else ["test"])
        assert task.data_sets


def test_a_category_stands_for_its_tasks_and_none_is_there_twice() -> None:
    names = [task.name for task in find_mteb_tasks(["STS12", "sts", "graded-pairs"])]
    assert len(names) == len(set(names)) == DATA_SETS["sts"] + 1
    assert names[0], names[-1] == ("STS12", "graded-pairs")


def test_a_task_that_is_not_there_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match=r"^mteb has no task 'STSBenchmrk'\. Did you mean STSBenchmark\?"):
        find_mteb_tasks(["STSBenchmrk"])


def test_a_task_of_pictures_is_refused() -> None:
    with pytest.raises(InputError, match="image"):
        find_mteb_tasks(["CIFAR10"])


def test_a_task_outside_the_benchmark_has_no_category() -> None:
    assert find_mteb_tasks(["GermanSTSBenchmark"])[0].category is None


def test_the_data_that_are_lacking_are_named(llama: Backbone, results: Path) -> None:
    with pytest.raises(InputError, match=r"^STSBenchmark needs .*mteb/stsbenchmark-sts"):
        measure_mteb(llama, find_mteb_tasks(["STSBenchmark"]), results=results)


def test_results_lie_in_the_folder_that_is_named(llama: Backbone, results: Path) -> None:
    measure_mteb(llama, [PAIRS], (2,), results=results)
    kept = [path for path in results_folder(results).rglob("graded-pairs-*.json")]
    assert len(kept) == 1
    assert f"kept_{llama.d // 4}-{3 * llama.d // 4}" in kept[0].parent.name
