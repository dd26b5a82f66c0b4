"""`mteb`: scores of the MTEB benchmark at several ratios, beside those of the paper."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.options import (
    Verbs,
    add_backbone_options,
    add_text_reading_options,
    load_named,
    print_progress,
    print_table,
)
from embfilter_core.cli.reading import text_reader
from embfilter_core.cli.texts import print_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from embfilter_core.interfaces.mteb_run import MtebScore


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("mteb", help="scores of the MTEB benchmark at several ratios, beside the paper's")
    tasks = "names of mteb, a category (sts, classification, clustering, pair_classification, reranking, retrieval, "
    tasks += "summarisation), or graded-pairs or lee-50, which need no network"
    parser.add_argument("--tasks", nargs="+", required=True, metavar="TASK", help=tasks)
    ratios = "tau of each filter: the bulk of d // tau directions; 1 is unfiltered (default 1 2 4 8)"
    parser.add_argument("--ratios", nargs="+", type=int, default=[1, 2, 4, 8], metavar="TAU", help=ratios)
    add_backbone_options(parser)
    add_text_reading_options(parser)
    kept = "folder of mteb's results (default: MTEB_CACHE, or ~/.cache/mteb)"
    parser.add_argument("--results", type=Path, metavar="FOLDER", help=kept)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the main score of every task at every ratio, then means by category beside the published ones."""
    from embfilter_core.interfaces.mteb_run import measure_mteb, results_folder
    from embfilter_core.interfaces.mteb_table import mteb_table
    from embfilter_core.interfaces.mteb_tasks import find_mteb_tasks

    tasks = find_mteb_tasks(options.tasks)
    reader = text_reader(options, load_named(options))
    how = (reader.prompt, reader.layer)
    ratios = dict.fromkeys(options.ratios)
    scores = measure_mteb(reader.backbone, tasks, ratios, *how, reader.mean, options.results, print_progress)
    table = mteb_table(scores, reader.backbone, *how, reader.mean is not None)
    print_table(table if options.json else _without_gaps(table), options.json)
    print_notes([*_notes(scores), f"mteb keeps its results in {results_folder(options.results)}."])


def _without_gaps(table: "pd.DataFrame") -> "pd.DataFrame":
    """The table for people: no column that says nothing, and blanks for what is not known."""
    told = table.dropna(axis=1, how="all").astype(object)
    return told.where(told.notna(), "")


def _notes(scores: "Sequence[MtebScore]") -> list[str]:
    """What is to be known of the scores."""
    notes = []
    kept = sum(one.texts is None for one in scores)
    if kept:
        notes.append(f"{kept} of {len(scores)} scores are results that mteb had kept; their texts were not counted.")
    for task, empty in {one.task: one.empty for one in scores if one.empty}.items():
        notes.append(f"{task} has {empty} texts without a character; their vectors are zeros.")
    if any(one.category for one in scores):
        notes.append("A mean is over the data sets that were scored here; a published one over all of the paper's.")
    return notes
