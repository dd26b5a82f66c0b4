"""`lens`: the tokens that texts speak, unfiltered and filtered."""

import argparse
from typing import TYPE_CHECKING

from embfilter_core.cli.options import Verbs, add_filter_options, load, print_table
from embfilter_core.cli.reading import text_reader
from embfilter_core.cli.texts import add_reading_options, print_notes, read_corpus

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.cli.reading import TextReader
    from embfilter_core.lens.token_rates import TokenRates
    from embfilter_core.spectral.selection import KeptDirections

COMPARED = ("filter", "difference", "centring")


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("lens", help="the tokens that texts speak, unfiltered and filtered")
    parser.add_argument("texts", nargs="+", help="one or several texts, quoted")
    parser.add_argument("--top", type=int, default=10, help="tokens in each list (default 10)")
    parser.add_argument(
        "--compare",
        choices=COMPARED,
        default=COMPARED[0],
        help="both lists of the filter (default), the tokens that it moves most, or both lists of centring",
    )
    parser.add_argument("--known-words", action="store_true", help="list only English words known to wordfreq")
    parser.add_argument(
        "--counted-in", metavar="FILE", help="count how frequent tokens are in these texts, not in Lee's"
    )
    parser.add_argument("--column", help="column of those texts; default: the one most like sentences")
    add_reading_options(parser)
    add_filter_options(parser, default="bulk")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print both token lists of every text; as a table for people, how many of their top 20 are frequent too."""
    from embfilter_core.lens.comparison import compare_logits
    from embfilter_core.tables.lens_summary import summarise_lists
    from embfilter_core.vocabulary.logit_lens import check_top, lens_logits
    from embfilter_core.vocabulary.token_frequency import COUNTED_TOKENS

    backbone, kept = load(options)
    names, states = _states(text_reader(options, backbone), kept, options)
    first, second = (lens_logits(backbone.architecture.head, one) for one in states)
    written = backbone.token_texts
    check_top(options.top, backbone.vocab_size)
    rates = _rates(backbone, options)
    print_table(_table(backbone, (first, second), names, rates, options), options.json)
    if options.json:
        return
    counted = compare_logits(first, second, written, COUNTED_TOKENS)
    for text in range(len(options.texts)):
        print(f"\nText {text + 1}: {summarise_lists(counted, text, names, written, rates).headline}")


def _states(
    reader: "TextReader", kept: "KeptDirections", options: argparse.Namespace
) -> "tuple[tuple[str, str], tuple[np.ndarray, np.ndarray]]":
    """What the two lists are called, and the states that they read, (n, d) each."""
    from embfilter_core import EmbedFilter
    from embfilter_core.tables.lens import LISTS

    if options.compare == "centring":
        plain = reader.without_centring().texts(options.texts)
        return ("not centred", "centred"), (plain, plain - reader.reference_mean())
    embeddings = reader.texts(options.texts)
    return LISTS, (embeddings, EmbedFilter(reader.backbone.spectrum, kept).project(embeddings))


def _table(
    backbone: "Backbone",
    logits: "tuple[np.ndarray, np.ndarray]",
    names: tuple[str, str],
    rates: "TokenRates",
    options: argparse.Namespace,
) -> "pd.DataFrame":
    from embfilter_core.lens.comparison import compare_logits
    from embfilter_core.tables.lens import difference_table, lens_table
    from embfilter_core.vocabulary.token_frequency import vocabulary_zipf

    written = backbone.token_texts
    allowed = vocabulary_zipf(written, backbone.vocab_size) > 0 if options.known_words else None
    if options.compare == "difference":
        return difference_table(*logits, written, rates, options.top, allowed)
    return lens_table(compare_logits(*logits, written, options.top, allowed), written, rates, names)


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
