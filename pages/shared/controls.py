"""The table of controls: everything that defines a view, under one key that is also its name in the address."""

from collections.abc import Callable
from dataclasses import dataclass

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.backbones.prompts import PROMPTS
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.spectral.baselines import BASELINES
from embfilter_core.spectral.presets import PER_MILLE, PRESETS

LINK_VERSION = "1"
TEXT = "text"
CUSTOM = "custom"
BACKBONE_DEFAULT = "default"
LONGEST_TEXT = 100_000


def _one_of(choices: list[str]) -> Callable[[list[str]], bool]:
    return lambda values: len(values) == 1 and values[0] in choices


def _whole(low: int, high: int) -> Callable[[list[str]], bool]:
    def allows(values: list[str]) -> bool:
        return (
            len(values) == 1
            and values[0].isdecimal()
            and len(values[0]) <= len(str(high))
            and low <= int(values[0]) <= high
        )

    return allows


def _whole_or(word: str, high: int) -> Callable[[list[str]], bool]:
    whole = _whole(0, high)
    return lambda values: values == [word] or whole(values)


def _band(values: list[str]) -> bool:
    if len(values) != 2 or not all(value.isdecimal() and len(value) <= 4 for value in values):
        return False
    start, stop = map(int, values)
    return start < stop <= PER_MILLE


def _some_of(choices: list[str]) -> Callable[[list[str]], bool]:
    return lambda values: len(set(values)) == len(values) and set(values) <= set(choices)


def _short(values: list[str]) -> bool:
    return len(values) == 1 and 0 < len(values[0]) <= 300


@dataclass(frozen=True)
class Control:
    """One control of a view.

    Attributes:
        key: Widget key and name in the address.
        default: Value where nothing is chosen.
        allows: Whether the values of the address (one, or two for the band) are possible.
        choices: What may stand there, said to the reader of a wrong link.
    """

    key: str
    default: object
    allows: Callable[[list[str]], bool]
    choices: str


def _choice(key: str, default: str, choices: list[str]) -> Control:
    return Control(key, default, _one_of(choices), ", ".join(choices))


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
_SWITCH = _one_of(["true", "false"])

CONTROLS: dict[str, Control] = {
    control.key: control
    for control in (
        Control("backbone", BUNDLED.id, _short, "a name or hub id of at most 300 characters"),
        _choice("dtype", "float32", DTYPES),
        _choice("prompt", BACKBONE_DEFAULT, [BACKBONE_DEFAULT, *PROMPTS, CUSTOM]),
        Control("template", PROMPTS["prompteol"].template, _short, "a template of at most 300 characters"),
        _choice("pooling", "last", ["last", "mean"]),
        Control("layer", None, _whole(0, 999), "a whole number from 0, or nothing for the last layer"),
        _choice("preset", "bulk", [*PRESETS, CUSTOM]),
        _choice("ratio", "2", RATIOS),
        Control("band", (250, 750), _band, f"two rising whole numbers from 0 to {PER_MILLE}"),
        Control("seed", 0, _whole(0, 9999), "a whole number from 0 to 9999"),
        Control("centre", False, _SWITCH, "true or false"),
        _choice("view", "filter", list(VIEWS)),
        Control("top", 20, _whole(5, 50), "a whole number from 5 to 50"),
        Control("words", False, _SWITCH, "true or false"),
        _choice("tokens", "frequent", ["frequent", "rare", "random"]),
        Control("k", 100, _whole(10, 1000), "a whole number from 10 to 1000"),
        _choice("bias", "zero", ["zero", "mean"]),
        _choice("counts", "corpus", ["corpus", "words", "pasted"]),
        Control("direction", 0, _whole(0, 99_999), "a whole number from 0"),
        Control("lines", False, _SWITCH, "true or false"),
        _choice("corpus", "lee-background", list(CORPORA)),
        Control("hub", "stsb", _short, "a name or hub id of at most 300 characters"),
        _choice("task", "lee-50", list(TASKS)),
        _choice("shape", "pairs", list(KINDS)),
        _choice("measure", "usual", ["usual", *MEASURES]),
        _choice("margin", "0.5", MARGINS),
        Control("overlay", [], _some_of(list(OVERLAYS)), f"some of {', '.join(OVERLAYS)}"),
        Control("finer", False, _SWITCH, "true or false"),
        Control("ranking_open", False, _SWITCH, "true or false"),
        Control("pairs_open", False, _SWITCH, "true or false"),
        Control("pairs", 12, _whole(3, 40), "a whole number from 3 to 40"),
        _choice("method", "PCA", list(MAP_METHODS)),
        _choice("step", "kept", list(MAP_STEPS)),
        _choice("colour", "label", list(MAP_COLOURS)),
        Control("baselines", [], _some_of(list(BASELINES)), f"some of {', '.join(BASELINES)}"),
        Control("filtered", False, _SWITCH, "true or false"),
        _choice("cells", "probability", LAYER_METRICS),
        Control("cell_layer", "last", _whole_or("last", 999), "a whole number from 0, or last"),
        Control("cell_position", "pooled", _whole_or("pooled", 9999), "a whole number from 0, or pooled"),
        _choice("curve", "rank", CURVES),
        _choice("common", "frequent-share", COMMON),
        _choice("labelled", "graded-pairs", LABELLED),
        Control("every", 5, _whole(1, 20), "a whole number from 1 to 20"),
    )
}
