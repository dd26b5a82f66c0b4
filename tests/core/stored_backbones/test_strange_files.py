"""A stored backbone from somebody else is checked as a whole before it is kept; what does not fit is refused."""

import io
import json
import struct
import zipfile
from collections.abc import Callable

import numpy as np
import pytest

from embfilter_core.errors import InputError
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.stored_backbones import archive, shelf
from embfilter_core.stored_backbones.arrays import pack, unpack
from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES
from embfilter_core.stored_backbones.shapes import Malformed
from embfilter_core.stored_backbones.stored_backbone import StoredBackbone

Members = dict[str, bytes]


def members_of(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def with_manifest(**facts: object) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        written = json.loads(members["manifest.json"]) | facts
        members["manifest.json"] = json.dumps(written).encode()

    return change


def with_facts(member: str, **facts: object) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        there, arrays = unpack(members[member])
        members[member] = pack(there | facts, arrays)

    return change


def with_array(member: str, name: str, change_array: Callable[[np.ndarray], np.ndarray]) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        facts, arrays = unpack(members[member])
        members[member] = pack(facts, arrays | {name: change_array(arrays[name])})

    return change


def without(member: str) -> Callable[[Members], None]:
    return lambda members: members.pop(member)


def infinite(array: np.ndarray) -> np.ndarray:
    return np.full_like(array, np.inf)


CHANGES = {
    "no manifest": without("manifest.json"),
    "no text": without("text-03.bin"),
    "no parts": without("parts.bin"),
    "a manifest that is no JSON": lambda members: members.update({"manifest.json": b"{"}),
    "a manifest that is a list": lambda members: members.update({"manifest.json": b"[]"}),
    "deep JSON": lambda members: members.update({"manifest.json": b"[" * 100_000}),
    "no format": with_manifest(format=None),
    "an unknown fact": with_manifest(run="rm"),
    "a number for a name": with_manifest(name=7),
    "a name of two lines": with_manifest(name="a\nb"),
    "a name that turns round": with_manifest(name="a\u202eb"),
    "a folder for a repository": with_manifest(hub_id="/etc/passwd"),
    "a way out for a repository": with_manifest(hub_id="../models"),
    "no fingerprint": with_manifest(fingerprint="x"),
    "a name too long": with_manifest(name="a" * 300),
    "an infinite number": with_manifest(head_error=float("inf")),
    "another width": with_manifest(d=31),
    "a layer that there is not": with_manifest(layer=9),
    "no texts": with_manifest(texts=[]),
    "directions of another shape": with_facts("parts.bin", directions={"d": 32}),
    "evidence of other texts": with_facts("parts.bin", texts=["one"]),
    "scores that are not finite": with_array("parts.bin", "scores", infinite),
    "tokens that are not there": with_array("text-00.bin", "tokens", lambda array: array + 100_000),
    "texts that are not there": with_array("text-00.bin", "near", lambda array: array - 1),
    "blocks of another shape": with_array("text-00.bin", "blocks", lambda array: array[:, 1:]),
    "lengths that are not finite": with_array("shared.bin", "squares", infinite),
    "a step that is text": with_facts("text-00.bin", step="1"),
    "lists of another shape": with_facts("text-00.bin", centred={"kept": "x"}),
    "bytes too few": lambda members: members.update({"shared.bin": members["shared.bin"][:-9]}),
    "bytes too many": lambda members: members.update({"shared.bin": members["shared.bin"] + b"x"}),
    "a file that none has": lambda members: members.update({"run.py": b"x"}),
    "a path that leads out": lambda members: members.update({"../manifest.json": b"x"}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_what_does_not_fit_is_refused_in_one_line_that_names_the_file_and_leaves_nothing(
    content: bytes, change: Callable[[Members], None]
) -> None:
    members = members_of(content)
    change(members)
    with pytest.raises(InputError, match=r"handed\.zip is not a stored backbone: ") as refused:
        shelf.add_stored(archive.write_archive(members), "handed.zip")
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 400
    assert list((embfilter_home() / "stored").iterdir()) == []


def test_a_file_of_a_newer_version_is_refused_as_such(content: bytes) -> None:
    members = members_of(content)
    with_manifest(format=99)(members)
    with pytest.raises(InputError, match=r"stored by a newer version \(format 99; this one reads 1\)"):
        shelf.add_stored(archive.write_archive(members), "new.zip")


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", b"\x00" * 500], ids=["empty", "cut", "text", "zeros"])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="it is not a whole archive"):
        shelf.add_stored(content, "handed.zip")


def test_a_file_that_is_too_large_is_refused_before_it_is_written(content: bytes) -> None:
    with pytest.raises(InputError, match=r"has 6.0 MB; a stored backbone has at most 6 MB"):
        shelf.add_stored(b"x" * (MAX_FILE_BYTES + 1), "large.zip")
    assert not (embfilter_home() / "stored").exists()


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(content: bytes) -> None:
    members = members_of(content) | {"text-00.bin": b"\x00" * 61_000_000}
    with pytest.raises(InputError, match="it unpacks to 61 MB"):
        shelf.add_stored(archive.write_archive(members), "bomb.zip")


def test_an_array_that_claims_more_than_there_is_is_refused_before_it_is_made() -> None:
    header = json.dumps({"facts": {}, "arrays": [["a", "f8", [2**40]]]}).encode()
    with pytest.raises(Malformed, match="shorter than it says"):
        unpack(struct.pack("<I", len(header)) + header)
    with pytest.raises(Malformed, match="header is too long"):
        unpack(struct.pack("<I", 2**31) + header)


def test_a_whole_file_is_kept_under_a_name_of_its_own_and_can_be_removed(
    stored: StoredBackbone, content: bytes
) -> None:
    kept = shelf.add_stored(content, "../../handed.zip")
    assert kept.path.parent == embfilter_home() / "stored" and kept.id.startswith("own-")
    assert not kept.shipped and kept.name == stored.name
    assert shelf.add_stored(content, "again.zip").path == kept.path
    assert shelf.find_stored(kept.id).fingerprint == stored.fingerprint
    shelf.remove_stored(kept)
    with pytest.raises(InputError, match="No backbone is stored as"):
        shelf.find_stored(kept.id)


def test_one_that_comes_with_the_app_cannot_be_removed() -> None:
    with pytest.raises(InputError, match="comes with the app"):
        shelf.remove_stored(shelf.stored_backbones()[0])


def test_a_damaged_file_on_the_shelf_hides_no_other(content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    kept = shelf.add_stored(content, "handed.zip")
    before = shelf.stored_backbones()
    kept.path.with_name(f"own-damaged{''.join(kept.path.suffixes[-2:])}").write_bytes(content[:1000])
    assert shelf.stored_backbones() == before
    assert "own-damaged" in caplog.text
