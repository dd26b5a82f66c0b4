"""The labelled data of the command line: files as people have them are read, and all that is wrong is one line."""

import argparse
import json
from pathlib import Path

import pandas as pd
import pytest

from embfilter_core.cli import main
from embfilter_core.cli.labelled_data import add_task_options, read_task
from embfilter_core.data.tasks import LabelledTask, PairTask, RetrievalTask, Task
from embfilter_core.errors import InputError
from tests.core.data.tables.workbooks import workbook, zipped
from tests.core.data.test_beir import FILES, NOTES, in_folder

PAIRS = "sentence1;sentence2;score\na;b;4,5\nc;d;2,5\nb;a;3,5\ne;f;1,0\n;;\ng;h;3,25\n"
LABELLED = "# made on Monday\ntext,label\none,3.1\ntwo,3.10\none,3.1\n,\n"


def read(*arguments: object) -> Task:
    parser = argparse.ArgumentParser()
    add_task_options(parser)
    return read_task(parser.parse_args(list(map(str, arguments))))


def written(folder: Path, name: str, content: str | bytes) -> Path:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / name


def test_pairs_of_a_european_spreadsheet_are_read_with_notes(tmp_path: Path) -> None:
    task = read(written(tmp_path, "own.csv", PAIRS))
    assert isinstance(task, PairTask)
    assert task.scores.tolist() == [4, 2.5, 1, 3.25]
    assert task.notes == (
        "Decimal commas in column 'score' read as points.",
        "1 empty row left out.",
        "1 repeated pair with different scores: their mean taken.",
    )


def test_codes_as_labels_stay_what_they_are(tmp_path: Path) -> None:
    task = read(written(tmp_path, "own.csv", LABELLED))
    assert isinstance(task, LabelledTask)
    assert task.labels == ("3.1", "3.10")
    assert task.notes == (
        "1 line of comment (#) before the header left out.",
        "1 empty row left out.",
        "1 row repeating a text with its label left out.",
    )


@pytest.mark.parametrize("name", ["own.xlsx", "own.json"])
def test_workbooks_and_json_are_read(tmp_path: Path, name: str) -> None:
    rows = [("one", 1), ("two", 2), ("three", 1)]
    sheets = {
        "Cover": [["nothing"]],
        "First": [["text", "label"], ["x", "y"]],
        "Own": [["text", "label"], *map(list, rows)],
    }
    if name == "own.xlsx":
        task = read(written(tmp_path, name, workbook(sheets)), "--sheet", "Own")
    else:
        task = read(written(tmp_path, name, json.dumps([{"text": text, "label": label} for text, label in rows])))
    assert isinstance(task, LabelledTask)
    assert (task.texts, task.labels) == (("one", "two", "three"), ("1", "2", "1"))


def test_a_folder_is_read_by_its_option_or_as_the_file_and_so_is_an_archive(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "own", FILES)
    archive = written(tmp_path, "own.zip", zipped({f"own/{path}": content for path, content in FILES.items()}))
    tasks = [read("--beir", folder), read(folder), read(archive), read("--beir", archive), read("--beir", f"{folder}/")]
    for task in tasks:
        assert isinstance(task, RetrievalTask)
        assert task.notes == NOTES
        assert task.queries == ("question 0", "question 1")
    assert [task.name for task in tasks] == ["own", "own", "own.zip", "own.zip", "own"]
    assert read(folder, "--split", "train").queries == ("question 2",)


def test_a_folder_that_is_called_as_built_in_data_does_not_hide_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_folder(tmp_path / "topics", FILES)
    monkeypatch.chdir(tmp_path)
    assert isinstance(read("topics"), LabelledTask)


def test_judgements_of_three_files_find_their_texts_by_the_ids_that_were_written(tmp_path: Path) -> None:
    places = {
        "queries": written(tmp_path, "q.csv", "_id,text\n1.1,one\n1.10,ten\n007,agent\n"),
        "documents": written(tmp_path, "d.xlsx", workbook({"Data": [["_id", "text"], ["12e4", "a"], [77, "b"]]})),
        "relevance": written(tmp_path, "r.csv", "query-id,corpus-id,score\n1.10,12e4,1\n007,77,1\n1.1,9,1\n"),
    }
    task = read(*(part for name, place in places.items() for part in (f"--{name}", place)))
    assert task.queries == ("ten", "agent")
    assert [judged.positions.tolist() for judged in task.relevance] == [[0], [1]]
    assert task.notes == (
        "1 judgement of unknown documents left out ('9').",
        "1 query without a judgement left out.",
    )


WRONG = {
    "a file and a folder": (["own.csv", "--beir", "own"], "given twice"),
    "a split of a file": (["own.csv", "--split", "test"], "Only a folder or archive has a split. Leave out --split."),
    "a split that is not there": (
        ["--beir", "own", "--split", "dev"],
        "own has no split 'dev'. Choose one of test, train",
    ),
    "no such folder": (["--beir", "nowhere"], "nowhere has no corpus.jsonl. nowhere has no queries.jsonl"),
    "a folder that is pairs": (["own", "--kind", "pairs"], "Queries and documents are not pairs"),
    "a role of another kind": (["own", "--columns", "label=x"], "--columns names a 'label', but queries and documents"),
    "retrieval in one file": (["own.csv", "--kind", "retrieval"], "or --beir with a folder"),
    "no such sheet": (["own.xlsx", "--sheet", "Nope"], "no sheet 'Nope' with rows. It has 'Data'"),
    "columns without names": (
        ["plain.csv"],
        "It cannot be told what is labelled in 'column 1', 'column 2', 'column 3', ",
    ),
    "three broken files": (
        ["--queries", "nowhere.csv", "--documents", "ragged.csv", "--relevance", "own.csv"],
        "nowhere.csv: No such file or directory. ragged.csv, line 3: 1 cell, but the header has 2. own.csv has no "
        "column for judged_query, judged_document among 'sentence1', 'sentence2', 'score'. Check the path.",
    ),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_one_message_with_all_that_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    in_folder(tmp_path / "own", FILES)
    written(tmp_path, "own.csv", PAIRS)
    written(tmp_path, "ragged.csv", "_id,text\nd1,one\nd2\n")
    written(tmp_path, "plain.csv", "a,b,1,2\nc,d,2,1\ne,f,1,1\n")
    written(tmp_path, "own.xlsx", workbook({"Data": [["text", "label"], ["a", "b"]]}))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as refused:
        read(*arguments)
    assert said in str(refused.value)


def test_texts_come_from_a_sheet_of_a_workbook_too(capsys: pytest.CaptureFixture, folder: str, tmp_path: Path) -> None:
    sheets = {"Data": [["text"], ["the cat sat"], ["one dog"]], "More": [["text"], ["a word"], ["the dog"]]}
    place = written(tmp_path, "own.xlsx", workbook(sheets))
    capsys.readouterr()
    assert main(["embed", str(place), str(tmp_path / "out.parquet"), "--sheet", "More", "--backbone", folder]) == 0
    assert pd.read_parquet(tmp_path / "out.parquet")["text"].tolist() == ["a word", "the dog"]
