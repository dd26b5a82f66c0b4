"""The command line: `python -m embfilter_core VERB ...`, one module a verb.

Every verb prints a table, or JSON with `--json`; bad input ends with exit code 2
and one line that says what was wrong. Heavy modules are imported by the verb that
needs them, so that `--help` and errors come at once.
"""

import argparse
import sys
from collections.abc import Sequence

from embfilter_core import __version__
from embfilter_core.cli import assets, cache, choose, embed, export, lens, mteb, preflight, rank, spectrum, store
from embfilter_core.cli.texts import print_notes
from embfilter_core.errors import EmbFilterError

VERBS = (
    assets,
    cache,
    choose,
    embed,
    export,
    lens,
    mteb,
    preflight,
    rank,
    spectrum,
    store,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except EmbFilterError as error:
        print(f"embfilter_core {options.verb}: {error}", file=sys.stderr)
        return 2
    print_notes(getattr(options, "notices", ()))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m embfilter_core", description="EmbedFilter from the command line.")
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        verb.add_parser(verbs)
    return parser
