"""Figures of the logit lens: a list of tokens as bars, coloured by how frequent the token is."""

from typing import Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from embfilter_core.figures.rate_colours import rate_colours
from embfilter_core.figures.style import plain, quiet_layout
from embfilter_core.vocabulary.token_frequency import describe_rate

ROW_HEIGHT = 24
TOKEN_SIZE, NOTE_SIZE = 14, 12
AXIS_HEIGHT = 44
LONGEST_TOKEN = 18
Toward = Literal["to", "from"]
ESTIMATED = "/"
"""Pattern of the bars of tokens whose rate is an estimate."""
NOTE_ROOM = 0.34
"""Share of the bars' span that is left free for the note at the end of a bar."""


def shared_range(tables: list[pd.DataFrame]) -> tuple[float, float]:
    """Return the horizontal range that token lists side by side share: all logits, zero, and room for the notes."""
    logits = np.concatenate([table["logit"].to_numpy() for table in tables])
    low, high = min(0.0, float(logits.min())), max(0.0, float(logits.max()))
    room = NOTE_ROOM * ((high - low) or 1.0)
    return low - (room if low < 0 else 0.0), high + (room if high > 0 else 0.0)


def token_bars(rows: pd.DataFrame, x_range: tuple[float, float], toward: Toward) -> go.Figure:
    """Draw one token list as bars, best on top, each with what happens to its rank.

    Args:
        rows: Rows of `lens_table` for one list.
        x_range: As `shared_range` gives it.
        toward: As in `rank_notes`.
    """
    hover = [
        f"<b>{plain(row.token)}</b> (id {row.token_id})<br>rank {row.rank}, logit {row.logit:.3f}"
        f"<br>in the other list: rank {row.other_rank:,}, logit {row.other_logit:.3f}<br>{often}"
        for row, often in zip(rows.itertuples(), _frequency(rows), strict=True)
    ]
    return _bars(rows, "logit", rank_notes(rows, toward), hover, x_range, "logit")


def difference_bars(rows: pd.DataFrame, largest: float) -> go.Figure:
    """Draw the tokens whose logit rose or fell most as bars, each with its rank unfiltered and filtered.

    Args:
        rows: Rows of `difference_table` for one list.
        largest: Largest absolute difference of the lists side by side; the axis starts at 0 and runs away from it.
    """
    notes = [f"{row.rank_unfiltered:,} → {row.rank_filtered:,}" for row in rows.itertuples()]
    hover = [
        f"<b>{plain(row.token)}</b> (id {row.token_id})<br>logit change {row.difference:+.3f} against the mean logit"
        f"<br>rank {row.rank_unfiltered:,} unfiltered, {row.rank_filtered:,} filtered<br>{often}"
        for row, often in zip(rows.itertuples(), _frequency(rows), strict=True)
    ]
    end = (1 + 2 * NOTE_ROOM) * (largest or 1.0)
    x_range = (0.0, -end) if (rows["list"] == "fallen").all() else (0.0, end)
    return _bars(rows, "difference", notes, hover, x_range, "logit change against the mean logit")


def _bars(
    rows: pd.DataFrame, column: str, notes: list[str], hover: list[str], x_range: tuple[float, float], axis: str
) -> go.Figure:
    figure = go.Figure(
        go.Bar(
            x=rows[column].to_numpy(),
            y=rows["rank"].to_numpy(),
            orientation="h",
            marker={
                "color": rate_colours(rows["per_million"]),
                "pattern": {
                    "shape": [ESTIMATED if estimated else "" for estimated in rows["estimated"]],
                    "solidity": 0.25,
                    "size": 6,
                },
            },
            text=notes,
            textfont={"size": NOTE_SIZE},
            textposition="outside",
            cliponaxis=False,
            hovertext=hover,
            hoverinfo="text",
        )
    )
    quiet_layout(figure, AXIS_HEIGHT + ROW_HEIGHT * len(rows))
    figure.update_xaxes(range=x_range, title={"text": axis, "standoff": 4}, zeroline=True)
    figure.update_yaxes(
        tickvals=rows["rank"].to_numpy(),
        ticktext=[plain(shorten(token)) for token in rows["token"]],
        range=[len(rows) + 0.5, 0.5],
        ticks="",
        showgrid=False,
        tickfont={"family": "monospace", "size": TOKEN_SIZE},
    )
    figure.update_layout(bargap=0.25)
    return figure


def rank_notes(rows: pd.DataFrame, toward: Toward) -> list[str]:
    """Return what happens to each token of a list, such as `▲ from 120`, `▼ to 405` or `= 1`.

    Args:
        rows: Rows of `lens_table` for one list.
        toward: `to` for the first list, whose tokens go to their rank in the second; `from` for the second.
    """
    return [
        f"= {rank}" if change == 0 else f"{'▲' if change > 0 else '▼'} {toward} {other:,}"
        for rank, other, change in zip(rows["rank"], rows["other_rank"], rows["change"], strict=True)
    ]


def shorten(token: str, longest: int = LONGEST_TOKEN) -> str:
    """Return a token truncated to a width that leaves room for its bar; the hover shows all of it."""
    return token if len(token) <= longest else token[: longest - 1] + "…"


def _frequency(rows: pd.DataFrame) -> list[str]:
    """How frequent each token is, and the word that it may be."""
    facts = zip(rows["per_million"], rows["estimated"], rows["frequent"], rows["zipf"], strict=True)
    return [f"{describe_rate(*rate)}<br>{_word(zipf)}" for *rate, zipf in facts]


def _word(zipf: float) -> str:
    if np.isnan(zipf):
        return "not a word"
    return f"Zipf {zipf:.2f}" if zipf > 0 else "not a known word"
