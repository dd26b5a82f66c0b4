"""A corpus of one's own: what is pasted or uploaded is ranked to the letter, what cannot be read is one clear line."""

import io
import json
from collections.abc import Mapping

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.data.corpora import BUILT_IN
from embfilter_core.data.tables.formats import FORMATS
from pages.frame import hosting
from tests.app.acting import give
from tests.app.conftest import Open
from tests.app.reading import address, blocks, errors, given_files, list_of_file, markup, notes, prose
from tests.app.similarity import paste, rows
from tests.app.test_similarity_page import BLOCKS
from tests.core.data.tables.workbooks import workbook

pytestmark = pytest.mark.real

SIMILARITY = "pages/3_Similarity.py"
TEXTS = ["the cat sat", "one dog sleeps", "word in the sentence"]
TABLE = pd.DataFrame({"number": [1, 2, 3], "topic": ["pets", "pets", "words"], "text": TEXTS})


def upload(at: AppTest, name: str, data: bytes | str) -> AppTest:
    return give(at, "corpus", (name, data))


def parquet(table: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    table.to_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_corpus_is_ranked_whole_and_names_its_source(open_page: Open, name: str) -> None:
    at = open_page(SIMILARITY, corpus=name, ranking_open="true")
    corpus = BUILT_IN[name].load()
    assert sorted(rows(at)["text"]) == sorted(set(corpus.texts))
    assert any(corpus.source.split(",")[0] in text for text in markup(at).split("\n"))


def test_pasted_lines_are_texts_and_empty_ones_are_none(open_page: Open) -> None:
    at = open_page(SIMILARITY, corpus="pasted", ranking_open="true")
    assert blocks(at) == []
    assert "Paste one text a line." in [caption.value for caption in at.caption]
    paste(at, "the cat", "", "  one dog  ", "\t", "the cat")
    assert rows(at).set_index("text")["copies"].to_dict() == {"one dog": 1, "the cat": 2}
    assert "1 text occurs more than once: the 3 texts are 2 different ones" in " ".join(prose(at))
    assert "corpus_text" not in address(at)
    paste(at, " ", "")
    assert errors(at) == blocks(at) == []


def test_a_pasted_text_that_the_backbone_cannot_read_is_one_line(open_page: Open) -> None:
    at = paste(open_page(SIMILARITY, corpus="pasted", ranking_open="true"), "the cat", "\x00")
    assert len(errors(at)) == 1
    assert "2" in errors(at)[0]
    assert errors(paste(at, "the cat", "the dog")) == []
    assert blocks(at) == BLOCKS


READ = {
    "CSV": ("table.csv", TABLE.to_csv(index=False)),
    "CSV with semicolons": ("table.csv", TABLE.to_csv(index=False, sep=";")),
    "CSV of another machine": ("table.csv", TABLE.to_csv(index=False, lineterminator="\r\n").encode("utf-16")),
    "TSV": ("table.tsv", TABLE.to_csv(index=False, sep="\t")),
    "TSV of another ending": ("table.tab", TABLE.to_csv(index=False, sep="\t")),
    "JSON lines": ("table.jsonl", TABLE.to_json(orient="records", lines=True)),
    "JSON lines of another ending": ("table.ndjson", TABLE.to_json(orient="records", lines=True)),
    "JSON": ("table.json", TABLE.to_json(orient="records")),
    "Parquet": ("table.parquet", parquet(TABLE)),
    "Excel": ("table.xlsx", workbook({"Sheet": [list(TABLE.columns), *TABLE.to_numpy().tolist()]})),
}


@pytest.mark.parametrize(("name", "data"), READ.values(), ids=READ)
def test_the_texts_of_a_file_are_ranked_and_its_columns_can_be_chosen(open_page: Open, name: str, data) -> None:
    at = upload(open_page(SIMILARITY, corpus="upload", ranking_open="true"), name, data)
    assert sorted(rows(at)["text"]) == sorted(TEXTS)  # the likeliest column comes first
    assert list_of_file(at, "corpus_column").options == ["number", "topic", "text"]
    list_of_file(at, "corpus_column").set_value("topic").run()
    assert rows(at).set_index("text")["copies"].to_dict() == {"pets": 2, "words": 1}
    list_of_file(at, "corpus_column").set_value("number").run()
    assert errors(at) == ["Column 'number' holds numbers, not texts. Choose a column of texts."]
    list_of_file(at, "corpus_column").set_value("text").run()
    assert blocks(at) == BLOCKS


def test_ids_and_row_numbers_of_a_file_stand_in_the_ranking_and_in_its_downloads(
    open_page: Open, downloads: Mapping[str, bytes]
) -> None:
    table = pd.DataFrame({"doc_id": ["007", "b", "c", "d"], "text": [TEXTS[0], "", TEXTS[1], TEXTS[0]]})
    at = upload(open_page(SIMILARITY, corpus="upload", ranking_open="true"), "t.csv", table.to_csv(index=False))
    assert list_of_file(at, "corpus_ids").value == "doc_id"
    found = rows(at).set_index("id")[["text", "row", "copies", "other_ids"]]
    assert found.loc["007"].tolist() == [TEXTS[0], 1, 2, "d"]
    assert found.loc["c"].tolist() == [TEXTS[1], 3, 1, ""]
    lines = [json.loads(line) for line in downloads["Download all 2 rows as JSONL"].decode().splitlines()]
    assert {(line["id"], line["row"], line["copies"]) for line in lines} == {("007", 1, 2), ("c", 3, 1)}
    list_of_file(at, "corpus_ids").set_value("(none)").run()
    assert "id" not in rows(at)
    assert sorted(rows(at)["row"]) == [1, 3]


def test_plain_lines_are_texts(open_page: Open) -> None:
    at = upload(open_page(SIMILARITY, corpus="upload", ranking_open="true"), "lines.txt", "the cat sat\n\none dog\n")
    assert sorted(rows(at)["text"]) == ["one dog", "the cat sat"]
    assert notes(at) == ["1 empty line left out."]


def test_rows_left_out_are_counted_and_labels_are_previewed(open_page: Open) -> None:
    table = pd.concat([TABLE, pd.DataFrame({"topic": [None, "pets"], "text": ["no label", None]})])
    at = upload(open_page(SIMILARITY, corpus="upload", ranking_open="true"), "table.csv", table.to_csv(index=False))
    assert notes(at) == ["1 row without text in column 'text' left out."]
    list_of_file(at, "corpus_labels").set_value("topic").run()
    assert "1 row without label in column 'topic' left out." in notes(at)
    assert sorted(rows(at)["text"]) == sorted(TEXTS)
    (preview,) = (frame.value for frame in at.dataframe if frame.key != "ranking_rows")
    assert preview["label"].tolist() == TABLE["topic"].tolist()


def test_a_delimiter_and_an_encoding_chosen_by_hand_are_used(open_page: Open) -> None:
    at = upload(
        open_page(SIMILARITY, corpus="upload", ranking_open="true"),
        "table.csv",
        "text|topic\ncafé, one|a\ndog, two|b\n".encode("cp1252"),
    )
    list_of_file(at, "corpus_delimiter").set_value("vertical bar").run()
    list_of_file(at, "corpus_encoding").set_value("windows-1252").run()
    assert sorted(rows(at)["text"]) == ["café, one", "dog, two"]
    list_of_file(at, "corpus_delimiter").set_value("semicolon").run()
    assert len(errors(at)) == 1
    list_of_file(at, "corpus_delimiter").set_value("detect").run()
    assert blocks(at) == BLOCKS


def test_every_format_that_is_read_may_be_uploaded(open_page: Open) -> None:
    at = open_page(SIMILARITY, corpus="upload")
    (uploader,) = (one for one in at.file_uploader if one.key != "session_file")
    assert {*uploader.proto.type} == {*FORMATS}


WRONG = {
    "nothing": ("table.csv", b""),
    "a header alone": ("table.csv", b"text,label\n"),
    "a ragged row": ("table.csv", b"text,label\na,b\nc\n"),
    "an open quotation mark": ("table.csv", b'text,label\n"a,b\nc,d\n'),
    "two columns of one name": ("table.csv", b"text,text\na,b\n"),
    "an Excel workbook": ("table.csv", b"PK\x03\x04" + b"\x00" * 50),
    "a pickle": ("table.parquet", b"\x80\x04\x95" + b"\x00" * 50),
    "broken JSON": ("table.jsonl", b'{"text": "a"}\n{"text": \n'),
    "nested JSON": ("table.jsonl", b'{"text": ["a"]}\n'),
    "no Parquet": ("table.parquet", b"text\n"),
    "a hostile name": ("**<b>$x$</b>**.csv", b""),
    "blank lines": ("lines.txt", b"\n \n"),
    "bytes": ("lines.txt", bytes(range(256)) * 4),
}


@pytest.mark.parametrize(("name", "data"), WRONG.values(), ids=WRONG)
def test_a_file_that_cannot_be_read_is_one_line_and_another_brings_the_page_back(
    open_page: Open, name: str, data: bytes
) -> None:
    at = upload(open_page(SIMILARITY, corpus="upload", ranking_open="true"), name, data)
    (error,) = errors(at)
    assert name in error
    assert "\n" not in error
    assert len(error) < 300
    assert blocks(at) == []
    assert "<b>" not in markup(at)
    upload(at, "lines.txt", "\n".join(TEXTS))
    assert sorted(rows(at)["text"]) == sorted(TEXTS)


def test_a_column_without_a_text_is_one_line(open_page: Open) -> None:
    at = upload(
        open_page(SIMILARITY, corpus="upload", ranking_open="true"), "table.csv", "text,other\nthe cat,\nthe dog,\n"
    )
    list_of_file(at, "corpus_column").set_value("other").run()
    (error,) = errors(at)
    assert "'other'" in error
    assert blocks(at) == []


def test_a_hostile_column_is_shown_to_the_letter(open_page: Open) -> None:
    column = "<script>alert(1)</script> **b** $x$"
    line = json.dumps({column: "=1+1 <b>x</b>", "other": 1}) + "\n" + json.dumps({column: "the cat", "other": None})
    at = upload(
        open_page(SIMILARITY, corpus="upload", ranking_open="true"),
        "table.jsonl",
        line + "\n" + json.dumps({column: "", "other": 1}),
    )
    assert sorted(rows(at)["text"]) == ["=1+1 <b>x</b>", "the cat"]
    assert notes(at) == [f"1 row without text in column {column!r} left out."]
    assert "<script" not in markup(at)
    assert "**b**" not in markup(at)


def test_an_upload_stays_when_another_corpus_was_looked_at_between(open_page: Open) -> None:
    at = upload(open_page(SIMILARITY, corpus="upload", ranking_open="true"), "lines.txt", "\n".join(TEXTS))
    at.selectbox(key="corpus").set_value("topics").run()
    assert len(rows(at)) == 120
    at.selectbox(key="corpus").set_value("upload").run()
    assert sorted(rows(at)["text"]) == sorted(TEXTS)
    assert given_files(at) == ["lines.txt · 47 bytes · 3 rows"]


def test_a_hosted_app_refuses_a_corpus_that_would_keep_it_busy(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page(SIMILARITY, corpus="pasted", ranking_open="true")
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    monkeypatch.setattr(hosting, "MOST_TEXTS", 2)
    paste(at, *TEXTS)
    assert errors(at) == [
        "The corpus has 3 texts; this app is hosted and takes at most 2. Use fewer, or run the app on your own machine."
    ]
    assert blocks(at) == []
