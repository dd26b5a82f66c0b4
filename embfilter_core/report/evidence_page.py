"""A decision with its evidence as one page of HTML that needs nothing else, not even a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from embfilter_core.figures.palette import BEST, DARK, LIGHT, PALE
from embfilter_core.quality.decisions.goals import Answer, how_decided
from embfilter_core.quality.decisions.measured import MeasuredTreatments
from embfilter_core.quality.decisions.questions import find_goal
from embfilter_core.quality.decisions.treatments import LINES
from embfilter_core.tables.treatments import decision_summary

if TYPE_CHECKING:
    import plotly.graph_objects as go

STYLE = f"""
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; color: {DARK};
  background: {LIGHT}; }}
.answer {{ font-size: 1.3rem; border-left: 4px solid {BEST}; padding-left: 1rem; }}
table {{ border-collapse: collapse; font-size: 0.9rem; }}
th, td {{ padding: 0.2rem 0.6rem; border-bottom: 1px solid {PALE}; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }}
"""


@dataclass(frozen=True, eq=False)
class DrawnFigure:
    """A figure of the page.

    Attributes:
        heading: What it answers.
        caption: How it is read.
        figure: The figure.
    """

    heading: str
    caption: str
    figure: go.Figure


def evidence_page(
    title: str,
    facts: Sequence[tuple[str, str]],
    measured: MeasuredTreatments,
    answer: Answer,
    goal: str,
    figures: Sequence[DrawnFigure],
) -> str:
    """Return the page: the answer, what it rests on, the facts, the figures and how it was decided.

    The program that draws the figures is written into it once, some 5 MB. Every text is escaped.

    Args:
        title: What was measured.
        facts: Names and values: data, backbone, prompt, date, version.
        measured: The treatments.
        answer: To the goal.
        goal: Its id.
        figures: What is drawn, in this order.
    """
    sentences = answer.sentences()
    left_out = [f"{LINES[line].name} is left out: {why}" for line, why in measured.left_out.items()]
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<h2>{escape(find_goal(goal).question)}</h2>",
        f'<p class="answer">{escape(sentences[0])}</p>',
        *(f"<p>{escape(sentence)}</p>" for sentence in sentences[1:]),
        *figure_parts(figures),
        "<h2>Treatments by bytes a vector</h2>",
        _table(measured, answer),
        "<h2>How this is decided</h2>",
        _list([*how_decided(measured, goal), *left_out]),
        "<h2>What was measured</h2>",
        _list([f"{name}: {value}" for name, value in facts]),
    ]
    return whole_page(title, parts)


def whole_page(title: str, parts: Sequence[str]) -> str:
    """Return a page of a title and parts that are HTML already."""
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def figure_parts(figures: Sequence[DrawnFigure]) -> list[str]:
    """Return the HTML of figures; the program that draws them is in the first, some 5 MB."""
    parts: list[str] = []
    for number, one in enumerate(figures):
        drawn = one.figure.update_layout(template="plotly_white").to_html(
            full_html=False, include_plotlyjs=number == 0, div_id=f"figure-{number}", config={"displayModeBar": False}
        )
        parts += [f"<h2>{escape(one.heading)}</h2>", f"<p>{escape(one.caption)}</p>", drawn]
    return parts


def _table(measured: MeasuredTreatments, answer: Answer) -> str:
    table = decision_summary(measured, answer)
    names = {name: name.replace("_", " ") for name in table.columns}
    html: str = table.rename(columns=names).to_html(index=False, border=0, float_format=lambda value: f"{value:.1f}")
    return html


def _list(sentences: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences) + "</ul>"
