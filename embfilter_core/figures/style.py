"""Layout shared by all figures; every text that is not ours is escaped here."""

from html import escape

import plotly.graph_objects as go

from embfilter_core.figures.palette import GUIDE

GUIDE_LINE = {"color": GUIDE, "width": 1, "dash": "dot"}


def plain(text: str) -> str:
    """Return text as plotly shall show it: never as markup."""
    return escape(text, quote=False)


def quiet_layout(figure: go.Figure, height: int) -> go.Figure:
    """Give a figure its height and the house's quiet frame: no zoom by accident, no title, no mode bar needed."""
    figure.update_layout(quiet_frame(height))
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def percent_ticks() -> dict:
    """Return ticks of an axis or a colour bar from 0 to 1, written as percentages."""
    return {"tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1], "ticktext": [f"{percent} %" for percent in range(0, 101, 20)]}


def quiet_frame(height: int) -> dict:
    """Return the quiet frame for a figure's constructor, where it costs a tenth of an update."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"align": "left"},
    }
