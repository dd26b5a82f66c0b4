"""Collections laid out as BEIR publishes them: from a folder, an archive, or files given together."""

import json
import os
from pathlib import Path

import pytest

from embfilter_core.data import beir
from embfilter_core.data.beir import archive_files, folder_files, read_beir, splits_of, uploaded_files
from embfilter_core.data.tables.formats import UploadLimits
from embfilter_core.errors import InputError
from tests.core.data.tables.workbooks import zipped

CORPUS = [
    {"_id": "3.10", "title": "Cats", "text": "They sleep.", "metadata": {}},
    {"_id": "3.1", "title": "", "text": "Banks lend.", "metadata": {"url": "x"}},
    {"_id": "12e4", "text": "Rain falls."},
]
QUERIES = [{"_id": f"q{i}", "text": f"question {i}", "metadata": {}} for i in range(4)]


def lines(rows: list[dict]) -> bytes:
    return "\n".join(map(json.dumps, rows)).encode()


def qrels(*rows: str) -> bytes:
    return "\n".join(("query-id\tcorpus-id\tscore", *rows)).encode()


FILES = {
    "corpus.jsonl": lines(CORPUS),
    "queries.jsonl": lines(QUERIES),
    "qrels/test.tsv": qrels("q0\t3.10\t2", "q1\t12e4\t1", "q1\t3.1\t0"),
    "qrels/train.tsv": qrels("q2\t3.1\t1"),
}
NESTED = "Columns that hold neither text nor numbers left out: metadata."
NOTES = (f"corpus.jsonl: {NESTED}", f"queries.jsonl: {NESTED}", "2 queries without a judgement left out.")
READ_ME = {"README.md": b"read me", "set/readme.txt": b"read me", "__MACOSX/._corpus.jsonl": b"\x00", "data.bin": b"x"}


def in_folder(folder: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def test_titled_documents_are_judged_by_the_ids_that_were_written() -> None:
    task = read_beir("own", FILES)
    assert task.queries == ("question 0", "question 1")
    assert task.documents == ("Cats They sleep.", "Banks lend.", "Rain falls.")
    assert [judged.positions.tolist() for judged in task.relevance] == [[0], [1, 2]]
    assert [judged.grades.tolist() for judged in task.relevance] == [[2], [0, 1]]
    assert task.notes == NOTES


def test_a_folder_an_archive_and_files_together_are_the_same(tmp_path: Path) -> None:
    packed = zipped({f"set/{path}": content for path, content in FILES.items()} | READ_ME)
    flat = {path.rpartition("/")[2]: content for path, content in FILES.items()}
    given = (
        folder_files(in_folder(tmp_path, FILES | READ_ME)),
        archive_files("own.zip", packed),
        uploaded_files({"own.zip": packed}),
        uploaded_files(flat),
        uploaded_files({"corpus.jsonl": FILES["corpus.jsonl"], "rest.zip": zipped(dict(list(FILES.items())[1:]))}),
    )
    ids = {read_beir("own", files).id for files in given}
    assert ids == {read_beir("own", FILES).id}


def test_the_split_is_test_the_only_one_or_the_one_that_is_chosen() -> None:
    assert list(splits_of(FILES)) == ["test", "train"]
    assert read_beir("own", FILES, split="train").queries == ("question 2",)
    only = {path: content for path, content in FILES.items() if "test" not in path}
    assert read_beir("own", only).queries == ("question 2",)
    with pytest.raises(InputError, match=r"own has several splits. Choose one of dev, train"):
        read_beir("own", {**only, "qrels/dev.tsv": FILES["qrels/test.tsv"]})
    with pytest.raises(InputError, match=r"own has no split 'dev'. Choose one of test, train"):
        read_beir("own", FILES, split="dev")


def test_parts_in_other_formats_are_read_too() -> None:
    files = {
        "corpus.csv": b"_id,title,text\n3.10,Cats,They sleep.\n3.1,,Banks lend.\n12e4,,Rain falls.\n",
        "queries.json": json.dumps(QUERIES).encode(),
        "qrels.tsv": FILES["qrels/test.tsv"],
    }
    assert read_beir("own", files).id == read_beir("own", FILES).id


def test_all_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(InputError, match=r"own has no corpus.jsonl. own has no queries.jsonl. own has no qrels."):
        read_beir("own", {})
    two = {f"{name}/{path}": content for name in "ab" for path, content in FILES.items()}
    with pytest.raises(InputError, match=r"several files of its documents: a/corpus.jsonl, b/corpus.jsonl."):
        read_beir("own", two)


def test_all_that_is_wrong_with_the_files_is_said_at_once() -> None:
    files = {"corpus.jsonl": b"[1]\n{", "queries.jsonl": lines([{"_id": "q", "words": "x"}]), "qrels/test.tsv": b"a\n1"}
    with pytest.raises(InputError) as refused:
        read_beir("own", files)
    for said in (
        "line 1 is no object",
        "line 2 is not JSON",
        "queries.jsonl has no column for query",
        "test.tsv has no",
    ):
        assert said in refused.value.what


def test_columns_of_other_names_can_be_told() -> None:
    other = {**FILES, "queries.jsonl": lines([{"_id": row["_id"], "words": row["text"]} for row in QUERIES])}
    assert read_beir("own", other, columns={"query": "words"}).id == read_beir("own", FILES).id


def test_a_file_too_large_is_refused_without_being_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beir, "LIMITS", UploadLimits(bytes=20_000_000))
    in_folder(tmp_path, FILES)
    with (tmp_path / "corpus.jsonl").open("wb") as file:
        os.truncate(file.fileno(), 10**10)  # takes no room on the disk
    with pytest.raises(InputError, match=r"corpus.jsonl has 20.0 MB; the limit is 20.0 MB"):
        read_beir("own", folder_files(tmp_path))
    with pytest.raises(InputError, match=r"own.zip has more than 20 MB, the limit"):
        archive_files("own.zip", b"PK\x03\x04" + bytes(20_000_000))


def test_archives_share_one_limit_of_what_they_unpack_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beir, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(InputError, match=r"b.zip unpacks to 0 MB"):
        uploaded_files({f"{name}.zip": zipped({f"{name}.csv": b"x" * 600}) for name in "ab"})
    with pytest.raises(InputError, match="more than 0 MB together, the limit"):
        uploaded_files({f"{name}.csv": b"x" * 600 for name in "ab"})


def test_a_folder_that_is_not_there_and_files_of_one_name_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no corpus.jsonl"):
        read_beir("own", folder_files(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"'corpus.jsonl' is there twice"):
        uploaded_files({"corpus.jsonl": b"x", "own.zip": zipped({"corpus.jsonl": b"y"})})
