"""Files of other people are read as they are meant, and nothing is left out silently."""

import codecs
import io
import json
import re

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embfilter_core.data.tables.corpus_table import corpus_from_table, text_columns
from embfilter_core.data.tables.formats import FORMATS
from embfilter_core.data.tables.numbers import numbers_in
from embfilter_core.data.tables.read_table import read_table
from embfilter_core.data.tables.retrieval_tables import retrieval_from_tables
from embfilter_core.data.tables.task_tables import labelled_from_table
from embfilter_core.data.tables.text_encoding import ENCODINGS
from embfilter_core.errors import InputError
from embfilter_core.tables.files import to_csv
from tests.core.data.tables.workbooks import workbook

SENTENCES = ["Le café est fermé, l'été aussi.", "Où êtes-vous allés hier soir ?", "Les garçons mangent une crêpe."]


def parquet(columns: dict, **options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def table_of(text: str, delimiter: str) -> bytes:
    return text.replace("|", delimiter).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_texts_hold_the_others(delimiter: str) -> None:
    others = "".join(other for other in ",;\t|" if other != delimiter)
    data = table_of(f'text|label\n"a, b"|x\nsome{others[0]} text|y\nplain|z\n', delimiter)
    table = read_table("a.csv", data)
    assert table.delimiter == delimiter
    assert list(table.frame.columns) == ["text", "label"]
    assert table.frame["label"].tolist() == ["x", "y", "z"]


def test_a_column_of_texts_with_commas_is_one_column() -> None:
    table = read_table("a.csv", b"text\nHello, world\nOne, two, three\nplain\n")
    assert table.delimiter is None
    assert table.frame["text"].tolist() == ["Hello, world", "One, two, three", "plain"]


def test_decimal_commas_do_not_make_a_delimiter() -> None:
    table = read_table("a.csv", b"text;score\none;1,5\ntwo;2,5\n")
    assert table.delimiter == ";"
    assert numbers_in(table.frame, "score").values == (1.5, 2.5)


def test_quoted_cells_keep_delimiters_line_ends_and_quotation_marks() -> None:
    table = read_table("a.csv", b'text,n\r\n"one, ""two""\r\nthree",1\r\nfour,2\r\n')
    assert table.frame["text"].tolist() == ['one, "two"\r\nthree', "four"]


def test_a_tab_separated_file_without_quoting_keeps_its_quotation_marks_and_says_so() -> None:
    table = read_table("a.tsv", b'text\tn\n"Well" she said\t1\n"open\t2\n')
    assert table.frame["text"].tolist() == ['"Well" she said', '"open']
    assert "Quotation marks" in table.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16", "utf-16-le", "windows-1250", "gb18030"])
def test_an_encoding_asked_for_is_used(encoding: str) -> None:
    text = "text\nč" if encoding == "windows-1250" else "text\né"
    table = read_table("a.csv", text.encode(encoding), encoding=encoding)
    assert table.frame["text"].tolist() == [text[-1]]
    assert table.notes == ()


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
    ids=["utf-8", "utf-16-le", "utf-16-be"],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.jsonl"])
def test_a_byte_order_mark_tells_the_encoding_and_is_no_part_of_the_text(mark: bytes, encoding: str, name: str) -> None:
    text = '{"text": "é"}' if name == "a.jsonl" else "text\né"
    table = read_table(name, mark + text.encode(encoding))
    assert table.encoding == encoding
    assert list(table.frame.columns) == ["text"]
    assert table.frame["text"].tolist()[-1] == "é"


@pytest.mark.parametrize(
    ("encoding", "label", "texts"),
    [
        ("latin-1", "latin-1", SENTENCES),
        ("latin-1", "latin-1", ["café"]),
        ("cp1252", "windows-1252", ["It’s “quoted” – twice"]),
        ("cp1251", "windows-1251", ["Поезд опоздал на десять минут из-за снега."]),
        ("shift_jis", "shift_jis", ["電車は雪のため十分遅れました。"]),
        ("gb18030", "gb18030", ["火车因为下雪晚了十分钟。"]),
    ],
)
def test_text_that_is_not_utf_8_is_read_and_noted(encoding: str, label: str, texts: list[str]) -> None:
    table = read_table("a.txt", "\n".join(texts).encode(encoding))
    assert table.frame["text"].tolist() == texts
    assert table.encoding == label
    assert table.notes == (f"Not UTF-8: read as {label}.",)


def test_every_encoding_offered_exists() -> None:
    assert all(codecs.lookup(encoding) for encoding in ENCODINGS)


def test_plain_lines_are_texts_and_empty_ones_are_counted() -> None:
    table = read_table("a.txt", b"one\r\n\r\n  two, three \rfour\n \n")
    assert table.frame["text"].tolist() == ["one", "two, three", "four"]
    assert table.notes == ("2 empty lines left out.",)


def test_json_lines_give_a_column_a_key() -> None:
    lines = ['{"text": "a\\nb", "n": 1, "ok": true}', "", '{"text": "c", "n": 2.5, "extra": null}', '"only"']
    frame = read_table("a.jsonl", "\n".join(lines).encode()).frame
    assert frame["text"].tolist() == ["a\nb", "c", "only"]
    assert frame["n"].tolist()[:2] == ["1", "2.5"]
    assert frame["n"].isna()[2]
    assert frame["ok"][0] == "true"
    assert frame["extra"].isna().all()


def test_parquet_columns_of_text_and_numbers_are_read_and_others_named() -> None:
    data = parquet(
        {
            "text": ["a", None],
            "n": [1, 2],
            "class": pa.array(["x", "y"]).dictionary_encode(),
            "embedding": [[1.0], [2.0]],
            "raw": [b"1", b"2"],
        }
    )
    table = read_table("a.parquet", data)
    assert list(table.frame.columns) == ["text", "n", "class"]
    assert table.frame["n"].tolist() == [1, 2]
    assert table.frame["class"].tolist() == ["x", "y"]
    assert "embedding (list" in table.notes[0]
    assert "raw (binary)" in table.notes[0]


WRITTEN = ["3.10", "12e4", "007", "1.0", "-2e3", ".5", "12345678901234567890", "inf", "None"]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.json"])
@pytest.mark.parametrize("value", WRITTEN)
def test_numbers_stay_as_they_were_written(name: str, value: str) -> None:
    json_value = value if re.fullmatch(r"(0|[1-9-]).*", value) and value != "007" else f'"{value}"'
    texts = {
        "a.csv": f"x,y\n{value},1\n{value},2\n",
        "a.tsv": f"x\ty\n{value}\t1\n{value}\t2\n",
        "a.jsonl": f'{{"x": {json_value}}}\n{{"x": {json_value}}}\n',
        "a.json": f'[{{"x": {json_value}}}, {{"x": "{value}"}}]',
    }
    assert read_table(name, texts[name].encode()).frame["x"].tolist() == [value, value]


def test_labels_that_differ_by_a_zero_are_different_classes() -> None:
    frame = read_table("a.csv", b"text,label\nfirst,3.1\nsecond,3.10\nthird,03.1\n").frame
    assert labelled_from_table(frame, "text", "label").labels == ("3.1", "3.10", "03.1")


def test_ids_are_the_same_across_files_of_different_formats() -> None:
    queries = read_table("q.csv", b"_id,text\n1.1,one\n1.10,ten\n").frame
    documents = read_table("d.jsonl", b'{"_id": 12e4, "text": "a"}\n{"_id": "77", "text": "b"}\n').frame
    relevance = read_table("r.tsv", b"query-id\tcorpus-id\tscore\n1.10\t12e4\t1\n1.1\t77\t1\n").frame
    task = retrieval_from_tables(queries, documents, relevance)
    assert task.queries == ("one", "ten")
    assert [judged.positions.tolist() for judged in task.relevance] == [[1], [0]]


def test_a_column_of_written_numbers_is_no_column_of_texts() -> None:
    frame = read_table("a.csv", b'n,code,text\n1.5,007,one\n"2,5",008,two\n').frame
    assert sorted(text_columns(frame)) == ["code", "text"]


def test_formulas_stay_texts_when_read_and_are_neutralised_when_exported() -> None:
    cells = ["=cmd()", "+1+1", "@SUM(A1)", "-2+3"]
    frame = read_table("a.csv", ("text,n\n" + "".join(f"{cell},1\n" for cell in cells)).encode()).frame
    assert frame["text"].tolist() == cells
    exported = read_table("b.csv", to_csv(frame)).frame
    assert exported["text"].tolist() == [f"'{cell}" for cell in cells]


def test_columns_without_a_name_get_their_number() -> None:
    assert list(read_table("a.csv", b",text\n1,a\n").frame.columns) == ["column 1", "text"]


def test_the_columns_most_like_sentences_come_first() -> None:
    frame = pd.DataFrame(
        {
            "id": ["a1", "a2", "a3"],
            "same": ["one two three four five six seven"] * 3,
            "n": [1, 2, 3],
            "review": ["the first of all texts", "another one that differs", "and the last of them"],
            "empty": pd.Series([None] * 3, dtype="str"),
        }
    )
    assert text_columns(frame) == ["review", "same", "id", "empty"]


def test_rows_without_text_or_label_are_left_out_and_counted() -> None:
    table = read_table("a.csv", b"text,label\none,x\n,y\nNaN,z\n  two ,\nthree,3\n")
    corpus = corpus_from_table(table.frame, "text", "a.csv", "label")
    assert corpus.texts == ("one", "three")
    assert corpus.labels == ("x", "3")
    assert corpus.notes == (
        "2 rows without text in column 'text' left out.",
        "1 row without label in column 'label' left out.",
    )


def test_labels_that_are_whole_numbers_are_written_as_such() -> None:
    table = read_table("a.csv", b"text,label\none,1\ntwo,\nthree,2\n")
    assert corpus_from_table(table.frame, "text", "a.csv", "label").labels == ("1", "2")


@pytest.mark.parametrize(
    ("column", "label", "said"),
    [
        ("nope", None, "no column 'nope'. There are 'text', 'n', 'gone'"),
        ("text", "nope", "no column 'nope'"),
        ("n", None, "'n' holds numbers"),
        ("gone", None, "'gone' has no text in any of its 2 rows"),
    ],
)
def test_a_column_that_gives_no_texts_is_one_clear_line(column: str, label: str | None, said: str) -> None:
    frame = read_table("a.csv", b"text,n,gone\na,1,\nb,2,\n").frame
    with pytest.raises(InputError) as refused:
        corpus_from_table(frame, column, "a.csv", label)
    assert said in str(refused.value)


def test_the_same_texts_have_one_id_whatever_their_file() -> None:
    texts = ["one", "two, three"]
    files = {
        "a.txt": "\n".join(texts).encode(),
        "b.csv": b'text,n\none,1\n"two, three",2\n',
        "c.jsonl": "\n".join(json.dumps({"text": text}) for text in texts).encode(),
        "c.json": json.dumps(texts).encode(),
        "e.xlsx": workbook({"Sheet": [["text"], *([text] for text in texts)]}),
        "d.parquet": parquet({"text": texts}),
    }
    corpora = [corpus_from_table(read_table(name, data).frame, "text", name) for name, data in files.items()]
    assert len({corpus.id for corpus in corpora}) == 1
    assert {corpus.texts for corpus in corpora} == {tuple(texts)}
    assert {f".{name[2:]}" for name in files} < set(FORMATS)
