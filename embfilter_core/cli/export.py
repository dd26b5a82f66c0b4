"""`export`: the chosen filter for other programs, with the vectors that prove it there."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embfilter_core.cli.options import Verbs, add_filter_options, load, print_progress, print_table, stages_on_stderr
from embfilter_core.cli.texts import add_reading_options, print_notes, read_corpus
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.data.corpora import Corpus
    from embfilter_core.export.bundle import Exported, IndexedCorpus
    from embfilter_core.export.chosen import Centre, Chosen
    from embfilter_core.export.evidence import Evidence


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    from embfilter_core.quality.precisions import PRECISIONS

    parser = verbs.add_parser("export", help="the chosen filter for other programs, with the vectors that prove it")
    parser.add_argument("out", type=Path, help="folder to write, or a .zip file; must not be there yet")
    add_filter_options(parser, default="bulk")
    parser.add_argument("--layer", type=int, help="0 (the token embeddings) to the last, which is the default")
    parser.add_argument(
        "--centre", action="store_true", help="subtract the mean of the Lee news first, as the app does"
    )
    named = ", ".join(PRECISIONS)
    parser.add_argument("--precision", default="float32", help=f"how the index stores numbers: {named} (float32)")
    parser.add_argument(
        "--corpus", metavar="FILE", help="write a FAISS index of these texts too: a file, or topics, ..."
    )
    parser.add_argument("--column", help="column of the texts; default: the one most like sentences")
    parser.add_argument("--id-column", metavar="COLUMN", help="column of ids; default: one called id, _id, doc_id, ...")
    add_reading_options(parser)
    parser.add_argument("--with-weights", action="store_true", help="copy the weights of the backbone")
    parser.add_argument(
        "--decision", type=Path, metavar="FILE.json", help="what `choose --json` printed about this choice"
    )
    parser.add_argument("--evidence", type=Path, metavar="FILE.html", help="what `choose --report` wrote about it")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write the export and say what is in it, and what is left out and why."""
    if options.out.exists():
        raise InputError(f"{options.out} is there already.", "Name a folder or a .zip file that is not.")
    corpus = None if options.corpus is None else read_corpus(options.corpus, options)
    printed, page = _read_decision(options)

    from embfilter_core.export.bundle import export
    from embfilter_core.export.evidence import evidence_of_choose

    chosen = _chosen(options)
    evidence: Evidence | None = None if printed is None else evidence_of_choose(printed, chosen, page)
    indexed = None if corpus is None else _indexed(chosen, corpus)
    with stages_on_stderr() as progress:
        written = export(chosen, options.out, indexed, evidence, options.with_weights, progress)
    _print(written, options.json)
    print_notes([] if corpus is None else corpus.notes)


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


def _chosen(options: argparse.Namespace) -> "Chosen":
    from embfilter_core.backbones.prompts import as_prompt
    from embfilter_core.export.chosen import Chosen

    backbone, kept = load(options)
    prompt = as_prompt(options.prompt or backbone.default_prompt)
    layer = None if options.layer == backbone.layer_number(None) else options.layer
    view = Chosen(backbone, prompt, kept, layer, precision=options.precision)
    return Chosen(backbone, prompt, kept, layer, _centre(view), options.precision) if options.centre else view


def _centre(view: "Chosen") -> "Centre":
    from embfilter_core.data.corpora import lee_background
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.export.chosen import Centre

    corpus = lee_background()
    return Centre(
        embed_corpus(view.backbone, corpus, view.prompt, print_progress, view.layer).mean(axis=0), corpus.name
    )


def _indexed(chosen: "Chosen", corpus: "Corpus") -> "IndexedCorpus":
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.export.bundle import IndexedCorpus

    states = embed_corpus(chosen.backbone, corpus, chosen.prompt, print_progress, chosen.layer)
    return IndexedCorpus(corpus, states)


def _print(written: "Exported", as_json: bool) -> None:
    import pandas as pd

    rows = [{"form": name, "written": "yes", "why_not": ""} for name in written.forms]
    rows += [{"form": name, "written": "no", "why_not": why} for name, why in written.left_out.items()]
    if not as_json:
        print(f"{written.place}: {written.texts} texts prove it by `python check.py`")
    print_table(pd.DataFrame(rows), as_json, widest=200)
