"""`rank`: the texts nearest to a query, unfiltered and filtered."""

import argparse

from embfilter_core.cli.options import Verbs, add_filter_options, load, print_table
from embfilter_core.cli.reading import text_reader
from embfilter_core.cli.texts import add_text_options, print_notes, read_corpus
from embfilter_core.errors import InputError


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("rank", help="the texts nearest to a query, unfiltered and filtered")
    add_text_options(parser, "file")
    parser.add_argument("--query", required=True, metavar="TEXT", help="the text whose neighbours are wanted")
    parser.add_argument("--top", type=int, default=10, help="how many, of either ranking (default 10)")
    add_filter_options(parser, default="bulk")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the texts among the nearest unfiltered or filtered, the nearest filtered first."""
    if options.top < 1:
        raise InputError(f"Cannot print {options.top} texts.", "Use --top 1 or more.")
    if not options.query.strip():
        raise InputError("The query is empty.", "Give a text to --query.")
    corpus = read_corpus(options.file, options)

    from embfilter_core.data.folding import describe_folding, fold_corpus
    from embfilter_core.ranking.cosines import compare_neighbours
    from embfilter_core.tables.lens import neighbour_table

    backbone, kept = load(options)
    reader = text_reader(options, backbone)
    query = reader.texts([options.query])
    folded = fold_corpus(corpus)
    texts = reader.corpus(folded.corpus)
    coefficients = backbone.spectrum.coefficients
    near = compare_neighbours(coefficients(query)[0], coefficients(texts), kept, options.top)
    print_table(neighbour_table(near, folded), options.json)
    print_notes([*corpus.notes, *filter(None, [describe_folding(folded)])])
