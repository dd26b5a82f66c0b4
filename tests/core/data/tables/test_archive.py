"""ZIP archives: what is wanted is read, and what could do harm is refused."""

import io
import stat
import struct
import zipfile

import pytest

from embfilter_core.data.tables.archive import MAX_MEMBERS, read_archive
from embfilter_core.errors import InputError
from tests.core.data.tables.workbooks import zipped

FILES = {"set/corpus.jsonl": b"one", "set/": b"", "set/qrels/test.tsv": b"two", "set/picture.png": b"three"}


def anything(_: str) -> bool:
    return True


def with_member(name: str, content: bytes = b"x", mode: int = 0, method: int = zipfile.ZIP_STORED) -> bytes:
    member = zipfile.ZipInfo(name)
    member.external_attr, member.compress_type = mode << 16, method
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(member, content)
    return out.getvalue()


def encrypted() -> bytes:
    data = bytearray(with_member("a.csv"))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def without_a_name() -> bytes:
    return with_member("\0", b"")  # a name ends where a NUL stands


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.csv", "two")
    return out.getvalue()


def lying_about_its_size() -> bytes:
    """An archive whose file of 90,000 bytes is said to have three."""
    data = zipped({"a.csv": b"z" * 90_000})
    at = data.index(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", 3) + data[at + 28 :]


def test_the_wanted_files_are_read_by_their_path() -> None:
    found = read_archive("own.zip", zipped(FILES), lambda path: not path.endswith(".png"))
    assert found == {"set/corpus.jsonl": b"one", "set/qrels/test.tsv": b"two"}


BAD = {
    "a path that leads out": (with_member("../a.csv"), "a path that leads out of it"),
    "a path inside that leads out": (with_member("a/../../b.csv"), "('a/../../b.csv')"),
    "an absolute path": (with_member("/etc/a.csv"), "('/etc/a.csv')"),
    "a path of Windows": (with_member("C:a.csv"), "('C:a.csv')"),
    "a link": (with_member("a.csv", b"/etc/passwd", stat.S_IFLNK | 0o777), "a link"),
    "a file without a name": (without_a_name(), "('')"),
    "a device": (with_member("a.csv", mode=stat.S_IFCHR | 0o600), "('a.csv')"),
    "encrypted": (encrypted(), "an encrypted file"),
    "packed in another way": (with_member("a.csv", method=zipfile.ZIP_LZMA), "a way to compress"),
    "files of one name": (twice(), "several files of one name"),
    "many files": (zipped({f"{i}.csv": b"" for i in range(MAX_MEMBERS + 1)}), "1,001 files; the limit is 1,000"),
    "too much": (zipped({"a.csv": b"z" * 600_000, "b.png": b"z" * 600_000}), "unpacks to 1 MB; the limit is 1 MB"),
    "a lie about a size": (lying_about_its_size(), "not a whole ZIP archive"),
    "cut off": (zipped(FILES)[:-9], "not a whole ZIP archive"),
    "no archive": (b"text", "not a whole ZIP archive"),
}


@pytest.mark.parametrize(("data", "said"), BAD.values(), ids=BAD)
def test_an_archive_that_could_do_harm_is_one_clear_line(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as refused:
        read_archive("own.zip", data, anything, max_bytes=1_000_000)
    assert said in refused.value.what
    assert "own.zip" in refused.value.what
    assert refused.value.advice
