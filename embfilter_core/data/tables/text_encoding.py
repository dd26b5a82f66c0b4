"""From the bytes of an upload to text: byte-order marks, UTF-8, then a guess among a few encodings."""

import codecs

from embfilter_core.data.tables.formats import FORMAT_NAMES
from embfilter_core.errors import InputError, check_known

USUAL_ENCODINGS = ("utf-8", "utf-16", "latin-1", "windows-1252")
"""What is offered where all would be too many to choose from."""
ENCODINGS = (
    *(*USUAL_ENCODINGS, "utf-16-le", "utf-16-be", "windows-1250", "windows-1251", "windows-1253"),
    *("windows-1254", "iso8859-2", "iso8859-15", "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"),
)
"""What may be asked for."""

# windows-1250 is not guessed: it cannot be told from windows-1252 by the accents of western languages.
_GUESSED = ("cp1252", "cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 32_768


def decode(name: str, data: bytes, encoding: str | None = None) -> tuple[str, str, tuple[str, ...]]:
    """Return the text of a file, the name of its encoding, and notes on what had to be guessed.

    Args:
        name: The file's name, for messages.
        data: Its bytes.
        encoding: One of `ENCODINGS`; by default it is found.

    Raises:
        InputError: The bytes are no text, or not in the encoding asked for.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark) and encoding in (None, marked, "utf-16"):
            return _checked(name, _strictly(name, data[len(mark) :], marked)), marked, ()
    if encoding is not None:
        return _checked(name, _strictly(name, data, _known(encoding))), encoding, ()
    try:
        return _checked(name, data.decode("utf-8")), "utf-8", ()
    except UnicodeDecodeError:
        guessed, label = _guess(name, data)
    return _checked(name, data.decode(guessed)), label, (f"Not UTF-8: read as {label}.",)


def _known(encoding: str) -> str:
    check_known("encoding", encoding, ENCODINGS)
    return encoding


def _strictly(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not {encoding} text: byte {error.start + 1:,} cannot be read.",
            "Choose another encoding, or save it as UTF-8.",
        ) from error


def _checked(name: str, text: str) -> str:
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InputError(
            f"{name} has a NUL character in line {line:,}, which no text has.",
            "It may be UTF-16 without its mark, or no text file: save it as UTF-8.",
        )
    return text


def _guess(name: str, data: bytes) -> tuple[str, str]:
    """The codec that fits best and its name for people; latin-1, which any bytes fit, in the end."""
    if _control_share(data) > 0.01:
        raise InputError(f"{name} is not a text file: it holds binary data.", f"Give {FORMAT_NAMES}.")
    from charset_normalizer import from_bytes

    telling = [line for line in data[: 64 * _SAMPLE_BYTES].splitlines() if not line.isascii()]
    best = from_bytes(b"\n".join(telling)[:_SAMPLE_BYTES], cp_isolation=list(_GUESSED)).best()
    sure = best is not None and (best.multi_byte_usage > 0 or best.coherence > 0)
    candidates = [*([best.encoding] if best is not None and sure else []), "cp1252", "latin-1"]
    codec = next(codec for codec in candidates if _fits(data, codec))
    if codec == "cp1252" and data.decode("latin-1") == data.decode("cp1252"):
        codec = "latin-1"
    return codec, codec.replace("cp12", "windows-12").replace("euc_kr", "euc-kr")


def _fits(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _control_share(data: bytes) -> float:
    sample = data[:_SAMPLE_BYTES]
    return sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in sample) / len(sample)
