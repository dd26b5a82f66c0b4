"""`assets`: put everything that works offline in place."""

import argparse

from embfilter_core.cli.options import Verbs, print_progress


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("assets", help="fetch, verify and prepare everything that works offline")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fetch, verify, convert and embed, with a line a step."""
    from embfilter_core.preparation import prepare

    prepare(lambda line: print(line, flush=True), print_progress)
