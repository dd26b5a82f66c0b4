"""The ZIP archive of a stored backbone: a few members of known names, bounded in size and number."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from embfilter_core.errors import InputError
from embfilter_core.number_format import format_megabytes
from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES, MAX_TEXTS, MAX_UNPACKED_BYTES
from embfilter_core.stored_backbones.shapes import Malformed

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST, PARTS, SHARED = "manifest.json", "parts.bin", "shared.bin"
_TEXT = re.compile(r"text-\d\d\.bin")
_READ_HERE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
AGAIN = "Store the backbone again with `python -m embfilter_core store`."


def text_member(place: int) -> str:
    """Return the name of the member of a text."""
    return f"text-{place:02d}.bin"


def write_archive(members: dict[str, bytes]) -> bytes:
    """Return an archive of members by their names; the same members give the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=9)
    return written.getvalue()


def read_members(path: Path, names: tuple[str, ...]) -> list[bytes]:
    """Return members of the archive in a file.

    Raises:
        InputError: The file cannot be read, or is no archive of a stored backbone.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise too_large(path.name, size)
        with zipfile.ZipFile(path) as archive:
            _check(archive.infolist())
            return [archive.read(name) for name in names]
    except OSError as error:
        raise InputError(f"{path.name[:80]} cannot be read: {error.strerror or error}.", "Choose another.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError) as error:
        raise refusal(path, error) from error


def refusal(path: Path, error: Exception) -> InputError:
    """Return what is said of a file that is no stored backbone, or a damaged one."""
    why = str(error) if isinstance(error, Malformed) else "it is not a whole archive"
    return InputError(f"{path.name[:80]} is not a stored backbone: {why[:120]}.", AGAIN)


def too_large(name: str, size: int) -> InputError:
    """Return what is said of a file that is larger than a stored backbone."""
    most = format_megabytes(MAX_FILE_BYTES)
    return InputError(f"{name[:80]} has {format_megabytes(size, 1)}; a stored backbone has at most {most}.", AGAIN)


def _check(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    if len(names) > MAX_TEXTS + 3 or len(set(names)) < len(names):
        raise Malformed("it holds more than a stored backbone does")
    unknown = [name for name in names if name not in (MANIFEST, PARTS, SHARED) and not _TEXT.fullmatch(name)]
    if unknown:
        raise Malformed(f"it holds {unknown[0][:40]!r}")
    if any(member.flag_bits & 1 or member.compress_type not in _READ_HERE for member in members):
        raise Malformed("it is encrypted, or packed in an unusual way")
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise Malformed(f"it unpacks to {format_megabytes(unpacked)}")
