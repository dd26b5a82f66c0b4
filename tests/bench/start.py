"""How long the library takes to start: its import, and the command line's `lens` on the bundled backbone, warm."""

import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

from tests.bench.measure import Comparison, Ratio

REPEATS = 3
LENS = ["-m", "embfilter_core", "lens", "The central bank raised interest rates.", "--json"]
IMPORTED = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", re.MULTILINE)
SHOWN = 6


def compare_start() -> Iterator[Comparison]:
    """What is allowed over what it took: at least 1 where the aim is met."""
    bare = min(_seconds(["-c", "pass"])[0] for _ in range(REPEATS))
    imports = [_seconds(["-c", "import embfilter_core"])[0] - bare for _ in range(REPEATS)]
    yield _line(0.1, imports, "import embfilter_core")
    _seconds(LENS)  # warm: files in memory, the spectrum on disk
    runs = [_seconds(LENS) for _ in range(REPEATS)]
    yield _line(4, [took for took, _ in runs], "`python -m embfilter_core lens` on the bundled backbone")
    told = [_seconds(["-X", "importtime", *LENS]) for _ in range(REPEATS)]
    others = [_imports_of_others(written) for _, written in told]
    ours = [took - bare - sum(imports.values()) for (took, _), imports in zip(told, others, strict=True)]
    largest = sorted(others[-1].items(), key=lambda item: -item[1])[:SHOWN]
    rest = ", ".join(f"{name} {seconds:.2g} s" for name, seconds in largest)
    yield _line(1, ours, f"what of it is neither the interpreter ({bare:.2g} s) nor an import of others ({rest})")


def _line(allowed: float, took: list[float], what: str) -> Comparison:
    ratios = sorted(allowed / max(seconds, 1e-3) for seconds in took)
    ratio = Ratio(ratios[len(ratios) // 2], ratios[0], ratios[-1], len(ratios))
    return Comparison(f"{allowed:g} s over {what} ({sorted(took)[len(took) // 2]:.2g} s)", ratio, (), aim=1)


def _seconds(arguments: list[str]) -> tuple[float, str]:
    """Seconds of a Python process, and what it said on standard error."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stderr


def _imports_of_others(told: str) -> dict[str, float]:
    """Seconds that importing took, by package, ours left out."""
    seconds: dict[str, float] = defaultdict(float)
    for microseconds, module in IMPORTED.findall(told):
        seconds[module.partition(".")[0]] += int(microseconds) / 1e6
    del seconds["embfilter_core"]
    return dict(seconds)
