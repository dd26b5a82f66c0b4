"""`lens`: the tokens that texts speak, unfiltered and filtered."""

import argparse
from typing import TYPE_CHECKING

from embfilter_core.cli.options import Verbs, add_filter_options, load, print_table
from embfilter_core.cli.reading import text_reader
from embfilter_core.cli.texts import add_reading_options, print_notes, read_corpus

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.lens.token_rates import TokenRates


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("lens", help="the tokens that texts speak, unfiltered and filtered")
    parser.add_argument("texts", nargs="+", help="one or several texts, quoted")
    parser.add_argument("--top", type=int, default=10, help="tokens in each list (default 10)")
    parser.add_argument(
        "--counted-in", metavar="FILE", help="count how frequent tokens are in these texts, not in Lee's"
    )
    parser.add_argument("--column", help="column of those texts; default: the one most like sentences")
    add_reading_options(parser)
    add_filter_options(parser, default="bulk")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print both token lists of every text; as a table for people, how many of their top 20 are frequent too."""
    from embfilter_core import EmbedFilter, compare_lenses, lens_table
    from embfilter_core.tables.lens import LISTS
    from embfilter_core.tables.lens_summary import summarise_lists
    from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS

    backbone, kept = load(options)
    embeddings = text_reader(options, backbone).texts(options.texts)
    filtered = EmbedFilter(backbone.spectrum, kept).project(embeddings)
    comparison = compare_lenses(backbone, embeddings, filtered, options.top)
    rates, written = _rates(backbone, options), backbone.token_texts
    print_table(lens_table(comparison, written, rates), options.json)
    if options.json:
        return
    counted = compare_lenses(backbone, embeddings, filtered, COUNTED_TOKENS)
    for text in range(len(options.texts)):
        print(f"\nText {text + 1}: {summarise_lists(counted, text, LISTS, written, rates).headline}")


def _rates(backbone: "Backbone", options: argparse.Namespace) -> "TokenRates":
    from embfilter_core.lens.frequent_tokens import reference_token_rates
    from embfilter_core.lens.token_counts import count_tokens
    from embfilter_core.lens.token_rates import check_reference, token_rates

    if options.counted_in is None:
        return reference_token_rates(backbone)
    corpus = read_corpus(options.counted_in, options)
    print_notes(corpus.notes)
    rates = token_rates(count_tokens(backbone, corpus.texts, corpus.name))
    check_reference(rates)
    return rates
