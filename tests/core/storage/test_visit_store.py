"""Visits on disk: what is written comes back, what is damaged or old is gone, and there is never too much of it."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embfilter_core.storage import visit_store as module
from embfilter_core.storage.arrays import embfilter_home
from embfilter_core.storage.visit import KeptFile, Visit
from embfilter_core.storage.visit_store import BYTES_VARIABLE, VisitStore, new_visit_id, visit_store

DAY = 24 * 3600
TEXT = "Zinsen \u2028 <b>\ud800\x00"


def file_of(data: bytes, name: str = "own.csv") -> KeptFile:
    return KeptFile(name, hashlib.sha256(data).hexdigest(), len(data))


def put(store: VisitStore, visit_id: str, *contents: bytes, text: str = "a text") -> bool:
    files = tuple(map(file_of, contents))
    return store.write(
        visit_id, Visit({"text": text}, {"corpus": files}), {file_of(one).sha256: one for one in contents}
    )


def grow_old(store: VisitStore, visit_id: str, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(store.folder / f"{visit_id}.json", (then, then))


@pytest.fixture
def visits(tmp_path: Path) -> VisitStore:
    return VisitStore(tmp_path / "home" / "visits")


def contents_of(store: VisitStore) -> set[bytes]:
    return {path.read_bytes() for path in (store.folder / "contents").iterdir()}


def test_a_visit_comes_back_with_its_texts_files_and_choices(visits: VisitStore) -> None:
    visit_id, data = new_visit_id(), b"\x00a,b\n"
    file = file_of(data, "Zürich <b>.csv")
    visit = Visit({"text": TEXT}, {"corpus": (file,), "task": (file, file)}, {file.sha256: {"column": "b\n"}})
    assert visits.read(visit_id) is None
    assert visits.write(visit_id, visit, {file.sha256: data})
    assert VisitStore(visits.folder).read(visit_id) == visit
    assert visits.content(file.sha256) == data
    assert visits.has_content(file.sha256)


def test_an_id_cannot_be_guessed_nor_lead_out_of_the_folder(visits: VisitStore) -> None:
    ids = {new_visit_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(put(visits, visit_id) for visit_id in list(ids)[:3])
    (visits.folder.parent / "abcdefghijkl.json").write_text("{}")
    for wrong in ("../abcdefghijkl", "abcdefghijkl/", "", "abcdefghijk\n", "lock", "x" * 5000):
        assert visits.read(wrong) is None
        assert visits.content(wrong) is None
        with pytest.raises(ValueError, match="not an id"):
            put(visits, wrong)


def test_only_the_owner_can_read_what_is_kept(visits: VisitStore) -> None:
    put(visits, new_visit_id(), b"a")
    folders = [visits.folder, visits.folder / "contents"]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in visits.folder.rglob("*") if path.is_file()} == {0o600}


def test_a_content_is_there_once_and_goes_with_the_last_visit_that_holds_it(visits: VisitStore) -> None:
    one, two = new_visit_id(), new_visit_id()
    put(visits, one, b"shared", b"own")
    put(visits, two, b"shared")
    assert contents_of(visits) == {b"shared", b"own"}
    put(visits, one, b"shared")  # a file was removed from the visit
    assert contents_of(visits) == {b"shared"}
    visits.forget(one)
    assert visits.read(one) is None
    assert contents_of(visits) == {b"shared"}
    visits.forget(two)
    assert contents_of(visits) == set()


def whole() -> str:
    body = json.dumps(Visit({"text": "a"}).to_json())
    return json.dumps({"sha256": hashlib.sha256(body.encode()).hexdigest(), "visit": body})


def signed(body: object) -> str:
    written = json.dumps(body)
    return json.dumps({"sha256": hashlib.sha256(written.encode()).hexdigest(), "visit": written})


WRONG = {
    "half of it": whole()[:-9],
    "a changed text": whole().replace("text", "tixt"),
    "something else": '{"kind": "session"}',
    "a list": "[]",
    "deep": "[" * 100_000,
    "no JSON": "\x00",
    "other parts": signed({"texts": {}}),
    "texts that are none": signed({"texts": {"text": 1}, "files": {}, "choices": {}}),
    "a path for a digest": signed({"texts": {}, "files": {"a": [["n", "../../x", 1]]}, "choices": {}}),
    "too many": signed({"texts": {str(i): "" for i in range(201)}, "files": {}, "choices": {}}),
}


@pytest.mark.parametrize("written", WRONG.values(), ids=WRONG)
def test_what_is_no_visit_is_removed_and_said_in_the_log(
    visits: VisitStore, caplog: pytest.LogCaptureFixture, written: str
) -> None:
    visit_id = new_visit_id()
    put(visits, visit_id)
    path = visits.folder / f"{visit_id}.json"
    path.write_text(written)
    assert visits.read(visit_id) is None
    assert not path.exists()
    assert "it is removed" in caplog.text
    path.write_text(whole())  # what the wrong ones differ from
    assert visits.read(visit_id) == Visit({"text": "a"})


def test_a_content_that_was_changed_is_removed(visits: VisitStore, caplog: pytest.LogCaptureFixture) -> None:
    put(visits, new_visit_id(), b"own")
    sha256 = file_of(b"own").sha256
    (visits.folder / "contents" / sha256).write_bytes(b"another")
    assert visits.content(sha256) is None
    assert not visits.has_content(sha256)
    assert "checksum" in caplog.text


def test_a_visit_leaves_after_thirty_days_without_use(visits: VisitStore, monkeypatch: pytest.MonkeyPatch) -> None:
    used, unused, asked = (new_visit_id() for _ in range(3))
    for visit_id in (used, unused, asked):
        put(visits, visit_id, visit_id.encode())
    for visit_id, days in ((used, 29.0), (unused, 30.1), (asked, 30.1)):
        grow_old(visits, visit_id, days)
    assert visits.read(asked) is None
    assert visits.read(used) is not None  # which is a use
    put(visits, new_visit_id())
    assert (visits.folder / f"{unused}.json").exists()  # swept once a day
    monkeypatch.setattr(module, "SECONDS_BETWEEN_SWEEPS", 0)
    grow = visits.folder / f".{unused}.json.killed"
    grow.touch()
    put(visits, new_visit_id())
    assert not (visits.folder / f"{unused}.json").exists()
    assert not grow.exists()
    assert contents_of(visits) == {used.encode()}
    grow_old(visits, used, 29)
    assert visits.read(used) is not None
    assert time.time() - (visits.folder / f"{used}.json").stat().st_mtime < DAY


def test_there_is_never_more_than_the_bound_and_the_oldest_leave_first(tmp_path: Path) -> None:
    visits, ids = VisitStore(tmp_path, max_bytes=100_000), [new_visit_id() for _ in range(20)]
    for number, visit_id in enumerate(ids):
        put(visits, visit_id, bytes([number]) * 9_000, text="x" * 1_000)
        grow_old(visits, visit_id, 2 - number / 20)
        kept = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
        assert kept <= 100_000
    there = [visits.read(visit_id) is not None for visit_id in ids]
    assert there == sorted(there)
    assert sum(there) >= 7
    assert len(contents_of(visits)) == sum(there)


def test_a_file_beyond_the_bound_is_left_out_and_a_text_beyond_it_is_not_kept(tmp_path: Path) -> None:
    visits, visit_id = VisitStore(tmp_path, max_bytes=2_000), new_visit_id()
    assert put(visits, visit_id, b"x" * 3_000)
    kept = visits.read(visit_id)
    assert kept is not None
    assert not visits.has_content(kept.files["corpus"][0].sha256)
    assert not put(visits, visit_id, text="x" * 3_000)


def test_a_folder_that_cannot_be_written_to_fails_for_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "visits").write_text("a file")
    visits = VisitStore(tmp_path / "visits")
    assert not put(visits, new_visit_id(), b"a")
    assert "could not be changed" in caplog.text
    assert visits.read(new_visit_id()) is None
    assert visits.content(file_of(b"a").sha256) is None


def test_the_store_of_the_machine_is_bounded_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BYTES_VARIABLE, "12")
    assert visit_store() == VisitStore(embfilter_home() / "visits", 12)
    monkeypatch.setenv(BYTES_VARIABLE, "-1")
    assert visit_store().max_bytes == module.DEFAULT_BYTES


WRITE = """
import sys
from pathlib import Path
from tests.core.storage.test_visit_store import put
from embfilter_core.storage.visit_store import VisitStore

store, number = VisitStore(Path(sys.argv[1]), max_bytes=200_000), int(sys.argv[2])
for turn in range(40):
    put(store, f"visit{number}-{turn % 5:05}", b"shared", bytes([number, turn]) * 1_000, text=f"{turn}")
"""


def test_two_processes_keep_visits_at_once(tmp_path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path), str(number)], stderr=subprocess.PIPE, text=True)
        for number in range(2)
    ]
    said = [process.communicate(timeout=60)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert said == ["", ""]
    visits = VisitStore(tmp_path)
    kept = [visits.read(f"visit{number}-{place:05}") for number in range(2) for place in range(5)]
    assert [visit.texts["text"] for visit in kept if visit] == [str(turn) for turn in range(35, 40)] * 2
    held = {file.sha256 for visit in kept if visit for file in visit.files["corpus"]}
    assert {file_of(data).sha256 for data in contents_of(visits)} == held
    assert all(visits.content(sha256) is not None for sha256 in held)
