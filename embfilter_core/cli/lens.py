"""`lens`: the tokens that texts speak, unfiltered and filtered."""

import argparse

from embfilter_core.cli.options import Verbs, add_filter_options, load, print_table


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("lens", help="the tokens that texts speak, unfiltered and filtered")
    parser.add_argument("texts", nargs="+", help="one or several texts, quoted")
    parser.add_argument("--top", type=int, default=10, help="tokens in each list (default 10)")
    add_filter_options(parser, default="bulk")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print both token lists of every text; as a table for people, how many of their top 20 are frequent too."""
    from embfilter_core import EmbedFilter, compare_lenses, lens_table, reference_token_rates
    from embfilter_core.tables.lens import LISTS
    from embfilter_core.tables.lens_summary import summarise_lists
    from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS

    backbone, kept = load(options)
    embeddings = backbone.embed(options.texts, options.prompt)
    filtered = EmbedFilter(backbone.spectrum, kept).project(embeddings)
    comparison = compare_lenses(backbone, embeddings, filtered, options.top)
    rates, written = reference_token_rates(backbone), backbone.token_texts
    print_table(lens_table(comparison, written, rates), options.json)
    if options.json:
        return
    counted = compare_lenses(backbone, embeddings, filtered, COUNTED_TOKENS)
    for text in range(len(options.texts)):
        print(f"\nText {text + 1}: {summarise_lists(counted, text, LISTS, written, rates).headline}")
