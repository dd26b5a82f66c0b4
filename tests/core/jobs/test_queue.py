"""A task is done once for all who ask, in turns, and ends within a step once nobody wants it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, current_thread
from time import monotonic

import pytest

from embfilter_core.errors import Cancelled, InputError
from embfilter_core.jobs.job import ELSEWHERE, MODEL, NUMBERS, Job, Priority, Task, Told
from embfilter_core.jobs.queue import RELOAD_S, SLICE_S, JobQueue
from embfilter_core.jobs.words import how_far
from tests.core.jobs.held import WAIT_S, Clock, Held


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> Iterator[JobQueue]:
    made = JobQueue(clock=clock, most_kept=4)
    yield made
    made.stop()


def ended(queue: JobQueue, job: Job) -> str:
    assert queue.wait(job, WAIT_S)
    return job.state


def soon(queue: JobQueue, what: Callable[[], bool]) -> None:
    """Wait until something is true of a queue."""
    end = monotonic() + WAIT_S
    with queue._changed:
        while not what() and monotonic() < end:
            queue._changed.wait(0.01)  # a step is told to nobody
    assert what()


def test_what_several_sessions_ask_for_is_done_once(queue: JobQueue) -> None:
    held, again = Held("a"), Held("a")
    jobs = [queue.ask(held.task(), "one"), queue.ask(again.task(), "two"), queue.ask(again.task(), "one")]
    assert len({id(job) for job in jobs}) == 1
    held.go()
    assert ended(queue, jobs[0]) == "done"
    assert jobs[0].result == "a"
    assert held.done == ["a"] * 3
    assert not again.begun.is_set()
    assert queue.ask(again.task(), "three") is jobs[0]


def test_another_kind_or_key_is_another_job(queue: JobQueue) -> None:
    first = queue.ask(Task("a", (1,), "A", lambda _: 1))
    assert queue.ask(Task("b", (1,), "A", lambda _: 2)) is not first
    assert queue.ask(Task("a", (2,), "A", lambda _: 3)) is not first


def test_one_job_of_a_lane_runs_at_a_time_and_the_place_of_the_others_is_told(queue: JobQueue) -> None:
    works = [Held(name) for name in "abc"]
    jobs = [queue.ask(work.task(), "one") for work in works]
    assert works[0].begun.wait(WAIT_S)
    assert [queue.place(job) for job in jobs] == [0, 1, 2]
    assert [how_far(job, queue.place(job)) for job in jobs[1:]] == ["next in the queue", "place 2 in the queue"]
    assert not works[1].begun.is_set()
    for work in works:
        work.go()
    assert [ended(queue, job) for job in jobs] == ["done"] * 3


def test_lanes_do_not_wait_for_each_other(queue: JobQueue) -> None:
    model, numbers = Held("model"), Held("numbers")
    queue.ask(model.task(MODEL))
    job = queue.ask(numbers.task(NUMBERS))
    numbers.go()
    assert ended(queue, job) == "done"
    assert model.done == []


def test_sessions_take_turns_however_many_jobs_one_asks_for(queue: JobQueue) -> None:
    order: list[str] = []
    works = {name: Held(name, steps=1, done=order) for name in ("a1", "a2", "a3", "b1")}
    jobs = [queue.ask(work.task(), name[0]) for name, work in works.items()]
    for work in works.values():
        work.go()
    assert [ended(queue, job) for job in jobs] == ["done"] * 4
    assert order == ["a1", "b1", "a2", "a3"]


def test_a_long_job_lets_another_session_have_a_turn_once_its_slice_is_over(queue: JobQueue, clock: Clock) -> None:
    order: list[str] = []
    long, short = Held("long", steps=4, done=order), Held("short", steps=2, done=order)
    first = queue.ask(long.task(), "one")
    assert long.begun.wait(WAIT_S)
    second = queue.ask(short.task(), "two")
    long.go(1)
    soon(queue, lambda: first.done == 1)
    assert not short.begun.is_set()  # the slice is not over
    clock.now += SLICE_S
    long.go(1)
    assert short.begun.wait(WAIT_S)
    short.go()
    assert ended(queue, second) == "done"
    long.go(2)
    assert ended(queue, first) == "done"
    assert order == ["long", "long", "short", "short", "long", "long"]


def test_what_is_more_urgent_goes_before_the_next_step_and_the_background_goes_on_after_it(queue: JobQueue) -> None:
    order: list[str] = []
    background, asked = Held("background", done=order), Held("asked", done=order)
    prepared = queue.ask(background.task(priority=Priority.BACKGROUND))
    assert background.begun.wait(WAIT_S)
    job = queue.ask(asked.task(), "one")
    asked.go()
    background.go()
    assert [ended(queue, one) for one in (job, prepared)] == ["done"] * 2
    assert order == ["background", "asked", "asked", "asked", "background", "background"]


def test_who_asks_for_what_is_prepared_makes_it_urgent(queue: JobQueue) -> None:
    held = Held("a")
    job = queue.ask(held.task(priority=Priority.BACKGROUND))
    assert queue.ask(held.task(), "one").priority == Priority.ASKED
    queue.leave(job, "one")
    assert job.stopping  # the app itself does not insist


def test_who_cancels_ends_a_job_within_a_step_and_the_next_begins(queue: JobQueue) -> None:
    first, second = Held("first"), Held("second")
    job, following = queue.ask(first.task(), "one"), queue.ask(second.task(), "one")
    first.go(1)
    soon(queue, lambda: job.done == 1)
    queue.leave(job, "one")
    assert how_far(job) == "stopping"
    first.go(1)
    assert ended(queue, job) == "cancelled"
    assert first.done == ["first"] * 2
    assert second.begun.wait(WAIT_S)
    assert queue.alive() == [following]


def test_a_job_that_waits_is_cancelled_at_once_and_never_begins(queue: JobQueue) -> None:
    first, second = Held("first"), Held("second")
    job, waiting = queue.ask(first.task(), "one"), queue.ask(second.task(), "one")
    queue.leave(waiting, "one")
    assert waiting.state == "cancelled"
    first.go()
    assert ended(queue, job) == "done"
    assert not second.begun.is_set()


def test_a_job_that_another_session_waits_for_goes_on(queue: JobQueue) -> None:
    held = Held("a")
    job = queue.ask(held.task(), "one")
    queue.ask(held.task(), "two")
    queue.leave(job, "one")
    assert job.is_alive
    assert queue.seen_by("one") == []
    assert queue.seen_by("two") == [job]
    held.go()
    assert ended(queue, job) == "done"


def test_a_session_that_is_gone_holds_nothing_up_and_its_job_can_be_seen_and_cancelled_by_the_next() -> None:
    there = {"one", "two"}
    queue, held = JobQueue(is_there=there.__contains__), Held("a")
    job = queue.ask(held.task(), "one")
    assert queue.seen_by("two") == []
    there.discard("one")
    assert queue.seen_by("two") == [job]
    queue.leave(job, "two")
    held.go()
    assert ended(queue, job) == "cancelled"


def test_where_jobs_are_not_to_outlive_their_session_they_end_with_it() -> None:
    there = {"one"}
    queue, held = JobQueue(is_there=there.__contains__, keeps_abandoned=False), Held("a")
    job = queue.ask(held.task(), "one")
    there.discard("one")
    assert queue.seen_by("two") == []
    held.go()
    assert ended(queue, job) == "cancelled"
    assert held.done == ["a"]


@pytest.mark.parametrize(("gone_s", "end"), [(RELOAD_S - 1, "done"), (RELOAD_S + 1, "cancelled")])
def test_a_task_that_may_not_outlive_its_session_ends_unless_the_page_comes_back_soon(
    clock: Clock, gone_s: float, end: str
) -> None:
    there = {"one"}
    queue, held = JobQueue(is_there=there.__contains__, clock=clock), Held("a", steps=4)
    job = queue.ask(replace(held.task(), outlives=False), "one")
    there.clear()
    held.go(1)
    soon(queue, lambda: job.alone_since is not None)
    clock.now += gone_s
    held.go(1)
    soon(queue, lambda: job.done == 2)
    there.add("one")
    held.go(2)
    assert ended(queue, job) == end


def test_a_stage_is_told_and_timed_by_itself(queue: JobQueue, clock: Clock) -> None:
    go_on, told = Event(), Event()

    def work(tell: Told) -> None:
        tell.in_stage("fetching", 0, 10)
        clock.now += 5
        tell.in_stage("fetching", 5, 10)
        tell.in_stage("reading", 0, 4)
        clock.now += 30
        tell.in_stage("reading", 1, 4)
        told.set()
        assert go_on.wait(WAIT_S)

    job = queue.ask(Task("load", (), "Loading", work), "one")
    assert told.wait(WAIT_S)
    assert how_far(job) == "reading, 25.0 %, about 90 seconds left"
    go_on.set()
    assert ended(queue, job) == "done"


def test_what_was_cancelled_can_be_asked_for_anew_at_once(queue: JobQueue) -> None:
    held, again = Held("a"), Held("a")
    job = queue.ask(held.task(), "one")
    assert held.begun.wait(WAIT_S)
    queue.leave(job, "one")
    other = queue.ask(again.task(), "one")
    assert other is not job
    for work in (held, again):
        work.go()
    assert [ended(queue, one) for one in (job, other)] == ["cancelled", "done"]


def test_work_that_cannot_be_stopped_is_given_up_at_once(queue: JobQueue) -> None:
    held, others = Held("a"), [Held(name) for name in "bc"]
    job = queue.ask(held.task(ELSEWHERE), "one")
    assert held.begun.wait(WAIT_S)
    queue.leave(job, "one")
    assert job.state == "cancelled"
    for work in others:
        queue.ask(work.task(ELSEWHERE), "one")
        assert work.begun.wait(WAIT_S)  # its place is free
    held.go()
    assert job.state == "cancelled"


@pytest.mark.parametrize("problem", [InputError("Wrong.", "Do it right."), ValueError("a bug")])
def test_a_failure_is_kept_until_it_is_forgotten(
    queue: JobQueue, problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> None:
        raise problem

    job = queue.ask(Task("test", ("fails",), "Fail", fail), "one")
    assert ended(queue, job) == "failed"
    assert queue.ask(Task("test", ("fails",), "Fail", fail), "two") is job
    assert job.error is problem
    assert ("A job failed" in caplog.text) == isinstance(problem, ValueError)  # what nobody expects is in the log
    queue.forget(job)
    assert queue.find("test", ("fails",)) is None


def test_work_that_stops_by_itself_has_failed(queue: JobQueue) -> None:
    def stop(_: object) -> None:
        raise Cancelled("Stopped after 1 of 3 texts.")

    job = queue.ask(Task("test", ("stops",), "Stop", stop), "one")
    assert ended(queue, job) == "failed"


def test_few_results_are_kept_and_the_least_recently_asked_for_leave_first(queue: JobQueue) -> None:
    def task(number: int) -> Task:
        return Task("test", (number,), "Count", lambda _: number)

    for number in range(4):
        assert ended(queue, queue.ask(task(number))) == "done"
    kept = queue.ask(task(0))
    assert ended(queue, queue.ask(task(4))) == "done"
    assert queue.find("test", (0,)) is kept
    assert queue.find("test", (1,)) is None


def test_a_job_that_ended_holds_on_to_nothing_but_its_result(queue: JobQueue) -> None:
    held = Held("a")
    job = queue.ask(held.task())
    held.go()
    assert ended(queue, job) == "done"
    assert job.task.work is not held


def test_stopping_the_queue_ends_all_jobs_and_no_thread_keeps_the_process(queue: JobQueue) -> None:
    daemons, held, begun = [], Held("b"), Event()

    def work(told: Callable[[int, int], bool]) -> None:
        daemons.append(current_thread().daemon)
        begun.set()
        while told(0, 1):
            pass

    jobs = [queue.ask(Task("test", ("a",), "A", work, MODEL)), queue.ask(held.task())]
    assert begun.wait(WAIT_S)
    queue.stop()
    assert [ended(queue, job) for job in jobs][1] == "cancelled"
    assert daemons == [True]
    assert queue.alive() == []
