"""Lines of the table, printed as they come and written as JSON at the end."""

import json
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch


@dataclass(frozen=True)
class Line:
    """One thing measured.

    Attributes:
        what: What was measured.
        value: The number.
        unit: Its unit.
        aim: What it should be at least (or at most, where `at_most`), or None.
        at_most: Whether less is better.
    """

    what: str
    value: float
    unit: str
    aim: float | None = None
    at_most: bool = False

    def __str__(self) -> str:
        written = f"{self.value:,.0f}" if abs(self.value) >= 1000 else f"{self.value:.4g}"
        if self.aim is None:
            return f"{self.what}: {written} {self.unit}"
        met = self.value <= self.aim if self.at_most else self.value >= self.aim
        return f"{self.what}: {written} {self.unit}, aim {self.aim:,g}: {'met' if met else 'MISSED'}"


@dataclass
class Table:
    """The lines of one run, and which of its parts did not come to their end."""

    device: str
    lines: list[Line] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str, aim: float | None = None, at_most: bool = False) -> None:
        """Add a line and print it; arguments as for `Line`."""
        self.lines.append(Line(what, float(value), unit, aim, at_most))
        print(f"  {self.lines[-1]}", flush=True)

    def part(self, name: str, run: Callable[[], None]) -> None:
        """Run a part; what goes wrong in it is printed, and the others run all the same."""
        print(f"{name} on {self.device}", flush=True)
        start = time.perf_counter()
        try:
            run()
        except Exception:
            self.failed.append(name)
            traceback.print_exc()
        print(f"  ({time.perf_counter() - start:.1f} s)", flush=True)
        self._write()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _write(self) -> None:
        """Write the lines so far to `$OUT/gpu.json`, where OUT is set."""
        if folder := os.environ.get("OUT"):
            facts = {"device": self.device, "torch": torch.__version__, "failed": self.failed}
            lines = [asdict(line) for line in self.lines]
            Path(folder, "gpu.json").write_text(json.dumps({**facts, "lines": lines}, indent=1))


def seconds(run: Callable[[], object]) -> tuple[float, object]:
    """Seconds that a call took, the device's work included, and what it returned."""
    wait()
    start = time.perf_counter()
    result = run()
    wait()
    return time.perf_counter() - start, result


def wait() -> None:
    """Wait for the device."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
