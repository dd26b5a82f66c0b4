"""What `choose` prints and writes of what it measured."""

import argparse
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from embfilter_core.cli.options import count_on_stderr, print_table
from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.data.tasks import Task
    from embfilter_core.data.vectors.beside import BesideVectors
    from embfilter_core.quality.comparison import Alternative
    from embfilter_core.quality.decisions.goals import Answer
    from embfilter_core.quality.decisions.measured import MeasuredTreatments
    from embfilter_core.quality.forest_rows import Forest
    from embfilter_core.quality.measuring import Vectors
    from embfilter_core.quality.sweep import QualitySweep

WIDEST = 80
"""Characters of the longest name of a row."""


@dataclass(frozen=True)
class Measured:
    """Everything `choose` prints, besides the notes."""

    sweep: "QualitySweep"
    presets: "list[Alternative]"
    treatments: "MeasuredTreatments"
    answer: "Answer"
    goal: str
    forest: "Forest"
    beside: str = ""


def with_beside(found: Measured, beside: "BesideVectors", backbone: "Backbone", embeddings: "Vectors") -> Measured:
    """Return what was measured with vectors of another model as a row of the forest, and the sentences about it.

    Raises:
        InputError: They are there for too little of the data.
    """
    from embfilter_core.quality.beside import describe_beside, measure_beside

    coefficients = tuple(backbone.spectrum.coefficients(one) for one in embeddings)
    row = measure_beside(beside, coefficients, found.sweep, backbone.bulk_start)
    return replace(found, forest=found.forest.with_row(row), beside=describe_beside(beside, row))


def write_report(
    task: "Task", backbone: "Backbone", embeddings: "Vectors", found: Measured, options: argparse.Namespace
) -> None:
    """Measure all bands too and write the page of evidence.

    Raises:
        InputError: The file cannot be written.
    """
    from embfilter_core import __version__
    from embfilter_core.quality.bands import map_bands
    from embfilter_core.report.evidence_page import evidence_page
    from embfilter_core.report.figures import evidence_figures

    coefficients = tuple(backbone.spectrum.coefficients(one) for one in embeddings)
    bands = map_bands(task, coefficients, found.sweep.measure, progress=count_on_stderr("Measuring bands"))
    facts = (
        ("Data", f"{task.name}. {task.source}{'. A demo: no score on it is a benchmark' * task.demo}"),
        ("Scored", f"{len(task):,}, by {found.sweep.measure}"),
        ("Backbone", f"{backbone.name}, layer {backbone.layer_number(options.layer)}{', centred' * options.centre}"),
        ("Prompt", "none: own vectors" if task.vectors else str(options.prompt or backbone.default_prompt)),
        ("Learnt from", found.treatments.reference or "nothing"),
        ("Made", f"{date.today().isoformat()}, version {__version__}"),
    )
    start, margin = backbone.bulk_start, options.margin
    measured = found.treatments, found.answer, found.sweep, found.forest
    figures = evidence_figures(*measured, bands, margin, start, found.beside)
    page = evidence_page(task.name, facts, found.treatments, found.answer, found.goal, figures)
    try:
        options.report.write_text(page, "utf-8")
    except OSError as error:
        raise InputError(f"Cannot write {options.report}: {error.strerror or error}.", "Check the path.") from error


def as_json(found: Measured) -> dict:
    """Return everything as `--json` prints it, besides what was asked for."""
    from embfilter_core.quality.decisions.goals import how_decided
    from embfilter_core.tables.forest import forest_table
    from embfilter_core.tables.quality import alternatives_table, sweep_table
    from embfilter_core.tables.treatments import controls_table, treatments_table

    return {
        "unit": found.sweep.unit,
        "units": found.sweep.units,
        "curve": sweep_table(found.sweep).to_dict(orient="records"),
        "presets": alternatives_table(found.presets).to_dict(orient="records"),
        "treatments": treatments_table(found.treatments).to_dict(orient="records"),
        "random_subspaces": controls_table(found.treatments.controls).to_dict(orient="records"),
        "left_out": found.treatments.left_out,
        "instead": forest_table(found.forest).to_dict(orient="records"),
        "instead_left_out": found.forest.left_out,
        "beside": found.beside or None,
        "goal": found.goal,
        "decision": asdict(found.answer),
        "sentences": found.answer.sentences(),
        "how_decided": how_decided(found.treatments, found.goal),
    }


def print_answer(task: "Task", found: Measured, where: str) -> None:
    """Print the tables, the answer and how it was decided; `where`: backbone and prompt."""
    from embfilter_core.quality.decisions.goals import how_decided
    from embfilter_core.quality.forest_rows import describe_forest
    from embfilter_core.quality.sweep import describe_sweep
    from embfilter_core.ranking.index_cost import bytes_per_million
    from embfilter_core.tables.forest import forest_table
    from embfilter_core.tables.quality import ends_of
    from embfilter_core.tables.quality_summary import quality_summary
    from embfilter_core.tables.treatments import decision_summary

    print(f"{task.name}{', a demo set and not a benchmark' if task.demo else ''}; {where}")
    print(f"{describe_sweep(found.sweep)}\n")
    table = quality_summary(found.sweep, found.presets)
    table["bytes_per_million"] = table["k"].map(bytes_per_million)
    print_table(table, as_json=False, widest=WIDEST)
    print(f"\n{len(found.treatments.treatments)} treatments, by bytes a vector\n")
    print_table(decision_summary(found.treatments, found.answer), as_json=False, widest=WIDEST)
    print(f"\n{describe_forest(found.forest)} {found.beside}".rstrip() + "\n")
    rows = forest_table(found.forest).drop(columns=["kind", "spread", *ends_of("to_planned")])
    print_table(rows, as_json=False, widest=WIDEST)
    print("\n" + "\n".join(found.answer.sentences()))
    decided = how_decided(found.treatments, found.goal)
    print("\nHow this is decided\n" + "\n".join(f"- {sentence}" for sentence in decided))
