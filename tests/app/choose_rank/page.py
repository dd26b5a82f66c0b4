"""The Choose rank page in a test: opening it, and what it shows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.claims import how_to_choose
from embfilter_core.data.tasks import Task
from embfilter_core.embeddings.corpus_embeddings import stored_embeddings
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.shrink import Candidate, Shrink, shrink
from embfilter_core.quality.measuring import Vectors
from embfilter_core.spectral.baselines.registry import BASELINES
from tests.app.conftest import Open
from tests.app.reading import band, notes, numbers, plain, prose

CHOOSE = "pages/4_Choose_rank.py"
CARD, SIZES, CURVE, FOREST, BANDS, CLUSTERS, REPLICATED, PUBLISHED = (
    "How small may the index be?",
    "What does each byte buy?",
    "How does quality change with the number of directions?",
    "What could be done instead?",
    "Must both ends go alike?",
    "Do the texts cluster by their labels?",
    "Who replicated it?",
    "What did the paper report?",
)
BLOCKS = [CARD, SIZES, CURVE, FOREST, BANDS, REPLICATED, PUBLISHED]
FITTED = {info.name for info in BASELINES.values() if info.needs_reference}
LEARNING = {*FITTED, "EmbedFilter, 16 directions, and centring"}
"""What is left out of the forest where there is no reference corpus, with half of the directions kept."""
ALL_OVERLAYS = ["presets", "random"]
LEFT_OUT = "Left out: "
NUMBERS, COMPARED = ("what", "k"), ("what", "bytes")
"""Columns by which a table is known: that of the curve, and that of the treatments that people compare."""


def open_choose(open_page: Open, task: str = "graded-pairs", **params: object) -> AppTest:
    return open_page(CHOOSE, **{"task": task, **params})


def vectors_of(backbone: Backbone, task: Task, mean: np.ndarray | float = 0) -> Vectors:
    embedded = stored_embeddings(backbone, task.corpus, backbone.default_prompt)
    return (backbone.spectrum.coefficients(embedded - mean),)


def treatments_of(backbone: Backbone, task: Task, measure: str | None = None) -> MeasuredTreatments:
    """What the library measures of a task without a reference corpus."""
    embedded = stored_embeddings(backbone, task.corpus, backbone.default_prompt)
    return measure_treatments(task, (embedded,), backbone.spectrum, name=measure, controls=False)


def sentences(at: AppTest) -> list[str]:
    """The answer of the card, then what it rests on."""
    assert not at.exception
    (answer,) = [*at.success] or [box for box in at.info if box.icon == ":material/help:"]
    said = prose(at)
    last = next(place for place, sentence in enumerate(said) if sentence.startswith("Every treatment by the bytes"))
    return [plain(answer.value), *said[said.index(how_to_choose()) + 1 : last]]


def remarks(at: AppTest) -> list[str]:
    """The remarks of a page without the answer of the card."""
    return [note for note in notes(at) if note not in sentences(at)]


def line(figure: dict, name: str) -> tuple[list[float], list[float]]:
    """Numbers of directions and scores of a line or a mark of the curve."""
    (trace,) = (trace for trace in figure["data"] if trace.get("name") == name)
    return [int(k) for k in numbers(trace["customdata"])], numbers(trace["y"])


def table_of(at: AppTest, *columns: str) -> pd.DataFrame:
    """The one table that has all these columns."""
    (found,) = (frame.value for frame in at.dataframe if {*columns} <= {*frame.value.columns})
    return found


def left_out(at: AppTest) -> dict[str, str]:
    """Why a row of what could be done instead is missing, by its name, as the page says it."""
    said = [sentence for sentence in prose(at) if sentence.startswith(LEFT_OUT)]
    groups = (group.split(". ", 1) for one in said for group in one.removeprefix(LEFT_OUT).split(f" {LEFT_OUT}"))
    return {name: why for names, why in groups for name in names.split("; ")}


def captions(at: AppTest) -> str:
    return "\n".join([*(plain(text.value) for text in at.caption), *prose(at)])


def kept(at: AppTest) -> tuple[str, tuple[int, int]]:
    return at.pills(key="preset").value, band(at)


def button(at: AppTest, label: str) -> list:
    return [one for one in at.button if one.label == label]


def recommend_always(monkeypatch: pytest.MonkeyPatch, k: int) -> list[Shrink]:
    """Let every answer be to keep k directions of the bulk in 4 bits, whatever the data say; returns what was said."""
    given: list[Shrink] = []

    def recommend(measured: MeasuredTreatments, goal: str, margin: float, size: int) -> Shrink:
        at = measured.find("bulk", k, "4bit")
        chosen = Candidate(measured.at(at), measured.to_unfiltered.at(at))
        given.append(replace(shrink(measured, margin), chosen=chosen))
        return given[-1]

    monkeypatch.setattr("pages.choose_rank.results.decide", recommend)
    return given
