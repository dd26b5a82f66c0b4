"""UMAP in a child process: cached, cancelled without a trace, one at a time.

All but one test let a stand-in answer, which speaks the same language and compiles nothing.
"""

import io
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import numpy as np
import psutil
import pytest

from embfilter_core.errors import Cancelled, EmbFilterError, InputError
from embfilter_core.maps import umap_map as module
from embfilter_core.maps.projection import MapPoints, map_points
from embfilter_core.maps.umap_map import UmapParameters, stored_umap, umap_map
from embfilter_core.maps.umap_process import UmapProcess
from embfilter_core.maps.umap_worker import EpochLines, receive, send
from embfilter_core.spectral.selection import KeptDirections
from embfilter_core.storage.arrays import embfilter_home

KEPT = KeptDirections.band(6, 1, 5)
POINTS = map_points(np.random.default_rng(0).normal(size=(9, 6)), KEPT)
HANGS, FAILS, DIES = 91, 92, 93
STAND_IN = f"""
import os, sys, time
from embfilter_core.maps.umap_worker import receive, send
out = sys.stdout.buffer
send(out, {{"stage": "layout", "done": 1, "total": 1}})
send(out, {{"stage": "ready"}})
while (message := receive(sys.stdin.buffer)) is not None:
    request, points = message
    send(out, {{"stage": "layout", "done": 3, "total": request["epochs"]}})
    if request["seed"] == {HANGS}:
        time.sleep(600)
    if request["seed"] == {DIES}:
        os._exit(1)
    if request["seed"] == {FAILS}:
        send(out, {{"stage": "failed", "why": "ValueError: no"}})
        break
    send(out, {{"stage": "done"}}, points[:, :2] + request["min_dist"])
"""
COMMAND = (sys.executable, "-c", STAND_IN)


@pytest.fixture
def process() -> Iterator[UmapProcess]:
    stand_in = UmapProcess(COMMAND)
    yield stand_in
    stand_in.stop()
    assert stand_in.pid is None


def kept_files() -> list[Path]:
    return sorted((embfilter_home() / "maps").glob("*"))


def until_the_layout(stage: str, *_: int) -> bool:
    """A progress function that cancels as soon as the layout has begun."""
    return stage != "layout"


def wait_until(condition) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it did not happen within 10 s")


def test_unfiltered_and_filtered_are_the_halves_of_one_layout(process: UmapProcess) -> None:
    picture = umap_map(POINTS, process=process)
    assert picture.method == "UMAP"
    assert np.allclose(picture.unfiltered, POINTS.unfiltered[:, :2] + 0.1, atol=1e-6)
    assert np.allclose(picture.filtered, POINTS.filtered[:, :2] + 0.1, atol=1e-6)


def test_progress_tells_the_start_and_the_epochs_of_this_map_only(process: UmapProcess) -> None:
    seen = []
    umap_map(POINTS, progress=lambda *step: seen.append(step), process=process)
    assert seen[0] == ("starting", 0, 1)
    assert set(seen[1:]) <= {("starting", 0, 1), ("layout", 3, 500)}
    assert ("layout", 3, 500) in seen


def test_a_picture_is_kept_and_read_without_a_process(process: UmapProcess) -> None:
    made = umap_map(POINTS, process=process)
    nobody = UmapProcess(("/no/such/program",))
    kept = umap_map(POINTS, process=nobody)
    assert np.array_equal(kept.unfiltered, made.unfiltered)
    assert np.array_equal(kept.filtered, made.filtered)
    with pytest.raises(FileNotFoundError):
        umap_map(POINTS, UmapParameters(seed=1), process=nobody)


def test_a_stored_picture_is_found_and_none_is_made(process: UmapProcess) -> None:
    assert stored_umap(POINTS) is None
    made = umap_map(POINTS, process=process)
    assert np.array_equal(stored_umap(POINTS).filtered, made.filtered)
    assert stored_umap(POINTS, UmapParameters(seed=1)) is None
    assert len(kept_files()) == 1


def test_other_points_and_other_parameters_are_another_picture(process: UmapProcess) -> None:
    moved = MapPoints(POINTS.unfiltered, POINTS.filtered[::-1])
    umap_map(POINTS, process=process)
    umap_map(moved, process=process)
    for parameters in (UmapParameters(seed=1), UmapParameters(min_dist=0.2), UmapParameters(n_neighbors=4)):
        umap_map(POINTS, parameters, process=process)
    assert len(kept_files()) == 5


def test_the_oldest_pictures_make_room_and_a_picture_looked_at_is_not_old(
    process: UmapProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 2)
    for seed in (1, 2):
        umap_map(POINTS, UmapParameters(seed=seed), process=process)
    first, second = (module._path(POINTS.stacked.astype(np.float32), request(seed)) for seed in (1, 2))
    for age, path in ((300, first), (200, second)):
        os.utime(path, (time.time() - age, time.time() - age))
    umap_map(POINTS, UmapParameters(seed=1), process=process)  # looked at again
    umap_map(POINTS, UmapParameters(seed=3), process=process)
    assert first.exists()
    assert not second.exists()
    assert len(kept_files()) == 2


def request(seed: int) -> dict:
    return module._request(18, UmapParameters(seed=seed))


def test_a_damaged_picture_is_made_again(process: UmapProcess) -> None:
    made = umap_map(POINTS, process=process)
    kept_files()[0].write_bytes(b"damaged")
    assert np.array_equal(umap_map(POINTS, process=process).unfiltered, made.unfiltered)


def test_a_cancelled_map_leaves_no_process_and_no_file_and_the_next_one_works(process: UmapProcess) -> None:
    process.warm_up()
    pid = process.pid
    assert psutil.pid_exists(pid)
    with pytest.raises(Cancelled):
        umap_map(POINTS, UmapParameters(seed=HANGS), until_the_layout, process)
    assert not psutil.pid_exists(pid)
    assert process.pid is None
    assert kept_files() == []
    assert umap_map(POINTS, process=process).unfiltered.shape == (9, 2)


def test_a_map_can_be_cancelled_before_the_process_is_ready() -> None:
    never_ready = UmapProcess((sys.executable, "-c", "import time; time.sleep(600)"))
    with pytest.raises(Cancelled):
        umap_map(POINTS, progress=lambda *_: never_ready.pid is None, process=never_ready)
    assert never_ready.pid is None


def test_what_progress_raises_passes_through_and_leaves_no_process(process: UmapProcess) -> None:
    def leave(stage: str, *_: int) -> None:
        if stage == "layout":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        umap_map(POINTS, UmapParameters(seed=HANGS), leave, process)
    assert process.pid is None


@pytest.mark.parametrize(("seed", "why"), [(FAILS, "ValueError: no"), (DIES, "its process ended")])
def test_a_failure_is_told_and_the_next_map_works(process: UmapProcess, seed: int, why: str) -> None:
    with pytest.raises(EmbFilterError, match=why):
        umap_map(POINTS, UmapParameters(seed=seed), process=process)
    assert process.pid is None
    assert kept_files() == []
    assert umap_map(POINTS, process=process).unfiltered.shape == (9, 2)


def test_a_process_ended_from_outside_is_started_again(process: UmapProcess) -> None:
    umap_map(POINTS, process=process)
    pid = process.pid
    psutil.Process(pid).kill()
    wait_until(lambda: process.pid is None)
    umap_map(POINTS, UmapParameters(seed=1), process=process)
    assert process.pid not in (None, pid)


def test_maps_take_turns_and_one_that_waits_is_cancelled_without_harm_to_the_other(process: UmapProcess) -> None:
    begun, stop = Event(), Event()

    def first(stage: str, *_: int) -> bool:
        if stage == "layout":
            begun.set()
        return not stop.is_set()

    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(umap_map, POINTS, UmapParameters(seed=HANGS), first, process)
        assert begun.wait(20)
        pid = process.pid
        with pytest.raises(Cancelled):
            umap_map(POINTS, progress=lambda stage, *_: stage != "waiting", process=process)
        process.warm_up()  # neither waits nor disturbs
        process.stop()
        assert process.pid == pid
        stop.set()
        with pytest.raises(Cancelled):
            hanging.result(20)


def test_a_map_that_three_ask_for_at_once_is_made_once(process: UmapProcess) -> None:
    stages: list[list[str]] = [[], [], []]
    with ThreadPoolExecutor(3) as pool:
        asked = [
            pool.submit(umap_map, POINTS, None, lambda stage, *_, at=at: at.append(stage), process) for at in stages
        ]
        pictures = [each.result(20) for each in asked]
    assert sum("layout" in seen for seen in stages) == 1
    assert all(np.array_equal(picture.filtered, pictures[0].filtered) for picture in pictures)


def test_warming_up_starts_the_shared_process(process: UmapProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "shared_process", lambda: process)
    assert process.pid is None
    module.warm_up()
    pid = process.pid
    assert pid is not None
    module.warm_up()
    umap_map(POINTS)
    assert process.pid == pid


def test_an_idle_process_ends_by_itself() -> None:
    short = UmapProcess(COMMAND, idle_s=0.05)
    umap_map(POINTS, process=short)
    wait_until(lambda: short.pid is None)


def test_the_child_ends_when_its_input_does(process: UmapProcess) -> None:
    process.warm_up()
    child = psutil.Process(process.pid)
    process._child.stdin.close()
    assert child.wait(20) == 0


def test_a_message_and_its_array_arrive_as_they_were_sent_and_half_a_message_is_the_end() -> None:
    array = np.arange(6, dtype=np.float32).reshape(3, 2)
    stream = io.BytesIO()
    send(stream, {"stage": "ready"})
    send(stream, {"stage": "done"}, array)
    raw = stream.getvalue()
    whole = io.BytesIO(raw)
    assert receive(whole) == ({"stage": "ready"}, None)
    message, received = receive(whole)
    assert message["stage"] == "done"
    assert np.array_equal(received, array)
    assert receive(whole) is None
    for cut in (raw[:5], raw[:-1]):
        short = io.BytesIO(cut)
        while (received := receive(short)) is not None:
            assert received[1] is None


def test_a_bar_becomes_a_message_and_an_empty_line_none() -> None:
    stream = io.BytesIO()
    lines = EpochLines(stream)
    for text in ("\r12/500\n", "\n", ""):
        lines.write(text)
    assert receive(io.BytesIO(stream.getvalue())) == ({"stage": "layout", "done": 12, "total": 500}, None)
    assert stream.getvalue().count(b"\n") == 1


def test_four_texts_are_too_few() -> None:
    with pytest.raises(InputError, match="at least 5"):
        umap_map(MapPoints(POINTS.unfiltered[:4], POINTS.filtered[:4]))


@pytest.mark.parametrize("wrong", [{"n_neighbors": 1}, {"min_dist": -0.1}, {"min_dist": 1.5}, {"seed": -1}])
def test_parameters_out_of_range_are_refused(wrong: dict) -> None:
    with pytest.raises(InputError, match="UMAP cannot work with"):
        UmapParameters(**wrong)


def test_many_points_take_fewer_epochs_and_few_points_fewer_neighbours() -> None:
    assert module._request(10_000, UmapParameters())["epochs"] < module._request(600, UmapParameters())["epochs"]
    assert module._request(10, UmapParameters())["n_neighbors"] == 9
    assert module._request(600, UmapParameters())["n_neighbors"] == 15


@pytest.mark.slow
@pytest.mark.long
def test_umap_itself_lays_out_clusters_the_same_every_time() -> None:
    rng = np.random.default_rng(0)
    centres = np.eye(6)[[1, 2, 3]].repeat(12, axis=0) * 3
    points = map_points(centres + 0.1 * rng.normal(size=(36, 6)), KEPT)
    process, seen = UmapProcess(), []
    try:
        picture = umap_map(points, UmapParameters(n_neighbors=6), lambda *step: seen.append(step), process)
        again = process.fit(points.stacked.astype(np.float32), module._request(72, UmapParameters(n_neighbors=6)))
        five = umap_map(MapPoints(points.unfiltered[:5], points.unfiltered[:5]), process=process)  # every point twice
    finally:
        process.stop()
    assert np.array_equal(np.concatenate([picture.unfiltered, picture.filtered]), again)
    assert np.isfinite([*five.unfiltered, *five.filtered]).all()
    assert seen[-1] == ("layout", 500, 500)
    gaps = np.linalg.norm(picture.unfiltered[:, None] - picture.unfiltered[None], axis=2)
    same = np.equal.outer(np.arange(36) // 12, np.arange(36) // 12)
    assert gaps[same].max() < gaps[~same].min()
