"""The verb `choose`: the library's numbers for every kind of labelled data, and one line where the input is bad."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
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
from embfilter_core.quality.comparison import compare_presets
from embfilter_core.quality.decisions.goals import GOALS, decide, how_decided
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.measuring import MEASURES, corpora_of
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.tables.quality import alternatives_table, ends_of, sweep_table
from embfilter_core.tables.treatments import controls_table, decision_summary, treatments_table
from tests.tiny import WORDS

Run = Callable[..., str]
RANDOM = np.random.default_rng(0)
SENTENCES = [" ".join(RANDOM.choice(WORDS, size=4, replace=False)) + f" {i}" for i in range(24)]
PAIRS = pd.DataFrame({"text1": SENTENCES[:12], "text2": SENTENCES[12:], "score": np.arange(12) / 2})
LABELLED = pd.DataFrame({"text": SENTENCES, "label": [("wet", "dry")[i % 2] for i in range(24)]})
QUERIES = pd.DataFrame({"_id": [f"q{i}" for i in range(10)], "text": SENTENCES[:10]})
DOCUMENTS = pd.DataFrame({"_id": [f"d{i}" for i in range(14)], "text": SENTENCES[10:]})
RELEVANCE = pd.DataFrame(
    {
        "query-id": [f"q{i % 10}" for i in range(14)],
        "corpus-id": [f"d{i}" for i in range(14)],
        "score": [1 + i % 2 for i in range(14)],
    }
)


@pytest.fixture
def folder(saved: Callable[..., Path]) -> str:
    return str(saved("llama"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture, folder: str) -> Run:
    """Runs `choose` on the tiny backbone, where it must succeed; returns what it printed."""

    def choose(*arguments: object) -> str:
        capsys.readouterr()
        assert main(["choose", *map(str, arguments), "--backbone", folder]) == 0
        printed = capsys.readouterr()
        assert all(line.startswith("Note: ") for line in printed.err.splitlines())
        return printed.out

    return choose


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """A file of each kind of labelled data, by a short name."""
    tables = {"pairs.csv": PAIRS, "queries.csv": QUERIES, "documents.csv": DOCUMENTS, "relevance.csv": RELEVANCE}
    for name, table in tables.items():
        table.to_csv(tmp_path / name, index=False)
    LABELLED.to_json(tmp_path / "labelled.jsonl", orient="records", lines=True)
    return {path.stem: path for path in tmp_path.iterdir()}


def retrieval_options(places: dict[str, Path]) -> list[object]:
    return [part for name in ("queries", "documents", "relevance") for part in (f"--{name}", places[name])]


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


def test_pairs_in_csv_give_the_numbers_of_the_library(run: Run, llama: Backbone, places: dict[str, Path]) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    told = same(run(places["pairs"], "--json"), library_says(llama, task, "spearman"))
    assert [row["k"] for row in told["curve"]] == list(range(1, llama.d + 1))
    assert (told["backbone"], told["prompt"], told["layer"]) == (llama.name, "prompteol", 2)
    assert (told["unit"], told["units"], told["demo"]) == ("pairs", 12, False)


def test_labelled_texts_in_json_lines_too(run: Run, llama: Backbone, places: dict[str, Path]) -> None:
    task = labelled_from_table(LABELLED, "text", "label", name="labelled.jsonl")
    same(run(places["labelled"], "--json"), library_says(llama, task, "accuracy"))


@pytest.mark.parametrize("measure", ["ndcg@10", "map"])
def test_queries_documents_and_relevance_too(run: Run, llama: Backbone, places: dict[str, Path], measure: str) -> None:
    task = retrieval_from_tables(QUERIES, DOCUMENTS, RELEVANCE, name="queries.csv")
    options = ["--json", "--measure", measure] if measure != "ndcg@10" else ["--json"]
    told = same(run(*retrieval_options(places), *options), library_says(llama, task, measure))
    assert (told["unit"], told["units"], told["n"]) == ("queries", 10, 10)


def test_the_options_reach_the_measurement(run: Run, llama: Backbone, places: dict[str, Path]) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    options = ("--measure", "pearson", "--margin", 3, "--prompt", "plain-mean", "--layer", 1, "--json")
    told = same(run(places["pairs"], *options), library_says(llama, task, "pearson", 3, "plain-mean", 1))
    assert (told["decision"]["margin"], told["prompt"], told["layer"]) == (3, "plain-mean", 1)


@pytest.mark.parametrize(("goal", "options"), [("improve", ()), ("budget", ("--bytes", 16))])
def test_every_goal_is_answered_as_the_library_does(
    run: Run, llama: Backbone, places: dict[str, Path], goal: str, options: tuple
) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    expected = library_says(llama, task, "spearman", goal=goal, bytes_a_vector=16 if options else None)
    same(run(places["pairs"], "--goal", goal, *options, "--json"), expected)
    printed = run(places["pairs"], "--goal", goal, *options)
    assert all(sentence in printed.splitlines() for sentence in expected["sentences"])


def test_lines_that_learn_do_so_from_the_reference_named_unless_it_is_measured(
    run: Run, places: dict[str, Path], tmp_path: Path
) -> None:
    others = [" ".join(RANDOM.choice(WORDS, size=5)) + f" other {i}" for i in range(40)]
    (tmp_path / "others.txt").write_text("\n".join(others))
    (tmp_path / "same.txt").write_text("\n".join(SENTENCES))
    learnt, none, same_texts = (
        json.loads(run(places["pairs"], "--reference", name, "--json"))
        for name in (tmp_path / "others.txt", "none", tmp_path / "same.txt")
    )
    assert learnt["left_out"] == {}
    assert {row["line"] for row in learnt["treatments"] if row["learns"]} == {"pca", "centred-bulk"}
    for told in (none, same_texts):
        assert set(told["left_out"]) == {"pca", "centred-bulk"}
        assert not any(row["learns"] for row in told["treatments"])


def test_a_built_in_task_is_taken_by_its_id_and_a_demo_set_is_called_so(run: Run, llama: Backbone) -> None:
    told = same(run("graded-pairs", "--json"), library_says(llama, graded_pairs(), "spearman"))
    assert told["demo"] is True
    first = run("graded-pairs").splitlines()[0]
    assert "a demo set and not a benchmark" in first
    assert graded_pairs().name in first


def test_every_built_in_and_hub_task_has_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_datasets, "load_hub_dataset", lambda dataset: dataset.id)
    assert named_task("topics") is topics_task()
    assert [named_task(name) for name in HUB_DATASETS] == list(HUB_DATASETS)
    assert named_task("pairs.csv") is None


def test_columns_of_any_name_are_told_and_the_others_still_guessed(
    run: Run, places: dict[str, Path], tmp_path: Path
) -> None:
    expected = json.loads(run(places["pairs"], "--json"))
    PAIRS.set_axis(["x", "y z", "score"], axis=1).to_csv(tmp_path / "named.csv", index=False)
    for columns in ("text1=x,text2=y z,score=score", "text1=x, text2=y z"):
        told = json.loads(run(tmp_path / "named.csv", "--columns", columns, "--json"))
        assert {**told, "task": "", "source": ""} == {**expected, "task": "", "source": ""}


def test_columns_of_the_three_files_are_told_together(run: Run, places: dict[str, Path], tmp_path: Path) -> None:
    expected = json.loads(run(*retrieval_options(places), "--json"))
    QUERIES.set_axis(["who", "text"], axis=1).to_csv(tmp_path / "queries.csv", index=False)
    RELEVANCE.set_axis(["asks", "corpus-id", "points"], axis=1).to_csv(tmp_path / "relevance.csv", index=False)
    columns = "query_id=who,judged_query=asks,grade=points"
    assert json.loads(run(*retrieval_options(places), "--columns", columns, "--json")) == expected


def test_the_kind_decides_where_the_columns_allow_two(run: Run, places: dict[str, Path], tmp_path: Path) -> None:
    both = PAIRS.assign(text=PAIRS["text1"], label=["wet", "dry"] * 6)
    both.to_csv(tmp_path / "both.csv", index=False)
    measures = [
        json.loads(run(tmp_path / "both.csv", *options, "--json"))["measure"]
        for options in ((), ("--kind", "pairs"), ("--kind", "labelled"), ("--columns", "label=label"))
    ]
    assert measures == ["spearman", "spearman", "accuracy", "accuracy"]


def rows_below(lines: list[str], columns: list[str]) -> tuple[list[str], list[list[str]]]:
    """The names of the rows of a printed table, and their numbers."""
    header = lines.index(next(line for line in lines if line.split() == ["what", *columns]))
    shown = lines[header + 1 : lines.index("", header)]
    return [line.rsplit(maxsplit=len(columns))[0].strip() for line in shown], [
        line.split()[-len(columns) :] for line in shown
    ]


def test_the_first_table_has_the_ratios_and_the_presets(run: Run, places: dict[str, Path]) -> None:
    told, lines = json.loads(run(places["pairs"], "--json")), run(places["pairs"]).splitlines()
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
    run: Run, llama: Backbone, places: dict[str, Path]
) -> None:
    task = pairs_from_table(PAIRS, "text1", "text2", "score", name="pairs.csv")
    measured = measured_by_library(llama, task, "spearman")
    expected = decision_summary(measured, decide(measured, "budget", bytes_a_vector=16))
    names, rows = rows_below(
        run(places["pairs"], "--goal", "budget", "--bytes", 16).splitlines(), list(expected.columns[1:])
    )
    assert names == expected["what"].tolist()
    assert sum("the best of all, searched" in name for name in names) == 1
    assert sum("the answer, searched" in name for name in names) == 1
    for row, numbers in zip(rows, expected.iloc[:, 1:].to_numpy(), strict=True):
        assert list(map(float, row)) == pytest.approx(numbers.tolist(), rel=1e-3, abs=1e-9)
    sizes = [int(row[0]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_the_answer_and_how_it_is_decided_stand_below(run: Run, places: dict[str, Path]) -> None:
    told, lines = json.loads(run(places["pairs"], "--json")), run(places["pairs"]).splitlines()
    at = lines.index("How this is decided")
    assert lines[at - len(told["sentences"]) - 1 : at - 1] == told["sentences"]
    assert lines[at + 1 :] == [f"- {sentence}" for sentence in told["how_decided"]]


def test_a_report_holds_the_sentences_and_the_figures(run: Run, places: dict[str, Path], tmp_path: Path) -> None:
    told = json.loads(run(places["pairs"], "--goal", "improve", "--report", tmp_path / "page.html", "--json"))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert all(escape(sentence) in page for sentence in told["sentences"])
    assert all(f'id="figure-{number}"' in page for number in range(3))
    assert "pairs.csv" in page


def test_quiet_is_compared_where_its_scores_can_be_had(
    run: Run, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "embfilter_core.lens.frequent_tokens.frequent_token_scores", lambda backbone: np.arange(backbone.d)[::-1]
    )
    presets = {preset["id"]: preset for preset in json.loads(run(places["pairs"], "--json"))["presets"]}
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


def test_choosing_again_embeds_nothing(run: Run, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(places["pairs"], "--json")
    monkeypatch.setattr(Backbone, "encode", lambda self, texts, prompt=None: [pytest.fail("embeds") for _ in texts])
    assert run(places["pairs"], "--json") == first


def changed(table: pd.DataFrame, **columns: object) -> str:
    return table.assign(**columns).to_csv(index=False)


THREE = ["--queries", "queries.csv", "--documents", "documents.csv", "--relevance"]
BAD: dict[str, tuple[list[str], str, str]] = {
    "three pairs": (["bad.csv"], PAIRS[:3].to_csv(index=False), "only 3 pairs"),
    "seven pairs": (["bad.csv"], PAIRS[:7].to_csv(index=False), "7 pairs are too few for an interval"),
    "constant scores": (["bad.csv"], changed(PAIRS, score=2), "All 12 scores are 2"),
    "scores of text": (["bad.csv"], changed(PAIRS, score="high"), "12 rows whose score is no number ('high' in row 1,"),
    "no scores": (["bad.csv"], changed(PAIRS, score=None), "12 rows without score in column 'score' left out"),
    "one class": (["bad.csv"], changed(LABELLED, label="wet"), "only one class, 'wet'"),
    "a missing column": (["pairs.csv", "--columns", "score=points"], "", "no column 'points'"),
    "no known columns": (["bad.csv"], "a,c\nx,1\n", "what is labelled in 'a', 'c'"),
    "only some known": (["bad.csv", "--kind", "pairs"], "text1,text2\nx,y\n", "no column for score"),
    "one column twice": (["pairs.csv", "--columns", "text1=text2,text2=text2"], "", "two roles"),
    "columns without names": (["pairs.csv", "--columns", "text1"], "", "'text1' in --columns"),
    "a role twice": (["pairs.csv", "--columns", "text1=a,text1=b"], "", "'text1=b' in --columns"),
    "an unknown role": (["pairs.csv", "--columns", "words=text1"], "", "cannot name 'words'"),
    "a role of another kind": (["pairs.csv", "--columns", "text1=text1,label=score"], "", "'label'"),
    "an unknown kind": (["pairs.csv", "--kind", "triples"], "", "'triples'"),
    "columns of a built-in": (["topics", "--columns", "text=a"], "", "topics is no file"),
    "a built-in of another kind": (["topics", "--kind", "pairs"], "", "topics is no file"),
    "retrieval in one file": (["pairs.csv", "--kind", "retrieval"], "", "three files"),
    "nothing given": ([], "", "No labelled data"),
    "both given": (["pairs.csv", *THREE, "relevance.csv"], "", "given twice"),
    "two of three": (["--queries", "queries.csv", "--relevance", "relevance.csv"], "", "Give --documents too"),
    "queries that are pairs": ([*THREE, "relevance.csv", "--kind", "pairs"], "", "are not pairs"),
    "an unknown document": (
        [*THREE, "bad.csv"],
        changed(RELEVANCE, **{"corpus-id": "d99"}),
        "unknown documents left out ('d99'; there are 'd0'",
    ),
    "an unknown query": (
        [*THREE, "bad.csv"],
        changed(RELEVANCE, **{"query-id": "q99"}),
        "unknown queries left out ('q99'; there are 'q0'",
    ),
    "nothing relevant": ([*THREE, "bad.csv"], changed(RELEVANCE, score=0), "No query has a relevant"),
    "another measure": (["pairs.csv", "--measure", "accuracy"], "", "cannot be scored by 'accuracy'"),
    "no margin": (["pairs.csv", "--margin", "0"], "", "margin of 0 points"),
    "an endless margin": (["pairs.csv", "--margin", "inf"], "", "margin of inf points"),
    "an unknown goal": (["pairs.csv", "--goal", "grow"], "", "Unknown goal 'grow'"),
    "a budget of nothing": (["pairs.csv", "--goal", "budget"], "", "needs a number of bytes"),
    "no bytes": (["pairs.csv", "--goal", "budget", "--bytes", "0"], "", "0 bytes a vector are too few"),
    "bytes for another goal": (["pairs.csv", "--bytes", "72"], "", "not for the goal shrink"),
    "no folder for the report": (["pairs.csv", "--report", "/nowhere/page.html"], "", "no folder /nowhere"),
    "no such reference": (["pairs.csv", "--reference", "nowhere.txt"], "", "No such file"),
    "no such layer": (["pairs.csv", "--layer", "3"], "", "no layer 3"),
    "an unknown prompt": (["pairs.csv", "--prompt", "nonsense"], "", "'nonsense'"),
    "no such file": (["nowhere.csv"], "", "No such file"),
    "not installed": (["lee-50"], "", "not in place"),
    "a hub out of reach": (["stsb"], "", "cannot be reached"),
}


@pytest.mark.parametrize(("arguments", "bad", "said"), BAD.values(), ids=BAD)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture,
    folder: str,
    places: dict[str, Path],
    tmp_path: Path,
    arguments: list[str],
    bad: str,
    said: str,
) -> None:
    (tmp_path / "bad.csv").write_text(bad)
    capsys.readouterr()
    paths = [str(tmp_path / part) if part.endswith(".csv") else part for part in arguments]
    assert main(["choose", *paths, "--backbone", folder]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("embfilter_core choose: ")
    assert said in line


def test_bad_input_is_said_before_a_backbone_is_loaded(capsys: pytest.CaptureFixture, places: dict[str, Path]) -> None:
    capsys.readouterr()
    for more, said in (["--measure", "map"], "'map'"), (["--margin", "-1"], "-1"), (["--kind", "labelled"], "label"):
        assert main(["choose", str(places["pairs"]), *more, "--backbone", "nope"]) == 2
        assert said in capsys.readouterr().err


def test_help_comes_without_torch_and_names_every_measure_and_kind() -> None:
    code = (
        "import sys\nfrom embfilter_core.cli import main\n"
        "try:\n    main(['choose', '--help'])\nexcept SystemExit as stop:\n    assert stop.code == 0\n"
        "print('torch' in sys.modules, 'transformers' in sys.modules, 'pandas' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "False False False"
    assert all(name in ran.stdout for name in (*MEASURES, *TASK_KINDS, *HUB_DATASETS, *BUILT_IN, *GOALS))


def test_a_score_that_cannot_be_is_refused_before_a_backbone_is_loaded(
    capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    table = pd.DataFrame({"text": SENTENCES, "label": [f"class {i}" for i in range(24)]})
    table.to_csv(tmp_path / "alone.csv", index=False)
    assert main(["choose", str(tmp_path / "alone.csv"), "--backbone", "no-such-backbone"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Each of the 24 classes of alone.csv has one text" in line


def test_pairs_of_yes_and_no_are_scored_by_average_precision(run: Run, places: dict[str, Path], tmp_path: Path) -> None:
    PAIRS.assign(score=[0, 1, 1] * 4).to_csv(tmp_path / "binary.csv", index=False)
    told = json.loads(run(tmp_path / "binary.csv", "--json"))
    assert told["measure"] == "ap"
    assert json.loads(run(tmp_path / "binary.csv", "--measure", "auc", "--json"))["measure"] == "auc"
