"""Files of other people that are broken, too large or not what they are named: one clear line each."""

import codecs
import io
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embfilter_core.data.tables import parquet as parquet_tables
from embfilter_core.data.tables.formats import LIMITS, UploadLimits
from embfilter_core.data.tables.read_table import read_table
from embfilter_core.errors import InputError
from tests.core.data.tables.test_read_table import parquet

SMALL = UploadLimits(rows=3, bytes=400, columns=4)
BROKEN = {
    "empty": ("a.csv", b"", "a.csv is empty"),
    "only white space": ("a.csv", b" \n \n", "has no text"),
    "only a mark": ("a.txt", codecs.BOM_UTF8, "has no text"),
    "header only": ("a.csv", b"text,label\n", "a header and no rows"),
    "header of numbers only": ("a.csv", b"1,2\n", "a header and no rows"),
    "duplicate columns": ("a.csv", b"text,text\na,b\n", "2 columns named 'text'"),
    "many columns": ("a.csv", b"a,b,c,d,e\n1,2,3,4,5\n", "5 columns; the limit is 4"),
    "many rows": ("a.csv", b"a,b\n1,2\n1,2\n1,2\n1,2\n", "more than 3 rows"),
    "many lines": ("a.txt", b"a\nb\nc\nd\n", "4 rows; the limit is 3"),
    "many objects": ("a.jsonl", b'{"a":1}\n' * 4, "4 rows; the limit is 3"),
    "too large": ("a.txt", b"a" * 401, "MB; the limit is"),
    "ragged": ("a.csv", b"a,b\n1,2\n1,2,3\n", "line 3: 3 cells, but the header has 2"),
    "several ragged rows": (
        "a.csv",
        b"a,b\n1\n1,2,3\n1,2\n",
        "line 2: 1 cell, but the header has 2. 1 more row does not fit: 3.",
    ),
    "decimal commas": ("a.csv", b"x,y,score\na,b,4,5\nc,d,2,5\n", "Decimal commas cut its numbers in two"),
    "a delimiter of its own": ("a.csv", b"sep=:\na:b\n1:2\n", "names ':' as its delimiter"),
    "ragged after a long cell": ("a.csv", b'a,b\n"1\n1",2\n1\n', "line 4: 1 cell, but the header has 2"),
    "unclosed quote": ("a.csv", b'a,b\n1,2\n"one,2\n3,4\n', "begins in line 3 has a quotation mark"),
    "text after a quote": ("a.csv", b'a,b\n"one" two,2\n', "line 2: there is text after a closing"),
    "NUL": ("a.csv", b"a,b\n1,\x002\n", "NUL character in line 2"),
    "UTF-16 without a mark": ("a.txt", "text".encode("utf-16-le"), "UTF-16 without its mark"),
    "binary": ("a.csv", bytes(range(1, 256)), "holds binary data"),
    "broken line": ("a.jsonl", b'{"a":1}\n{"a":\n', "a.jsonl, line 2 is not JSON"),
    "deep line": ("a.jsonl", b"[" * 399, "line 1 is"),
    "repeated key": ("a.jsonl", b'{"a":1,"a":2}', "line 1 is not JSON"),
    "only nested values": ("a.jsonl", b'{"a":{}}\n{"a":[1]}\n', "no column of text or numbers, only a"),
    "no object": ("a.jsonl", b"[1, 2]\n", "line 1 is no object"),
    "half a character": ("a.jsonl", b'{"a":"\\ud800"}', "line 1 has half a character"),
    "no keys": ("a.jsonl", b"{}\n", "has no rows"),
    "JSON Lines as CSV": ("a.csv", b'{"text":"a","n":1}\n', "JSON Lines by its content"),
    "CSV as JSON Lines": ("a.jsonl", b"text,n\na,1\n", "lines 1, 2 are not JSON"),
    "several broken lines": (
        "a.jsonl",
        b'{"a":1}\n{\n1\n{\n{\n{\n[]\n',
        "a.jsonl, lines 2, 4, 5 and 1 more are not JSON. a.jsonl, lines 3, 7 are no objects.",
    ),
    "broken JSON": ("a.json", b'[{"a":1},', "a.json is not JSON"),
    "JSON of a number": ("a.json", b"7", "a.json holds no table"),
    "JSON of settings": ("a.json", b'{"a": 1, "b": [1]}', "a.json holds no table: 'a' is no column"),
    "JSON of numbers": ("a.json", b"[1, 2, null]", "a.json, rows 1, 2, 3 are no objects"),
    "columns of different lengths": ("a.json", b'{"a": [1], "b": [1, 2]}', "different lengths: 'a' has 1, 'b' has 2"),
    "Parquet as CSV": ("a.csv", parquet({"a": [1]})[:300], "a Parquet file by its content"),
    "CSV as Parquet": ("a.parquet", b"text,n\na,1\n", "not a Parquet file by its content"),
    "workbook": ("a.csv", b"PK\x03\x04....", "Excel workbook"),
    "gzip": ("a.csv", b"\x1f\x8b\x08....", "compressed by gzip"),
    "pickle": ("a.txt", pickle.dumps(["a"], protocol=4), "Python pickle"),
    "unknown ending": ("a.docx", b"text", "a format that is not read"),
    "no ending": ("texts", b"text", "a format that is not read"),
}


@pytest.mark.parametrize(("name", "data", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_one_clear_line_that_names_it(name: str, data: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_table(name, data, limits=SMALL)
    assert said in str(refused.value)
    assert name in refused.value.what
    assert refused.value.advice
    assert "\n" not in str(refused.value)


def test_what_fits_the_limits_exactly_is_read() -> None:
    assert len(read_table("a.csv", b"a,b,c,d\n" + b"1,2,3,4\n" * 3, limits=SMALL).frame) == 3
    assert LIMITS.rows == 20_000
    assert LIMITS.bytes == 20_000_000
    assert LIMITS.columns == 200


def test_the_wrong_delimiter_is_named_with_the_right_one() -> None:
    with pytest.raises(InputError, match="one column when cut at each semicolon.*comma gives 2 columns"):
        read_table("a.csv", b"text,label\na,x\n", delimiter=";")
    with pytest.raises(InputError, match="'::' is no delimiter.*comma, semicolon"):
        read_table("a.csv", b"text,label\na,x\n", delimiter="::")


def test_bytes_that_are_not_in_the_encoding_asked_for_are_named() -> None:
    with pytest.raises(InputError, match="a.txt is not utf-8 text: byte 4"):
        read_table("a.txt", "café".encode("latin-1"), encoding="utf-8")
    with pytest.raises(InputError, match="Unknown encoding 'rot13'"):
        read_table("a.txt", b"text", encoding="rot13")


def test_a_cell_longer_than_the_reader_takes_is_named() -> None:
    with pytest.raises(InputError, match="begins in line 2 has a quotation mark that is never closed, or a cell of"):
        read_table("a.csv", b'text,n\n"' + b"a" * 200_000)


PARQUET = {
    "cut off": (parquet({"a": ["x"] * 99})[:-9], "not a whole Parquet file"),
    "damaged inside": (b"PAR1" + b"\xff" * 60 + parquet({"a": ["x", "y"]})[64:], "not a whole Parquet file"),
    "many rows": (parquet({"a": list(range(20_001))}), "20,001 rows; the limit is 20,000"),
    "many columns": (parquet({f"c{i}": [1] for i in range(201)}), "201 columns; the limit is 200"),
    "nothing usable": (parquet({"v": [[1.0]]}), "no column of text or numbers, only v (list"),
    "no rows": (parquet({"a": pa.array([], pa.string())}), "has no rows"),
}


@pytest.mark.parametrize(("data", "said"), PARQUET.values(), ids=PARQUET)
def test_a_broken_parquet_file_is_one_clear_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_table("a.parquet", data)
    assert said in refused.value.what
    assert "\n" not in str(refused.value)


def test_a_parquet_file_with_a_column_twice_is_refused() -> None:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["a", "a"]), out)
    with pytest.raises(InputError, match="column 'a' twice"):
        read_table("a.parquet", out.getvalue())


def test_a_small_parquet_file_that_unpacks_to_20_gigabytes_is_refused_before_it_does() -> None:
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["z" * 1_000_000]))
    data = parquet({"text": repeated})
    assert len(data) < 200_000
    with pytest.raises(InputError, match="unpacks to more than 20,000 rows or 100 MB"):
        read_table("bomb.parquet", data)


def test_the_size_in_the_footer_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_tables, "MAX_UNPACKED_BYTES", 10_000)
    monkeypatch.setattr(parquet_tables, "_read", lambda *_: pytest.fail("the content was read"))
    with pytest.raises(InputError, match="unpacks to 0 MB; the limit is 0 MB"):
        read_table("a.parquet", parquet({"a": ["x" * 20_000]}, compression="zstd", use_dictionary=False))
