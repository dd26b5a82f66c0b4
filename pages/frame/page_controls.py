"""The controls of the pages: an entry each, which a page draws and its link keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from embfilter_core.backbones.catalogue import CATALOGUE
from embfilter_core.data import built_in_tasks, corpora
from embfilter_core.data.hub_datasets import HUB_DATASETS
from embfilter_core.figures.layer_metrics import CURVES, FREQUENCIES, METRICS
from embfilter_core.glossary import GLOSSARY
from embfilter_core.quality.decisions.questions import GOALS
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.quality.precisions import PRECISIONS
from embfilter_core.spectral.baselines.registry import BASELINES
from embfilter_core.spectral.presets import PRESETS
from embfilter_core.stored.sources import SOURCES
from embfilter_core.stored_backbones.shelf import stored_backbones
from pages.cached.stored_backbones import PREFIX
from pages.frame.backbone_names import ANY_STORED, linked_as, meant_by
from pages.frame.control import Choice, Named, Place, Several, Switch, Whole, WholeOrNothing, unexplained
from pages.frame.sidebar_controls import BACKBONE, CUSTOM, PROMPT, RATIOS

if TYPE_CHECKING:
    from embfilter_core.data.tasks import TaskKind
    from embfilter_core.lens.token_counts import TokenSet
    from embfilter_core.quality.decisions.questions import GoalId
    from embfilter_core.spectral.spectroscopy import Bias

USUAL = "usual"
_HUB = "a data set of the Hugging Face hub"
_TASKS = {name: task.description for name, task in built_in_tasks.BUILT_IN.items()}

# Texts and labelled data, on several pages
CORPUS = Choice(
    "corpus",
    "Corpus",
    "lee-background",
    {
        **{name: corpus.description for name, corpus in corpora.BUILT_IN.items()},
        "pasted": "texts that you paste, one a line",
        "upload": "a file of yours: CSV, TSV, JSON, text, Parquet or Excel",
        "hub": _HUB,
    },
    "list",
)
STORED = {f"stored-{source.id}": source.id for source in SOURCES.values()}
"""Ids of the stored measurements by what they are called among the choices of labelled data."""
TASK = Choice(
    "task",
    "Labelled data",
    next(iter(STORED)),
    {
        **{name: f"{SOURCES[source].name}: measured before, stored" for name, source in STORED.items()},
        **_TASKS,
        "upload": "pairs, labelled texts or queries of yours",
        "vectors": "the same with vectors of your own, judged by the backbone's W_U without embedding",
        "hub": _HUB,
    },
    "list",
)
LABEL_KIND: Choice[TaskKind] = Choice(
    "label_kind",
    "Shape",
    "pairs",
    {
        "pairs": "two texts and a score in every row",
        "labelled": "a text and a label in every row",
        "retrieval": "queries, documents and relevance, a file each",
    },
    name="shape",
    only_with={TASK: {"upload", "vectors", "hub"}},
)
HUB = Named(
    "hub",
    "Data set",
    "stsb",
    "a name or hub id",
    HUB_DATASETS,
    about="Choose one, or type the id of a data set on the Hugging Face hub. It is fetched once.",
    width=320,
    only_with={CORPUS: {"hub"}, TASK: {"hub"}},
)

TYPICAL_TEXT = "typical"
STORED_TEXT = Named(
    "stored_text",
    "Text",
    TYPICAL_TEXT,
    "an id of a stored text",
    about="The texts that are stored with a backbone.",
    name="of_text",
    longest=12,
    only_with={BACKBONE: ANY_STORED},
)

# Logit lens
ONE_A_LINE = Switch("lines", "One text per line", False)
COMPARE = Choice(
    "compare",
    "Compare",
    "difference",
    {
        "difference": "which tokens fell and rose most by the filter",
        "centring": "both lists, not centred and centred, unfiltered",
        "filter": "both lists, unfiltered and filtered",
    },
)
TOP = Whole("top", "Tokens in each list", 20, 5, 50, 1, width=220)
KNOWN_WORDS = Switch(
    "known_words",
    "Only known words",
    False,
    about="Lists only tokens that are English words known to wordfreq. Ranks stay those among the whole vocabulary.",
    name="words",
)

# Spectrum
TOKENS: Choice[TokenSet] = Choice(
    "tokens",
    "Tokens",
    "frequent",
    unexplained("frequent", "rare", "random"),
    about="The set whose logits Δπ watches. `rare` are the rarest tokens seen at least once, ties by id.",
)
DPI_TOP = Whole("dpi_top", "How many", 100, 10, 1000, 10, width=220)
BIAS: Choice[Bias] = Choice(
    "bias",
    "Bias",
    "zero",
    unexplained("zero", "mean"),
    about="A constant b added to log p before the fit. The paper drops it, which is not harmless.",
)
COUNTS = Choice(
    "counts",
    "Frequencies",
    "corpus",
    {
        "corpus": "counts in the 300 reference documents",
        "words": "word frequencies of English (wordfreq)",
        "pasted": "counts in a text of yours",
    },
)
DIRECTION = Whole(
    "direction",
    "Direction",
    0,
    0,
    about="Or click the curves above: of a block, the direction with the largest value is taken.",
    width=160,
    name="dir",
)

# Similarity
PAIRS_OPEN = Switch("pairs_open", "**How similar is each pair?**", False, name="pairs_on")
PAIRS = Whole(
    "pairs",
    "Nearest texts",
    12,
    3,
    40,
    1,
    about="How many of the texts nearest by the kept directions are compared with each other.",
    width=260,
)
RANKING_OPEN = Switch("ranking_open", "**The whole ranking**: search, baselines, downloads", False, name="ranking_on")
COMPARED = Several(
    "baselines",
    "Compare with baselines",
    [],
    {info.id: f"{info.explanation} ({info.source})" for info in BASELINES.values()},
    about="Other ways to treat the same embeddings, fitted on the reference documents where they must be.",
    width=420,
    name="vs",
)

# Choose rank
MEASURE = Choice(
    "measure",
    "Measure",
    USUAL,
    {USUAL: "", **{name: measure.explanation for name, measure in MEASURES.items()}},
    "list",
    width=220,
)
GOAL: Choice[GoalId] = Choice(
    "goal",
    "Goal",
    "shrink",
    {goal.id: goal.question for goal in GOALS.values()},
)
BYTES = Whole(
    "bytes",
    "Bytes a vector",
    72,
    1,
    100_000,
    about="What a vector may take in the index.",
    width=140,
    only_with={GOAL: {"budget"}},
)
MARGIN = Choice(
    "margin",
    "Margin, in points",
    "0.5",
    unexplained("0.25", "0.5", "1", "2"),
    "pills",
    about="How much a smaller number of directions may lose. A point is a hundredth of the measure.",
)
OVERLAY = Several(
    "overlay",
    "Compare with",
    [],
    {
        "presets": "the other presets at the kept number of directions",
        "random": "random subspaces over 20 seeds",
    },
)
TRAP_OPEN = Switch("trap_open", "**A trap: int8 codes that hide a scaling**", False, name="trap_on")
FINER = Switch(
    "finer",
    "A finer look around the kept band",
    False,
    about="Cells a quarter as wide, around the band that is kept now.",
)

# Map
METHOD = Choice(
    "method",
    "Method",
    "PCA",
    {
        "PCA": "the two directions in which the texts vary most, at once",
        "UMAP": "keeps neighbours together and bends distances; takes a while",
    },
)
STEP = Choice(
    "step",
    "Step: ratio τ",
    "kept",
    {
        "unfiltered": "all directions, τ = 1",
        **{ratio: f"EmbedFilter's bulk with τ = {ratio}" for ratio in RATIOS},
        "kept": "what the sidebar keeps",
    },
    about="UMAP is made of unfiltered and kept alone.",
)
COLOUR = Choice(
    "colour",
    "Colour",
    "label",
    {
        "label": "label of the text",
        "neighbours": "share of its neighbours that survive",
        "rate-unfiltered": "how frequent the first token of its lens is unfiltered",
        "rate-filtered": "the same filtered",
    },
    "list",
    about="How frequent a token is, is counted where the sidebar says.",
    width=150,
)

# Layers
FILTERED = Switch("filtered", "Filter the states", False)
LAYER_METRIC = Choice(
    "layer_metric",
    "Colour",
    "probability",
    {name: metric.label for name, metric in METRICS.items()},
    about="Brighter is nearer to what the model ends with, or surer.",
    name="cells",
)
CELL_LAYER = Place("cell_layer", "Layer", "last", 999, name="row")
CELL_POSITION = Place(
    "cell_position",
    "Position",
    "pooled",
    9999,
    about="`pooled` is where the embedding is read: the last position, or the mean over the pooled ones.",
    name="column",
)
CURVE = Choice("curve", "Show", "rank", unexplained(*CURVES))
FREQUENCY = Choice(
    "frequency",
    "Frequency",
    "frequent-share",
    {name: frequency.explanation for name, frequency in FREQUENCIES.items()},
)
LABELLED = Choice(
    "labelled", "Labelled data", "graded-pairs", {name: _TASKS[name] for name in ("graded-pairs", "topics", "lee-50")}
)
LAYER_STEP = Whole(
    "layer_step",
    "Every how many layers",
    5,
    1,
    20,
    about="One embedding pass gives all layers. The last layer is always measured.",
    width=180,
    name="every",
)

# Compare
VERSUS = Choice(
    "versus",
    "Compare two",
    "backbones",
    {
        "backbones": "stored ones at once, others once they are loaded",
        "prompts": "what is put around the text, with the backbone of the sidebar",
        "layers": "whose states are pooled, with the backbone of the sidebar",
        "bands": "which directions are kept, with the backbone of the sidebar",
    },
)
_BACKBONES = {VERSUS: {"backbones"}}
_SHIPPED = [PREFIX + stored.id for stored in stored_backbones() if stored.shipped]
_A_BACKBONE = GLOSSARY["backbone"].meaning
FIRST_BACKBONE = Named(
    "first_backbone",
    "First",
    _SHIPPED[0],
    "a name or hub id",
    CATALOGUE,
    meant_by,
    linked_as,
    about=_A_BACKBONE,
    name="first",
    longest=120,
    only_with=_BACKBONES,
)
SECOND_BACKBONE = replace(
    FIRST_BACKBONE,
    key="second_backbone",
    label="Second",
    default=_SHIPPED[-1],
    name="second",
)
_PROMPTS = {name: about for name, about in PROMPT.choices.items() if name != CUSTOM}
FIRST_PROMPT = Choice(
    "first_prompt", "First", "prompteol", _PROMPTS, "list", name="prompt_1", only_with={VERSUS: {"prompts"}}
)
SECOND_PROMPT = replace(FIRST_PROMPT, key="second_prompt", label="Second", default="echo", name="prompt_2")
FIRST_LAYER = WholeOrNothing(
    "first_layer", "First", None, 999, "half way", name="layer_1", only_with={VERSUS: {"layers"}}
)
SECOND_LAYER = replace(FIRST_LAYER, key="second_layer", label="Second", nothing="the last", name="layer_2")
SIDEBAR_BAND = "sidebar"
_BANDS = {SIDEBAR_BAND: "what the sidebar keeps", "unfiltered": "all directions"} | {
    f"{preset}-{ratio}": f"{PRESETS[preset].keeps}, τ {ratio}"
    for preset in ("bulk", "dominant", "secondary", "edges")
    for ratio in RATIOS
}
FIRST_BAND = Choice("first_band", "First", SIDEBAR_BAND, _BANDS, "list", name="band_1", only_with={VERSUS: {"bands"}})
SECOND_BAND = replace(FIRST_BAND, key="second_band", label="Second", default="dominant-2", name="band_2")

# Use this filter
INDEXED = Switch("indexed", "Add a FAISS index of a corpus", False, name="index_on")
STORED_AS = Choice(
    "stored_as",
    "Numbers of the index",
    "float32",
    {precision.id: precision.explanation for precision in PRECISIONS.values()},
    "list",
    about="How the index stores the numbers of a vector.",
    width=220,
)
