"""ZIP archives of other people: nothing is written to disk, and nothing is unpacked beyond what was allowed."""

import io
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath

from embfilter_core.data.tables.formats import MAX_UNPACKED_BYTES
from embfilter_core.data.tables.problems import some_of
from embfilter_core.errors import InputError
from embfilter_core.number_format import format_megabytes

MAX_MEMBERS = 1_000
ZIP = ".zip"
_READ_HERE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways to compress whose output Python's reader bounds."""


def read_archive(
    name: str, data: bytes, wanted: Callable[[str], bool], max_bytes: int = MAX_UNPACKED_BYTES
) -> dict[str, bytes]:
    """Return the wanted files of an archive by their path in it.

    Args:
        name: The archive's name, for messages.
        data: Its content.
        wanted: Whether a path in it is read.
        max_bytes: Limit of what all its files, wanted or not, unpack to.

    Raises:
        InputError: It is damaged, has too many files, unpacks to too much, or holds links, encrypted files,
            files of one name, or paths that lead out of it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
            _check(name, members, max_bytes)
            return {member.filename: archive.read(member) for member in members if wanted(member.filename)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise InputError(
            f"{name} is not a whole ZIP archive.", "It may be cut off: export or copy it again."
        ) from error


def _check(name: str, members: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise InputError(f"{name} holds {len(members):,} files; the limit is {MAX_MEMBERS:,}.", "Keep those you need.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > max_bytes:
        raise InputError(
            f"{name} unpacks to {format_megabytes(unpacked)}; the limit is {format_megabytes(max_bytes)}.",
            "Keep the files that you need.",
        )
    unfit = [repr(member.filename[:40]) for member in members if not _is_plain(member)]
    if unfit:
        raise InputError(
            f"{name} holds what is not read: a link, an encrypted file, a path that leads out of it, or a way to "
            f"compress that is not known here ({some_of(unfit)}).",
            "Pack plain files by the usual method.",
        )
    if len({member.filename for member in members}) < len(members):
        raise InputError(f"{name} holds several files of one name.", "Pack each once.")


def _is_plain(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    mode = member.external_attr >> 16
    inside = (
        path.name
        and not path.is_absolute()
        and ".." not in path.parts
        and not set(member.filename) & {"\\", ":", "\x00"}
    )
    is_file = stat.S_IFMT(mode) in (0, stat.S_IFREG)
    return bool(inside) and is_file and not member.flag_bits & 1 and member.compress_type in _READ_HERE
