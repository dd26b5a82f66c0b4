"""The verb `choose` where its input is bad: one line that says what is wrong, and exit code 2."""

from pathlib import Path

import pandas as pd
import pytest

from embfilter_core.cli import main
from tests.core.cli.labelled_files import LABELLED, PAIRS, RELEVANCE, SENTENCES


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
    "vectors beside without texts": (["graded-pairs", "--beside", "v.npy"], "", "v.npy has no texts"),
    "no such file beside": (["pairs.csv", "--beside", "nowhere.parquet"], "", "Cannot read nowhere.parquet"),
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


def test_a_score_that_cannot_be_is_refused_before_a_backbone_is_loaded(
    capsys: pytest.CaptureFixture, tmp_path: Path
) -> None:
    table = pd.DataFrame({"text": SENTENCES, "label": [f"class {i}" for i in range(24)]})
    table.to_csv(tmp_path / "alone.csv", index=False)
    assert main(["choose", str(tmp_path / "alone.csv"), "--backbone", "no-such-backbone"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Each of the 24 classes of alone.csv has one text" in line
