"""The three goals: page, library and command line say the same, and a goal's own controls stand beside it alone."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.cli import main
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.quality.decisions import goals
from embfilter_core.quality.decisions.goals import decide
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.tables.treatments import decision_summary
from pages.choose_rank import decision
from tests.app.choose_rank.page import BLOCKS, COMPARED, button, open_choose, sentences, table_of, treatments_of
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures
from tests.app.test_links import linked

pytestmark = pytest.mark.real

SIZE = 16
OWN_OPTIONS = {"shrink": ["--margin", "2"], "improve": [], "budget": ["--bytes", str(SIZE)]}


def choose(at: AppTest, goal: str) -> AppTest:
    return at.segmented_control(key="goal").set_value(goal).run()


@pytest.mark.parametrize("goal", GOALS)
def test_the_page_says_what_the_library_and_the_command_line_say(
    open_page: Open, tiny: Backbone, tiny_folder: str, capsys: pytest.CaptureFixture, goal: str
) -> None:
    at = open_choose(open_page, goal=goal, bytes=SIZE, margin="2")
    assert errors(at) == []
    assert blocks(at)[0] == GOALS[goal].question
    measured = treatments_of(tiny, graded_pairs())
    answer = decide(measured, goal, 2, SIZE)
    assert sentences(at) == answer.sentences()
    compared = decision_summary(measured, answer)
    assert table_of(at, *COMPARED)["what"].tolist() == compared["what"].tolist()
    capsys.readouterr()
    options = ["--backbone", tiny_folder, "--goal", goal, "--reference", "none", "--json", *OWN_OPTIONS[goal]]
    assert main(["choose", "graded-pairs", *options]) == 0
    assert json.loads(capsys.readouterr().out)["sentences"] == sentences(at)


def test_margin_and_bytes_are_asked_for_where_the_goal_needs_them(open_page: Open) -> None:
    at = open_choose(open_page)
    for goal, asked in (("shrink", {"margin"}), ("improve", set()), ("budget", {"bytes"}), ("shrink", {"margin"})):
        choose(at, goal)
        assert errors(at) == []
        drawn = {widget.key for kind in ("button_group", "number_input") for widget in at.get(kind)}
        assert drawn & {"margin", "bytes"} == asked, goal


def test_bytes_that_were_asked_for_stay_while_another_goal_is_looked_at(open_page: Open, tiny: Backbone) -> None:
    at = choose(open_choose(open_page), "budget")
    at.number_input(key="bytes").set_value(SIZE).run()
    before = sentences(at)
    assert before == decide(treatments_of(tiny, graded_pairs()), "budget", bytes_a_vector=SIZE).sentences()
    choose(at, "improve")
    assert sentences(at) != before
    assert "bytes" not in linked(at)  # it does not matter there
    choose(at, "budget")
    assert sentences(at) == before


def test_a_link_carries_the_goal_and_its_bytes(open_page: Open) -> None:
    at = choose(open_choose(open_page), "budget")
    at.number_input(key="bytes").set_value(SIZE).run()
    link = linked(at)
    assert (link["task"], link["goal"], link["bytes"]) == (["graded-pairs"], ["budget"], [str(SIZE)])
    again = open_choose(open_page, **link)
    assert linked(again) == link
    assert sentences(again) == sentences(at)


@pytest.fixture
def nothing_fits(monkeypatch: pytest.MonkeyPatch, anew: None) -> None:
    """Every budget is of 0 bytes, in which nothing fits."""

    def of_nothing(measured: MeasuredTreatments, goal: str, margin: float, size: int) -> goals.Answer:
        return decide(measured, goal, margin, 0 if goal == "budget" else size)

    monkeypatch.setattr("pages.choose_rank.results.decide", of_nothing)


def test_a_budget_in_which_nothing_fits_is_one_line_and_the_other_blocks_stand(
    open_page: Open, nothing_fits: None
) -> None:
    at = open_choose(open_page, goal="budget")
    assert errors(at) == []
    assert sentences(at) == ["Nothing that was measured fits 0 bytes a vector. The smallest takes 1."]
    assert not at.success
    assert button(at, "Use this band") == []
    assert blocks(at) == [GOALS["budget"].question, *BLOCKS[1:]]
    assert set(figures(at)) == {"sizes", "quality", "forest", "bands"}
    choose(at, "improve")
    assert len(sentences(at)) > 1


def test_only_a_filter_is_a_band_to_use() -> None:
    for line, k in (("bulk", (4, 12)), ("centred-bulk", (4, 12)), ("truncated", None), ("pca", None)):
        kept = decision.band_of(Treatment(line, 8, "4bit", 16), None)
        assert (kept and kept.bounds) == k, line
    assert decision.band_of(Treatment("bulk", 8, "sign", 16), 3).bounds == (3, 11)
    assert decision.band_of(Treatment("unfiltered", 16, "4bit", 16), None) is None
    assert decision.band_of(None, None) is None
