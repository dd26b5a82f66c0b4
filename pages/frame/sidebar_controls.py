"""The controls of the sidebar, which are the same on every page: an entry each."""

from embfilter_core.backbones.catalogue import BUNDLED, CATALOGUE
from embfilter_core.backbones.device_names import DEVICES, DTYPES, Device, Dtype, offered_devices
from embfilter_core.backbones.prompts import PROMPTS, Pooling
from embfilter_core.glossary import GLOSSARY
from embfilter_core.spectral.families import TAUS
from embfilter_core.spectral.presets import PRESETS
from embfilter_core.spectral.selection import START_MEANS, STOP_MEANS
from pages.frame.backbone_names import linked_as, meant_by
from pages.frame.control import Choice, Named, Switch, Whole, WholeOrNothing, unexplained

CUSTOM = "custom"
BACKBONE_DEFAULT = "default"
RATIOS = [str(tau) for tau in TAUS if tau > 1]

BACKBONE = Named(
    "backbone",
    "Backbone",
    BUNDLED.id,
    "a name or hub id",
    CATALOGUE,
    meant_by,
    linked_as,
    about=GLOSSARY["backbone"].meaning,
)
DTYPE: Choice[Dtype] = Choice(
    "dtype",
    "Precision",
    "float32",
    unexplained(*DTYPES),
    "pills",
    about="float32 rounds least. The others halve the memory and need a device that computes in them natively.",
)
DEVICE: Choice[Device] = Choice(
    "device",
    "Device",
    "auto",
    {name: DEVICES[name] for name in offered_devices()},
    "pills",
    about="Where the backbone computes. Only what this machine has is offered.",
)
PROMPT = Choice(
    "prompt",
    "Prompt",
    BACKBONE_DEFAULT,
    {
        **unexplained(BACKBONE_DEFAULT, *PROMPTS, CUSTOM),
        "prompteol": GLOSSARY["PromptEOL"].meaning,
        "echo": GLOSSARY["Echo"].meaning,
    },
    "list",
    about="What is put around the text before it is embedded. `default` is the prompt that the paper's code uses for "
    "this backbone, else PromptEOL.",
)
TEMPLATE = Named(
    "template",
    "Template",
    PROMPTS["prompteol"].template,
    "a template",
    about="Write {text} for the text.",
    only_with={PROMPT: {CUSTOM}},
)
POOLING: Choice[Pooling] = Choice(
    "pooling",
    "Pooling",
    "last",
    unexplained("last", "mean"),
    "pills",
    about="The embedding is the state at the last token, or the mean over all tokens.",
    only_with={PROMPT: {CUSTOM}},
)
LAYER = WholeOrNothing(
    "layer",
    "Layer",
    None,
    999,
    "the last",
    about="Whose states are pooled: 0 are the token embeddings. An inner layer's states pass the model's final norm "
    "first, so that the unembedding matrix can read them. The paper uses the last layer.",
)
PRESET = Choice(
    "preset",
    "Kept directions",
    "bulk",
    {**{preset.id: preset.keeps for preset in PRESETS.values()}, CUSTOM: "the band between the two numbers"},
    "pills",
)
RATIO = Choice(
    "ratio",
    "Ratio τ",
    "2",
    unexplained(*RATIOS),
    "pills",
    about="Keeps d // τ directions: 2 keeps half of them.",
)
_WITH_A_BAND = {PRESET: {CUSTOM}}
START = Whole("start", "Start", 0, 0, about=f"The {START_MEANS}.", width=116, only_with=_WITH_A_BAND)
STOP = Whole("stop", "Stop", 0, 0, about=f"The {STOP_MEANS}.", width=116, only_with=_WITH_A_BAND)
SEED = Whole("seed", "Seed", 0, 0, 9999, about="Which random directions.")
COUNTED = Choice(
    "counted",
    "Count tokens in",
    "lee",
    {
        "lee": "300 news documents, the reference corpus",
        "own": "the corpus that you bring on Similarity or Map: pasted, uploaded or fetched",
    },
    about="Where it is counted how frequent a token is. What is shown stays the same, its colours and counts change.",
)
CENTRE = Switch(
    "centre",
    "Centre on a reference corpus",
    False,
    about="Subtracts the mean embedding of 300 news documents (Lee) from every embedding before the filter. Not part "
    "of the paper; it changes the picture a lot.",
)
