"""What a page shows, as far as a command line or Python lines have to name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from embfilter_core.backbones.catalogue import BUNDLED, catalogue_entry
from pages.cached.stored_backbones import PREFIX
from pages.frame.controls import TEXT
from pages.frame.hosting import offers
from pages.frame.page_controls import ONE_A_LINE
from pages.frame.sidebar_controls import BACKBONE_DEFAULT, CUSTOM
from pages.frame.values import value_of

if TYPE_CHECKING:
    from embfilter_core.backbones.prompts import Pooling
    from pages.frame.view import View

LENS, USE = "Logit lens", "Use this filter"
WITHOUT_TEXT = ("Choose rank", "Map", USE)
"""Pages whose numbers are not those of the text."""
LONGEST_TEXT = 5_000
"""Characters of the texts in a command line or in Python lines."""


@dataclass(frozen=True)
class Shown:
    """What a page shows.

    Attributes:
        page: Name of the page.
        texts: The texts that it embeds, as they are embedded.
        view: What the sidebar says.
    """

    page: str
    texts: tuple[str, ...]
    view: View

    @property
    def is_bundled(self) -> bool:
        """Whether the backbone is the one that is used where none is named."""
        return self.view.backbone == BUNDLED.id

    @property
    def prompt(self) -> str | None:
        """Id or template of the prompt, or None for the backbone's own."""
        named = {CUSTOM: self.view.template, BACKBONE_DEFAULT: None}
        return named.get(self.view.prompt, self.view.prompt)

    @property
    def pooling(self) -> Pooling | None:
        """The pooling of a template, or None where it is the usual one or the prompt's own."""
        return self.view.pooling if self.view.prompt == CUSTOM and self.view.pooling != "last" else None

    @property
    def band(self) -> tuple[int, int] | None:
        """The kept band, or None where a preset decides; it ends with the last direction, as on the page."""
        kept = self.view.kept
        if kept.preset != CUSTOM or kept.d is None:
            return None
        return kept.directions(kept.d).bounds

    @property
    def why_nothing(self) -> str:
        """Why it cannot be named for somebody else; empty where it can."""
        if self.view.backbone.startswith(PREFIX):
            return "A stored backbone is named by the link and the session file; commands need its model."
        embeds = self.page not in WITHOUT_TEXT
        if embeds and not self.texts:
            return "There is no text yet."
        if not offers(catalogue_entry(self.view.backbone)):
            return "This backbone is not offered here."
        if embeds and sum(map(len, self.texts)) > LONGEST_TEXT:
            return f"At most {LONGEST_TEXT:,} characters of text stand here; the session file holds all."
        if self.view.kept.preset == CUSTOM and self.view.kept.d is None:
            return "It stands here once the backbone is loaded, as the number of its directions is needed."
        return ""


def what_is_shown(page: str, view: View) -> Shown:
    """Return what a page shows, from its texts and what the sidebar says."""
    text: str = st.session_state[TEXT].replace("\x00", "")
    lines = text.splitlines() if page == LENS and value_of(ONE_A_LINE) else [text]
    return Shown(page, tuple(line.strip() for line in lines if line.strip()), view)
