"""How long the library takes to start: its import, and the command line's `lens` on the bundled backbone, warm."""

import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

from embfilter_core.circles import SELDOM
from tests.bench.measure import Comparison, Ratio

REPEATS = 3
LENS = ["-m", "embfilter_core", "lens", "The central bank raised interest rates.", "--json"]
OTHERS_ALONE = f"""
import gc
gc.set_threshold({SELDOM})
import pandas, torch, wordfreq
from embfilter_core.assets.places import bundled_model_folder
from transformers import AutoModelForCausalLM, AutoTokenizer
folder = str(bundled_model_folder())
tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
with torch.inference_mode():
    model(**tokenizer("a b c", return_tensors="pt"))
gc.freeze()
"""
"""What a process takes that imports the same packages and runs the same model once, and nothing else."""
IMPORTED = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", re.MULTILINE)
SHOWN = 6


def compare_start() -> Iterator[Comparison]:
    """What is allowed over what it took: at least 1 where the aim is met."""
    bare = min(_seconds(["-c", "pass"])[0] for _ in range(REPEATS))
    imports = [_seconds(["-c", "import embfilter_core"])[0] - bare for _ in range(REPEATS)]
    yield _line(0.1, imports, "import embfilter_core")
    _seconds(LENS)  # warm: files in memory, the spectrum on disk
    pairs = [(_seconds(LENS)[0], _seconds(["-c", OTHERS_ALONE])[0]) for _ in range(REPEATS)]
    yield _line(4, [took for took, _ in pairs], "`python -m embfilter_core lens` on the bundled backbone")
    others = _imports_of_others(_seconds(["-X", "importtime", *LENS])[1])
    largest = sorted(others.items(), key=lambda item: -item[1])[:SHOWN]
    rest = ", ".join(f"{name} {seconds:.2g} s" for name, seconds in largest)
    alone = sorted(seconds for _, seconds in pairs)[REPEATS // 2]
    what = (
        f"what it takes beyond importing the same packages and running the model once ({alone:.2g} s, imports: {rest})"
    )
    yield _line(1, [took - others_alone for took, others_alone in pairs], what)


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
