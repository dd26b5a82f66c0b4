"""Parquet: its size is read from its footer before its content, for a small file can unpack to a huge one."""

import io
from typing import TYPE_CHECKING

from embfilter_core.data.tables.formats import MAX_UNPACKED_BYTES
from embfilter_core.errors import InputError, first_line
from embfilter_core.number_format import format_megabytes

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_BATCH_ROWS = 1000


def read_parquet(name: str, data: bytes, max_rows: int, max_columns: int) -> tuple[dict[str, list], tuple[str, ...]]:
    """Return the columns of text, numbers and truth values, and a note on those left out.

    Nothing but plain values is made from the file: no extension types, no Python objects.

    Args:
        name: The file's name, for messages.
        data: Its bytes.
        max_rows: Limit of its rows.
        max_columns: Limit of its columns.

    Raises:
        InputError: The file is damaged, is larger than a limit, or has no usable column.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(data))
        _check_size(name, file.metadata, max_rows, max_columns)
        usable = [field.name for field in file.schema_arrow if is_plain(field.type)]
        left_out = [f"{field.name} ({field.type})" for field in file.schema_arrow if not is_plain(field.type)]
        _check_columns(name, file, usable, left_out)
        text = [field.name for field in file.schema_arrow if field.name in usable and not _is_number(field.type)]
        # Kept as a dictionary, a text that is repeated in every row is held once until its size is known.
        columns = _read(name, pq.ParquetFile(io.BytesIO(data), read_dictionary=text), usable, max_rows)
    except InputError:
        raise
    except Exception as error:  # a damaged file makes its reader raise nearly anything
        raise InputError(
            f"{name} is not a whole Parquet file: {first_line(error)}", "It may be cut off: export or copy it again."
        ) from error
    notes = (f"Columns that hold neither text nor numbers left out: {', '.join(left_out)}.",) if left_out else ()
    return columns, notes


def _check_size(name: str, facts: "pq.FileMetaData", max_rows: int, max_columns: int) -> None:
    if facts.num_rows > max_rows:
        raise InputError(f"{name} has {facts.num_rows:,} rows; the limit is {max_rows:,}.", "Use a sample of it.")
    if facts.num_columns > max_columns:
        raise InputError(
            f"{name} has {facts.num_columns:,} columns; the limit is {max_columns:,}.", "Keep those you need."
        )
    unpacked = sum(facts.row_group(i).total_byte_size for i in range(facts.num_row_groups))
    if unpacked > MAX_UNPACKED_BYTES:
        raise InputError(
            f"{name} unpacks to {format_megabytes(unpacked)}; the limit is {format_megabytes(MAX_UNPACKED_BYTES)}.",
            "Keep the columns and rows you need.",
        )


def _check_columns(name: str, file: "pq.ParquetFile", usable: list[str], left_out: list[str]) -> None:
    for column in usable:
        if file.schema_arrow.names.count(column) > 1:
            raise InputError(f"{name} has the column {column!r} twice.", "Rename one of them.")
    if not usable:
        raise InputError(f"{name} has no column of text or numbers, only {', '.join(left_out)}.", "Add one of text.")


def _read(name: str, file: "pq.ParquetFile", usable: list[str], max_rows: int) -> dict[str, list]:
    columns: dict[str, list] = {column: [] for column in usable}
    rows = unpacked = 0
    for batch in file.iter_batches(_BATCH_ROWS, columns=usable):
        rows += batch.num_rows
        unpacked += sum(_unpacked_bytes(batch.column(column)) for column in usable)
        if rows > max_rows or unpacked > MAX_UNPACKED_BYTES:
            raise InputError(
                f"{name} unpacks to more than {max_rows:,} rows or {format_megabytes(MAX_UNPACKED_BYTES)}, the limits.",
                "Keep the columns and rows you need.",
            )
        for column in usable:
            columns[column].extend(batch.column(column).to_pylist())
    return columns


def _unpacked_bytes(array: "pa.Array") -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(array.type):
        plain: int = array.nbytes
        return plain
    lengths = pc.cast(pc.binary_length(array.dictionary), pa.int64())
    size: int | None = pc.sum(pc.take(lengths, array.indices)).as_py()
    return size or 0


def _is_number(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def is_plain(kind: "pa.DataType") -> bool:
    """Return whether a column of that type holds texts, numbers or truth values."""
    import pyarrow as pa

    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return _is_number(kind) or bool(pa.types.is_string(value) or pa.types.is_large_string(value))
