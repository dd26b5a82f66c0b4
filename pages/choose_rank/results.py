"""The Choose rank page below its data: the decision, quality over bytes, numbers and bands, and what others found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.data.tasks import LabelledTask
from embfilter_core.errors import EmbFilterError, InputError
from embfilter_core.quality.decisions.goals import chosen_treatment, decide, how_decided
from embfilter_core.quality.decisions.scored import ScoredTreatments
from embfilter_core.quality.decisions.treatments import CENTRED, LINES
from embfilter_core.tables.treatments import decision_summary, treatments_table
from pages.choose_rank import bands, cached, clusters, curve, decision, forest, published, replications, trap
from pages.choose_rank.goal import Question, ask
from pages.choose_rank.measured_task import MeasuredTask
from pages.frame import decided, measured_runs, measured_scores, messages
from pages.frame.jobs.results import filling_in
from pages.widgets.download import table_button

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task
    from embfilter_core.quality.decisions.goals import Answer
    from embfilter_core.quality.decisions.measured import MeasuredTreatments, SearchedBest
    from embfilter_core.quality.decisions.treatments import Treatment
    from embfilter_core.spectral.selection import KeptDirections
    from pages.cached.loaded import LoadedView


def draw(loaded: LoadedView, task: Task) -> None:
    """Draw the blocks; data of which nothing can be measured end the run with one clear line."""
    question = ask(task)
    try:
        with filling_in():
            _measured(loaded, task, question)
    except EmbFilterError as problem:
        messages.error(problem)
        st.stop()
    with st.container(border=True):
        replications.draw()
    with st.container(border=True):
        published.draw()


def _measured(loaded: LoadedView, task: Task, question: Question) -> None:
    """Draw the blocks that rest on the sweep; each of them fills in by itself once it is measured."""
    sweep = cached.quality_sweep(loaded, task, question.measure)
    measured = MeasuredTask(loaded, task, question.measure, question.margin, question.bytes, sweep)
    measured.remember(sweep=sweep)
    with filling_in():
        measured = replace(measured, best=_decide(measured, question))
    with st.container(border=True), filling_in():
        curve.draw(measured)
    with st.container(border=True), filling_in():
        forest.draw(measured)
    with st.container(border=True), filling_in():
        bands.draw(measured)
    if isinstance(task, LabelledTask):
        with st.container(border=True), filling_in():
            found = clusters.draw(loaded, task)
            if found is not None:
                measured.remember(clusters=found)


def _decide(measured: MeasuredTask, question: Question) -> SearchedBest | None:
    """Draw the answer and what it rests on, or why there is none; the other blocks stand all the same.

    Returns the best of all treatments, which the other blocks name too.
    """
    with st.container(border=True):
        try:
            treatments = cached.treatments(measured.loaded, measured.task, question.measure)
        except InputError as problem:
            decision.draw_none(question.goal, problem)
            return None
        measured.remember(treatments=treatments)
        answer = _answer(measured, treatments, question)
        left_out = [f"{LINES[line].name} is left out: {why}" for line, why in treatments.left_out.items()]
        decision.draw_how([*how_decided(treatments, question.goal), *left_out])
    chosen = None if answer is None else chosen_treatment(answer)
    with st.container(border=True):
        decision.draw_sizes(ScoredTreatments.of(treatments), chosen)
        decision.draw_compared(decision_summary(treatments, answer))
        label = f"Download all {len(treatments.treatments)} treatments as CSV"
        table_button(label, lambda: treatments_table(treatments), "treatments.csv")
        trap.draw(measured)
    return treatments.best


def _answer(measured: MeasuredTask, treatments: MeasuredTreatments, question: Question) -> Answer | None:
    """Draw the answer and tell the instrument of it; nothing is decided where nothing fits a budget."""
    answer, kept = None, None
    decided.remember(None)
    try:
        answer = decide(treatments, question.goal, question.margin, question.bytes)
    except InputError as problem:
        decision.draw_none(question.goal, problem)
    else:
        chosen = chosen_treatment(answer)
        kept = decision.band_of(chosen, measured.loaded.backbone.bulk_start)
        decision.draw_answer(question.goal, answer.sentences(), chosen, kept)
        if measured.task.vectors is None:
            decided.remember(_decided(measured, question, answer, chosen, kept))
    if measured.task.vectors is None:
        measured_scores.decide(measured.loaded, measured.about, kept)
    return answer


def _decided(
    measured: MeasuredTask, question: Question, answer: Answer, chosen: Treatment | None, kept: KeptDirections | None
) -> decided.Decided | None:
    """What there is to hand on of an answer: a band, and what it was measured on; None where it keeps none."""
    if chosen is None or kept is None or kept.bounds is None:
        return None
    loaded = measured.loaded
    return decided.Decided(
        question.goal,
        f"{measured.task.name}, {len(measured.task):,} {measured.sweep.unit}, {question.measure}",
        tuple(answer.sentences()),
        kept.bounds,
        chosen.line == CENTRED or loaded.centre is not None,
        chosen.precision,
        loaded.backbone.spec,
        loaded.prompt,
        loaded.embedder.layer,
        loaded.backbone.dtype,
        run_key=measured_runs.key_of(loaded, measured.task, question.measure),
    )
