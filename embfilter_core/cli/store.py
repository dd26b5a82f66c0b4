"""`store`: a backbone in a file of a few megabytes, to look at without loading it; and those that are stored."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.labelled_data import read_named_task
from embfilter_core.cli.options import (
    BACKBONES,
    Verbs,
    add_device_options,
    load_named,
    print_table,
    stages_on_stderr,
)
from embfilter_core.cli.texts import add_reading_options, read_corpus
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.stored_backbones.stored_backbone import StoredBackbone


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    about = "a backbone in a file of a few megabytes, to look at without loading it"
    parser = verbs.add_parser("store", help=about, description=f"{about}; or a look at those that are stored.")
    _add_looks(parser)
    parser.add_argument("backbone", nargs="?", help=f"what is stored: {BACKBONES}")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there; default: the cache folder")
    parser.add_argument("--prompt", help="id of a prompt, or a template with {text}; default: the backbone's own")
    parser.add_argument("--layer", type=int, help="the layer to pool, from 0 (the token embeddings); default: the last")
    parser.add_argument("--texts", metavar="FILE", help="reference corpus: a file or a built-in id; default: Lee news")
    parser.add_argument("--column", help="column of its texts; default: the one most like sentences")
    parser.add_argument("--id-column", metavar="COLUMN", help="column of its ids")
    add_reading_options(parser)
    parser.add_argument("--show", type=int, nargs="+", metavar="PLACE", help="the texts to show, counted from 0")
    judged = "measure its quality on labelled data too: a file with its usual columns, a BEIR folder or .zip, or an id"
    parser.add_argument("--judge-by", nargs="+", default=[], metavar="DATA", help=judged)
    for name, what in (("name", "for people"), ("hub-id", "on the Hugging Face hub"), ("licence", "of the weights")):
        parser.add_argument(f"--{name}", default="", help=f"its {name.replace('-', ' ')} {what}, where none is known")
    parser.add_argument("--revision", default="", help="its commit on the hub, where none is known")
    add_device_options(parser)
    parser.set_defaults(run=run)


def _add_looks(parser: argparse.ArgumentParser) -> None:
    looks = parser.add_mutually_exclusive_group()
    looks.add_argument("--list", action="store_true", help="list those that are stored")
    looks.add_argument("--table", action="store_true", help="where the frequent tokens of each live, and what it shows")
    looks.add_argument("--spectra", action="store_true", help="the normalised spectrum of each over relative index")
    looks.add_argument("--add", type=Path, metavar="FILE", help="keep a file that somebody handed on")
    looks.add_argument("--remove", metavar="ID", help="remove one of your own")
    parser.add_argument("--csv", action="store_true", help="print CSV instead of a table")


def run(options: argparse.Namespace) -> None:
    """Store a backbone, or look at those that are stored.

    Raises:
        InputError: There is nothing to do, or it cannot be done.
        BackboneError: The backbone cannot be loaded.
    """
    from embfilter_core.stored_backbones import shelf

    looks = options.list or options.table or options.spectra or options.add or options.remove
    if bool(looks) == bool(options.backbone):
        raise InputError("Name a backbone to store, or one of --list, --table, --spectra, --add, --remove.")
    if options.remove:
        gone = shelf.find_stored(options.remove)
        shelf.remove_stored(gone)
        print(f"Removed {gone.id}.")
    elif options.add:
        _print([shelf.add_stored(_content(options.add), options.add.name)], options)
    elif looks:
        _look(options)
    else:
        _print([_store(options)], options)


def _look(options: argparse.Namespace) -> None:
    from embfilter_core.stored_backbones.shelf import stored_backbones
    from embfilter_core.stored_backbones.tables import backbones_table, spectra_table

    there = list(stored_backbones())
    if options.list:
        _print(there, options)
    elif options.spectra:
        _print_table(spectra_table(there), options)
    elif options.json or options.csv:
        _print_table(backbones_table(there), options)
    else:
        _print_table(backbones_table(there).drop(columns="shows").set_index("id").T.reset_index(), options)


def _store(options: argparse.Namespace) -> "StoredBackbone":
    corpus = read_corpus(options.texts, options) if options.texts else None
    tasks = [read_named_task(named, options) for named in options.judge_by]
    backbone = load_named(options)
    from embfilter_core.stored_backbones.making import Described, make_stored
    from embfilter_core.stored_backbones.material import write_stored
    from embfilter_core.stored_backbones.shelf import own_path

    described = Described(options.name, options.hub_id, options.revision, options.licence)
    with stages_on_stderr() as progress:
        material = make_stored(
            backbone, options.prompt, options.layer, corpus, options.show, described, progress, tasks=tasks
        )
    return write_stored(material, options.out or own_path(material.stored))


def _print(stored: "list[StoredBackbone]", options: argparse.Namespace) -> None:
    import pandas as pd

    rows = [
        {
            "id": one.id,
            "backbone": one.name,
            "prompt": one.prompt,
            "texts": len(one.texts),
            "bytes": one.path.stat().st_size if one.path else 0,
            "date": one.date,
            "shipped": one.shipped,
            "file": str(one.path),
        }
        for one in stored
    ]
    _print_table(pd.DataFrame(rows), options)


def _print_table(table: "pd.DataFrame", options: argparse.Namespace) -> None:
    from embfilter_core.tables.files import to_csv

    if options.csv:
        sys.stdout.write(to_csv(table).decode("utf-8-sig"))
    else:
        print_table(table, options.json, 80)


def _content(path: Path) -> bytes:
    from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES

    try:
        with path.open("rb") as opened:
            return opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.", "Check the path.") from error
