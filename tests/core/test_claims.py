"""What is said of a view is true for every prompt, layer, centring and filter: checked against the model itself."""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
import torch

from embfilter_core import Backbone, KeptDirections, load_backbone
from embfilter_core.backbones.prompts import PROMPTS, Prompt
from embfilter_core.claims import (
    INTERVALS,
    Reading,
    exactness,
    how_to_choose,
    ranked_by,
    what_bands_drop,
    what_lists_show,
)
from embfilter_core.quality.measuring import MEASURES
from embfilter_core.spectral.embed_filter import EmbedFilter
from embfilter_core.vocabulary.logit_lens import lens_logits
from tests.tiny import save_tiny

TEXT = "The central bank raised rates."
MEAN = np.linspace(-1, 1, 32)
LISTS = ("unfiltered", "filtered")
CUSTOM = (Prompt("custom", "Custom", "{text} means", "last"), Prompt("custom", "Custom", "{text} means", "mean"))


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Backbone:
    return load_backbone(str(save_tiny(tmp_path_factory.mktemp("tiny") / "llama")))


def readings(depth: int = 2, d: int = 32) -> Iterator[Reading]:
    """Every combination of prompt, layer, centring and filter."""
    kept = (KeptDirections.unfiltered(d), KeptDirections.bulk(d))
    for prompt, layer, centred, some in product((*PROMPTS.values(), *CUSTOM), (None, 0, 1), (False, True), kept):
        yield Reading(prompt, layer, depth, centred, some)


@torch.inference_mode()
def next_token_logits(backbone: Backbone, prompt: Prompt) -> np.ndarray:
    """What the model itself makes of its next token after the prompt, (|V|,)."""
    ids = torch.tensor([backbone.encode([TEXT], prompt)[0].token_ids])
    return backbone.architecture.model(input_ids=ids, use_cache=False).logits[0, -1].numpy()


def test_a_list_is_called_the_models_own_exactly_where_it_is(backbone: Backbone) -> None:
    wrong = []
    for reading in readings():
        embedding = backbone.embed([TEXT], reading.prompt, layer=reading.layer) - (MEAN if reading.centred else 0)
        logits = lens_logits(backbone.architecture.head, embedding)[0]
        is_own = np.allclose(logits, next_token_logits(backbone, reading.prompt), atol=1e-4)
        said = what_lists_show(reading)
        if is_own != reading.is_models_own or is_own != said.startswith("Unfiltered, tokens rank as the model ranks"):
            wrong.append((reading.prompt.id, reading.layer, reading.centred, said))
    assert not wrong


def test_a_filtered_list_is_never_the_models_own(backbone: Backbone) -> None:
    kept = KeptDirections.bulk(32)
    embedding = EmbedFilter(backbone.spectrum, kept).project(backbone.embed([TEXT]))
    logits = lens_logits(backbone.architecture.head, embedding)[0]
    assert not np.allclose(logits, next_token_logits(backbone, PROMPTS["prompteol"]), atol=1e-4)
    for reading in readings():
        only = "only 16 of 32 directions speak" in what_lists_show(reading)
        assert only != reading.kept.is_unfiltered


def test_the_lists_of_a_mean_of_an_inner_layer_and_of_centred_states_say_what_is_read() -> None:
    for reading in readings():
        said = what_lists_show(reading)
        assert ("the mean over the second copy of the text" in said) == reading.prompt.echo
        assert ("the mean over the whole prompt" in said) == (
            reading.prompt.pooling == "mean" and not reading.prompt.echo
        )
        assert ("behind the final norm" in said) == (reading.layer is not None)
        assert ("layer 1 of 2" in said) == (reading.layer == 1)
        assert ("centred" in said) == reading.centred


def test_the_badge_is_green_only_where_one_of_the_lists_is_what_was_checked() -> None:
    for reading in readings():
        found = exactness(reading, 1e-5, "float32", LISTS)
        assert found.verdict == ("exact" if reading.is_models_own else "neutral")
        assert ("not of these lists" in found.label) != reading.is_models_own
        assert ("These lists are not what was checked" in found.meaning) != reading.is_models_own
        second = "The filtered list is not what was checked" in found.meaning
        assert second == (reading.is_models_own and not reading.kept.is_unfiltered)


@pytest.mark.parametrize(
    ("error", "dtype", "verdict"),
    [
        (0.0, "float32", "exact"),
        (0.02, "float32", "off"),
        (float("nan"), "float32", "off"),
        (0.02, "bfloat16", "neutral"),
        (0.0, "bfloat16", "exact"),
    ],
)
def test_an_error_is_rounding_or_it_is_not(error: float, dtype: str, verdict: str) -> None:
    reading = Reading(PROMPTS["prompteol"], None, 2, False, KeptDirections.unfiltered(32))
    assert exactness(reading, error, dtype, LISTS).verdict == verdict


def test_no_error_at_all_is_called_exact() -> None:
    for reading in readings():
        found = exactness(reading, 0.0, "float32", LISTS)
        assert "exact" in found.label
        assert not re.search(r"0\.0e|0e", found.label + found.meaning)


def test_what_has_intervals_is_said_of_what_has_none() -> None:
    assert all(not re.search(rf"\b{name}\b", INTERVALS.lower()) for name in MEASURES)
    assert "the paper's own numbers have none" in how_to_choose()
    assert "every number" not in how_to_choose().lower()


def test_a_bulk_that_starts_where_the_papers_code_says_is_not_called_the_middle() -> None:
    assert "as many at either: the dotted line" in what_bands_drop(None)
    assert "starts at 128" in what_bands_drop(128)


def test_a_ranking_by_centred_embeddings_says_so() -> None:
    assert "centred" in ranked_by(True)
    assert "centred" not in ranked_by(False)
