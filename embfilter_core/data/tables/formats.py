"""The formats of table that can be read, and how large a file of them may be."""

from dataclasses import dataclass

from embfilter_core.data.corpora import MAX_BYTES, MAX_TEXTS

FORMATS = {
    ".csv": "CSV",
    ".tsv": "TSV",
    ".tab": "TSV",
    ".jsonl": "JSONL",
    ".ndjson": "JSONL",
    ".json": "JSON",
    ".txt": "TXT",
    ".parquet": "Parquet",
    ".xlsx": "Excel",
}
"""The format that each ending of a file's name stands for."""
FORMAT_NAMES = "CSV, TSV, JSONL, JSON, TXT, Parquet or Excel (.xlsx)"
MAX_UNPACKED_BYTES = 100_000_000
"""Of a file that is kept compressed."""


@dataclass(frozen=True)
class UploadLimits:
    """How large an upload may be: `rows` without the header, `bytes` of the file, `columns`."""

    rows: int = MAX_TEXTS
    bytes: int = MAX_BYTES
    columns: int = 200


LIMITS = UploadLimits()
"""Of the app and the command line."""
