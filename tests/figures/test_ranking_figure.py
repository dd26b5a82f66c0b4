"""Figures of a ranking: axes that never move, every leader followed to the last k, and one scale for two matrices."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from embfilter_core.figures.palette import ASIDE, FOLLOWED
from embfilter_core.figures.ranking import (
    DEEPEST,
    DRAWN,
    HOVER,
    LABEL,
    bump_chart,
    drawn_steps,
    shared_scale,
    similarity_matrix,
)
from embfilter_core.figures.style import plain

T = 8
HOSTILE = ["<b>bold</b> & <i>x</i>", "<script>%{x} %{customdata}", "two\nlines  of text", "x" * 500]
TEXTS = [*HOSTILE, *(f"text {i}" for i in range(T - len(HOSTILE)))]


def ranked(d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Every k from d down to 1, and ranks of T texts that begin as 1 .. T and go down to 60."""
    ranks = np.random.default_rng(seed).integers(1, 60, size=(d, T)).astype(np.int32)
    ranks[0] = np.arange(1, T + 1)
    return np.arange(d, 0, -1), ranks


def by_text(figure: go.Figure) -> list[go.Scatter]:
    """The line of each text in their order; the first is drawn last, in front of all."""
    return list(reversed(figure.data))


@pytest.mark.parametrize("m", [1, 2, 32, DRAWN, DRAWN + 1, 576, 4096])
def test_the_steps_drawn_rise_from_the_first_to_the_last_and_stay_few(m: int) -> None:
    steps = drawn_steps(m)
    assert (steps[0], steps[-1]) == (0, m - 1)
    assert (np.diff(steps) >= 1).all()
    assert len(steps) == min(m, DRAWN)
    assert np.ptp(np.diff(steps)) <= 1 if m > 2 else True


@pytest.mark.parametrize("d", [1, 32, 576])
def test_every_text_is_followed_at_the_steps_that_are_drawn(d: int) -> None:
    ks, ranks = ranked(d)
    steps = drawn_steps(d)
    lines = by_text(bump_chart(ks, ranks, TEXTS, None))
    assert len(lines) == T
    for i, line in enumerate(lines):
        assert line.x.tolist() == ks[steps].tolist()
        assert (line.x[0], line.x[-1]) == (d, 1)
        assert line.customdata.tolist() == ranks[steps, i].tolist()
        assert line.y.tolist() == np.minimum(ranks[steps, i], DEEPEST).tolist()


def test_the_first_five_are_in_colours_of_their_own_and_the_others_in_none() -> None:
    colours = [line.line.color for line in by_text(bump_chart(*ranked(32), TEXTS, None))]
    assert colours == [*FOLLOWED, *[ASIDE] * (T - len(FOLLOWED))]
    assert len(set(FOLLOWED)) == 5
    assert ASIDE not in FOLLOWED


def test_the_axes_are_the_same_whatever_the_ranks_and_the_choice() -> None:
    ks, ranks = ranked(32)
    first, second = bump_chart(ks, ranks, TEXTS, None), bump_chart(ks, np.ones_like(ranks), TEXTS, 7)
    for axis in ("xaxis", "yaxis"):
        one, other = first.layout[axis], second.layout[axis]
        assert one.range == other.range
        assert one.fixedrange
    low, high = sorted(first.layout.xaxis.range)
    assert low < 1
    assert high >= 32
    assert first.layout.xaxis.range[0] > first.layout.xaxis.range[1]  # every direction at the left
    bottom, top = first.layout.yaxis.range
    assert top < 1
    assert bottom > DEEPEST


def test_the_kept_number_is_marked_where_there_is_one() -> None:
    ks, ranks = ranked(32)
    (mark,) = bump_chart(ks, ranks, TEXTS, 12).layout.shapes
    assert (mark.x0, mark.x1) == (12, 12)
    assert bump_chart(ks, ranks, TEXTS, None).layout.shapes == ()


def test_labels_name_every_line_at_its_first_rank_and_are_short_and_escaped() -> None:
    axis = bump_chart(*ranked(32), TEXTS, None).layout.yaxis
    assert axis.tickvals == (*range(1, T + 1), DEEPEST)
    assert len(axis.ticktext) == T + 1
    assert axis.ticktext[0] == "1 &lt;b&gt;bold&lt;/b&gt; &amp; &lt;i&gt;x&lt;…"
    assert axis.ticktext[2] == "3 two lines of text"
    assert axis.ticktext[3] == "4 " + "x" * (LABEL - 1) + "…"


def test_no_text_reaches_a_figure_as_markup() -> None:
    matrix = similarity_matrix(np.eye(T), TEXTS, (0, 1))
    for figure in (bump_chart(*ranked(32), TEXTS, None), matrix):
        written = figure.to_json()
        assert "bold" in written
        for tag in ("<b>", "<script", "<i>", r"\u003cb\u003e", r"\u003cscript"):
            assert tag not in written
        assert "x" * (HOVER + 1) not in written


def test_a_text_is_no_part_of_the_template_that_plotly_fills_in() -> None:
    for line, text in zip(by_text(bump_chart(*ranked(32), TEXTS, None)), TEXTS, strict=True):
        assert line.hovertemplate.startswith("%{meta[0]}<br>k = %{x}")
        assert list(line.meta) == [plain(text[:HOVER])]


def matrices(n: int) -> list[np.ndarray]:
    made = []
    for seed in range(2):
        rows = np.random.default_rng(seed).normal(size=(n, 6)) + 0.3 * seed
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        made.append(rows @ rows.T)
    return made


def test_a_scale_shared_by_two_matrices_holds_all_of_both_without_their_diagonals() -> None:
    both = matrices(T)
    low, high = shared_scale(both)
    off = np.concatenate([matrix[~np.eye(T, dtype=bool)] for matrix in both])
    assert (low, high) == (off.min(), off.max())
    assert high < 0.999
    figures = [similarity_matrix(matrix, TEXTS, (low, high)).data[0] for matrix in both]
    assert {(one.zmin, one.zmax) for one in figures} == {(low, high)}


@pytest.mark.parametrize("n", [2, 3, 40])
def test_a_matrix_shows_every_pair_and_leaves_its_diagonal_blank(n: int) -> None:
    matrix = matrices(n)[0]
    before = matrix.copy()
    texts = [f"text {i}" for i in range(n)]
    figure = similarity_matrix(matrix, texts, shared_scale([matrix]))
    heat = figure.data[0]
    assert np.isnan(np.diag(heat.z)).all()
    off = ~np.eye(n, dtype=bool)
    assert np.array_equal(heat.z[off], matrix[off])
    assert np.array_equal(matrix, before)  # the caller's own is left as it was
    assert heat.x.tolist() == heat.y.tolist() == list(range(1, n + 1))
    assert (figure.layout.xaxis.range, figure.layout.yaxis.range) == ((0.5, n + 0.5), (n + 0.5, 0.5))


def test_a_matrix_has_margins_that_no_label_and_no_scale_moves() -> None:
    figures = [similarity_matrix(matrices(n)[0], [""] * n, (0, 1)).layout for n in (2, 40)]
    assert figures[0].margin == figures[1].margin
    assert not figures[0].margin.autoexpand
    assert not (figures[0].xaxis.automargin or figures[0].yaxis.automargin)


def test_hovering_tells_the_text_of_the_row_and_of_the_column() -> None:
    heat = similarity_matrix(matrices(T)[0], TEXTS, (0, 1)).data[0]
    for row in range(T):
        for column in range(T):
            across, down = heat.customdata[row][column]
            assert across.startswith(TEXTS[column][0].replace("<", "&lt;"))
            assert down == heat.customdata[row][0][1]
            assert across == heat.customdata[0][column][0]
    assert heat.hovertemplate.index("%{customdata[1]}") > heat.hovertemplate.index("%{y}")


def test_both_survive_json() -> None:
    for figure in (bump_chart(*ranked(32), TEXTS, 4), similarity_matrix(matrices(T)[0], TEXTS, (0, 1))):
        read = json.loads(figure.to_json())
        assert "NaN" not in figure.to_json()
        assert read["layout"]["height"] == figure.layout.height
