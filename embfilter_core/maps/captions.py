"""What a map shows and what its numbers are, in words and numbers that a page, a notebook or a terminal can print."""

from dataclasses import dataclass

import numpy as np

from embfilter_core.glossary import GLOSSARY
from embfilter_core.maps.measures import Summary
from embfilter_core.number_format import COSINE, format_change, format_share

UMAP_CAPTION = (
    "One UMAP layout of unfiltered and kept together, each centred on its own mean, so that a text can be followed. "
    "Distances between groups, and their sizes, mean nothing."
)


@dataclass(frozen=True)
class MapFact:
    """A number beside the map: its `name`, the number as it is written (`value`), and what it means (`meaning`)."""

    name: str
    value: str
    meaning: str


def describe_picture(explained: np.ndarray | None) -> str:
    """Return what may be read from a picture.

    Args:
        explained: (2,) share of the variance along the axes of PCA, or None for UMAP.
    """
    if explained is None:
        return UMAP_CAPTION
    one, other = explained
    return (
        "One PCA frame for all steps, so that a text can be followed. Each step is centred on its own mean: how the "
        "texts spread is drawn, not how the filter shifts them all together. The axes hold "
        f"{format_share(one)} and {format_share(other)} of the variance."
    )


def describe_found(found: int, texts: int) -> str:
    """Return how many of the texts hold what is looked for."""
    return f"{found:,} of {texts:,} texts hold what you look for; they are ringed."


def neighbour_facts(summary: Summary) -> list[MapFact]:
    """Return how many neighbours survive, how pure they are where there are labels, and the anisotropy."""
    k, one, other = summary.k, summary.purity_unfiltered, summary.purity_filtered
    facts = [
        MapFact(
            "Neighbours that survive",
            format_share(summary.surviving.value),
            f"Share of the {k} nearest texts by cosine, in all dimensions, that are among the {k} nearest after the "
            "filter; mean over all texts.",
        )
    ]
    if one is not None and other is not None and np.isfinite(one.value):
        purity = format_change(one.value, other.value, ".3f")
        facts.append(MapFact("Topic purity", purity, f"Share of the {k} nearest texts that have the text's own label."))
    anisotropy = format_change(*summary.anisotropy, COSINE)
    return [*facts, MapFact("Anisotropy", anisotropy, GLOSSARY["anisotropy"].meaning)]


def trust_fact(unfiltered: float, filtered: float, k: int) -> MapFact:
    """Return how far a picture is to be trusted, from the `trustworthiness` of its two sides for k neighbours."""
    return MapFact(
        "Trustworthiness of the picture",
        format_change(unfiltered, filtered, ".3f"),
        f"Over the {k} nearest in the picture. {GLOSSARY['trustworthiness'].meaning}",
    )
