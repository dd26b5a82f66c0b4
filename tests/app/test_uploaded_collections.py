"""Collections and workbooks: several files or an archive together, a split or a sheet to choose."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.acting import give
from tests.app.choose_rank.conftest import anew, tiny
from tests.app.choose_rank.page import CARD, captions, remarks, sentences
from tests.app.conftest import Open
from tests.app.reading import blocks, errors
from tests.app.test_task_picker import DOCUMENTS, PAIRS, QUERIES, RELEVANCE, only_error, open_upload, upload
from tests.core.data.tables.workbooks import workbook, zipped

pytestmark = pytest.mark.real

__all__ = ["anew", "tiny"]


def lines(table: pd.DataFrame) -> bytes:
    return table.to_json(orient="records", lines=True).encode()


COLLECTION = {
    "corpus.jsonl": lines(DOCUMENTS.assign(title="About", metadata=[{}] * 30)),
    "queries.jsonl": lines(QUERIES),
    "test.tsv": RELEVANCE.to_csv(index=False, sep="\t").encode(),
}
TRAINING = {"train.tsv": RELEVANCE.assign(**{"corpus-id": "d1"}).to_csv(index=False, sep="\t").encode()}


def upload_together(at: AppTest, files: dict[str, bytes]) -> AppTest:
    return give(at, "task_collection", *files.items())


def test_a_collection_is_read_from_an_archive_or_from_its_files_together(open_page: Open) -> None:
    at = upload_together(open_upload(open_page, "retrieval"), {"own.zip": zipped(COLLECTION)})
    assert errors(at) == []
    assert "own.zip. Uploaded." in captions(at)
    assert "over 9 queries" in captions(at)
    assert "corpus.jsonl: Columns that hold neither text nor numbers left out: metadata." in remarks(at)
    before = sentences(at)
    at = upload_together(open_upload(open_page, "retrieval"), COLLECTION)
    assert errors(at) == []
    assert sentences(at) == before
    assert "corpus.jsonl and 2 more. Uploaded." in captions(at)


def test_a_split_of_a_collection_can_be_chosen_and_the_files_forgotten(open_page: Open) -> None:
    at = upload_together(open_upload(open_page, "retrieval"), COLLECTION | TRAINING)
    (split,) = (box for box in at.selectbox if box.label == "Split")
    assert (split.options, split.value) == (["test", "train"], "test")
    before = sentences(at)
    split.set_value("train").run()
    assert errors(at) == []
    assert sentences(at) != before
    while taking_away := [button for button in at.button if button.label == "Remove"]:
        taking_away[0].click().run()
    assert errors(at) == blocks(at) == []
    assert "Three files are needed" in captions(at)


WRONG_COLLECTIONS = {
    "files are missing": ({"corpus.jsonl": COLLECTION["corpus.jsonl"]}, "no queries.jsonl"),
    "a path leads out": ({"own.zip": zipped({"../corpus.jsonl": b"x"})}, "a path that leads out of it"),
    "no archive": ({"own.zip": b"PK\x03\x04"}, "own.zip is not a whole ZIP archive"),
    "many files": ({f"{i}.tsv": b"x" for i in range(21)}, "21 files are given; the limit is 20"),
}


@pytest.mark.parametrize(("files", "said"), WRONG_COLLECTIONS.values(), ids=WRONG_COLLECTIONS)
def test_a_collection_that_cannot_be_read_is_one_line(open_page: Open, files: dict[str, bytes], said: str) -> None:
    at = upload_together(open_upload(open_page, "retrieval"), files)
    assert said in only_error(at)
    upload_together(at, COLLECTION)
    assert errors(at) == []
    assert CARD in blocks(at)


def test_a_hosted_app_takes_less_of_files_together(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    large = {f"{name}.tsv": b"x" * 4_000_000 for name in "abcd"}
    at = upload_together(open_upload(open_page, "retrieval"), large)
    assert "more than 15 MB together, the limit" in only_error(at)


def test_a_sheet_of_a_workbook_can_be_chosen(open_page: Open) -> None:
    rows = [list(PAIRS.columns), *PAIRS.to_numpy().tolist()]
    data = workbook({"Cover": [], "Wrong": [list(PAIRS.columns), ["a", "b", 1]], "Own": rows})
    at = upload(open_upload(open_page), "pairs", data, "own.xlsx")
    assert "only 1 pair" in only_error(at)
    (sheet,) = (box for box in at.selectbox if box.label == "Sheet")
    assert sheet.options == ["Wrong", "Own"]
    sheet.set_value("Own").run()
    assert errors(at) == remarks(at) == []
    assert "over 12 pairs" in captions(at)
