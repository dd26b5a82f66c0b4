"""`embed`: a file with one text a line -> Parquet with text and embedding."""

import argparse
from pathlib import Path

from embfilter_core import __version__
from embfilter_core.cli.options import Verbs, add_filter_options, load, print_progress, print_table
from embfilter_core.errors import InputError


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("embed", help="a file with one text a line -> Parquet with text and embedding")
    parser.add_argument("texts", type=Path, help="UTF-8 text file, one text a line; empty lines are skipped")
    parser.add_argument("out", type=Path, help="Parquet file to write")
    add_filter_options(parser, default="everything")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Embed the texts and write them."""
    import pandas as pd

    from embfilter_core import EmbedFilter

    texts = _read_texts(options.texts)
    backbone, kept = load(options)
    prompt = options.prompt or backbone.default_prompt
    embeddings = EmbedFilter(backbone.spectrum, kept, prompt).reduce(backbone.embed(texts, prompt, print_progress))
    table = pd.DataFrame({"text": texts, "embedding": list(embeddings)})
    table.attrs = {"backbone": backbone.fingerprint, "prompt": prompt, "kept": kept.describe(), "version": __version__}
    try:
        table.to_parquet(options.out)
    except OSError as error:
        raise InputError(f"Cannot write {options.out}: {error.strerror or error}.", "Choose another place.") from error
    row = {"file": str(options.out), "texts": len(texts), "dimensions": embeddings.shape[1], "kept": kept.describe()}
    print_table(pd.DataFrame([row]), options.json)


def _read_texts(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    texts = [line.strip() for line in lines if line.strip()]
    if not texts:
        raise InputError(f"{path} has no text.", "Write one text a line.")
    return texts
