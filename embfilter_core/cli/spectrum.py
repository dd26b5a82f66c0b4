"""`spectrum`: singular values of the unembedding matrix."""

import argparse

from embfilter_core.cli.options import Verbs, add_backbone_options, load_named, print_table
from embfilter_core.errors import InputError


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("spectrum", help="singular values of the unembedding matrix")
    parser.add_argument("--top", type=int, default=8, help="values to print at either end (default 8)")
    add_backbone_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print both ends of the spectrum, or all of it as JSON."""
    import pandas as pd

    spectrum = load_named(options).spectrum
    table = pd.DataFrame({"direction": range(spectrum.d), "singular_value": spectrum.singular_values})
    if options.top < 1:
        raise InputError(f"Cannot print {options.top} values.", "Use --top 1 or more.")
    ends = (table["direction"] < options.top) | (table["direction"] >= spectrum.d - options.top)
    print_table(table if options.json else table[ends], options.json)
