"""The words and numbers beside a map say what was measured, and nothing where there is nothing to say."""

import numpy as np

from embfilter_core.maps.captions import describe_found, describe_picture, neighbour_facts, trust_fact
from embfilter_core.maps.measures import neighbour_change, summarise
from embfilter_core.maps.projection import map_points
from embfilter_core.spectral.selection import KeptDirections

POINTS = map_points(np.random.default_rng(0).normal(size=(30, 8)), KeptDirections.band(8, 2, 6))
LABELS = np.array(["a", "b", "c"] * 10)


def test_a_picture_by_pca_says_how_much_of_the_variance_it_holds_and_one_by_umap_that_distances_mean_nothing() -> None:
    assert "The axes hold 41.2 % and 9.0 % of the variance." in describe_picture(np.array([0.412, 0.09]))
    assert "Distances between groups, and their sizes, mean nothing." in describe_picture(None)
    assert describe_found(1, 2000) == "1 of 2,000 texts hold what you look for; they are ringed."


def test_the_facts_are_the_means_of_the_summary() -> None:
    summary = summarise(neighbour_change(POINTS, 5, LABELS))
    facts = {fact.name: fact for fact in neighbour_facts(summary)}
    assert list(facts) == ["Neighbours that survive", "Topic purity", "Anisotropy"]
    assert facts["Neighbours that survive"].value == f"{100 * summary.surviving.value:.1f} %"
    assert facts["Topic purity"].value == f"{summary.purity_unfiltered.value:.3f} → {summary.purity_filtered.value:.3f}"
    assert facts["Anisotropy"].value == " → ".join(f"{value:.3f}" for value in summary.anisotropy)
    assert "the 5 nearest" in facts["Topic purity"].meaning


def test_without_a_label_there_is_no_purity() -> None:
    for labels in (None, np.array([""] * 30)):
        facts = neighbour_facts(summarise(neighbour_change(POINTS, 5, labels)))
        assert [fact.name for fact in facts] == ["Neighbours that survive", "Anisotropy"]


def test_trust_is_told_of_both_sides() -> None:
    fact = trust_fact(0.98765, 0.5, 7)
    assert fact.value == "0.988 → 0.500"
    assert "the 7 nearest in the picture" in fact.meaning
