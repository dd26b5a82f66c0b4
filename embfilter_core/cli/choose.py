"""`choose`: measured quality at every rank, and which rank the data recommend."""

import argparse
import json
import math
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from embfilter_core.cli.labelled_data import add_task_options, read_task
from embfilter_core.cli.options import Verbs, add_backbone_options, print_progress, print_table
from embfilter_core.cli.texts import print_notes
from embfilter_core.errors import AssetError, InputError

if TYPE_CHECKING:
    import numpy as np

    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.tasks import Task
    from embfilter_core.progress import Progress
    from embfilter_core.quality.comparison import Alternative
    from embfilter_core.quality.measuring import Vectors
    from embfilter_core.quality.recommendation import Recommendation
    from embfilter_core.quality.sweep import QualitySweep

TAU = 2
"""The ratio at which presets are compared."""
WIDEST = 80
"""Characters of the longest name of a row."""


@dataclass(frozen=True)
class _Measured:
    """Everything `choose` prints, besides the notes."""

    sweep: "QualitySweep"
    presets: "list[Alternative]"
    recommendation: "Recommendation"


def add_parser(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    from embfilter_core.quality.measuring import MEASURES

    parser = verbs.add_parser("choose", help="labelled data -> quality at every rank, and the rank to choose")
    add_task_options(parser)
    parser.add_argument("--measure", help=f"{', '.join(MEASURES)}; default: the usual")
    parser.add_argument("--margin", type=float, default=0.5, help="points that may be lost to the best (default 0.5)")
    add_backbone_options(parser)
    parser.add_argument("--prompt", help="id of a prompt, or a template with {text}; default: the backbone's own")
    parser.add_argument("--layer", type=int, help="0 (the token embeddings) to the last, which is the default")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Embed the task, measure it, print the table, the presets and what is recommended."""
    task = read_task(options)

    from embfilter_core import load_backbone
    from embfilter_core.quality.measuring import measure_named

    measure = measure_named(task, options.measure)
    if not 0 < options.margin < math.inf:
        raise InputError(f"A margin of {options.margin:g} points is impossible.", "Use --margin with a number above 0.")
    backbone = load_backbone(options.backbone, options.dtype)
    prompt = options.prompt or backbone.default_prompt
    coefficients = _coefficients(backbone, task, prompt, options.layer)
    scores, notes = _quiet_scores(backbone)
    found = _measure(task, coefficients, measure, options.margin, backbone.bulk_start, scores)
    if options.json:
        facts = {"task": task.name, "source": task.source, "demo": task.demo, "n": len(task), "measure": measure}
        facts |= {"backbone": backbone.name, "prompt": prompt, "layer": backbone.layer_number(options.layer)}
        print(json.dumps({**facts, **_as_json(found)}, ensure_ascii=False))
    else:
        _print(task, found, f"{backbone.name}, prompt {prompt}")
    print_notes((*task.notes, *notes))


def _coefficients(backbone: "Backbone", task: "Task", prompt: str, layer: int | None) -> "Vectors":
    from embfilter_core.embeddings.corpus_embeddings import embed_corpus
    from embfilter_core.quality.measuring import corpora_of

    embedded = [embed_corpus(backbone, corpus, prompt, print_progress, layer) for corpus in corpora_of(task)]
    return tuple(backbone.spectrum.coefficients(states) for states in embedded)


def _quiet_scores(backbone: "Backbone") -> "tuple[np.ndarray | None, list[str]]":
    """The scores behind the preset `quiet`, or why they cannot be had."""
    from embfilter_core.lens.frequent_tokens import frequent_token_scores

    try:
        return frequent_token_scores(backbone), []
    except AssetError as problem:
        return None, [f"The preset quiet is left out: {problem}"]


def _measure(
    task: "Task",
    coefficients: "Vectors",
    measure: str,
    margin: float,
    bulk_start: int | None,
    spectroscopy_scores: "np.ndarray | None",
) -> _Measured:
    from embfilter_core.quality.comparison import compare_presets
    from embfilter_core.quality.sweep import recommend_rank, sweep_quality

    k = max(1, coefficients[0].shape[1] // TAU)
    sweep = sweep_quality(task, coefficients, measure, "bulk", bulk_start, _shown("Measuring"))
    presets = compare_presets(
        task, coefficients, sweep, k, bulk_start=bulk_start, spectroscopy_scores=spectroscopy_scores
    )
    advice = recommend_rank(task, coefficients, measure, margin, bulk_start, _shown("Choosing"))
    return _Measured(sweep, presets, advice)


def _as_json(found: _Measured) -> dict:
    from embfilter_core.quality.recommendation import reasons
    from embfilter_core.tables.quality import alternatives_table, sweep_table

    return {
        "unit": found.sweep.unit,
        "units": found.sweep.units,
        "curve": sweep_table(found.sweep).to_dict(orient="records"),
        "presets": alternatives_table(found.presets).to_dict(orient="records"),
        "recommendation": asdict(found.recommendation),
        "reasons": reasons(found.recommendation),
    }


def _print(task: "Task", found: _Measured, where: str) -> None:
    from embfilter_core.quality.recommendation import how_decided, reasons
    from embfilter_core.quality.sweep import describe_sweep
    from embfilter_core.ranking.index_cost import bytes_per_million
    from embfilter_core.tables.quality_summary import quality_summary

    print(f"{task.name}{', a demo set and not a benchmark' if task.demo else ''}; {where}")
    print(f"{describe_sweep(found.sweep)}\n")
    table = quality_summary(found.sweep, found.presets, advice=found.recommendation)
    table["bytes_per_million"] = table["k"].map(bytes_per_million)
    print_table(table, as_json=False, widest=WIDEST)
    print("\n" + "\n".join(reasons(found.recommendation)))
    print("\nHow this is decided\n" + "\n".join(f"- {sentence}" for sentence in how_decided(found.recommendation)))


def _shown(what: str) -> "Progress":
    """A progress that counts on standard error, where somebody watches."""

    def show(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)

    return show
