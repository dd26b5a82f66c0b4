"""Files with vectors, made in memory."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def npy(array: np.ndarray, pickled: bool = False) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=pickled)
    return buffer.getvalue()


def npz(compressed: bool = False, **arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    return buffer.getvalue()


def parquet(frame: pd.DataFrame, kind: pa.DataType | None = None, **vectors: list | np.ndarray) -> bytes:
    """The columns of a frame and columns of vectors of one type."""
    columns = {name: pa.array(frame[name]) for name in frame}
    for name, rows in vectors.items():
        listed = [None if row is None else np.asarray(row).tolist() for row in rows]
        columns[name] = pa.array(listed, kind or pa.list_(pa.float32()))
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()
