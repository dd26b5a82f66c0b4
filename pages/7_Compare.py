"""Compare: two backbones, prompts, layers or bands beside each other, and the spectra of all that are stored."""

import streamlit as st

from pages.compare import across, asked, results, sides
from pages.frame.explained import explained, words
from pages.frame.page import begin_page
from pages.frame.page_controls import VERSUS

TERMS = (
    "backbone",
    "embedding",
    "direction",
    "singular value",
    "energy",
    "Δπ",
    "frequent token",
    "PromptEOL",
    "␣ and ⏎",
    "τ",
)


def main() -> None:
    """Draw the page."""
    view = begin_page("Compare")
    st.title("Compare", anchor=False)
    explained(
        "Does the filter do the same to another backbone, prompt or layer, or with another band? Two of them beside "
        "each other, on the same scales. Stored backbones show at once; others are loaded first.",
        "intro",
    )
    VERSUS.draw()
    place, below = st.container(), st.container()
    with below:  # first, since a side that is to be loaded ends the run
        across.draw(view)
        words("others", *TERMS)
    with place:
        both = asked.draw(view)
        if both is not None:
            results.draw(*sides.of(both))


main()
