"""`choose`: measured quality at every rank, and what the data say to keep: shrink, improve, or a budget of bytes."""

import argparse
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.cli.choose_output import Measured, as_json, print_answer, with_beside, write_report
from embfilter_core.cli.labelled_data import add_task_options
from embfilter_core.cli.options import (
    Verbs,
    add_backbone_options,
    add_text_reading_options,
    count_on_stderr,
    load_named,
)
from embfilter_core.cli.own_vectors import (
    add_beside_option,
    add_vector_options,
    fit_as_json,
    own_fit,
    print_fit,
    read_beside,
    read_task_or_vectors,
)
from embfilter_core.cli.reading import TextReader, text_reader
from embfilter_core.cli.texts import print_notes, read_corpus
from embfilter_core.errors import AssetError, InputError

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.tasks import Task
    from embfilter_core.quality.measuring import Vectors

TAU = 2
"""The ratio at which presets are compared."""
REFERENCE = "lee-background"
"""The corpus that lines learn from where none is named."""
NO_REFERENCE = "none"


@dataclass(frozen=True, eq=False)
class _Reference:
    """What lines learn from.

    Attributes:
        embeddings: (m, d), or None where there are none.
        name: Of the corpus.
        notes: What there is to say about it.
    """

    embeddings: "np.ndarray | None"
    name: str
    notes: tuple[str, ...]


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    from embfilter_core.data.corpora import BUILT_IN
    from embfilter_core.quality.measuring import MEASURES

    parser = verbs.add_parser("choose", help="labelled data -> quality at every rank, and what to keep of an index")
    add_task_options(parser)
    add_vector_options(parser)
    add_beside_option(parser)
    parser.add_argument("--goal", default="shrink", help="shrink (default), improve or budget")
    parser.add_argument("--bytes", type=int, metavar="N", help="bytes a vector, for --goal budget")
    parser.add_argument("--margin", type=float, default=0.5, help="points that shrinking may lose (default 0.5)")
    parser.add_argument("--measure", help=f"{', '.join(MEASURES)}; default: the usual")
    named = ", ".join(BUILT_IN)
    parser.add_argument(
        "--reference", default=REFERENCE, help=f"what PCA and centring learn from: {named}, a file, or none"
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE.html", help="write a page of evidence with the figures too"
    )
    add_backbone_options(parser)
    add_text_reading_options(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Embed the task, or take its own vectors; measure it, print the tables and what the data say to keep."""
    task = read_task_or_vectors(options)
    beside = read_beside(options, task)

    from embfilter_core.quality.measuring import measure_named

    measure = measure_named(task, options.measure)
    _check_goal(options)
    backbone = load_named(options)
    prompt = options.prompt or backbone.default_prompt
    reader = text_reader(options, backbone)
    embeddings = reader.task(task)
    reference = _reference(reader, task, options)
    scores, notes = _quiet_scores(backbone)
    fit, remarks = own_fit(backbone, task, reader.prompt)
    found = _measure(task, backbone, embeddings, reference, scores, measure, options)
    if beside is not None:
        found = with_beside(found, beside, backbone, embeddings)
    if options.report is not None:
        write_report(task, backbone, embeddings, found, options)
    if options.json:
        facts = {"task": task.name, "source": task.source, "demo": task.demo, "n": len(task), "measure": measure}
        facts |= {"backbone": backbone.name, "prompt": prompt, "layer": backbone.layer_number(options.layer)}
        facts |= {"pooling": reader.prompt.pooling, "centred": options.centre}
        facts |= (
            {}
            if task.vectors is None
            else {"prompt": None, "pooling": None, "layer": None, "centred": False, "fit": fit_as_json(fit)}
        )
        print(json.dumps({**facts, **as_json(found)}, ensure_ascii=False))
    else:
        where = f"prompt {prompt}{', centred' * options.centre}" if task.vectors is None else "own vectors"
        print_answer(task, found, f"{backbone.name}, {where}")
        print_fit(fit)
    print_notes((*task.notes, *notes, *reference.notes, *remarks))


def _check_goal(options: argparse.Namespace) -> None:
    from embfilter_core.quality.decisions.questions import find_goal

    goal = find_goal(options.goal).id
    if not 0 < options.margin < math.inf:
        raise InputError(f"A margin of {options.margin:g} points is impossible.", "Use --margin with a number above 0.")
    if (goal == "budget") != (options.bytes is not None):
        asked = "A budget needs a number of bytes." if goal == "budget" else f"--bytes is not for the goal {goal}."
        raise InputError(asked, "Use --goal budget with --bytes N.")
    if options.report is not None and not options.report.absolute().parent.is_dir():
        raise InputError(f"There is no folder {options.report.absolute().parent}.", "Name a file in one that is there.")
    if options.bytes is not None and options.bytes < 1:
        raise InputError(f"{options.bytes} bytes a vector are too few.", "Use --bytes with a number from 1.")


def _reference(reader: TextReader, task: "Task", options: argparse.Namespace) -> _Reference:
    """The embeddings that lines learn from, or why there are none."""
    from embfilter_core.quality.comparison import describe_fitting, measured_too

    if options.reference == NO_REFERENCE:
        return _Reference(None, "", ())
    if task.vectors is not None:
        return _Reference(None, "", ("Nothing is learnt from a reference: it was not embedded as these vectors were.",))
    reading = argparse.Namespace(**vars(options) | {"column": None, "id_column": None, "sheet": None})
    try:
        corpus = read_corpus(options.reference, reading)
    except AssetError as problem:
        return _Reference(None, "", (f"What learns from a reference is left out: {problem}",))
    if measured_too(corpus, task):
        return _Reference(None, "", (describe_fitting(corpus, task, embedded=True),))
    return _Reference(reader.corpus(corpus), corpus.name, corpus.notes)


def _quiet_scores(backbone: "Backbone") -> "tuple[np.ndarray | None, list[str]]":
    """The scores behind the preset `quiet`, or why they cannot be had."""
    from embfilter_core.lens.frequent_tokens import frequent_token_scores

    try:
        return frequent_token_scores(backbone), []
    except AssetError as problem:
        return None, [f"The preset quiet is left out: {problem}"]


def _measure(
    task: "Task",
    backbone: "Backbone",
    embeddings: "Vectors",
    reference: _Reference,
    spectroscopy_scores: "np.ndarray | None",
    measure: str,
    options: argparse.Namespace,
) -> Measured:
    from embfilter_core.quality.comparison import compare_presets
    from embfilter_core.quality.decisions.goals import decide
    from embfilter_core.quality.decisions.measure_treatments import measure_treatments
    from embfilter_core.quality.forest import Untreated, measure_forest
    from embfilter_core.quality.sweep import sweep_quality

    spectrum, start = backbone.spectrum, backbone.bulk_start
    coefficients = tuple(spectrum.coefficients(one) for one in embeddings)
    sweep = sweep_quality(task, coefficients, measure, "bulk", start, count_on_stderr("Measuring"))
    k = max(1, spectrum.d // TAU)
    presets = compare_presets(task, coefficients, sweep, k, bulk_start=start, spectroscopy_scores=spectroscopy_scores)
    treatments = measure_treatments(
        task,
        embeddings,
        spectrum,
        reference.embeddings,
        measure,
        start,
        reference_name=reference.name,
        progress=count_on_stderr("Choosing"),
    )
    answer = decide(treatments, options.goal, options.margin, options.bytes)
    learnt = reference.embeddings
    centre = None if learnt is None else spectrum.coefficients(learnt.mean(axis=0)[None])[0]
    untreated = Untreated(embeddings, learnt, centre)
    watch = count_on_stderr("Comparing")
    forest = measure_forest(task, coefficients, sweep, k, untreated, start, watch, treatments.best)
    return Measured(sweep, presets, treatments, answer, options.goal, forest)
