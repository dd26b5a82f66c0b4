"""Colours and layout shared by all figures; every text that is not ours is escaped here."""

from html import escape

import plotly.graph_objects as go

# Okabe and Ito's palette: told apart with any colour vision, and legible on a light and a dark page.
FREQUENT = "#E69F00"
KNOWN = "#2B8CC4"
UNKNOWN = "#8E959E"
KEPT = "#2B8CC4"
LEFT_OUT = "#8E959E"


def plain(text: str) -> str:
    """Text as plotly shall show it: never as markup."""
    return escape(text, quote=False)


def quiet_layout(figure: go.Figure, height: int) -> go.Figure:
    """Give a figure its height and the house's quiet frame: no zoom by accident, no title, no mode bar needed."""
    figure.update_layout(quiet_frame(height))
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True)
    return figure


def quiet_frame(height: int) -> dict:
    """The quiet frame, for a figure that is drawn often: given to its constructor, it costs a tenth of an update."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"align": "left"},
    }


def format_bytes(count: int) -> str:
    """Bytes as people read them, in powers of 1000: `576 MB`, `1.15 GB`."""
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
