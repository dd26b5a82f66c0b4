"""What is said of a backbone follows its numbers: what holds for one alone is said of that one alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from embfilter_core.stored_backbones import sentences
from embfilter_core.stored_backbones.shelf import stored_backbones
from embfilter_core.stored_backbones.stored_backbone import Findings, StoredBackbone
from embfilter_core.stored_backbones.tables import backbones_table, spectra_table

NONE = (0.0, -0.1, 0.1)
LESS, MORE = (-0.3, -0.4, -0.2), (0.2, 0.1, 0.3)
READINGS = {"unfiltered": (0.5, 0.4, 0.6), "kept": (0.2, 0.1, 0.3), "centred": (0.15, 0.1, 0.2)}


def found(**changed: Any) -> Findings:
    plain = Findings(
        d=160,
        block=10,
        score=(0.0625, 0.0625),
        energy=(0.1, 0.1),
        last_direction=0.01,
        r_squared=(0.5, 0.6),
        zipf_r_squared=None,
        texts=100,
        chance=0.01,
        frequent=READINGS,
        own=READINGS,
        frequent_change={"kept": NONE, "centred": NONE},
        own_change={"kept": NONE, "centred": NONE},
    )
    return replace(plain, **changed)


@pytest.mark.parametrize(
    ("r_squared", "said"),
    [
        ((-2.0, -0.1), "not linear in these states: R² = -2.00 with b = 0, -0.10"),
        ((-0.2, 0.1), "hardly linear in these states"),
        ((-0.2, 0.4), "about their mean alone"),
        ((0.1, 0.4), "partly linear in these states"),
    ],
)
def test_frequencies_are_called_linear_only_where_a_fit_explains_them(
    r_squared: tuple[float, float], said: str
) -> None:
    assert said in sentences.fit(found(r_squared=r_squared))


@pytest.mark.parametrize(
    ("score", "said"),
    [
        ((0.4, 0.01), "live at the first directions alone"),
        ((0.01, 0.4), "live at the last directions alone"),
        ((0.4, 0.2), "live at both ends"),
        ((0.07, 0.07), "live at neither end"),
    ],
)
def test_frequent_tokens_live_where_their_scores_are(score: tuple[float, float], said: str) -> None:
    told = sentences.where_frequent_tokens_live(found(score=score))
    assert said in told and f"{100 * score[0]:.1f} %" in told and "by a fit that fails" not in told
    assert "by a fit that fails" in sentences.where_frequent_tokens_live(found(score=score, r_squared=(0.1, 0.5)))


def test_the_very_last_direction_is_named_where_it_holds_most_of_its_end() -> None:
    assert "26.0 % in the very last one" in sentences.where_texts_lie(found(energy=(0.1, 0.4), last_direction=0.26))
    assert "very last" not in sentences.where_texts_lie(found(energy=(0.1, 0.4), last_direction=0.1))


@pytest.mark.parametrize(
    ("frequent", "own", "said"),
    [
        (LESS, MORE, "are rarer and more of the text's own:"),
        (LESS, NONE, "are rarer but no more of the text's own, as far as these texts tell:"),
        (LESS, LESS, "are rarer but fewer are the text's own words:"),
        (MORE, LESS, "are more frequent and fewer are the text's own words:"),
        (NONE, NONE, "are no rarer, as far as these texts tell, and no more of the text's own, as far as these"),
        (NONE, MORE, "are no rarer, as far as these texts tell, but more of the text's own:"),
    ],
)
def test_filtered_tokens_are_called_rarer_or_the_texts_own_only_where_the_interval_says_so(
    frequent: tuple[float, float, float], own: tuple[float, float, float], said: str
) -> None:
    told = sentences.what_the_filter_leaves(found(frequent_change={"kept": frequent}, own_change={"kept": own}))
    assert said in told and "10.0 → 4.0 of the 500 most frequent" in told


def test_different_backbones_get_different_sentences(written: Callable[[str], StoredBackbone]) -> None:
    told = [sentences.what_it_shows(written(family).findings) for family in ("llama", "phi")]
    assert all(one != other for one, other in zip(*told, strict=True))
    shipped = [sentences.what_it_shows(one.findings) for one in stored_backbones() if one.shipped]
    assert len({*shipped}) == len(shipped)


def test_the_table_has_a_row_and_the_spectra_a_curve_for_each(written: Callable[[str], StoredBackbone]) -> None:
    both = [written("llama"), written("phi")]
    table = backbones_table(both)
    assert table["backbone"].tolist() == [one.name for one in both]
    for column, end in (("delta_pi_first", 0), ("delta_pi_last", 1)):
        assert table[column].tolist() == [one.findings.score[end] for one in both]
    assert (table["own_change_low"] <= table["own_change"]).all()
    spectra = spectra_table(both).groupby("id")
    assert spectra["of_the_largest"].max().tolist() == [1, 1]
    assert spectra["relative_index"].agg(["min", "max"]).to_numpy().tolist() == [[0, 1], [0, 1]]
    assert spectra["delta_pi"].sum().tolist() == pytest.approx([1, 1])
    assert spectra_table([]).empty
