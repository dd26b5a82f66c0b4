"""Columns of vectors in Parquet: every kind of list of numbers is read, within bounds, and the rest as any table."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from embfilter_core.data.vectors import limits
from embfilter_core.data.vectors.parquet_vectors import read_vector_columns, vector_columns
from embfilter_core.data.vectors.vector_table import read_vector_table
from embfilter_core.errors import InputError
from tests.core.data.vectors.files import parquet

ROWS = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
FRAME = pd.DataFrame({"id": ["007", "1", "2", "3", "4"], "text": list("abcde"), "n": [1, 2, 3, 4, 5]})
KINDS = [
    pa.list_(pa.float32()),
    pa.list_(pa.float64()),
    pa.large_list(pa.float32()),
    pa.list_(pa.float32(), 4),
]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_vectors_of_every_kind_of_list_are_read_beside_the_other_columns(kind: pa.DataType) -> None:
    data = parquet(FRAME, kind, embedding=ROWS)
    table = read_vector_table("t.parquet", data)
    assert np.array_equal(table.vectors[0], ROWS)
    assert table.width == 4
    assert list(table.frame.columns) == list(FRAME.columns)
    assert table.frame["id"].tolist() == FRAME["id"].tolist()
    assert table.notes == ()


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_rows_without_a_vector_are_left_out_with_a_note_and_the_others_keep_their_number(kind: pa.DataType) -> None:
    rows = [None, ROWS[1], np.full(4, np.nan), ROWS[3], ROWS[4]]
    table = read_vector_table("t.parquet", parquet(FRAME, kind, embedding=rows))
    assert np.array_equal(table.vectors[0], ROWS[[1, 3, 4]])
    assert table.frame.index.tolist() == [1, 3, 4]
    assert table.notes == ("2 rows without a vector of finite numbers left out.",)


def test_many_batches_are_one_array_also_where_the_first_rows_have_no_vector() -> None:
    rows = np.random.default_rng(1).normal(size=(2500, 3)).astype(np.float32)
    given = [None] * 1100 + list(rows[1100:])
    (found,) = read_vector_columns("t.parquet", parquet(pd.DataFrame({"t": ["x"] * 2500}), v=given), ["v"])
    assert np.isnan(found[:1100]).all()
    assert np.array_equal(found[1100:], rows[1100:])


def test_the_columns_are_told_by_their_type_and_the_usual_names_come_first() -> None:
    table = pa.table(
        {
            "tokens": pa.array([[1, 2]] * 5, pa.list_(pa.int64())),
            "other": pa.array(ROWS.tolist(), pa.list_(pa.float32())),
            "Embedding": pa.array(ROWS.tolist(), pa.list_(pa.float32())),
            "label": list("aabbc"),
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    assert vector_columns("t.parquet", buffer.getvalue()) == ["Embedding", "other"]
    found = read_vector_table("t.parquet", buffer.getvalue())
    assert list(found.frame.columns) == ["label"]


@pytest.mark.parametrize(
    ("data", "columns", "sides", "said"),
    [
        (parquet(FRAME), (), 1, "t.parquet has 0 columns of vectors: none"),
        (parquet(FRAME, v=ROWS), ("text",), 1, "no column 'text' of vectors. Columns of vectors: 'v'"),
        (parquet(FRAME, v=ROWS), (), 2, "has 1 column of vectors: 'v'. Name two"),
        (parquet(FRAME, a=ROWS, b=ROWS, c=ROWS), (), 2, "has 3 columns of vectors"),
        (
            parquet(FRAME, v=[ROWS[0], ROWS[1], ROWS[2, :3], ROWS[3], ROWS[4]]),
            (),
            1,
            "vector in row 3 of .* has 3 numbers",
        ),
        (parquet(FRAME, v=[None] * 5), (), 1, "No row of t.parquet has a vector"),
        (parquet(FRAME, v=np.full((5, 4), np.inf)), (), 1, "No row of t.parquet has a vector of finite numbers"),
        (parquet(FRAME, v=ROWS[:, :1]), (), 1, "have 1 number. Give vectors of 2"),
        (parquet(FRAME, a=ROWS, b=ROWS[:, :2]), ("a", "b"), 2, "differ in length"),
        (parquet(FRAME[[]], v=ROWS), (), 1, "no column of text or numbers"),
        (parquet(FRAME, v=ROWS)[:-40], (), 1, "not a whole Parquet file"),
        (b"PAR1 nonsense", (), 1, "not a whole Parquet file"),
    ],
)
def test_what_cannot_be_used_is_one_line(data: bytes, columns: tuple, sides: int, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read_vector_table("t.parquet", data, columns, sides)
    assert "\n" not in str(refused.value)
    assert refused.value.advice


def test_vectors_beyond_the_limits_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    repeated = parquet(FRAME, v=np.ones((5, 4000), dtype=np.float32))  # a few bytes, as a dictionary holds them
    monkeypatch.setattr(limits, "MAX_NUMBERS", 10_000)
    with pytest.raises(InputError, match="have 20,000 numbers in all; the limit is 10,000"):
        read_vector_table("t.parquet", repeated)
