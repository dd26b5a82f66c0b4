"""What is said of two sides is made of their numbers: what texts cannot tell is said to be so."""

from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import KeptDirections
from embfilter_core.instrument.readings import counts_of, label, without_a_filter
from embfilter_core.sides.across import describe_across
from embfilter_core.sides.curves import common_curves
from embfilter_core.sides.sentences import compare_sides
from embfilter_core.sides.side import Side
from embfilter_core.stored_backbones.parts import StoredCurve
from embfilter_core.stored_backbones.stored_backbone import Findings, StoredBackbone

TEXTS = [f"text {i}" for i in range(40)]
MORE, LESS, SAME = (0.1, 0.05, 0.15), (-0.1, -0.15, -0.05), (0.01, -0.05, 0.07)


def evidence(unfiltered: int, kept: int, seed: int = 0) -> dict:
    random = np.random.default_rng(seed)
    counts = {"unfiltered": unfiltered, "kept": kept, "centred": 3}
    readings = [
        {"label": label(name, False), "told": "", "counts": (mean + random.integers(0, 2, len(TEXTS))).tolist()}
        for name, mean in counts.items()
    ]
    return {"top": 20, "readings": readings, "texts": TEXTS, "sentence": "Before; after."}


def findings(own_change: tuple[float, float, float] = SAME, **facts: object) -> Findings:
    ends = {"unfiltered": (0.1, 0.05, 0.15), "kept": (0.2, 0.15, 0.25), "centred": (0.3, 0.2, 0.4)}
    changes = {"kept": own_change, "centred": SAME}
    usual = Findings(
        d=32, block=2, score=(0.3, 0.3), energy=(0.4, 0.4), last_direction=0.2, r_squared=(0.3, 0.4),
        zipf_r_squared=None, texts=40, chance=0.01, frequent=ends, own=ends, frequent_change=changes,
        own_change=changes,
    )  # fmt: skip
    return replace(usual, **facts)


def side(name: str, **facts: object) -> Side:
    usual = Side(
        name=name, backbone=name, source="stored", about="", note="", kept=KeptDirections.bulk(32),
        values=np.arange(32, 0, -1), lists={}, evidence=evidence(10, 4), findings=findings(),
    )  # fmt: skip
    return replace(usual, **facts)


def said(first: Side, second: Side) -> str:
    return " ".join(compare_sides(first, second))


def test_a_difference_that_resampled_texts_keep_is_told_with_its_interval() -> None:
    told = said(side("A", evidence=evidence(10, 8)), side("B", evidence=evidence(10, 2, seed=1)))
    assert "A 10.6 → 8.6" in told
    assert "further down with B" in told
    assert "cannot tell" not in told


def test_a_difference_that_texts_cannot_tell_is_said_to_be_so() -> None:
    told = said(side("A"), side("B", evidence=evidence(10, 4, seed=5)))
    assert "the 40 texts that both read cannot tell" in told
    assert "further down" not in told


def test_texts_that_both_read_are_paired_where_one_read_more() -> None:
    more = evidence(10, 2, seed=1)
    fewer = evidence(10, 8)
    few = {"texts": TEXTS[:9], "readings": [one | {"counts": one["counts"][:9]} for one in fewer["readings"]]}
    told = said(side("A", evidence=fewer | few), side("B", evidence=more))
    assert "Over the 9 texts that both read, the change differs by" in told


def test_other_texts_are_not_paired() -> None:
    others = evidence(10, 2) | {"texts": [f"other {i}" for i in range(40)]}
    told = said(side("A"), side("B", evidence=others))
    assert "A 10." in told
    assert "cannot tell" not in told
    assert "further down" not in told


@pytest.mark.parametrize(
    ("change", "verdict"), [(MORE, "more often"), (LESS, "not more meaningful"), (SAME, "as far as")]
)
def test_own_words_decide_whether_filtered_tokens_are_called_more_meaningful(change: tuple, verdict: str) -> None:
    told = said(side("A", findings=findings(change)), side("B", findings=findings(change)))
    assert f"With both, filtered tokens {'are' if verdict != 'more often' else 'are more often'}" in told
    assert verdict in told
    other = MORE if change is not MORE else LESS
    assert "With A, " in said(side("A", findings=findings(change)), side("B", findings=findings(other)))


def test_a_fit_that_fails_is_told_where_one_side_has_it() -> None:
    told = said(side("A"), side("B", findings=findings(r_squared=(-0.3, 0.1))))
    assert "partly with A (R² = 0.30), not at all with B (R² = -0.30)" in told
    assert "linear" not in said(side("A"), side("B"))


def test_of_one_backbone_nothing_is_said_of_where_its_frequent_tokens_live() -> None:
    assert "Δπ" in said(side("A"), side("B"))
    assert "Δπ" not in said(side("A", backbone="one"), side("B", backbone="one"))


def test_what_is_not_known_is_not_told() -> None:
    assert compare_sides(side("A", evidence=None, findings=None), side("B")) == []


def test_readings_are_found_by_what_they_are_called() -> None:
    found = evidence(10, 4)
    assert counts_of(found, "kept").tolist() == found["readings"][1]["counts"]
    assert counts_of(found, "removed") is None
    without = without_a_filter(found)
    assert [reading["label"] for reading in without["readings"]] == ["Unfiltered", "Centred, unfiltered"]
    assert without["sentence"] == "Before."


def curve(name: str) -> StoredCurve:
    ends = ((70.0, 69.0, 71.0), (72.0, 71.0, 73.0))
    return StoredCurve(name, "here", "spearman", "pairs", 10, "2026-01-01", (16, 32), ends, ends)


def test_curves_are_of_a_data_set_that_both_sides_have_where_there_is_one() -> None:
    first, second = side("A", curves=(curve("x"), curve("y"))), side("B", curves=(curve("y"),))
    name, found = common_curves(first, second)
    assert (name, [one.side for one in found]) == ("y", ["A", "B"])
    name, found = common_curves(first, side("B"))
    assert (name, [one.side for one in found]) == ("x", ["A"])
    assert found[0].drawn.curve.unfiltered == 72.0
    assert found[0].drawn.curve.low.tolist() == [69.0, 71.0]


def test_backbones_are_grouped_by_where_their_frequent_tokens_live() -> None:
    def stored(name: str, **facts: object) -> StoredBackbone:
        blank = dict.fromkeys(StoredBackbone.__dataclass_fields__, "")
        return StoredBackbone(**blank | {"name": name, "findings": findings(**facts)})

    told = describe_across([stored("A"), stored("B", score=(0.06, 0.5), r_squared=(-0.1, 0.2)), stored("C")])
    assert told == (
        "Δπ of frequent tokens is high at both ends in A and C; at the last directions alone in B. The fit behind Δπ "
        "explains little in B."
    )
