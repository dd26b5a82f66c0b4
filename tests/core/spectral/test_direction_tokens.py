"""The tokens at both ends of every direction against sorting all of W_U v_i, and their file."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from embfilter_core import Backbone
from embfilter_core.errors import InputError
from embfilter_core.spectral import direction_tokens as module
from embfilter_core.spectral.decomposition import cached_spectrum, compute_spectrum
from embfilter_core.spectral.direction_tokens import (
    MOST_TOKENS,
    cached_direction_tokens,
    direction_tokens_path,
    find_direction_tokens,
)

FAMILIES = [("llama", True), ("llama", False), ("gpt2", True), ("opt_projected", True), ("phi", False), ("qwen2", True)]


def furthest(along: np.ndarray, padded: np.ndarray) -> list[int]:
    """Every token, the largest coordinate first, ties by id."""
    return sorted(np.flatnonzero(~padded).tolist(), key=lambda i: (-along[i], i))


@pytest.mark.parametrize(("family", "tied"), FAMILIES)
def test_both_ends_of_every_direction_are_its_furthest_tokens(
    tiny: Callable[..., Backbone], family: str, tied: bool
) -> None:
    backbone = tiny(family, tied)
    assert backbone.padded_rows.any()  # or leaving them out would go untested
    found = backbone.direction_tokens
    assert found.ids.shape == found.scores.shape == (backbone.d, 2, MOST_TOKENS)
    rows = backbone.architecture.head.weight.double().numpy()
    for direction, v in enumerate(backbone.spectrum.directions):
        along = rows @ v
        for end, ids, scores in zip((along, -along), found.ids[direction], found.scores[direction], strict=True):
            assert ids.tolist() == furthest(end, backbone.padded_rows)[:MOST_TOKENS]
            assert np.allclose(scores, along[ids], atol=1e-12)
        assert [ids.tolist() for ids in found.ends(direction)] == found.ids[direction].tolist()


@pytest.mark.parametrize("rows_per_chunk", [1, 7, 64, 4096])
def test_ties_go_by_id_whatever_the_size_of_a_chunk(monkeypatch: pytest.MonkeyPatch, rows_per_chunk: int) -> None:
    monkeypatch.setattr(module, "ROWS_PER_CHUNK", rows_per_chunk)
    weight = torch.randint(-2, 3, (90, 3), generator=torch.Generator().manual_seed(0)).double()
    weight = weight @ torch.diag(torch.tensor([4.0, 2.0, 1.0], dtype=torch.float64))  # many rows are one row
    spectrum = compute_spectrum(weight)
    object.__setattr__(spectrum, "directions", np.eye(3))  # coordinates without rounding, so that ties are ties
    padded = np.arange(90) % 11 == 4
    found = find_direction_tokens(weight, spectrum, padded)
    for direction in range(3):
        along = weight[:, direction].numpy()
        for end, ids in zip((along, -along), found.ends(direction), strict=True):
            assert ids.tolist() == furthest(end, padded)[:MOST_TOKENS]


def test_fewer_tokens_than_are_kept_are_all_listed() -> None:
    weight = torch.randn(9, 4, generator=torch.Generator().manual_seed(0))
    found = find_direction_tokens(weight, compute_spectrum(weight), np.arange(9) > 6)
    assert all(sorted(ids) == list(range(7)) for ids in found.ids.reshape(-1, 7).tolist())


@pytest.mark.parametrize("direction", [-1, 32])
def test_a_direction_that_is_not_there_is_refused(llama: Backbone, direction: int) -> None:
    with pytest.raises(InputError, match=f"no direction {direction}"):
        llama.direction_tokens.ends(direction)


def test_they_are_found_once_and_found_again_for_another_spectrum_or_a_damaged_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weight, nobody = torch.randn(60, 6, generator=torch.Generator().manual_seed(0)), np.zeros(60, dtype=bool)
    spectrum, passes = cached_spectrum(weight, "some"), []
    monkeypatch.setattr(
        module, "find_direction_tokens", lambda *given: passes.append(1) or find_direction_tokens(*given)
    )
    found = [cached_direction_tokens(weight, spectrum, nobody) for _ in range(2)]
    assert len(passes) == 1
    for name in ("ids", "scores"):
        assert np.array_equal(*(getattr(one, name) for one in found))
        assert not any(getattr(one, name).flags.writeable for one in found)
    path = direction_tokens_path("some")
    path.write_bytes(path.read_bytes()[:-9])
    assert np.array_equal(cached_direction_tokens(weight, spectrum, nobody).ids, found[0].ids)
    assert len(passes) == 2
    cached_direction_tokens(-weight, compute_spectrum(weight.flip(1), "some"), nobody)
    assert len(passes) == 3
