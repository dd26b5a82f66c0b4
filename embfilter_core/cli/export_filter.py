"""`export FOLDER`: the chosen filter for other programs, with the vectors that prove it there."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.cli.options import load, print_table, stages_on_stderr
from embfilter_core.cli.reading import TextReader, text_reader
from embfilter_core.cli.texts import print_notes, read_corpus
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.export.bundle import Exported
    from embfilter_core.export.chosen import ChosenFilter
    from embfilter_core.export.evidence import Evidence
    from embfilter_core.spectral.selection import KeptDirections


def add_folder_options(parser: argparse.ArgumentParser) -> None:
    """Add what a folder holds besides."""
    from embfilter_core.quality.precisions import PRECISIONS

    named = ", ".join(PRECISIONS)
    parser.add_argument("--precision", default="float32", help=f"how an index stores numbers: {named} (float32)")
    parser.add_argument("--with-weights", action="store_true", help="copy the weights of the backbone into the folder")
    parser.add_argument(
        "--decision", type=Path, metavar="FILE.json", help="what `choose --json` printed of this choice"
    )
    parser.add_argument("--evidence", type=Path, metavar="FILE.html", help="what `choose --report` wrote of it")


def run_folder(options: argparse.Namespace) -> None:
    """Write the export and say what is in it, and what is left out and why."""
    if options.out.exists():
        raise InputError(f"{options.out} is there already.", "Name a folder or a .zip file that is not.")
    if options.text or options.texts or options.note:
        raise InputError("--text, --texts and --note are for a page.", "Use --corpus for an index of texts.")
    options.backbones = list(dict.fromkeys(options.backbones or [BUNDLED.id]))
    if len(options.backbones) > 1:
        raise InputError("A folder holds one backbone.", "Name one with --backbone.")
    (options.backbone,) = options.backbones
    corpus = None if options.corpus is None else read_corpus(options.corpus, options)
    printed, page = _read_decision(options)

    from embfilter_core.export.bundle import export_filter
    from embfilter_core.export.evidence import evidence_of_choose
    from embfilter_core.export.write_forms import IndexedCorpus

    backbone, kept = load(options)
    reader = text_reader(options, backbone)
    chosen = _chosen(reader, kept, options.precision)
    evidence: Evidence | None = None if printed is None else evidence_of_choose(printed, chosen, page)
    indexed = None if corpus is None else IndexedCorpus(corpus, reader.without_centring().corpus(corpus))
    with stages_on_stderr() as progress:
        written = export_filter(chosen, options.out, indexed, evidence, options.with_weights, progress)
    _print(written, options.json)
    limits = [f"{name}: {' '.join(said)}" for name, said in written.limits.items()]
    print_notes([*limits, *(() if corpus is None else corpus.notes)])


def _chosen(reader: TextReader, kept: "KeptDirections", precision: str) -> "ChosenFilter":
    from embfilter_core.data.corpora import LEE_BACKGROUND
    from embfilter_core.export.chosen import Centre, ChosenFilter

    centre = None if reader.mean is None else Centre(reader.mean, LEE_BACKGROUND)
    return ChosenFilter(reader.backbone, reader.prompt, kept, reader.layer, centre, precision)


def _read_decision(options: argparse.Namespace) -> tuple[Any, str]:
    """What was decided, as JSON, and the page of evidence; None and nothing where none is named."""
    if options.evidence is not None and options.decision is None:
        raise InputError("--evidence is the page of a decision.", "Name what `choose --json` printed with --decision.")
    try:
        printed = None if options.decision is None else json.loads(options.decision.read_text("utf-8"))
        page = "" if options.evidence is None else options.evidence.read_text("utf-8")
    except OSError as error:
        raise InputError(f"Cannot read {error.filename}: {error.strerror or error}.", "Check the path.") from error
    except ValueError as error:
        raise InputError(f"{options.decision} is not JSON.", "Write it with `choose ... --json`.") from error
    return printed, page


def _print(written: "Exported", as_json: bool) -> None:
    import pandas as pd

    rows = [{"form": name, "written": "yes", "why_not": ""} for name in written.forms]
    rows += [{"form": name, "written": "no", "why_not": why} for name, why in written.left_out.items()]
    if not as_json:
        print(f"{written.place}: {written.texts} texts prove it by `python check.py`")
    print_table(pd.DataFrame(rows), as_json, widest=200)
