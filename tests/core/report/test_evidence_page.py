"""The page of evidence: the words of the library, every figure, nothing from elsewhere, and no markup of strangers."""

import re
from html import unescape

import numpy as np
import pytest

from embfilter_core.quality.bands import map_bands
from embfilter_core.quality.decisions.goals import Answer, chosen_treatment, decide, how_decided
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.report.bytes_figure import bytes_figure
from embfilter_core.report.evidence_page import DrawnFigure, evidence_page
from embfilter_core.report.figures import evidence_figures
from embfilter_core.spectral.spectrum import Spectrum
from tests.core.synthetic_tasks import D, disjoint_pairs

HOSTILE = "</script><script>alert(1)</script> & <b>co"
TASK, VECTORS = disjoint_pairs(60)
SPECTRUM = Spectrum(np.linspace(9, 1, D), np.eye(D))
REFERENCE = np.random.default_rng(2).normal(size=(40, D))


@pytest.fixture(scope="module")
def measured() -> MeasuredTreatments:
    return measure_treatments(TASK, VECTORS, SPECTRUM, REFERENCE, reference_name=HOSTILE)


def answer_to(measured: MeasuredTreatments, goal: str) -> Answer:
    return decide(measured, goal, bytes_a_vector=8)


def page_of(measured: MeasuredTreatments, goal: str, figures: list[DrawnFigure]) -> str:
    return evidence_page(HOSTILE, [("Backbone", HOSTILE)], measured, answer_to(measured, goal), goal, figures)


@pytest.fixture(scope="module")
def page(measured: MeasuredTreatments) -> str:
    sweep, bands = sweep_quality(TASK, VECTORS), map_bands(TASK, VECTORS)
    figures = evidence_figures(measured, answer_to(measured, "budget"), sweep, bands, 0.5)
    return page_of(measured, "budget", figures)


@pytest.mark.parametrize("goal", GOALS)
def test_the_words_are_those_of_the_library(measured: MeasuredTreatments, goal: str) -> None:
    text = unescape(re.sub(r"</?[^>]+>", "", page_of(measured, goal, [])))
    for sentence in [*answer_to(measured, goal).sentences(), *how_decided(measured, goal)]:
        assert sentence in text
    assert GOALS[goal].question in text


def test_every_figure_is_there_and_the_program_that_draws_them_once(page: str) -> None:
    assert [f'id="figure-{number}"' in page for number in range(4)] == [True, True, True, False]
    assert page.count("plotly.js v") == 1


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", page) == []


def test_texts_of_strangers_are_no_markup(page: str) -> None:
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "</script><script>" not in page.replace("</script><script type", "")
    assert "<b>co" not in page


def test_the_table_holds_what_was_searched_and_says_so(page: str) -> None:
    assert "the best of all, searched" in page


def test_the_figure_of_bytes_has_every_treatment_the_front_and_the_answer(measured: MeasuredTreatments) -> None:
    answer = answer_to(measured, "budget")
    figure = bytes_figure(ScoredTreatments.of(measured), chosen_treatment(answer))
    keys = [key for trace in figure.data if trace.customdata is not None for key in trace.customdata]
    assert sorted(keys) == list(range(len(measured.treatments)))
    by_name = {trace.name: trace for trace in figure.data if trace.name}
    front = pareto_front(measured.bytes, measured.scores.values)
    assert list(by_name["beaten by nothing as small"].x) == measured.bytes[front].tolist()
    assert (by_name["the answer"].x[0], by_name["the answer"].y[0]) == (answer.best.bytes, answer.best.score.value)
    assert "Random subspaces, 20 seeds" in by_name
