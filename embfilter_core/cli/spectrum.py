"""`spectrum`: singular values of the unembedding matrix, and with a text what each of its directions says and holds."""

import argparse
from typing import TYPE_CHECKING

from embfilter_core.cli.options import (
    Verbs,
    add_backbone_options,
    add_text_reading_options,
    load_named,
    print_table,
)
from embfilter_core.cli.reading import text_reader
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.backbones.backbone import Backbone

SETS, SOURCES, BIASES = ("frequent", "rare", "random"), ("corpus", "words"), ("zero", "mean")


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("spectrum", help="singular values of the unembedding matrix, and what directions say")
    parser.add_argument("--top", type=int, default=8, help="directions to print at either end (default 8)")
    parser.add_argument("--text", help="print Δπ and the energy of this text, of the Lee news and of their mean too")
    parser.add_argument("--tokens", choices=SETS, default=SETS[0], help="whose logits Δπ watches (default frequent)")
    parser.add_argument("--how-many", type=int, default=100, help="of them (default 100)")
    parser.add_argument("--bias", choices=BIASES, default=BIASES[0], help="of the fit behind Δπ (default zero)")
    parser.add_argument(
        "--counts",
        choices=SOURCES,
        default=SOURCES[0],
        help="frequencies: of the Lee news (default) or of English words",
    )
    add_backbone_options(parser)
    add_text_reading_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print both ends of the spectrum, or all of it as JSON."""
    import pandas as pd

    if options.top < 1:
        raise InputError(f"Cannot print {options.top} values.", "Use --top 1 or more.")
    backbone = load_named(options)
    spectrum = backbone.spectrum
    if options.text is None:
        table = pd.DataFrame({"direction": range(spectrum.d), "singular_value": spectrum.singular_values})
    else:
        table = _said(backbone, options)
    ends = (table["direction"] < options.top) | (table["direction"] >= spectrum.d - options.top)
    print_table(table if options.json else table[ends], options.json)


def _said(backbone: "Backbone", options: argparse.Namespace) -> "pd.DataFrame":
    """What every direction says of some tokens, and what the text and the reference corpus hold in it."""
    from embfilter_core.data.corpora import lee_background
    from embfilter_core.lens.spectroscopy_report import energies_by_source
    from embfilter_core.lens.token_counts import counts_from
    from embfilter_core.spectral.spectroscopy import average_token, score_table
    from embfilter_core.tables.spectrum import directions_table

    weight, spectrum, corpus = backbone.architecture.head.weight, backbone.spectrum, lee_background()
    reader = text_reader(options, backbone)
    counts = counts_from(backbone, options.counts, corpus)
    average = average_token(weight, spectrum, counts.log_frequencies(), counts.padded, options.bias)
    scores = score_table(weight, spectrum, average, counts.token_set(options.tokens, options.how_many))
    text, texts = (spectrum.coefficients(one) for one in (reader.texts([options.text]), reader.corpus(corpus)))
    energies = energies_by_source(text[0], texts, centred=options.centre)
    return directions_table(spectrum.singular_values, scores.scores(options.how_many), energies)
