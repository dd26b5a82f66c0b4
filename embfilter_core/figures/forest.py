"""A forest plot: a row for each way to treat embeddings, its difference to unfiltered with its interval."""

from __future__ import annotations

from textwrap import wrap

import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.palette import ASIDE, FILTERED, FOUND, GUIDE, OTHER_MODEL
from embfilter_core.figures.style import plain, quiet_layout
from embfilter_core.number_format import format_interval

ROW_HEIGHT, AXIS_HEIGHT = 40, 150
LABEL_ABOVE = 0.36
"""Rows from a mark up to its name, which stands over it so that a narrow screen keeps its width for the intervals."""
LEARNT = {
    "nothing": ("circle", "learnt from nothing", ""),
    "reference corpus": ("diamond", "learnt from a reference corpus", " (reference)"),
    "measured texts": ("square", "learnt from the measured texts", " (own texts)"),
    "another model": ("star", "made by another model", ""),
}
"""What a row learnt from: its symbol, words, and what follows its name."""
COLOURS = {"filter": FILTERED, "baseline": FOUND, "control": ASIDE, "own vectors": OTHER_MODEL}
SPREADS = {"resamples": "95 %", "seeds": "the middle 95 % of the seeds"}
ENDS = ("to_unfiltered", "to_unfiltered_low", "to_unfiltered_high")
SIZE = 11
LONGEST_LINE, LINE = 54, 0.42
"""Characters of a line of a name, and rows that each further line takes."""


def forest_plot(table: pd.DataFrame) -> go.Figure:
    """Draw the differences to unfiltered, the greatest on top; the line at 0 is unfiltered.

    The symbol says what a row learnt from, which its name says in words as well; a row that was searched for is hollow.

    Args:
        table: As `forest_table` gives it: in its order, in points.
    """
    figure = go.Figure()
    place = 0.0
    at_left = {"x": 0, "xref": "paper", "xanchor": "left", "align": "left", "showarrow": False, "font": {"size": 12}}
    for _, row in table.iloc[::-1].iterrows():
        label = _label(row)
        above = LABEL_ABOVE + LINE / 2 * (len(label) - 1)
        _add_row(figure, row, place)
        figure.add_annotation(text="<br>".join(label), y=place + above, **at_left)
        place += 1 + LINE * (len(label) - 1)
    rows = place
    _add_legend(figure, table)
    figure.add_vline(x=0, line={"color": GUIDE, "width": 1.5})
    quiet_layout(figure, AXIS_HEIGHT + round(ROW_HEIGHT * rows))
    figure.update_layout(
        xaxis={"title": {"text": "points to unfiltered", "standoff": 4}, "tickformat": "+", "zeroline": False},
        yaxis={"range": [-0.6, rows - 0.3], "showticklabels": False, "showgrid": False, "zeroline": False},
        showlegend=True,
        legend={"orientation": "h", "y": -46 / (ROW_HEIGHT * rows), "x": 0},
        hovermode="closest",
    )
    return figure


def _add_row(figure: go.Figure, row: pd.Series, place: float) -> None:
    value, low, high = (float(row[end]) for end in ENDS)
    colour = COLOURS[row["kind"]]
    figure.add_scatter(
        x=[value],
        y=[place],
        mode="markers",
        marker=_marker(LEARNT[row["learnt_from"]][0], colour, bool(row["searched"])),
        error_x={"array": [high - value], "arrayminus": [value - low], "color": colour, "thickness": 1.8, "width": 4},
        name=plain(row["name"]),
        hovertext=_hover(row),
        hoverinfo="text",
        showlegend=False,
    )


def _add_legend(figure: go.Figure, table: pd.DataFrame) -> None:
    """What the symbols say, without a colour of a row."""
    for learnt, (symbol, words, _) in LEARNT.items():
        if (table["learnt_from"] == learnt).any():
            figure.add_scatter(x=[None], y=[None], mode="markers", marker=_marker(symbol, ASIDE), name=words)
    if table["searched"].any():
        marker = _marker("circle", ASIDE, hollow=True)
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name="searched for on these data")


def _marker(symbol: str, colour: str, hollow: bool = False) -> dict:
    line = {"width": 2, "color": colour}
    return {"symbol": f"{symbol}-open" if hollow else symbol, "color": colour, "size": SIZE, "line": line}


def _label(row: pd.Series) -> list[str]:
    """The lines over a row, none longer than a narrow screen is wide."""
    return [plain(line) for line in wrap(f"{row['name']}{LEARNT[row['learnt_from']][2]}", LONGEST_LINE)]


def _hover(row: pd.Series) -> str:
    value, low, high = (float(row[end]) for end in ENDS)
    difference = format_interval(value, low, high, "+.1f")
    return (
        f"{plain(row['name'])}<br>{difference} to unfiltered, {SPREADS[row['spread']]}<br>"
        f"score {row['score']:.1f}; {row['k']:,} numbers a text; {LEARNT[row['learnt_from']][1]}"
    )
