"""The page of evidence: the words of the library, every figure, nothing from elsewhere, and no markup of strangers."""

import re
from html import unescape

import numpy as np
import pytest

from embfilter_core.quality.bands import map_bands
from embfilter_core.quality.decisions.goals import Answer, chosen_treatment, decide, how_decided
from embfilter_core.quality.decisions.measure_treatments import measure_treatments
from embfilter_core.quality.decisions.measured import MeasuredTreatments, SearchedBest
from embfilter_core.quality.decisions.pareto import pareto_front
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.forest import Untreated, measure_forest
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.report.bytes_figure import bytes_figure
from embfilter_core.report.evidence_page import DrawnFigure, evidence_page
from embfilter_core.report.figures import best_band, evidence_figures
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
    return page_of(measured, "budget", figures_of(measured))


def figures_of(measured: MeasuredTreatments) -> list[DrawnFigure]:
    sweep, bands = sweep_quality(TASK, VECTORS), map_bands(TASK, VECTORS)
    forest = measure_forest(TASK, VECTORS, sweep, 6, Untreated(VECTORS, REFERENCE), best=measured.best)
    return evidence_figures(measured, answer_to(measured, "budget"), sweep, forest, bands, 0.5)


@pytest.mark.parametrize("goal", GOALS)
def test_the_words_are_those_of_the_library(measured: MeasuredTreatments, goal: str) -> None:
    text = unescape(re.sub(r"</?[^>]+>", "", page_of(measured, goal, [])))
    for sentence in [*answer_to(measured, goal).sentences(), *how_decided(measured, goal)]:
        assert sentence in text
    assert GOALS[goal].question in text


def test_every_figure_is_there_and_the_program_that_draws_them_once(page: str) -> None:
    assert [f'id="figure-{number}"' in page for number in range(5)] == [True, True, True, True, False]
    assert page.count("plotly.js v") == 1


def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=", page) == []


def test_texts_of_strangers_are_no_markup(page: str) -> None:
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "</script><script>" not in page.replace("</script><script type", "")
    assert "<b>co" not in page


def test_sentence_table_and_figures_name_one_best_and_say_that_it_was_searched(measured: MeasuredTreatments) -> None:
    best = measured.best
    assert best.measured.score.value == measured.scores.values.max()
    kept, (_, curve, forest, bands) = best.measured.treatment.description, figures_of(measured)
    assert f"treatments: the best is {kept}, " in decide(measured, "improve").sentences()[-1]
    assert f"{kept} ({best.called}" in page_of(measured, "improve", [])
    assert best.sentence in curve.caption
    assert best.sentence in bands.caption
    (mark,) = (trace for trace in curve.figure.data if trace.name == best.called)
    assert (mark.x[0], mark.y[0]) == (best.measured.treatment.k, best.measured.to_unfiltered.value)
    (row,) = (trace for trace in forest.figure.data if "searched" in (trace.hovertext or ""))
    assert row.name == best.name
    assert row.x[0] == pytest.approx(best.measured.to_unfiltered.value)
    ringed = [trace for trace in bands.figure.data if trace.name == best.called]
    assert len(ringed) == best.measured.treatment.filters


def test_a_best_that_is_a_filter_is_marked_on_the_map_where_its_band_lies(measured: MeasuredTreatments) -> None:
    at = measured.find("bulk", 6, "4bit")
    best = SearchedBest(measured.at(at), 9, measured.samples[at])
    assert best_band(best, None) == ("the best of 9 treatments, searched", (3, 9))
    assert best_band(best, 2) == (best.called, (2, 8))
    truncated = measured.find("truncated", 6, "4bit")
    assert best_band(SearchedBest(measured.at(truncated), 9, measured.samples[truncated]), None) is None


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
