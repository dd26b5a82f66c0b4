"""The verb `choose` on files whose columns have names of their own: what is told, and what is guessed."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.core.cli.labelled_files import PAIRS, QUERIES, RELEVANCE, retrieval_options

Choose = Callable[..., str]


def test_columns_of_any_name_are_told_and_the_others_still_guessed(
    choose: Choose, places: dict[str, Path], tmp_path: Path
) -> None:
    expected = json.loads(choose(places["pairs"], "--json"))
    PAIRS.set_axis(["x", "y z", "score"], axis=1).to_csv(tmp_path / "named.csv", index=False)
    for columns in ("text1=x,text2=y z,score=score", "text1=x, text2=y z"):
        told = json.loads(choose(tmp_path / "named.csv", "--columns", columns, "--json"))
        assert {**told, "task": "", "source": ""} == {**expected, "task": "", "source": ""}


def test_columns_of_the_three_files_are_told_together(choose: Choose, places: dict[str, Path], tmp_path: Path) -> None:
    expected = json.loads(choose(*retrieval_options(places), "--json"))
    QUERIES.set_axis(["who", "text"], axis=1).to_csv(tmp_path / "queries.csv", index=False)
    RELEVANCE.set_axis(["asks", "corpus-id", "points"], axis=1).to_csv(tmp_path / "relevance.csv", index=False)
    columns = "query_id=who,judged_query=asks,grade=points"
    assert json.loads(choose(*retrieval_options(places), "--columns", columns, "--json")) == expected


def test_the_kind_decides_where_the_columns_allow_two(choose: Choose, places: dict[str, Path], tmp_path: Path) -> None:
    both = PAIRS.assign(text=PAIRS["text1"], label=["wet", "dry"] * 6)
    both.to_csv(tmp_path / "both.csv", index=False)
    measures = [
        json.loads(choose(tmp_path / "both.csv", *options, "--json"))["measure"]
        for options in ((), ("--kind", "pairs"), ("--kind", "labelled"), ("--columns", "label=label"))
    ]
    assert measures == ["spearman", "spearman", "accuracy", "accuracy"]


def test_pairs_of_yes_and_no_are_scored_by_average_precision(
    choose: Choose, places: dict[str, Path], tmp_path: Path
) -> None:
    PAIRS.assign(score=[0, 1, 1] * 4).to_csv(tmp_path / "binary.csv", index=False)
    told = json.loads(choose(tmp_path / "binary.csv", "--json"))
    assert told["measure"] == "ap"
    assert json.loads(choose(tmp_path / "binary.csv", "--measure", "auc", "--json"))["measure"] == "auc"
