"""The controls of the sidebar, the same on every page: backbone, kept directions, centring, prompt, permalink."""

import streamlit as st

from embfilter_core.backbones.catalogue import CATALOGUE, catalogue_entry
from embfilter_core.backbones.prompts import PROMPTS
from pages.frame.controls import BACKBONE_DEFAULT, CONTROLS, CUSTOM, DTYPES
from pages.frame.kept_controls import kept_controls
from pages.frame.permalink import share_button
from pages.frame.view import View


def draw_controls() -> View:
    """Draw the controls; returns what they say."""
    backbone = _backbone_control()
    kept = kept_controls(backbone)
    centre = st.toggle(
        "Centre on a reference corpus",
        key="centre",
        bind="query-params",
        help="Subtracts the mean embedding of 300 news documents (Lee) from every embedding before the filter. "
        "Not part of the paper; it changes the picture a lot.",
    )
    prompt, template, pooling = _prompt_controls(backbone)
    layer = _layer_control()
    dtype = _precision_control()
    st.divider()
    share_button()
    return View(backbone, dtype, prompt, template, pooling, layer, kept, centre)


def _backbone_control() -> str:
    chosen = st.selectbox(
        "Backbone",
        list(CATALOGUE),
        key="backbone",
        bind="query-params",
        accept_new_options=True,
        help="The language model that embeds. Choose one, or type a hub id such as Qwen/Qwen2.5-0.5B, "
        "a folder written by save_pretrained, or the path of a .gguf file.",
    )
    entry = catalogue_entry(chosen)
    if entry is not None:
        offline = "works offline" if entry.bundled else "fetched from the hub" + (", gated" if entry.gated else "")
        st.caption(f"d = {entry.d:,}, {entry.vocab_size:,} tokens, {entry.licence}, {offline}")
    return chosen


def _layer_control() -> int | None:
    return st.number_input(
        "Layer",
        0,
        999,
        None,
        key="layer",
        bind="query-params",
        placeholder="the last",
        help="Whose states are pooled: 0 are the token embeddings. An inner layer's states pass the model's final norm "
        "first, so that the unembedding matrix can read them. The paper uses the last layer.",
    )


def _precision_control() -> str:
    return st.pills(
        "Precision",
        DTYPES,
        default="float32",
        required=True,
        key="dtype",
        bind="query-params",
        help="float32 is exact. bfloat16 halves the memory and needs a processor that has it natively.",
    )


def _prompt_controls(backbone: str) -> tuple[str, str, str]:
    chosen = st.selectbox(
        "Prompt",
        [BACKBONE_DEFAULT, *PROMPTS, CUSTOM],
        key="prompt",
        bind="query-params",
        help="What is put around the text before it is embedded. `default` is the prompt that the paper's code uses "
        "for this backbone, else PromptEOL.",
    )
    template, pooling = CONTROLS["template"].default, CONTROLS["pooling"].default
    if chosen == CUSTOM:
        template = st.text_input(
            "Template", template, key="template", bind="query-params", max_chars=300, help="Write {text} for the text."
        )
        pooling = st.pills(
            "Pooling",
            ["last", "mean"],
            default="last",
            required=True,
            key="pooling",
            bind="query-params",
            help="The embedding is the state at the last token, or the mean over all tokens.",
        )
    else:
        entry = catalogue_entry(backbone)
        default = entry.default_prompt if entry else "prompteol"
        shown = PROMPTS[default if chosen == BACKBONE_DEFAULT else chosen]
        pooled = "mean of the second copy" if shown.echo else {"last": "last token", "mean": "mean"}[shown.pooling]
        st.caption(f"`{shown.template}`, {pooled}")
    return chosen, template, pooling
