"""The sidebar, the same on every page: navigation, backbone, prompt, kept directions, centring, permalink."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from embfilter_core.backbones.catalogue import CATALOGUE, catalogue_entry
from embfilter_core.backbones.prompts import PROMPTS, Prompt, as_prompt
from embfilter_core.spectral.presets import PER_MILLE, PRESETS, band_per_mille, choose_directions, directions_per_mille
from embfilter_core.spectral.selection import KeptDirections
from pages.shared import say
from pages.shared.permalink import share_button
from pages.shared.state import BACKBONE_DEFAULT, CONTROLS, CUSTOM, DTYPES, RATIOS, forget_notes, read_link

PAGES = (
    ("app.py", "Home", ":material/home:"),
    ("pages/1_Logit_lens.py", "Logit lens", ":material/search:"),
    ("pages/2_Spectrum.py", "Spectrum", ":material/bar_chart:"),
    ("pages/3_Similarity.py", "Similarity", ":material/compare_arrows:"),
)
APP = "EmbedFilter Explorer"
ICON = str(Path(__file__).with_name("icon.svg"))
TYPICAL_D = 1000  # stands in for d in the slider until a backbone outside the catalogue is loaded


@dataclass(frozen=True)
class View:
    """What the sidebar says.

    Attributes:
        backbone: Catalogue id, hub id, folder or .gguf path.
        dtype: float32 or bfloat16.
        prompt: Id, or None for the backbone's own.
        template: Template of the prompt `custom`.
        pooling: Pooling of the prompt `custom`.
        layer: The layer whose states are pooled, or None for the last.
        preset: Preset of kept directions, or `custom`.
        ratio: tau of the preset.
        band: Start and stop in thousandths of d, read where the preset is `custom`.
        seed: Seed of the preset `random`.
        centre: Whether the mean of the reference corpus is subtracted.
    """

    backbone: str
    dtype: str
    prompt: str
    template: str
    pooling: str
    layer: int | None
    preset: str
    ratio: int
    band: tuple[int, int]
    seed: int
    centre: bool

    def kept_directions(self, d: int, bulk_start: int | None = None, dpi: np.ndarray | None = None) -> KeptDirections:
        """The kept directions of a backbone with d of them; `quiet` needs its spectroscopy scores."""
        if self.preset == CUSTOM:
            return directions_per_mille(d, *sorted(self.band))
        return choose_directions(self.preset, d, self.ratio, seed=self.seed, bulk_start=bulk_start, dpi=dpi)

    def prompt_for(self, default: str) -> Prompt:
        """The prompt, where `default` is the backbone's own."""
        if self.prompt == CUSTOM:
            return Prompt(CUSTOM, "Custom", self.template, self.pooling)
        return as_prompt(default if self.prompt == BACKBONE_DEFAULT else self.prompt)


def begin_page(name: str) -> View:
    """Set the title of the window, draw the sidebar and the notes about a wrong link; returns what the sidebar says."""
    title = APP if name == "Home" else f"{name} · {APP}"
    st.set_page_config(page_title=title, page_icon=ICON, layout="wide")
    notes = read_link()
    if notes:
        say.notes(notes)
        st.button("Dismiss", key="dismiss_notes", on_click=forget_notes, type="tertiary")
    with st.sidebar:
        for page, label, icon in PAGES:
            st.page_link(page, label=label, icon=icon)
        st.divider()
        backbone = _backbone_control()
        preset, ratio, seed, band = _kept_controls(backbone)
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
    return View(backbone, dtype, prompt, template, pooling, layer, preset, int(ratio), band, seed, centre)


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


def _kept_controls(backbone: str) -> tuple[str, str, int, tuple[int, int]]:
    preset = st.pills(
        "Kept directions",
        [*PRESETS, CUSTOM],
        default="bulk",
        required=True,
        key="preset",
        bind="query-params",
        help="  \n".join(f"**{preset.id}**: {preset.keeps}" for preset in PRESETS.values())
        + "  \n**custom**: the band of the slider",
    )
    ratio = st.pills(
        "Ratio τ",
        RATIOS,
        default="2",
        required=True,
        key="ratio",
        bind="query-params",
        disabled=preset in ("everything", CUSTOM),
        help="Keeps d // τ directions: 2 keeps half of them.",
    )
    seed = CONTROLS["seed"].default
    if preset == "random":
        seed = st.number_input("Seed", 0, 9999, key="seed", bind="query-params", help="Which random directions.")
    entry = catalogue_entry(backbone)
    d = entry.d if entry else TYPICAL_D
    if preset != CUSTOM:
        st.session_state["band"] = (0, PER_MILLE)
        if PRESETS[preset].contiguous:
            kept = choose_directions(preset, d, int(ratio), bulk_start=entry.bulk_start if entry else None)
            st.session_state["band"] = band_per_mille(kept)
    band = st.slider(
        "Kept band, ‰ of d",
        0,
        1000,
        CONTROLS["band"].default,
        key="band",
        bind="query-params",
        on_change=_choose_custom,
        disabled=preset in PRESETS and not PRESETS[preset].contiguous,
        help="From the largest singular value (0) to the smallest (1000). Moving it makes the choice custom.",
    )
    if entry and preset == CUSTOM:
        st.caption(f"Keeps {directions_per_mille(d, *sorted(band)).describe()}.")
    elif entry and PRESETS[preset].contiguous:
        st.caption(f"Keeps {kept.describe()}.")
    elif entry:
        st.caption(f"Keeps {d // int(ratio)} of {d}: {PRESETS[preset].keeps}.")
    return preset, ratio, seed, band


def _choose_custom() -> None:
    st.session_state["preset"] = CUSTOM
