"""`python -m embfilter_core.stored FOLDER [ID ...]`: measure the data sets of a folder, store the results."""

import argparse
import sys
from functools import partial
from pathlib import Path

from embfilter_core.errors import EmbFilterError
from embfilter_core.stored.making import make_record
from embfilter_core.stored.record import write_record
from embfilter_core.stored.sources import SOURCES


def main() -> int:
    """Measure every data set that is asked for, one after another."""
    parser = argparse.ArgumentParser(prog="python -m embfilter_core.stored", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the data lie; no text of them is stored")
    parser.add_argument("ids", nargs="*", metavar="ID", help=f"{', '.join(SOURCES)}; default: all")
    options = parser.parse_args()
    unknown = [name for name in options.ids if name not in SOURCES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    try:
        for name in options.ids or SOURCES:
            place = write_record(make_record(SOURCES[name], options.folder, partial(_show, name)))
            sys.stderr.write(f"\r{place}\n")
    except EmbFilterError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    return 0


def _show(name: str, done: int, total: int) -> None:
    sys.stderr.write(f"\r{name}: {100 * done // total} %")


if __name__ == "__main__":
    sys.exit(main())
