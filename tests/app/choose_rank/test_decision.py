"""The recommended number of directions: the words of the library, and a band that can be used."""

from dataclasses import replace
from pathlib import Path

import pytest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.embeddings.corpus_embeddings import stored_embeddings
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.shrink import Shrink, shrink
from embfilter_core.quality.decisions.split_gain import split_gain
from tests.app.choose_rank.page import (
    NUMBERS,
    button,
    captions,
    kept,
    open_choose,
    recommend_always,
    sentences,
    table_of,
    treatments_of,
)
from tests.app.conftest import Open
from tests.app.reading import errors, figures

pytestmark = pytest.mark.real


def test_a_recommended_band_can_be_used_everywhere(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, anew: None
) -> None:
    given = recommend_always(monkeypatch, 10)
    at = open_choose(open_page)
    assert sentences(at) == given[0].sentences()
    assert sentences(at)[0].startswith("Keep 10 directions of the bulk in 4 bits: 5 bytes a vector instead of 128")
    (use,) = button(at, "Use this band")
    use.click().run()
    assert errors(at) == []
    assert kept(at) == ("custom", KeptDirections.bulk(32, keep=10).bounds)
    assert "bulk, as kept now" in set(table_of(at, *NUMBERS).query("k == 10")["what"])


def test_without_an_answer_there_is_no_band_to_use(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, anew: None
) -> None:
    def none_is_chosen(measured: MeasuredTreatments, goal: str, margin: float, size: int) -> Shrink:
        return replace(shrink(measured, margin), chosen=None)

    monkeypatch.setattr("pages.choose_rank.results.decide", none_is_chosen)
    at = open_choose(open_page)
    assert sentences(at)[0].startswith("Not enough data to tell: ")
    assert not at.success
    assert button(at, "Use this band") == []


def test_the_margin_is_that_of_the_decision_and_of_the_outlined_bands(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, margin="2")
    measured = treatments_of(tiny, graded_pairs())
    for margin in ("2", "0.25"):
        at.pills(key="margin").set_value(margin).run()
        assert sentences(at) == shrink(measured, float(margin)).sentences()
        assert f"lose more than {margin} points" in " ".join(sentences(at))
        drawn = [trace["name"] for trace in figures(at)["bands"]["data"]]
        assert f"loses at most {margin} points to unfiltered (95 %)" in drawn


@pytest.mark.long
def test_the_bundled_backbone_is_shown_to_shrink_by_its_precision_alone_on_fifty_news_documents(
    open_page: Open, own_home: Path
) -> None:
    (own_home / "embeddings").symlink_to((own_home / "assets").readlink().with_name("embeddings"))  # from `make assets`
    at = open_choose(open_page, "lee-50", backbone=BUNDLED.id, prompt="prompteol")
    assert errors(at) == []
    assert "numbers, unfiltered, in" in sentences(at)[0]
    shown = table_of(at, *NUMBERS).set_index("k")["score"]
    assert (round(shown[576], 1), round(shown[288], 1)) == (46.8, 46.7)


def test_the_trap_is_measured_once_its_block_is_opened(open_page: Open, tiny: Backbone) -> None:
    closed = open_choose(open_page)
    assert "hidden z-score" not in captions(closed)
    said = captions(open_choose(open_page, trap_open="true"))
    embedded = stored_embeddings(tiny, graded_pairs().corpus, tiny.default_prompt)
    found = split_gain(graded_pairs(), (embedded,), tiny.spectrum, scaling="min-max")
    assert "hidden z-score" in said
    assert found.told in said
