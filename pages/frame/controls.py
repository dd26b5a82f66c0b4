"""The table of controls: everything that defines a view, under one key that is also its name in the address."""

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.backbones.prompts import PROMPTS
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.per_mille import PER_MILLE
from embfilter_core.spectral.presets import PRESETS
from pages.frame.control import Control, choice, is_band, is_short, one_of, some_of, whole, whole_or

LINK_VERSION = "1"
TEXT = "text"
CUSTOM = "custom"
BACKBONE_DEFAULT = "default"
LONGEST_TEXT = 100_000


MARGINS = ["0.25", "0.5", "1", "2"]
RATIOS = ["2", "4", "8"]
DTYPES = ["float32", "bfloat16"]
CORPORA = {
    "lee-background": "300 news documents (Lee, Pincombe & Welsh 2005)",
    "lee-50": "50 news documents whose similarity people judged (the same source)",
    "topics": "12 topics with 10 sentences each, written for this app as a demo",
    "pasted": "texts that you paste, one a line",
    "upload": "a CSV, TSV, JSON lines, text or Parquet file of yours",
    "hub": "a data set of the Hugging Face hub",
}
MAP_METHODS = {
    "PCA": "the two directions in which the texts vary most, at once",
    "UMAP": "keeps neighbours together and bends distances; takes a while",
}
MAP_STEPS = {
    "before": "all directions, τ = 1",
    **{ratio: f"EmbedFilter's bulk with τ = {ratio}" for ratio in RATIOS},
    "kept": "what the sidebar keeps",
}
MAP_COLOURS = {
    "label": "label of the text",
    "neighbours": "share of its neighbours that survive",
    "zipf-before": "how common the first token of its lens is before, as Zipf",
    "zipf-after": "the same after",
}
TASKS = {
    "lee-50": "1,225 pairs of 50 news documents with human similarity (Lee, Pincombe & Welsh 2005)",
    "graded-pairs": "60 pairs of sentences with a grade from 0 to 5, written for this app as a demo",
    "topics": "120 sentences of 12 topics, written for this app as a demo",
    "upload": "pairs, labelled texts or queries of yours",
    "hub": "a data set of the Hugging Face hub",
}
KINDS = {
    "pairs": "two texts and a score in every row",
    "labelled": "a text and a label in every row",
    "retrieval": "queries, documents and relevance, a file each",
}
OVERLAYS = {
    "presets": "the other presets at the kept number of directions",
    "baselines": "other ways to treat the same embeddings, at the same number",
    "random": "random subspaces over 20 seeds",
}
LAYER_METRICS = ["probability", "rank", "log-probability", "entropy", "kl"]
CURVES = ["rank", "probability", "logit"]
COMMON = ["frequent-share", "mean-zipf"]
LABELLED = ["graded-pairs", "topics", "lee-50"]
VIEWS = {"filter": "Before and after", "difference": "Difference", "centring": "Centring alone"}
_SWITCH = one_of(["true", "false"])

CONTROLS: dict[str, Control] = {
    control.key: control
    for control in (
        Control("backbone", BUNDLED.id, is_short, "a name or hub id of at most 300 characters"),
        choice("dtype", "float32", DTYPES),
        choice("prompt", BACKBONE_DEFAULT, [BACKBONE_DEFAULT, *PROMPTS, CUSTOM]),
        Control("template", PROMPTS["prompteol"].template, is_short, "a template of at most 300 characters"),
        choice("pooling", "last", ["last", "mean"]),
        Control("layer", None, whole(0, 999), "a whole number from 0, or nothing for the last layer"),
        choice("preset", "bulk", [*PRESETS, CUSTOM]),
        choice("ratio", "2", RATIOS),
        Control("band", (250, 750), is_band, f"two rising whole numbers from 0 to {PER_MILLE}"),
        Control("seed", 0, whole(0, 9999), "a whole number from 0 to 9999"),
        Control("centre", False, _SWITCH, "true or false"),
        choice("view", "filter", list(VIEWS)),
        Control("top", 20, whole(5, 50), "a whole number from 5 to 50"),
        Control("words", False, _SWITCH, "true or false"),
        choice("tokens", "frequent", ["frequent", "rare", "random"]),
        Control("k", 100, whole(10, 1000), "a whole number from 10 to 1000"),
        choice("bias", "zero", ["zero", "mean"]),
        choice("counts", "corpus", ["corpus", "words", "pasted"]),
        Control("direction", 0, whole(0, 99_999), "a whole number from 0"),
        Control("lines", False, _SWITCH, "true or false"),
        choice("corpus", "lee-background", list(CORPORA)),
        Control("hub", "stsb", is_short, "a name or hub id of at most 300 characters"),
        choice("task", "lee-50", list(TASKS)),
        choice("shape", "pairs", list(KINDS)),
        choice("measure", "usual", ["usual", *MEASURES]),
        choice("margin", "0.5", MARGINS),
        Control("overlay", [], some_of(list(OVERLAYS)), f"some of {', '.join(OVERLAYS)}"),
        Control("finer", False, _SWITCH, "true or false"),
        Control("ranking_open", False, _SWITCH, "true or false"),
        Control("pairs_open", False, _SWITCH, "true or false"),
        Control("pairs", 12, whole(3, 40), "a whole number from 3 to 40"),
        choice("method", "PCA", list(MAP_METHODS)),
        choice("step", "kept", list(MAP_STEPS)),
        choice("colour", "label", list(MAP_COLOURS)),
        Control("baselines", [], some_of(list(BASELINES)), f"some of {', '.join(BASELINES)}"),
        Control("filtered", False, _SWITCH, "true or false"),
        choice("cells", "probability", LAYER_METRICS),
        Control("cell_layer", "last", whole_or("last", 999), "a whole number from 0, or last"),
        Control("cell_position", "pooled", whole_or("pooled", 9999), "a whole number from 0, or pooled"),
        choice("curve", "rank", CURVES),
        choice("common", "frequent-share", COMMON),
        choice("labelled", "graded-pairs", LABELLED),
        Control("every", 5, whole(1, 20), "a whole number from 1 to 20"),
    )
}
