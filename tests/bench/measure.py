"""Ways of doing one thing, timed in turns, and what a bench line says about them."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

Way = Callable[[list[str]], np.ndarray]
"""A way to embed texts."""
REPEATS = 3
ONCE_OVER_S = 60
"""Where one call takes longer than this, every way is timed once."""


@dataclass(frozen=True)
class Ratio:
    """How many times longer one way took than another: median, least and most over the repeats."""

    median: float
    least: float
    most: float
    repeats: int

    def scaled(self, factor: float) -> "Ratio":
        """The ratio of a slow way of which only a part was timed, with the whole of it."""
        return Ratio(factor * self.median, factor * self.least, factor * self.most, self.repeats)

    def __str__(self) -> str:
        if self.repeats == 1:
            return f"{self.median:.2f} times (1 repeat: one call takes over {ONCE_OVER_S} s)"
        return f"{self.median:.2f} times ({self.least:.2f} to {self.most:.2f}, {self.repeats} repeats)"


@dataclass(frozen=True)
class Timings:
    """Seconds of every way, in the order of the repeats, and what each returned last."""

    seconds: Mapping[str, list[float]]
    results: Mapping[str, Any]

    def ratio(self, slow: str, fast: str) -> Ratio:
        """Seconds of `slow` over seconds of `fast`, compared within each repeat."""
        ratios = [a / b for a, b in zip(self.seconds[slow], self.seconds[fast], strict=True)]
        return Ratio(statistics.median(ratios), min(ratios), max(ratios), len(ratios))

    def typical(self, way: str) -> str:
        """The median seconds of a way, as written in a line."""
        return f"{statistics.median(self.seconds[way]):.3g} s"


@dataclass(frozen=True)
class Check:
    """Something that must hold for the two ways to be the same, and whether it does."""

    what: str
    holds: bool


@dataclass(frozen=True)
class Comparison:
    """One line of a bench.

    Attributes:
        compared: What was compared.
        ratio: How many times longer one way took.
        checks: That both ways agree.
        aim: The ratio to reach; None where the bench's own counts, or none.
    """

    compared: str
    ratio: Ratio
    checks: tuple[Check, ...]
    aim: float | None = None


@dataclass(frozen=True)
class Bench:
    """An entry of the registry.

    Attributes:
        name: Name on the command line.
        aim: The ratio that the first comparison should reach, or None where a check says what is enough.
        run: Measures; gives the comparison that the aim is for, then those beside it.
    """

    name: str
    aim: float | None
    run: Callable[[], Iterator[Comparison]]


def interleave(ways: Mapping[str, Callable[[], Any]], repeats: int = REPEATS) -> Timings:
    """Time every way in turns (A B A B ...), so that a busy machine slows all of them alike.

    A result is dropped before its way runs again. There is one repeat where a call
    of the first takes more than `ONCE_OVER_S`.
    """
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, Any] = {}
    for _ in range(repeats):
        for name, way in ways.items():
            results.pop(name, None)
            start = time.perf_counter()
            results[name] = way()
            seconds[name].append(time.perf_counter() - start)
        if max(times[0] for times in seconds.values()) > ONCE_OVER_S:
            break
    return Timings(seconds, results)


def time_in_parts(ways: Mapping[str, Way], texts: list[str], parts: int) -> Timings:
    """Every way on one part of the texts after the other: the whole at once takes minutes, too long to repeat."""
    size = -(-len(texts) // parts)
    each = [texts[start : start + size] for start in range(0, len(texts), size)]
    timed = [interleave({name: partial(way, part) for name, way in ways.items()}, repeats=1) for part in each]
    return Timings(
        {name: [timings.seconds[name][0] for timings in timed] for name in ways},
        {name: np.concatenate([timings.results[name] for timings in timed]) for name in ways},
    )
