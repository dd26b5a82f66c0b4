"""Logit lens: the figure, the table and the download are one set of numbers, in every view."""

import io
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import EmbedFilter, KeptDirections, compare_lenses, load_backbone, reference_token_rates
from embfilter_core.figures.style import plain
from tests.app.acting import tick
from tests.app.conftest import LENS, Open
from tests.app.reading import bars, blocks, drawn, errors, figures
from tests.app.reading import plain as unescaped

pytestmark = pytest.mark.real

CSV = "Download as CSV"
TEXT = "the cat sat in one sentence"


def downloaded(downloads: Mapping[str, bytes]) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(downloads[CSV].decode("utf-8-sig"), newline=""), keep_default_na=False)


def table_of(at: AppTest) -> pd.DataFrame:
    return at.dataframe[-1].value.reset_index(drop=True)


def test_figure_table_and_download_show_the_same_tokens_and_numbers(
    open_page: Open, downloads: Mapping[str, bytes]
) -> None:
    at = open_page(LENS, text=TEXT, top="12", compare="filter")
    assert errors(at) == []
    table, csv = table_of(at), downloaded(downloads)
    assert len(table) == len(csv) == 24
    for name, key in (("unfiltered", "lens_0"), ("filtered", "lens_1")):
        tokens, logits = bars(figures(at)[key])
        mine = table[table["list"] == name]
        assert tokens == [plain(token) for token in mine["token"]]
        assert np.allclose(logits, mine["logit"], atol=1e-6)
    assert csv["token_id"].tolist() == table["token_id"].tolist()
    for column in ("logit", "other_logit", "rank", "other_rank", "change"):
        assert np.allclose(csv[column], table[column], atol=1e-6)
    assert csv["status"].tolist() == table["status"].tolist()


@pytest.mark.parametrize("preset", ["bulk", "edges", "unfiltered"])
def test_the_numbers_are_those_of_the_library(open_page: Open, tiny_folder: str, preset: str) -> None:
    at = open_page(LENS, text=TEXT, top="9", preset=preset, compare="filter")
    backbone = load_backbone(tiny_folder)
    embeddings = backbone.embed([TEXT])
    kept = getattr(KeptDirections, preset)(backbone.d)
    expected = compare_lenses(backbone, embeddings, EmbedFilter(backbone.spectrum, kept).project(embeddings), 9)
    table = table_of(at)
    for name, lens in (("unfiltered", expected.first), ("filtered", expected.second)):
        mine = table[table["list"] == name]
        assert mine["token_id"].tolist() == lens.token_ids[0].tolist()
        assert np.allclose(mine["logit"], lens.logits[0], atol=1e-5)


def test_keeping_everything_says_that_nothing_changed(open_page: Open) -> None:
    at = open_page(LENS, preset="unfiltered", compare="filter")
    assert set(table_of(at)["status"]) == {"stayed"}
    assert at.metric[1].value == "0"


def test_both_figures_share_one_scale(open_page: Open) -> None:
    drawn = figures(open_page(LENS, compare="filter"))
    assert drawn["lens_0"]["layout"]["xaxis"]["range"] == drawn["lens_1"]["layout"]["xaxis"]["range"]


@pytest.mark.parametrize("top", ["5", "50"])
def test_as_many_tokens_are_listed_as_asked_for(open_page: Open, top: str) -> None:
    at = open_page(LENS, top=top, compare="filter")
    assert len(bars(figures(at)["lens_0"])[0]) == int(top)
    assert len(table_of(at)) == 2 * int(top)


def test_only_known_words_lists_nothing_else(open_page: Open) -> None:
    everything, words = (table_of(open_page(LENS, known_words=words)) for words in ("false", "true"))
    assert (words["zipf"] > 0).all()
    assert not (everything["zipf"] > 0).all()


def test_the_difference_view_shows_what_rose_and_what_fell(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_page(LENS, text=TEXT, top="8")
    assert errors(at) == []
    table, csv = table_of(at), downloaded(downloads)
    for name, key, sign in (("fallen", "lens_difference_0", -1), ("risen", "lens_difference_1", 1)):
        tokens, changes = bars(figures(at)[key])
        mine = table[table["list"] == name]
        assert tokens == [plain(token) for token in mine["token"]]
        assert np.allclose(changes, mine["difference"], atol=1e-6)
        assert (sign * np.array(changes) > 0).all()
    assert np.allclose(csv["difference"], table["difference"], atol=1e-6)


def test_the_download_holds_all_texts_and_the_figures_one(open_page: Open, downloads: Mapping[str, bytes]) -> None:
    at = open_page(LENS, lines="true", text="the cat sat\none dog sleeps", top="6", compare="filter")
    assert blocks(at) == ["Text 1"]
    csv = downloaded(downloads)
    assert csv["text"].value_counts().to_dict() == {1: 12, 2: 12}
    assert bars(figures(at)["lens_0"])[0] == [
        plain(token) for token in csv[(csv["text"] == 1) & (csv["list"] == "unfiltered")]["token"]
    ]


def test_the_exactness_is_measured_and_shown(open_page: Open) -> None:
    at = open_page(LENS)
    (badge,) = (text.value for text in at.markdown if "unfiltered list:" in text.value)
    assert badge.startswith(":green-badge")
    error = re.search(r"largest error ([\d.e-]+)", badge)
    assert float(error[1]) < 1e-3 if error else "unfiltered list: exact" in badge


@pytest.mark.parametrize("way", [{"prompt": "echo"}, {"prompt": "plain-mean"}, {"layer": 1}])
def test_the_exactness_is_not_said_of_lists_that_were_not_checked(open_page: Open, way: dict) -> None:
    at = open_page(LENS, **way)
    (badge,) = (text.value for text in at.markdown if "not of these lists" in text.value)
    assert badge.startswith(":gray-badge")


def test_the_headline_counts_the_top_20_however_many_are_listed_and_whichever(
    open_page: Open, tiny_folder: str
) -> None:
    backbone = load_backbone(tiny_folder)
    rates, before = reference_token_rates(backbone), backbone.embed([TEXT])
    after = EmbedFilter(backbone.spectrum, KeptDirections.bulk(backbone.d)).project(before)
    first, second = (int(rates.frequent[backbone.lens(states, 20).token_ids].sum()) for states in (before, after))
    for chosen in ({}, {"top": "7", "compare": "filter"}, {"known_words": "true"}):
        at = open_page(LENS, text=TEXT, **chosen)
        assert at.metric[0].label == f"of the top 20 are among the {rates.most_frequent} most frequent tokens"
        assert at.metric[0].value == f"{first} → {second}"
        for part in (f"Chance: {20 * rates.chance:.1f} of 20", "where unknown pieces count 0; known words are "):
            assert any(part in unescaped(caption.value) for caption in at.caption)


def test_several_texts_stand_in_one_table_first_and_the_one_that_is_ticked_is_shown_everywhere(
    open_page: Open, tiny_folder: str
) -> None:
    texts = ["the cat sat", "one dog sleeps", "a word in the sentence"]
    at = open_page(LENS, lines="true", text="\n".join(texts), top="6")
    backbone = load_backbone(tiny_folder)
    rates, before = reference_token_rates(backbone), backbone.embed(texts)
    after = EmbedFilter(backbone.spectrum, KeptDirections.bulk(backbone.d)).project(before)
    table = at.dataframe[0].value
    assert table["text"].tolist() == texts
    for name, states in (("frequent_first", before), ("frequent_second", after)):
        expected = rates.frequent[backbone.lens(states, 20).token_ids].sum(axis=1)
        assert table[name].tolist() == expected.tolist()
    for ticked, shown in (((), 0), ((2,), 2)):
        at = tick(at, "lens_texts", *ticked)
        assert blocks(at) == [f"Text {shown + 1}"]
        lists = drawn(at, "instrument")["committed"]["lists"]
        assert lists["unfiltered"][0]["token"] == backbone.lens(before, 1).texts[shown][0]
