"""The catalogue: whole, of many families and sizes, and its numbers agree with each other."""

import re

import pytest

from embfilter_core.backbones.catalogue import BUNDLED, CATALOGUE, CatalogueEntry, catalogue_entry, nearest_names
from embfilter_core.backbones.prompts import PROMPTS

ENTRIES = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
PAPER = ["qwen2.5-0.5b", "llama-3.1-8b-instruct", "mistral-7b-instruct-v0.3"]


def test_it_begins_with_the_bundled_backbone_and_the_three_of_the_paper() -> None:
    assert list(CATALOGUE)[:4] == [BUNDLED.id, *PAPER]


def test_it_spans_many_families_and_sizes() -> None:
    others = [entry for name, entry in CATALOGUE.items() if name not in (BUNDLED.id, *PAPER)]
    assert len(others) >= 15
    assert len({entry.family for entry in others}) >= 10
    sizes = [entry.parameters for entry in others]
    assert sizes == sorted(sizes)
    assert sizes[0] < 15e6 < 14e9 < sizes[-1]


@ENTRIES
def test_the_facts_of_an_entry_agree_with_each_other(entry: CatalogueEntry) -> None:
    assert catalogue_entry(entry.id) is catalogue_entry(entry.hub_id) is entry
    assert entry.default_prompt in PROMPTS
    assert entry.revision is None or re.fullmatch("[0-9a-f]{40}", entry.revision)
    assert entry.bulk_start is None or 0 < entry.bulk_start < entry.d // 2
    assert entry.quirk == "" or (entry.quirk.endswith(".") and len(entry.quirk) < 100)
    # Every layer of these holds at least attention and a feed-forward net: some d x d matrices.
    in_layers = entry.parameters - entry.table_parameters
    assert 4 < in_layers / (entry.layers * entry.d**2) < 25
    if not entry.bundled:
        assert 1.9 < entry.fetch_bytes / entry.parameters < 4.5  # two or four bytes a weight


def test_no_two_entries_share_a_repository() -> None:
    repositories = [entry.hub_id for entry in CATALOGUE.values()]
    assert len(set(repositories)) == len(repositories)


def test_a_name_that_is_nearly_one_finds_it() -> None:
    assert nearest_names("qwen3-06b")[0] == "qwen3-0.6b"
    assert nearest_names("Gemma-3-270M-it")[0] == "gemma-3-270m"
    assert nearest_names("\0") == [BUNDLED.id]
