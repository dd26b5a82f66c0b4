"""The bench's own machinery, on toy pairs; nothing here depends on how long anything takes."""

import pytest

from embfilter_core.errors import AssetError
from tests.bench import measure
from tests.bench.__main__ import BENCHES, main
from tests.bench.measure import Bench, Check, Comparison, Ratio, Timings, interleave
from tests.bench.start import _imports_of_others


def toy(name, holds=True, aim=1e9):
    def run():
        timings = interleave({"slow": lambda: 1, "fast": lambda: 1})
        yield Comparison("slow over fast", timings.ratio("slow", "fast"), (Check("the same number", holds),))

    return Bench(name, aim, run)


def test_ways_are_timed_in_turns_and_the_last_result_is_kept():
    calls = []
    timings = interleave(
        {"a": lambda: calls.append("a") or len(calls), "b": lambda: calls.append("b") or len(calls)}, repeats=2
    )
    assert calls == ["a", "b", "a", "b"]
    assert timings.results == {"a": 3, "b": 4}
    assert all(seconds >= 0 for times in timings.seconds.values() for seconds in times)


def test_a_long_call_is_timed_once(monkeypatch):
    monkeypatch.setattr(measure, "ONCE_OVER_S", 0)
    ratio = interleave({"a": lambda: sum(range(1000)), "b": lambda: sum(range(1000))}).ratio("a", "b")
    assert ratio.repeats == 1
    assert "1 repeat" in str(ratio)


def test_ratios_are_taken_within_each_repeat():
    timings = Timings({"slow": [2.0, 30.0, 6.0], "fast": [1.0, 10.0, 1.0]}, {})
    assert timings.ratio("slow", "fast") == Ratio(median=3, least=2, most=6, repeats=3)
    assert timings.ratio("slow", "fast").scaled(5) == Ratio(median=15, least=10, most=30, repeats=3)


def test_a_missed_aim_is_printed_and_is_no_failure(capsys):
    assert main(["toy"], [toy("toy")]) == 0
    printed = capsys.readouterr().out
    assert "MISSED" in printed
    assert "  equal: the same number" in printed


def test_a_failing_equality_makes_the_exit_status_1_and_the_other_benches_still_run(capsys):
    assert main([], [toy("wrong", holds=False), toy("right", aim=0)]) == 1
    printed = capsys.readouterr().out
    assert "NOT EQUAL: the same number" in printed
    assert "right: slow over fast" in printed


def test_a_bench_that_cannot_run_makes_the_exit_status_1(capsys):
    def run():
        raise AssetError("Nothing is there.", "Fetch it.")

    assert main([], [Bench("absent", 1, run)]) == 1
    assert "absent: NOT RUN. Nothing is there. Fetch it." in capsys.readouterr().out


def test_only_the_benches_named_run_and_an_unknown_name_is_refused(capsys):
    assert main(["right"], [toy("right"), toy("wrong", holds=False)]) == 0
    with pytest.raises(SystemExit):
        main(["other"], [toy("right")])
    assert "no bench other; there are right" in capsys.readouterr().err


def test_the_names_of_the_registry_are_unique():
    names = [bench.name for bench in BENCHES]
    assert len(set(names)) == len(names)


def test_a_later_line_can_have_an_aim_of_its_own(capsys):
    def run():
        yield from toy("first").run()
        yield Comparison("another", Ratio(3, 2, 4, 3), (), aim=2)
        yield Comparison("a last", Ratio(3, 2, 4, 3), ())

    assert main([], [Bench("three", None, run)]) == 0
    first, _, another, last = capsys.readouterr().out.splitlines()
    assert "aim" not in first + last
    assert another.endswith("aim 2: met")


def test_what_others_take_to_import_is_told_by_package():
    told = """import time: self [us] | cumulative | imported package
import time:       100 |        100 |   torch.nn
import time:   1000000 |    2000000 | torch
noise
import time:       500 |        700 |     embfilter_core.cli
import time:       300 |        300 | pandas._libs
"""
    assert _imports_of_others(told) == {"torch": 1.0001, "pandas": 0.0003}
