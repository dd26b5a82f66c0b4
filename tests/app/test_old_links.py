"""Links and session files of older versions open as if they were written today, and without a word."""

import json
from collections.abc import Mapping

import pytest

from pages.frame.address_bar import LINK_VERSION
from pages.frame.controls import CONTROLS
from pages.frame.old_links import NAMES, VALUES, translated
from pages.frame.page_controls import TASK
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import address, band, chosen, errors, notes, prose
from tests.app.test_links import linked
from tests.app.test_session_file import session, upload

OLD = {
    "k": ("50", "dpi_top", 50),
    "view": ("difference", "compare", "difference"),
    "words": ("true", "known_words", True),
    "every": ("3", "layer_step", 3),
    "common": ("mean-zipf", "frequency", "mean-zipf"),
    "cells": ("kl", "layer_metric", "kl"),
    "shape": ("retrieval", "label_kind", "retrieval"),
}
CHOOSE, DEFAULT = "pages/4_Choose_rank.py", TASK.default
"""An old name's value in the address, its new name, and its value there."""
OLD_VALUES = [(key, old, new) for key, values in VALUES.items() for old, new in values.items()]


def test_every_old_name_is_tried_below_and_no_control_has_it_now() -> None:
    assert {old: new for old, (_, new, _) in OLD.items()} == NAMES
    assert not NAMES.keys() & CONTROLS.keys()
    assert set(NAMES.values()) | set(VALUES) <= CONTROLS.keys()
    for key, old, new in OLD_VALUES:
        assert not CONTROLS[key].syntax.allows([old])
        assert CONTROLS[key].syntax.allows([new])


def test_the_new_name_counts_where_both_are_given_and_other_values_stay() -> None:
    assert translated({"k": ["50"], "dpi_top": ["60"], "v": ["1"]}) == {"dpi_top": ["60"], "v": ["1"]}
    assert translated({"dpi_top": ["60"], "k": ["50"]}) == {"dpi_top": ["60"]}
    kept = {"corpus": "before", "preset": ["edges"], "layer": None, "seed": 3, "text": "everything"}
    assert translated(kept) == kept
    assert translated({"preset": ["everything", "bulk"], "words": True}) == {
        "preset": ["unfiltered", "bulk"],
        "known_words": True,
    }


@pytest.mark.real
@pytest.mark.parametrize("version", [{"v": "1"}, {}], ids=["version 1", "no version"])
@pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])
def test_a_link_with_every_old_name_opens_silently(open_page: Open, page: str, version: dict[str, str]) -> None:
    at = open_page(page, **version, **{old: value for old, (value, _, _) in OLD.items()})
    assert errors(at) == notes(at) == []
    given = chosen(at)
    wanted = {new: now for _, new, now in OLD.values()}
    assert {key: given[key] for key in wanted} == wanted
    assert address(at) == {name: raw for name, raw in linked(at).items() if name != "text"}
    assert address(at)["v"] == [LINK_VERSION]


@pytest.mark.real
@pytest.mark.parametrize(("key", "old", "new"), OLD_VALUES)
def test_a_link_with_an_old_value_opens_silently(open_page: Open, key: str, old: str, new: str) -> None:
    at = open_page(**{"v": "1", key: old, "band": ["250", "750"]})
    assert errors(at) == notes(at) == []
    assert chosen(at)[key] == new
    if key == "preset":
        assert band(at) == (0, 32)


@pytest.mark.real
def test_an_impossible_value_under_an_old_name_is_named_and_left(open_page: Open) -> None:
    at = open_page(LENS, k="9", words="yes", view="filter")
    assert [note.split(",")[0] for note in notes(at)] == [
        "The link asks for dpi_top = 9",
        "The link asks for known_words = yes",
    ]
    assert set(address(at)) == {"v", "backbone", "compare"}
    assert at.segmented_control(key="compare").value == "filter"


@pytest.mark.real
@pytest.mark.parametrize("version", ["1", "2"])
def test_a_link_of_an_old_version_without_a_view_of_the_lens_means_the_view_that_was_the_default(
    open_page: Open, version: str
) -> None:
    at = open_page(LENS, v=version, top="7")
    assert errors(at) == notes(at) == []
    assert at.segmented_control(key="compare").value == "filter"
    assert address(at)["v"] == [LINK_VERSION]  # else the view that is chosen from now on would not outlast a reload
    assert address(at)["compare"] == ["filter"]


@pytest.mark.real
def test_without_a_version_the_difference_is_the_view(open_page: Open) -> None:
    assert open_page(LENS, top="7").segmented_control(key="compare").value == "difference"


@pytest.mark.real
@pytest.mark.parametrize("version", ["1", "2", "3"])
def test_a_link_of_an_old_version_without_labelled_data_means_the_pairs_that_were_the_default(
    open_page: Open, version: str
) -> None:
    at = open_page(LENS, v=version, top="7")
    assert errors(at) == notes(at) == []
    assert chosen(at)["task"] == "lee-50"
    assert chosen(open_page(LENS, v=version, task="topics"))["task"] == "topics"


@pytest.mark.real
@pytest.mark.long
def test_an_old_link_to_choose_rank_measures_the_pairs_that_were_the_default(open_page: Open) -> None:
    at = open_page(CHOOSE, v="3")
    assert errors(at) == notes(at) == []
    assert at.selectbox(key="task").value == "lee-50"
    assert any("1,225 pairs of 50 texts" in sentence for sentence in prose(at))
    for today in ({"v": "4"}, {"v": LINK_VERSION}, {}):
        assert open_page(CHOOSE, **today).selectbox(key="task").value == DEFAULT != "lee-50"


@pytest.mark.real
def test_a_session_file_of_an_old_version_without_a_view_means_the_one_that_was_the_default(
    open_page: Open, downloads: Mapping[str, bytes]
) -> None:
    for version, view, task in (("2", "filter", "lee-50"), ("3", "difference", "lee-50"), ("4", "difference", DEFAULT)):
        at = upload(open_page(), json.dumps({"kind": "embedfilter-session", "v": version}))
        controls = session(at, downloads)["controls"]
        assert (controls["compare"], controls["task"]) == (view, task)


@pytest.mark.real
@pytest.mark.parametrize("which", range(max(map(len, VALUES.values()))), ids=str)
def test_a_session_file_of_version_1_is_restored(open_page: Open, downloads: Mapping[str, bytes], which: int) -> None:
    chosen = {key: list(changed.items())[which % len(changed)] for key, changed in VALUES.items()}
    old = {name: now for name, (_, _, now) in OLD.items()} | {key: old for key, (old, _) in chosen.items()}
    at = upload(open_page(), json.dumps({"kind": "embedfilter-session", "v": "1", **old}))
    assert errors(at) == []
    assert notes(at) == ["The session was restored."]
    wanted = {new: now for _, new, now in OLD.values()} | {key: new for key, (_, new) in chosen.items()}
    restored = session(at, downloads)["controls"]
    assert {key: restored[key] for key in wanted} == wanted
