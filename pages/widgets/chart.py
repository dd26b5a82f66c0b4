"""chart(figure, key, alt): one way to draw a plotly figure."""

from __future__ import annotations

PLOT = {"displayModeBar": False}
