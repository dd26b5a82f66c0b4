"""Columns of vectors in a Parquet file, and the file without them: their size is read before they are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from embfilter_core.data.tables.formats import LIMITS
from embfilter_core.data.tables.parquet import is_plain
from embfilter_core.data.vectors.limits import MAX_NUMBERS, as_float32, check_file_size, check_shape
from embfilter_core.errors import InputError, first_line

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

VECTOR_NAMES = ("embedding", "embeddings", "vector", "vectors", "emb", "dense", "features")
"""What a column of vectors is usually called, in lower case."""
_BATCH_ROWS = 1000


def vector_columns(name: str, data: bytes) -> list[str]:
    """Return the columns of lists of floating-point numbers, those with a usual name first; nothing is read of them.

    Raises:
        InputError: It is no whole Parquet file.
    """
    found = [field.name for field in _open(name, data).schema_arrow if _is_vector(field.type)]
    return sorted(found, key=lambda column: column.strip().lower() not in VECTOR_NAMES)


def read_vector_columns(name: str, data: bytes, columns: Sequence[str]) -> tuple[np.ndarray, ...]:
    """Return the vectors of each named column, (n, d) float32 each; NaN in a row that has none.

    Raises:
        InputError: There is no such column, its vectors differ in length or are too many, or the file is damaged.
    """
    check_file_size(name, len(data))
    file = _open(name, data)
    there = [field.name for field in file.schema_arrow if _is_vector(field.type)]
    for column in columns:
        if column not in there:
            listed = ", ".join(map(repr, there)) or "none"
            raise InputError(f"{name} has no column {column!r} of vectors.", f"Columns of vectors: {listed}.")
    try:
        found = tuple(_vectors(name, file, column) for column in columns)
    except InputError:
        raise
    except Exception as error:  # a damaged file makes its reader raise nearly anything
        raise InputError(f"{name} is not a whole Parquet file: {first_line(error)}", "Export it again.") from error
    if len({vectors.shape[1] for vectors in found}) > 1:
        raise InputError(f"The vectors of {' and '.join(columns)} in {name} differ in length.", "Name two alike.")
    return found


def without_vectors(name: str, data: bytes) -> bytes:
    """Return a Parquet file with the columns of text, numbers and truth values alone, to be read as any other.

    Raises:
        InputError: The file is damaged, has no such column, or is larger than a limit.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [field for field in _open(name, data).schema_arrow if is_plain(field.type)]
    if not fields:
        raise InputError(f"{name} has vectors and no column of text or numbers.", "Add labels, texts or pairs.")
    # Kept as a dictionary, a text that is repeated in every row is held once.
    text = [field.name for field in fields if not pa.types.is_primitive(field.type)]
    try:
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=text)
        kept, size = [], 0
        for batch in file.iter_batches(_BATCH_ROWS, columns=[field.name for field in fields]):
            size += batch.nbytes
            if size > LIMITS.bytes:
                raise InputError(f"The columns beside the vectors of {name} are too large.", "Keep those you need.")
            kept.append(batch)
        written = io.BytesIO()
        pq.write_table(pa.Table.from_batches(kept, schema=kept[0].schema if kept else None), written)
    except InputError:
        raise
    except Exception as error:  # a damaged file makes its reader raise nearly anything
        raise InputError(f"{name} is not a whole Parquet file: {first_line(error)}", "Export it again.") from error
    return written.getvalue()


def _open(name: str, data: bytes) -> pq.ParquetFile:
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(io.BytesIO(data))
    except Exception as error:  # a damaged file makes its reader raise nearly anything
        raise InputError(f"{name} is not a whole Parquet file: {first_line(error)}", "Export it again.") from error


def _is_vector(kind: pa.DataType) -> bool:
    import pyarrow as pa

    nested = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return nested and bool(pa.types.is_floating(kind.value_type))


def _vectors(name: str, file: pq.ParquetFile, column: str) -> np.ndarray:
    facts = file.metadata
    leaf = next(i for i in range(len(file.schema)) if file.schema.column(i).path.split(".")[0] == column)
    numbers = sum(facts.row_group(group).column(leaf).num_values for group in range(facts.num_row_groups))
    check_shape(name, facts.num_rows, numbers)
    parts, width, read = [], 0, 0
    for batch in file.iter_batches(_BATCH_ROWS, columns=[column]):
        rows, width = _rows(name, batch.column(0), width, read)
        read += len(rows)
        parts.append(rows)
        if read * width > MAX_NUMBERS:
            check_shape(name, read, read * width)
    # A batch without any vector came before the length was known.
    return np.concatenate([part if part.shape[1] == width else np.full((len(part), width), np.nan) for part in parts])


def _rows(name: str, column: pa.Array, width: int, before: int) -> tuple[np.ndarray, int]:
    """The vectors of a batch, (rows, width) float32, NaN where there is none, and their length."""
    import pyarrow.compute as pc

    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    there = lengths > 0
    width = width or int(lengths[there][0] if there.any() else 0)
    wrong = there & (lengths != width)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"The vector in row {before + row + 1:,} of {name} has {lengths[row]:,} numbers, others have {width:,}.",
            "Give vectors of one length.",
        )
    rows = np.full((len(column), width), np.nan, dtype=np.float32)
    if there.any():
        flat = column.filter(there).flatten().to_numpy(zero_copy_only=False)
        rows[there] = as_float32(flat).reshape(-1, width)
    return rows, width
