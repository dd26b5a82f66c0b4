"""`embed`: the texts of a file -> Parquet with text, embedding, id and row."""

import argparse
from pathlib import Path

from embfilter_core import __version__
from embfilter_core.cli.options import Verbs, add_filter_options, load, print_table
from embfilter_core.cli.reading import text_reader
from embfilter_core.cli.texts import add_text_options, print_notes, read_corpus
from embfilter_core.errors import InputError


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("embed", help="the texts of a file -> Parquet with text, embedding, id and row")
    add_text_options(parser, "texts")
    parser.add_argument("out", type=Path, help="Parquet file to write")
    add_filter_options(parser, default="unfiltered")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Embed the texts and write them."""
    corpus = read_corpus(options.texts, options)

    import pandas as pd

    from embfilter_core import EmbedFilter
    from embfilter_core.tables.origin import origin_columns

    backbone, kept = load(options)
    reader = text_reader(options, backbone)
    prompt = options.prompt or backbone.default_prompt
    embeddings = EmbedFilter(backbone.spectrum, kept, prompt).reduce(reader.corpus(corpus))
    table = pd.DataFrame({**origin_columns(corpus), "text": corpus.texts, "embedding": list(embeddings)})
    layer = backbone.layer_number(options.layer)
    how = {"prompt": prompt, "pooling": reader.prompt.pooling, "layer": layer, "centred": options.centre}
    table.attrs = {"backbone": backbone.fingerprint, **how, "kept": kept.describe(), "version": __version__}
    try:
        table.to_parquet(options.out)
    except OSError as error:
        raise InputError(f"Cannot write {options.out}: {error.strerror or error}.", "Choose another place.") from error
    row = {"file": str(options.out), "texts": len(corpus), "dimensions": embeddings.shape[1], "kept": kept.describe()}
    print_table(pd.DataFrame([row]), options.json)
    print_notes(corpus.notes)
