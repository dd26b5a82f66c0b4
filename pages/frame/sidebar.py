"""The controls of the sidebar, the same on every page: kept directions, centring, backbone, prompt, permalink."""

import streamlit as st

from embfilter_core.backbones.catalogue import catalogue_entry
from embfilter_core.backbones.prompts import PROMPTS
from pages.cached.backbones import device_in_memory, in_memory
from pages.frame import stored_backbones
from pages.frame.backbone_box import choose_backbone
from pages.frame.kept_controls import kept_controls
from pages.frame.messages import literal
from pages.frame.share import menu
from pages.frame.sidebar_controls import (
    BACKBONE_DEFAULT,
    CENTRE,
    COUNTED,
    CUSTOM,
    DEVICE,
    DTYPE,
    LAYER,
    POOLING,
    PROMPT,
    TEMPLATE,
)
from pages.frame.values import value_of
from pages.frame.view import View


def draw_controls(page: str) -> View:
    """Draw the controls on a page of that name; returns what they say."""
    kept_place = st.container()  # first, also for who comes by keyboard: it is what people change
    backbone = choose_backbone()
    _notices(backbone)
    stored = stored_backbones.is_stored(backbone)
    with kept_place:
        kept = kept_controls(backbone)
        if not stored:
            CENTRE.draw()
    if not stored:  # which has been read in one way
        _prompt_controls(backbone)
        LAYER.draw()
        DTYPE.draw()
        _device_control(backbone)
        COUNTED.draw()
    view = View(
        backbone,
        value_of(DTYPE),
        value_of(DEVICE),
        value_of(PROMPT),
        value_of(TEMPLATE),
        value_of(POOLING),
        value_of(LAYER),
        kept,
        value_of(CENTRE),
    )
    menu.draw(page, view)
    return view


def _notices(backbone: str) -> None:
    """What is to be said of a backbone, once it is loaded and proved."""
    loaded = in_memory(backbone)
    for notice in loaded.notices if loaded is not None else ():
        st.caption(f":material/info: {literal(notice)}")


def _device_control(backbone: str) -> None:
    name = device_in_memory(backbone, DEVICE.draw())
    if name is not None:
        st.caption(f"The backbone computes on {literal(name)}.")


def _prompt_controls(backbone: str) -> None:
    chosen = PROMPT.draw()
    if chosen == CUSTOM:
        TEMPLATE.draw()
        POOLING.draw()
    else:
        entry = catalogue_entry(backbone)
        default = entry.default_prompt if entry else "prompteol"
        shown = PROMPTS[default if chosen == BACKBONE_DEFAULT else chosen]
        pooled = "mean of the second copy" if shown.echo else {"last": "last token", "mean": "mean"}[shown.pooling]
        st.caption(f"`{shown.template}`, {pooled}")
