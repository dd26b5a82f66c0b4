"""Whether a file is what its name says: its ending, its size, and how its content begins."""

from pathlib import PurePath

from embfilter_core.data.tables.formats import FORMAT_NAMES, FORMATS, UploadLimits
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_megabytes

_PARQUET, _ZIP = "a Parquet file", "a ZIP archive or an Excel workbook"
# What a file begins with when it is something else than its name says.
_SIGNATURES = {
    b"PAR1": _PARQUET,
    b"PK\x03\x04": _ZIP,
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"\x1f\x8b": "compressed by gzip",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\x80\x04\x95": "a Python pickle, which can run code when it is read",
}
_EXPECTED = {"Parquet": _PARQUET, "Excel": _ZIP}


def format_of(name: str, data: bytes, limits: UploadLimits) -> str:
    """Return the format of a file, one of the values of `FORMATS`.

    Raises:
        InputError: It is not read here, empty, too large, or not what its name says.
    """
    format = FORMATS.get(PurePath(name).suffix.lower())
    if format is None:
        raise InputError(f"{name} has a format that is not read here.", f"Give one of {', '.join(FORMATS)}.")
    if len(data) > limits.bytes:
        raise InputError(
            f"{name} has {format_megabytes(len(data), 1)}; the limit is {format_megabytes(limits.bytes, 1)}.",
            "Use a part of it.",
        )
    if not data:
        raise InputError(f"{name} is empty.", "Choose another file.")
    content = next((what for signature, what in _SIGNATURES.items() if data.startswith(signature)), None)
    expected = _EXPECTED.get(format)
    if content and content != expected:
        raise InputError(f"{name} is {content} by its content.", f"Give {FORMAT_NAMES}, named so.")
    if expected and content is None:
        kind = expected if format == "Parquet" else "an Excel workbook"
        raise InputError(f"{name} is not {kind} by its content.", "Name it for what it is, or export it again.")
    return format
