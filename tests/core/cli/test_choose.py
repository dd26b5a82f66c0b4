"""The verb `choose`: the library's numbers for every kind of labelled data, and one line where the input is bad."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, astuple
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from embfilter_core import Backbone
from embfilter_core.cli import main
from embfilter_core.cli.labelled_data import named_task
from embfilter_core.data import hub_datasets
from embfilter_core.data.built_in_tasks import BUILT_IN, graded_pairs, topics_task
from embfilter_core.data.hub_datasets import HUB_DATASETS
from embfilter_core.data.tables.retrieval_tables import retrieval_from_tables
from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table
from embfilter_core.data.tasks import TASK_KINDS, Task
from embfilter_core.data.vectors.beside import match_vectors
from embfilter_core.data.vectors.vector_table import read_vector_table
from embfilter_core.quality.beside import describe_beside, measure_beside
from embfilter_core.quality.comparison import compare_presets
from embfilter_core.quality.decisions.goals import decide, how_decided
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.measuring import MEASURES, corpora_of
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.tables.quality import alternatives_table, ends_of, sweep_table
from embfilter_core.tables.treatments import controls_table, decision_summary, treatments_table
from tests.core.cli.labelled_files import (
    DOCUMENTS,
    LABELLED,
    PAIRS,
    QUERIES,
    RELEVANCE,
    SENTENCES,
    retrieval_options,
)
from tests.core.data.vectors.files import parquet
from tests.tiny import WORDS

Choose = Callable[..., str]


def measured_by_library(
    backbone: Backbone, task: Task, measure: str, prompt: str = "prompteol", layer: int | None = None
) -> MeasuredTreatments:
    embedded = tuple(backbone.embed(corpus.texts, prompt, layer=layer) for corpus in corpora_of(task))
    return measure_treatments(task, embedded, backbone.spectrum, name=measure, bulk_start=backbone.bulk_start)


def library_says(
    backbone: Backbone,
    task: Task,
    measure: str,
    margin: float = 0.5,
    prompt: str = "prompteol",
    layer: int | None = None,
    goal: str = "shrink",
    bytes_a_vector: int | None = None,
) -> dict:
    """What `--json` prints of a task, by the functions that the page calls."""
    embedded = [backbone.embed(corpus.texts, prompt, layer=layer) for corpus in corpora_of(task)]
    coefficients = tuple(backbone.spectrum.coefficients(states) for states in embedded)
    sweep = sweep_quality(task, coefficients, measure, "bulk", backbone.bulk_start)
    measured = measured_by_library(backbone, task, measure, prompt, layer)
    answer = decide(measured, goal, margin, bytes_a_vector)
    return {
        "task": task.name,
        "n": len(task),
        "measure": measure,
        "curve": sweep_table(sweep).to_dict(orient="records"),
        "presets": alternatives_table(
            compare_presets(task, coefficients, sweep, backbone.d // 2, bulk_start=backbone.bulk_start)
        ).to_dict(orient="records"),
        "treatments": treatments_table(measured).to_dict(orient="records"),
        "random_subspaces": controls_table(measured.controls).to_dict(orient="records"),
        "goal": goal,
        "decision": json.loads(json.dumps(asdict(answer))),
        "sentences": answer.sentences(),
        "how_decided": how_decided(measured, goal),
    }


def same(printed: str, expected: dict) -> dict:
    """The printed object, once what is expected is in it to the last digit."""
    told = json.loads(printed, parse_constant=pytest.fail)
    assert {name: told[name] for name in expected} == expected
    return told


def test_pairs_in_csv_give_the_numbers_of_the_library(choose: Choose, llama: Backbone, places: dict[str, Path]) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    told = same(choose(places["pairs"], "--json"), library_says(llama, task, "spearman"))
    assert [row["k"] for row in told["curve"]] == list(range(1, llama.d + 1))
    assert (told["backbone"], told["prompt"], told["layer"]) == (llama.name, "prompteol", 2)
    assert (told["unit"], told["units"], told["demo"]) == ("pairs", 12, False)


def test_labelled_texts_in_json_lines_too(choose: Choose, llama: Backbone, places: dict[str, Path]) -> None:
    task = labelled_from_table(LABELLED, "text", "label", name="labelled.jsonl")
    same(choose(places["labelled"], "--json"), library_says(llama, task, "accuracy"))


@pytest.mark.parametrize("measure", ["ndcg@10", "map"])
def test_queries_documents_and_relevance_too(
    choose: Choose, llama: Backbone, places: dict[str, Path], measure: str
) -> None:
    task = retrieval_from_tables(QUERIES, DOCUMENTS, RELEVANCE, name="queries.csv")
    options = ["--json", "--measure", measure] if measure != "ndcg@10" else ["--json"]
    told = same(choose(*retrieval_options(places), *options), library_says(llama, task, measure))
    assert (told["unit"], told["units"], told["n"]) == ("queries", 10, 10)


def test_the_options_reach_the_measurement(choose: Choose, llama: Backbone, places: dict[str, Path]) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    options = ("--measure", "pearson", "--margin", 3, "--prompt", "plain-mean", "--layer", 1, "--json")
    told = same(choose(places["pairs"], *options), library_says(llama, task, "pearson", 3, "plain-mean", 1))
    assert (told["decision"]["margin"], told["prompt"], told["layer"]) == (3, "plain-mean", 1)


@pytest.mark.parametrize(("goal", "options"), [("improve", ()), ("budget", ("--bytes", 16))])
def test_every_goal_is_answered_as_the_library_does(
    choose: Choose, llama: Backbone, places: dict[str, Path], goal: str, options: tuple
) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    expected = library_says(llama, task, "spearman", goal=goal, bytes_a_vector=16 if options else None)
    same(choose(places["pairs"], "--goal", goal, *options, "--json"), expected)
    printed = choose(places["pairs"], "--goal", goal, *options)
    assert all(sentence in printed.splitlines() for sentence in expected["sentences"])


def test_lines_that_learn_do_so_from_the_reference_named_unless_it_is_measured(
    choose: Choose, places: dict[str, Path], tmp_path: Path
) -> None:
    random = np.random.default_rng(1)
    others = [" ".join(random.choice(WORDS, size=5)) + f" other {i}" for i in range(40)]
    (tmp_path / "others.txt").write_text("\n".join(others))
    (tmp_path / "same.txt").write_text("\n".join(SENTENCES))
    learnt, none, same_texts = (
        json.loads(choose(places["pairs"], "--reference", name, "--json"))
        for name in (tmp_path / "others.txt", "none", tmp_path / "same.txt")
    )
    assert learnt["left_out"] == {}
    assert {row["line"] for row in learnt["treatments"] if row["learns"]} == {"pca", "centred-bulk"}
    for told in (none, same_texts):
        assert set(told["left_out"]) == {"pca", "centred-bulk"}
        assert not any(row["learns"] for row in told["treatments"])


def test_a_built_in_task_is_taken_by_its_id_and_a_demo_set_is_called_so(choose: Choose, llama: Backbone) -> None:
    told = same(choose("graded-pairs", "--json"), library_says(llama, graded_pairs(), "spearman"))
    assert told["demo"] is True
    first = choose("graded-pairs").splitlines()[0]
    assert "a demo set and not a benchmark" in first
    assert graded_pairs().name in first


def test_every_built_in_and_hub_task_has_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_datasets, "load_hub_dataset", lambda dataset: dataset.id)
    assert named_task("topics") is topics_task()
    assert [named_task(name) for name in HUB_DATASETS] == list(HUB_DATASETS)
    assert named_task("pairs.csv") is None


def rows_below(lines: list[str], columns: list[str]) -> tuple[list[str], list[list[str]]]:
    """The names of the rows of a printed table, and their numbers."""
    header = lines.index(next(line for line in lines if line.split() == ["what", *columns]))
    shown = lines[header + 1 : lines.index("", header)]
    return [line.rsplit(maxsplit=len(columns))[0].strip() for line in shown], [
        line.split()[-len(columns) :] for line in shown
    ]


def test_the_first_table_has_the_ratios_and_the_presets(choose: Choose, places: dict[str, Path]) -> None:
    told, lines = json.loads(choose(places["pairs"], "--json")), choose(places["pairs"]).splitlines()
    assert "demo" not in lines[0]
    assert "Spearman correlation of cosine and judgement" in lines[1]
    assert "over 12 pairs" in lines[1]
    columns = ["k", *ends_of("score"), *ends_of("to_unfiltered"), "bytes_per_million"]
    names, rows = rows_below(lines, columns)
    curve = {row["k"]: row for row in told["curve"]}
    assert [int(row[0]) for row in rows] == [32, 16, 8, 4, *(preset["k"] for preset in told["presets"])]
    for row, expected in zip(rows, [*(curve[k] for k in (32, 16, 8, 4)), *told["presets"]], strict=True):
        assert list(map(float, row)) == pytest.approx([expected[name] for name in columns], rel=1e-3, abs=1e-9)
    assert names[4:] == [f"preset: {preset['name']}" for preset in told["presets"]]
    assert {preset["k"] for preset in told["presets"]} == {16}


def test_the_second_table_has_the_treatments_by_bytes_and_calls_what_was_searched_so(
    choose: Choose, llama: Backbone, places: dict[str, Path]
) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    measured = measured_by_library(llama, task, "spearman")
    expected = decision_summary(measured, decide(measured, "budget", bytes_a_vector=16))
    names, rows = rows_below(
        choose(places["pairs"], "--goal", "budget", "--bytes", 16).splitlines(), list(expected.columns[1:])
    )
    assert names == expected["what"].tolist()
    assert sum(measured.best.called in name for name in names) == 1
    assert sum("the answer, searched" in name for name in names) == 1
    for row, numbers in zip(rows, expected.iloc[:, 1:].to_numpy(), strict=True):
        assert list(map(float, row)) == pytest.approx(numbers.tolist(), rel=1e-3, abs=1e-9)
    sizes = [int(row[0]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_the_answer_and_how_it_is_decided_stand_below(choose: Choose, places: dict[str, Path]) -> None:
    told, lines = json.loads(choose(places["pairs"], "--json")), choose(places["pairs"]).splitlines()
    at = lines.index("How this is decided")
    assert lines[at - len(told["sentences"]) - 1 : at - 1] == told["sentences"]
    assert lines[at + 1 :] == [f"- {sentence}" for sentence in told["how_decided"]]


def test_a_report_holds_the_sentences_and_the_figures(choose: Choose, places: dict[str, Path], tmp_path: Path) -> None:
    told = json.loads(choose(places["pairs"], "--goal", "improve", "--report", tmp_path / "page.html", "--json"))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert all(escape(sentence) in page for sentence in told["sentences"])
    assert all(f'id="figure-{number}"' in page for number in range(4))
    assert "pairs.csv" in page


def vectors_beside(texts: list[str], seed: int = 0) -> bytes:
    """A Parquet file with vectors of another model, seven numbers each."""
    return parquet(
        pd.DataFrame({"sentence": texts}), embedding=np.random.default_rng(seed).normal(size=(len(texts), 7))
    )


def test_vectors_of_another_model_are_one_more_row_as_the_library_measures_it(
    choose: Choose, llama: Backbone, places: dict[str, Path], tmp_path: Path
) -> None:
    task = labelled_from_table(LABELLED, "text", "label", name="labelled.jsonl")
    data = vectors_beside([*task.texts[:-2], "nobody knows this"])
    (tmp_path / "other.parquet").write_bytes(data)
    printed = choose(places["labelled"], "--beside", tmp_path / "other.parquet", "--report", tmp_path / "p.html")
    told = json.loads(choose(places["labelled"], "--beside", tmp_path / "other.parquet", "--json"))
    coefficients = (llama.spectrum.coefficients(llama.embed(task.texts, "prompteol")),)
    own = match_vectors(task, [read_vector_table("other.parquet", data)])
    row = measure_beside(own, coefficients, sweep_quality(task, coefficients))
    (shown,) = (one for one in told["instead"] if one["kind"] == "own vectors")
    assert (shown["name"], shown["k"]) == (row.name, 7)
    assert [shown[end] for end in ends_of("to_unfiltered")] == pytest.approx(list(astuple(row.to_unfiltered)))
    assert told["beside"] == describe_beside(own, row)
    assert told["beside"] in printed
    assert row.name in printed
    assert "1 vector of other.parquet left out" in printed
    page = (tmp_path / "p.html").read_text("utf-8")
    assert escape(told["beside"]) in page
    assert "Your vectors: other.parquet (7)" in page


def test_arrays_beside_are_of_the_rows_of_the_file_or_of_a_table_named_before(
    choose: Choose, places: dict[str, Path], tmp_path: Path
) -> None:
    rows = np.random.default_rng(3).normal(size=(len(PAIRS), 2, 5)).astype(np.float32)
    np.save(tmp_path / "both.npy", rows)
    pd.DataFrame({"t": [*PAIRS["text1"], *PAIRS["text2"]]}).to_csv(tmp_path / "texts.csv", index=False)
    np.save(tmp_path / "one.npy", np.concatenate([rows[:, 0], rows[:, 1]]))
    of_file = choose(places["pairs"], "--beside", tmp_path / "both.npy", "--json")
    of_table = choose(places["pairs"], "--beside", f"{tmp_path / 'texts.csv'},{tmp_path / 'one.npy'}", "--json")
    scores = [
        next(row["score"] for row in json.loads(told)["instead"] if row["kind"] == "own vectors")
        for told in (of_file, of_table)
    ]
    assert scores[0] == scores[1]


def test_without_vectors_beside_there_is_no_such_row_and_the_best_is_named_once(
    choose: Choose, places: dict[str, Path]
) -> None:
    told = json.loads(choose(places["pairs"], "--goal", "improve", "--json"))
    assert told["beside"] is None
    assert "own vectors" not in {row["kind"] for row in told["instead"]}
    (best,) = (row for row in told["instead"] if row["searched"])
    highest = max(told["treatments"], key=lambda row: row["score"])
    assert best["score"] == highest["score"]
    assert (
        best["name"].removesuffix(f", the best of {len(told['treatments'])} treatments, searched")
        in (told["sentences"][-1])
    )


def test_quiet_is_compared_where_its_scores_can_be_had(
    choose: Choose, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "embfilter_core.lens.frequent_tokens.frequent_token_scores", lambda backbone: np.arange(backbone.d)[::-1]
    )
    presets = {preset["id"]: preset for preset in json.loads(choose(places["pairs"], "--json"))["presets"]}
    assert presets["quiet"]["score"] == presets["secondary"]["score"]


def test_it_counts_on_standard_error_where_somebody_watches(
    capsys: pytest.CaptureFixture, folder: str, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert main(["choose", str(places["pairs"]), "--backbone", folder]) == 0
    shown = capsys.readouterr().err
    for last in ("24 of 24 texts\n", "Measuring: 100 of 100\n", "Choosing: 100 of 100\n"):
        assert shown.count(last) == 1


def test_what_is_left_out_is_noted_on_standard_error(
    capsys: pytest.CaptureFixture, folder: str, places: dict[str, Path], tmp_path: Path
) -> None:
    QUERIES.assign(_id=[*QUERIES["_id"][:-1], "unasked"]).to_csv(tmp_path / "queries.csv", index=False)
    RELEVANCE[RELEVANCE["query-id"] != "q9"].to_csv(tmp_path / "relevance.csv", index=False)
    arguments = ["choose", *map(str, retrieval_options(places)), "--backbone", folder]
    capsys.readouterr()
    assert main(arguments) == 0
    notes = capsys.readouterr().err.splitlines()
    assert notes[0] == "Note: 1 query without a judgement left out."
    assert notes[1].startswith("Note: The preset quiet is left out: ")
    assert notes[2].startswith("Note: What learns from a reference is left out: ")


def test_choosing_again_embeds_nothing(
    choose: Choose, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = choose(places["pairs"], "--json")
    monkeypatch.setattr(Backbone, "encode", lambda self, texts, prompt=None: [pytest.fail("embeds") for _ in texts])
    assert choose(places["pairs"], "--json") == first


def test_help_comes_without_torch_and_names_every_measure_and_kind() -> None:
    code = (
        "import sys\nfrom embfilter_core.cli import main\n"
        "try:\n    main(['choose', '--help'])\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules, 'pandas' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "False False False"
    assert all(name in ran.stdout for name in (*MEASURES, *TASK_KINDS, *HUB_DATASETS, *BUILT_IN, *GOALS))
