"""What came out of a visit of many, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import mean, median

SHARES = 1 / 3, 4 / 9, 2 / 3
"""Of the time: where memory has settled, where what it is compared with ends, and where the last part begins."""


@dataclass
class Told:
    """What came out of it.

    Attributes:
        seconds: How long the visitors were there.
        alone_s: How long a committed band took a visitor who was alone, in seconds.
        commits_s: How long each took with everybody there.
        texts_s: How long it took until a page followed a text that was written.
        embedded: How many visitors saw the ranking of texts of their own.
        returned: How often a visitor reloaded and found their own text.
        trouble: Exceptions, refusals, texts of others that a visitor was sent, own texts that were gone.
        cores: How many processor cores the server had, on average.
        memory: Seconds since the visitors came, and bytes of the server then.
        memory_after: Bytes of the server some time after they left.
    """

    seconds: float
    alone_s: list[float] = field(default_factory=list)
    commits_s: list[float] = field(default_factory=list)
    texts_s: list[float] = field(default_factory=list)
    embedded: int = 0
    returned: int = 0
    trouble: list[str] = field(default_factory=list)
    cores: float = 0
    memory: list[tuple[float, int]] = field(default_factory=list)
    memory_after: int = 0

    @property
    def slow_s(self) -> float:
        """The 95th percentile of a committed band."""
        ordered = sorted(self.commits_s)
        return ordered[int(0.95 * (len(ordered) - 1))]

    @property
    def alone_typical_s(self) -> float:
        """The median of a visitor alone."""
        return median(self.alone_s)

    @property
    def settled(self) -> float:
        """Mean bytes just after the first third of the time: one minute of three."""
        return self._mean(SHARES[0], SHARES[1])

    @property
    def last(self) -> float:
        """Mean bytes in the last third of the time."""
        return self._mean(SHARES[2], 1)

    def _mean(self, begin: float, end: float) -> float:
        return mean(size for at, size in self.memory if begin * self.seconds <= at <= end * self.seconds)
