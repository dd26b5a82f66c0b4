"""Time what was made fast against the plain way: `python -m tests.bench [NAME ...]`.

Ratios are taken within one run. A missed aim is printed and no more, since machines
are noisy; a check that fails, or a bench that cannot run, makes the exit status 1.
"""

import argparse
import sys
from collections.abc import Sequence

from embfilter_core.errors import EmbFilterError
from tests.bench.all_bands import compare_all_bands
from tests.bench.batching import compare_batching
from tests.bench.first_paint import compare_first_paint
from tests.bench.index_search import compare_index_search
from tests.bench.measure import Bench, Comparison
from tests.bench.memory import compare_memory
from tests.bench.rank_sweep import compare_rank_sweep
from tests.bench.redraw import compare_redraw
from tests.bench.reload import compare_reload
from tests.bench.repaint import compare_repaint
from tests.bench.sessions import compare_sessions
from tests.bench.short_texts import compare_short_texts
from tests.bench.spectrum import compare_spectrum
from tests.bench.start import compare_start
from tests.bench.treatments import compare_treatments

BENCHES = (
    Bench("start", None, compare_start),
    Bench("spectrum", 5, compare_spectrum),
    Bench("reload", 20, compare_reload),
    Bench("batching", 2, compare_batching),
    Bench("short-texts", 1.2, compare_short_texts),
    Bench("first-paint", None, compare_first_paint),
    Bench("redraw", None, compare_redraw),
    Bench("repaint", None, compare_repaint),
    Bench("sessions", None, compare_sessions),
    Bench("all-bands", 10, compare_all_bands),
    Bench("index-search", None, compare_index_search),
    Bench("rank-sweep", 20, compare_rank_sweep),
    Bench("treatments", 10, compare_treatments),
    Bench("memory", None, compare_memory),
)


def main(arguments: Sequence[str], benches: Sequence[Bench] = BENCHES) -> int:
    """Run the benches named, or all of them, and return the exit status."""
    names = [bench.name for bench in benches]
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all by default")
    chosen = parser.parse_args(arguments).names
    if unknown := set(chosen).difference(names):
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    held = [run_bench(bench) for bench in benches if not chosen or bench.name in chosen]
    return 0 if all(held) else 1


def run_bench(bench: Bench) -> bool:
    """Print the lines of a bench; return whether it ran and all its checks hold."""
    held, aim = True, bench.aim
    try:
        for comparison in bench.run():
            print_comparison(bench.name, comparison, comparison.aim or aim)
            held = held and all(check.holds for check in comparison.checks)
            aim = None  # that of the bench is for its first line
    except EmbFilterError as error:
        print(f"{bench.name}: NOT RUN. {error}", flush=True)
        return False
    return held


def print_comparison(name: str, comparison: Comparison, aim: float | None) -> None:
    """Print one comparison: the ratio and its aim, then a line for each check."""
    ratio = comparison.ratio
    verdict = "" if aim is None else f", aim {aim:g}: {'met' if ratio.median >= aim else 'MISSED'}"
    print(f"{name}: {comparison.compared}: {ratio}{verdict}", flush=True)
    for check in comparison.checks:
        print(f"  {'equal' if check.holds else 'NOT EQUAL'}: {check.what}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
