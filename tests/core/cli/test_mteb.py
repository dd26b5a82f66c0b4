"""`mteb`: a row a task and ratio, from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core.cli import main
from embfilter_core.data import corpora
from embfilter_core.data.corpora import topics


def test_it_prints_a_row_a_ratio_and_says_where_results_are_kept(
    capsys: pytest.CaptureFixture, folder: str, tmp_path: Path
) -> None:
    arguments = ["mteb", "--tasks", "graded-pairs", "--ratios", "1", "4", "--backbone", folder]
    arguments += ["--results", str(tmp_path)]
    for source in ("", "Note: 2 of 2 scores are results that mteb had kept; their texts were not counted.\n"):
        capsys.readouterr()
        assert main(arguments) == 0
        printed = capsys.readouterr()
        header, *rows = printed.out.splitlines()
        counted = ["texts"] * (not source)
        assert header.split() == ["task", "ratio", "kept", "metric", "score", "data_sets", *counted]
        assert [row.split()[:2] for row in rows] == [["graded-pairs", "1"], ["graded-pairs", "4"]]
        assert printed.err == f"{source}Note: mteb keeps its results in {tmp_path / 'results'}.\n"


def test_json_has_every_column_and_null_for_what_is_not_known(
    run: Callable[..., str], folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "lee_background", topics)
    options = ("--ratios", 2, "--centre", "--prompt", "echo", "--layer", 1, "--json")
    (row,) = json.loads(run("mteb", "--tasks", "graded-pairs", *options, "--backbone", folder, "--results", tmp_path))
    assert (row["task"], row["ratio"], row["texts"], row["metric"]) == ("graded-pairs", 2, 120, "cosine_spearman")
    assert row["category"] is row["published"] is row["published_data_sets"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--tasks", "STSBenchmrk"], "mteb has no task 'STSBenchmrk'. Did you mean STSBenchmark?"),
        (["--tasks", "STSBenchmark"], "STSBenchmark needs the data set mteb/stsbenchmark-sts"),
        (["--tasks", "graded-pairs", "--ratios", "0"], "The ratio 0 is out of range."),
        (["--tasks", "graded-pairs", "--centre"], "The Lee news corpus is not in place"),
    ],
    ids=["an unknown task", "data that are not here", "an impossible ratio", "a corpus that is not here"],
)
def test_what_cannot_be_is_one_line(
    capsys: pytest.CaptureFixture, folder: str, tmp_path: Path, arguments: list[str], said: str
) -> None:
    capsys.readouterr()
    assert main(["mteb", *arguments, "--backbone", folder, "--results", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"embfilter_core mteb: {said}")
    assert error.count("\n") == 1
