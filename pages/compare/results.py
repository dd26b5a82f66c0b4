"""Both sides beside each other: what differs, one text, the corpus, the spectra, and what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.instrument.readings import only_these
from embfilter_core.sides.sentences import compare_sides
from pages.frame import messages
from pages.frame.explained import explained
from pages.frame.sidebar_controls import CENTRE
from pages.frame.values import value_of
from pages.widgets import embedding_offer, evidence, plain_lists
from pages.widgets.chart import PLOT

if TYPE_CHECKING:
    from embfilter_core.sides.side import Side
    from pages.compare.sides import Made

READINGS = ("unfiltered", "kept", "centred")
SHOWN_LISTS = {"unfiltered": "Unfiltered", "kept": "Kept directions say"}


def draw(first: Made, second: Made, text: str) -> None:
    """Draw both sides, made of a text."""
    sides = first.side, second.side
    if value_of(CENTRE):
        messages.note("Compare does not centre: what centring alone does is a row of the evidence below.")
    with st.container(border=True):
        _differences(*sides)
    with st.container(border=True):
        _one_text(*sides, text)
    with st.container(border=True):
        _corpus(first, second)
    if first.side.backbone == second.side.backbone:
        return
    if "live" in (first.side.source, second.side.source):  # those that are stored are drawn below
        with st.container(border=True):
            _spectra(*sides)
    if first.side.curves or second.side.curves:
        with st.container(border=True):
            _measured(*sides)


def _differences(first: Side, second: Side) -> None:
    st.header("What differs?", anchor=False)
    sentences = compare_sides(first, second)
    for number, sentence in enumerate(sentences):
        explained(sentence, f"differs_{number}", strong=number == 0, small=number > 0)
    if not sentences:
        st.caption("Numbers over a corpus are there once both sides have them; the lists below are of one text.")


def _one_text(first: Side, second: Side, text: str) -> None:
    st.header("One text", anchor=False)
    same = first.backbone == second.backbone
    scale = "one scale for all" if same else "one scale a backbone, since logits of two models cannot be compared"
    explained(
        f"The tokens that the text's embedding points to, best first. Bars are logits, {scale}; colours are how "
        "frequent a token is, from rare (blue) to frequent (orange); bold: words of the text itself.",
        "one_text",
        small=True,
    )
    plain_lists.begin()
    longest = [plain_lists.longest_logit(*(side.lists[name] for name in SHOWN_LISTS)) for side in (first, second)]
    for column, side, own in zip(st.columns(2, gap="medium"), (first, second), longest, strict=True):
        with column:
            _name(side)
            shown = {title: side.lists[name] for name, title in SHOWN_LISTS.items()}
            plain_lists.draw(shown, max(longest) if same else own, text)


def _name(side: Side) -> None:
    with st.container(gap=None):
        st.markdown(f"**{messages.literal(side.name)}** · {side.source}", help=messages.literal(side.about))
        st.caption(f"keeps {side.kept.describe()}")
        if side.note:
            st.caption(messages.literal(side.note))


def _corpus(first: Made, second: Made) -> None:
    st.header("Is it one text, or the corpus?", anchor=False)
    top = next((made.side.evidence["top"] for made in (first, second) if made.side.evidence), None)
    if top is not None:
        explained(
            f"Every dot is a text of the corpus: how many of the {top} tokens that its embedding points to are among "
            "the 500 most frequent. Both sides have the same axis.",
            "corpus",
            small=True,
        )
    for place, (column, made) in enumerate(zip(st.columns(2, gap="medium"), (first, second), strict=True)):
        with column:
            _name(made.side)
            _evidence(made, f"evidence_{place}")


def _evidence(made: Made, key: str) -> None:
    if made.side.evidence is not None:
        evidence.draw(only_these(made.side.evidence, *READINGS), key, lambda text: None)
    elif made.side.source == "stored":
        st.caption("Over a corpus, these directions are not stored; the presets but random and quiet are.")
    elif made.loaded is not None:
        embedding_offer.offer(made.loaded.embedder, made.loaded.corpus, "To compare over a corpus,", f"{key}_corpus")
    else:
        st.caption("Its reference documents are not embedded; its backbone has left the memory for the other one.")


def _spectra(first: Side, second: Side) -> None:
    from embfilter_core.figures.across import SpectrumLine, spectra

    st.header("Spectra", anchor=False)
    explained(
        "Singular values, each spectrum divided by its largest, over the share of the directions; the first and the "
        "last sixteenth are shaded and drawn wider.",
        "spectra",
        small=True,
    )
    lines = [SpectrumLine(side.name, side.values) for side in (first, second)]
    st.plotly_chart(spectra(lines), key="compared_spectra", config=PLOT, alt="Singular values of both sides")


def _measured(first: Side, second: Side) -> None:
    from embfilter_core.figures.across import curves
    from embfilter_core.sides.curves import common_curves

    st.header("How does quality change with the directions kept?", anchor=False)
    data, shown = common_curves(first, second)
    explained(
        f"{data}: difference to unfiltered of each side, in points, over the share of its directions that the bulk "
        "keeps; shaded: 95 % intervals. Each was measured before and is stored.",
        "measured",
        small=True,
    )
    missing = [side.name for side in (first, second) if not any(curve.side == side.name for curve in shown)]
    if missing:
        st.caption(messages.literal(f"Of {' and of '.join(missing)}, none is stored."))
    figure = curves([one.drawn for one in shown], "points to unfiltered")
    st.plotly_chart(figure, key="compared_curves", config=PLOT, alt="Quality over the share of directions kept")
