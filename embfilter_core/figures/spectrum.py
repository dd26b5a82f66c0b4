"""Figures of the spectrum."""

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.style import KEPT, LEFT_OUT, quiet_layout


def kept_band(singular_values: np.ndarray, kept: np.ndarray, height: int = 190) -> go.Figure:
    """The singular values on a logarithmic axis, kept directions in colour, the others grey.

    Args:
        singular_values: (d,) descending.
        kept: (k,) indices of the kept directions.
        height: In pixels.
    """
    d = len(singular_values)
    is_kept = np.zeros(d, dtype=bool)
    is_kept[kept] = True
    figure = go.Figure()
    for name, mask, colour in (("left out", ~is_kept, LEFT_OUT), ("kept", is_kept, KEPT)):
        figure.add_bar(
            x=np.flatnonzero(mask),
            y=singular_values[mask],
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            hovertemplate=f"direction %{{x}}, {name}<br>singular value %{{y:.2f}}<extra></extra>",
        )
    quiet_layout(figure, height)
    lowest = max(float(singular_values[-1]), float(singular_values[0]) * 1e-6)
    figure.update_xaxes(range=[-0.5, d - 0.5], title={"text": "singular direction, largest first", "standoff": 4})
    figure.update_yaxes(
        type="log",
        dtick=1,
        range=[np.log10(lowest) - 0.15, np.log10(float(singular_values[0])) + 0.1],
        title={"text": "singular value"},
    )
    figure.update_layout(bargap=0, barmode="overlay")
    return figure
