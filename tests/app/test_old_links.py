"""Links and session files of version 1 open as if they were written today, and without a word."""

import json

import pytest

from pages.frame.controls import CONTROLS
from pages.frame.old_links import NAMES, VALUES, translated
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import band, errors, notes
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
"""An old name's value in the address, its new name, and its value there."""
OLD_VALUES = [(key, old, new) for key, values in VALUES.items() for old, new in values.items()]


def test_every_old_name_is_tried_below_and_no_control_has_it_now() -> None:
    assert max(map(len, VALUES.values())) <= 2  # else a session file below leaves one out
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
    assert not OLD.keys() & set(at.query_params)
    link = linked(at)
    assert {new: link[new] for _, new, _ in OLD.values()} == {new: [value] for value, new, _ in OLD.values()}
    assert link["v"] == ["2"]


@pytest.mark.real
@pytest.mark.parametrize(("key", "old", "new"), OLD_VALUES)
def test_a_link_with_an_old_value_opens_silently(open_page: Open, key: str, old: str, new: str) -> None:
    at = open_page(**{"v": "1", key: old, "band": ["250", "750"]})
    assert errors(at) == notes(at) == []
    assert linked(at)[key] == [new]
    if key == "preset":
        assert band(at) == (0, 32)


@pytest.mark.real
def test_an_impossible_value_under_an_old_name_is_named_and_left(open_page: Open) -> None:
    at = open_page(LENS, k="9", words="yes", view="difference")
    assert [note.split(",")[0] for note in notes(at)] == [
        "The link asks for dpi_top = 9",
        "The link asks for known_words = yes",
    ]
    assert set(at.query_params) == {"backbone", "compare"}
    assert at.segmented_control(key="compare").value == "difference"


@pytest.mark.real
@pytest.mark.parametrize("which", [0, -1], ids=["first old values", "last old values"])
def test_a_session_file_of_version_1_is_restored(open_page: Open, downloads: dict[str, bytes], which: int) -> None:
    chosen = {key: list(changed.items())[which] for key, changed in VALUES.items()}
    old = {name: now for name, (_, _, now) in OLD.items()} | {key: old for key, (old, _) in chosen.items()}
    at = upload(open_page(), json.dumps({"kind": "embedfilter-session", "v": "1", **old}))
    assert errors(at) == []
    assert notes(at) == ["The session was restored."]
    wanted = {new: now for _, new, now in OLD.values()} | {key: new for key, (_, new) in chosen.items()}
    assert wanted.items() <= session(at, downloads).items()
