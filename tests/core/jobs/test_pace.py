"""How long a work takes yet is within 1.5 times of the truth from its first step on."""

import numpy as np
import pytest

from embfilter_core.backbones.forward_pass import TOKENS_PER_BATCH, batches_by_length
from embfilter_core.jobs.job import Job, Priority, Task, Told
from embfilter_core.jobs.pace import MARKS, Pace
from embfilter_core.jobs.words import duration, how_far
from tests.core.jobs.held import Clock


def lengths_of(kind: str, seed: int) -> list[int]:
    random = np.random.default_rng(seed)
    if kind == "news":
        return random.integers(60, 420, 300).tolist()
    if kind == "a few long ones among many short":
        return [*random.integers(10, 40, 1000).tolist(), *[512] * 20]
    return random.integers(9, 16, 2000).tolist()


def seconds_of(lengths: list[int], speed: float) -> float:
    """A batch costs by its tokens, more by those of long texts, and something for itself."""
    return sum(length * (1 + length / 2000) for length in lengths) / speed + 0.02


@pytest.mark.parametrize("kind", ["news", "a few long ones among many short", "short"])
@pytest.mark.parametrize("speed", [100.0, 1000.0, 20_000.0])
def test_what_is_left_of_an_embedding_is_within_one_and_a_half_times_from_the_first_batch_on(
    kind: str, speed: float
) -> None:
    lengths, clock = lengths_of(kind, seed=1), Clock()
    job = Job(Task("test", (), "Embed", lambda told: None), 0, {}, Priority.ASKED, pace=Pace(clock))
    told = Told(lambda done, total: True, job)
    clock.now += 5  # encoding the texts takes a while
    batches = [[lengths[i] for i in batch] for batch in batches_by_length(lengths, TOKENS_PER_BATCH)]
    costs = [seconds_of(batch, speed) for batch in batches]
    tokens = done = 0
    told.weigh(0, sum(lengths))
    assert job.pace.left_s() is None
    for number, batch in enumerate(batches[:-1]):
        clock.now += costs[number]
        tokens, done = tokens + sum(batch), done + len(batch)
        told.weigh(tokens, sum(lengths))
        told(done, len(lengths))
        assert 1 / 1.5 < job.pace.left_s() / sum(costs[number + 1 :]) < 1.5, (number, len(batches))


def test_what_is_left_follows_a_machine_that_becomes_slower() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    for done in range(1, 31):
        clock.now += 1
        pace.tell(done, 100)
    for done in range(31, 91):
        clock.now += 3
        pace.tell(done, 100)
    assert pace.left_s() == pytest.approx(30)
    clock.now += 10
    assert pace.left_s() == pytest.approx(20)  # what passes while a step takes long is taken off
    clock.now += 100
    assert pace.left_s() == 0


def test_a_work_that_tells_very_often_is_remembered_in_few_marks() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.begin()
    for done in range(100_000):
        clock.now += 1
        pace.tell(done, 100_000)
    assert len(pace._marks) <= MARKS + 1
    assert pace.left_s() == pytest.approx(1, rel=0.01)


def test_nothing_is_left_to_say_before_anything_is_done() -> None:
    pace = Pace(Clock())
    assert pace.left_s() is None
    assert pace.share == 0
    pace.begin()
    assert pace.left_s() is None


@pytest.mark.parametrize(
    ("steps", "stage", "done", "total", "seconds", "said"),
    [
        ("texts", "", 120, 300, 8, "120 of 300 texts, about 12 seconds left"),
        ("texts", "", 0, 300, 8, "0 of 300 texts"),
        ("texts", "", 30, 300, 60, "30 of 300 texts, about 9 minutes left"),
        ("", "", 25, 100, 8, "25.0 %, about 24 seconds left"),
        ("", "Laying out the texts", 25, 100, 8, "Laying out the texts, 25.0 %, about 24 seconds left"),
        ("", "", 0, 0, 8, "begun"),
    ],
)
def test_it_is_said_how_far_a_job_is(steps: str, stage: str, done: int, total: int, seconds: int, said: str) -> None:
    clock = Clock()
    job = Job(Task("a", (), "A", lambda told: None, steps=steps), 0, {}, Priority.ASKED, pace=Pace(clock))
    told = Told(lambda *_: True, job)
    clock.now += seconds
    if total:
        job.done, job.total = done, total
        told(done, total)
    told.stage(stage)
    assert how_far(job) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "0 seconds"),
        (1, "1 second"),
        (99, "99 seconds"),
        (119, "2 minutes"),
        (5400, "90 minutes"),
        (7300, "2 hours"),
    ],
)
def test_seconds_are_said_as_people_say_them(seconds: float, said: str) -> None:
    assert duration(seconds) == said
