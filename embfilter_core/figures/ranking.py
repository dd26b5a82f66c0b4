"""Figures of a ranking: how the nearest texts change places over k, and the similarities of every pair."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.palette import ASIDE, FOLLOWED, SIMILARITIES
from embfilter_core.figures.style import GUIDE_LINE, plain, quiet_frame, quiet_layout

DEEPEST = 25
"""Ranks from here on share one line: the chart is about the first places."""
LABEL = 20
HOVER = 140
DRAWN = 60
"""Steps of k that are drawn of a long sweep: between them texts swap to and fro, which no eye can follow."""


def bump_chart(ks: np.ndarray, ranks: np.ndarray, texts: Sequence[str], kept: int | None) -> go.Figure:
    """Rank of a few texts over the number of kept directions, every direction at the left.

    Args:
        ks: (m,) numbers of kept directions, descending.
        ranks: (m, t) ranks from 1, columns in the order of their first rank.
        texts: The t texts; the first five are drawn in colour.
        kept: The number of directions kept now, marked; None where the choice is not of this family.
    """
    figure = go.Figure()
    steps = drawn_steps(len(ks))
    for i, text in reversed(list(enumerate(texts))):  # the first in front
        followed = i < len(FOLLOWED)
        figure.add_scatter(
            x=ks[steps],
            y=np.minimum(ranks[steps, i], DEEPEST),
            customdata=ranks[steps, i],
            mode="lines+markers" if followed else "lines",
            line={"color": FOLLOWED[i] if followed else ASIDE, "width": 2.5 if followed else 1},
            marker={"size": 5},
            opacity=1 if followed else 0.6,
            meta=[plain(text[:HOVER])],  # beside the template, so that a %{...} in the text is not filled in
            hovertemplate="%{meta[0]}<br>k = %{x}: rank %{customdata}<extra></extra>",
        )
    quiet_layout(figure, 460)
    labels = [f"{i + 1} {_short(text)}" for i, text in enumerate(texts)]
    figure.update_xaxes(range=[ks[0] * 1.01, 0], title={"text": "directions kept, k", "standoff": 4})
    figure.update_yaxes(
        range=[DEEPEST + 0.8, 0.2],
        tickvals=[*range(1, len(texts) + 1), DEEPEST],
        ticktext=[*labels, f"{DEEPEST} or further"],
        showgrid=False,
    )
    if kept is not None:
        figure.add_vline(x=kept, line=GUIDE_LINE)
    return figure


def drawn_steps(m: int) -> np.ndarray:
    """Which of m steps of k are drawn: all of a short sweep, else about 60 at equal distances, both ends included."""
    return np.unique(np.linspace(0, m - 1, min(m, DRAWN)).round().astype(int))


def similarity_matrix(cosines: np.ndarray, texts: Sequence[str], scale: tuple[float, float]) -> go.Figure:
    """Cosines of every pair of texts, numbered from 1; the diagonal, always 1, is left blank.

    Args:
        cosines: (n, n).
        texts: The n texts, told on hovering.
        scale: Ends of the colour scale, so that two figures can share it.
    """
    n = len(texts)
    shown = cosines.copy()
    np.fill_diagonal(shown, np.nan)
    numbers = np.arange(1, n + 1)
    short = np.array([plain(text[:HOVER]) for text in texts], dtype=object)
    heat = go.Heatmap(
        x=numbers,
        y=numbers,
        z=shown,
        zmin=scale[0],
        zmax=scale[1],
        colorscale=SIMILARITIES,
        customdata=np.stack(np.meshgrid(short, short), axis=-1),
        hovertemplate="%{y} %{customdata[1]}<br>%{x} %{customdata[0]}<br>cosine %{z:.3f}<extra></extra>",
        colorbar={"thickness": 10, "outlinewidth": 0, "tickformat": ".2f"},
        hoverongaps=False,
    )
    axis: dict[str, object] = {"dtick": max(1, n // 10), "showgrid": False, "fixedrange": True}
    # Two of these follow every band: with margins of their own, plotly measures no label and draws them once.
    axis |= {"automargin": False, "ticklabeloverflow": "allow"}
    layout = quiet_frame(380) | {
        "margin": {"l": 28, "r": 56, "t": 8, "b": 28, "autoexpand": False},
        "xaxis": {"range": [0.5, n + 0.5], **axis},
        "yaxis": {"range": [n + 0.5, 0.5], **axis},
    }
    return go.Figure(heat, layout)


def shared_scale(matrices: Sequence[np.ndarray]) -> tuple[float, float]:
    """Smallest and largest cosine off the diagonals of several matrices."""
    values = np.concatenate([matrix[~np.eye(len(matrix), dtype=bool)] for matrix in matrices])
    return float(values.min()), float(values.max())


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return plain(one_line if len(one_line) <= LABEL else one_line[: LABEL - 1] + "…")
