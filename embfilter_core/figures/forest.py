"""A forest plot: a row for each way to treat embeddings, its difference to unfiltered with its interval."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.palette import ASIDE, FILTERED, FOUND, GUIDE
from embfilter_core.figures.style import plain, quiet_layout
from embfilter_core.number_format import format_interval

ROW_HEIGHT, AXIS_HEIGHT = 30, 96
LEARNT = {
    "nothing": ("circle", "learnt from nothing", ""),
    "reference corpus": ("diamond", "learnt from a reference corpus", " (reference)"),
    "measured texts": ("square", "learnt from the measured texts", " (own texts)"),
}
"""What a row learnt from: its symbol, words, and what follows its name."""
COLOURS = {"filter": FILTERED, "baseline": FOUND, "control": ASIDE}
SPREADS = {"resamples": "95 %", "seeds": "the middle 95 % of the seeds"}
ENDS = ("to_unfiltered", "to_unfiltered_low", "to_unfiltered_high")
SIZE = 11


def forest_plot(table: pd.DataFrame) -> go.Figure:
    """Draw the differences to unfiltered, the greatest on top; the line at 0 is unfiltered.

    The symbol says what a row learnt from, which its name says in words as well; a row that was searched for is hollow.

    Args:
        table: As `forest_table` gives it: in its order, in points.
    """
    figure = go.Figure()
    rows = len(table)
    for learnt, (symbol, words, _) in LEARNT.items():
        here = (table["learnt_from"] == learnt).to_numpy()
        if here.any():
            _add_rows(figure, table[here], [rows - 1 - at for at in here.nonzero()[0].tolist()], symbol, words)
    figure.add_vline(x=0, line={"color": GUIDE, "width": 1.5})
    quiet_layout(figure, AXIS_HEIGHT + ROW_HEIGHT * rows)
    figure.update_layout(
        xaxis={"title": {"text": "points to unfiltered", "standoff": 4}, "tickformat": "+", "zeroline": False},
        yaxis={
            "tickvals": list(range(rows)),
            "ticktext": [_label(row) for _, row in table.iloc[::-1].iterrows()],
            "range": [-0.7, rows - 0.3],
            "automargin": True,
            "showgrid": False,
            "zeroline": False,
        },
        showlegend=True,
        legend={"orientation": "h", "y": -0.14, "x": 0},
        hovermode="closest",
    )
    return figure


def _add_rows(figure: go.Figure, rows: pd.DataFrame, places: list[int], symbol: str, words: str) -> None:
    value, low, high = (rows[column].to_numpy() for column in ENDS)
    colours = [COLOURS[kind] for kind in rows["kind"]]
    for colour in dict.fromkeys(colours):  # a trace has one colour of its error bars
        mine = [at for at, one in enumerate(colours) if one == colour]
        searched = [bool(rows["searched"].iloc[at]) for at in mine]
        figure.add_scatter(
            x=value[mine],
            y=[places[at] for at in mine],
            mode="markers",
            marker={
                "symbol": [f"{symbol}-open" if hollow else symbol for hollow in searched],
                "color": colour,
                "size": SIZE,
                "line": {"width": 2, "color": colour},
            },
            error_x={
                "array": (high - value)[mine],
                "arrayminus": (value - low)[mine],
                "color": colour,
                "thickness": 1.8,
                "width": 4,
            },
            name=words,
            legendgroup=words,
            showlegend=words not in {trace.name for trace in figure.data},
            hovertext=[_hover(rows.iloc[at], words) for at in mine],
            hoverinfo="text",
        )


def _label(row: pd.Series) -> str:
    return plain(f"{row['name']}{LEARNT[row['learnt_from']][2]}")


def _hover(row: pd.Series, words: str) -> str:
    value, low, high = (float(row[end]) for end in ENDS)
    difference = format_interval(value, low, high, "+.1f")
    return (
        f"{plain(row['name'])}<br>{difference} to unfiltered, {SPREADS[row['spread']]}<br>"
        f"score {row['score']:.1f}; {row['k']:,} numbers a text; {words}"
    )
