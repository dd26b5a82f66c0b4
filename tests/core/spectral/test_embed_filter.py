"""The filter is an orthogonal projection on the kept directions, in two forms, and survives being saved."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from embfilter_core import EmbedFilter, KeptDirections, Spectrum, __version__
from embfilter_core.errors import InputError
from embfilter_core.storage.arrays import save_arrays
from tests.each import for_each

D = 20


@pytest.fixture
def spectrum() -> Spectrum:
    directions, _ = np.linalg.qr(np.random.default_rng(7).normal(size=(D, D)))
    return Spectrum(np.linspace(5, 1, D), directions, backbone="f" * 32)


@pytest.fixture
def embeddings() -> np.ndarray:
    return np.random.default_rng(8).normal(size=(12, D)).astype(np.float32)


def distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def some_selections(d: int) -> list[KeptDirections]:
    seeded = [KeptDirections.random(d, keep=1 + 3 * seed, seed=seed) for seed in range(6)]
    return [KeptDirections.bulk(d), KeptDirections.edges(d), KeptDirections.band(d, 1, 2), *seeded]


def test_everything_returns_the_same_object_unrotated(spectrum: Spectrum, embeddings: np.ndarray) -> None:
    identity = EmbedFilter(spectrum, KeptDirections.bulk(D, ratio=1))
    assert identity.reduce(embeddings) is embeddings
    assert identity.project(embeddings) is embeddings


def test_reduced_form_is_the_coordinates_in_the_kept_directions(spectrum: Spectrum, embeddings: np.ndarray) -> None:
    reduced = EmbedFilter(spectrum, KeptDirections.edges(D, keep=4)).reduce(embeddings)
    kept = [0, 1, 18, 19]
    expected = [[float(h.astype(np.float64) @ spectrum.directions[i]) for i in kept] for h in embeddings]
    assert reduced.shape == (12, 4)
    assert np.abs(reduced - expected).max() <= 1e-5


@for_each(kept=some_selections(D))
def test_projecting_twice_changes_nothing(spectrum: Spectrum, embeddings: np.ndarray, kept: KeptDirections) -> None:
    once = EmbedFilter(spectrum, kept).project(embeddings)
    assert np.abs(EmbedFilter(spectrum, kept).project(once) - once).max() <= 1e-5
    assert np.abs(once - embeddings).max() > 1e-2


@for_each(kept=some_selections(D))
def test_the_projector_is_symmetric_and_idempotent_with_rank_k(spectrum: Spectrum, kept: KeptDirections) -> None:
    projector = EmbedFilter(spectrum, kept).project(np.eye(D))
    assert np.abs(projector - projector.T).max() <= 1e-12
    assert np.abs(projector @ projector - projector).max() <= 1e-12
    assert np.trace(projector) == pytest.approx(len(kept))


@for_each(kept=some_selections(D))
def test_distances_agree_between_reduced_and_projected_form(
    spectrum: Spectrum, embeddings: np.ndarray, kept: KeptDirections
) -> None:
    fitted = EmbedFilter(spectrum, kept)
    reduced, projected = fitted.reduce(embeddings), fitted.project(embeddings)
    assert np.abs(distances(reduced) - distances(projected)).max() <= 1e-5
    assert distances(reduced).max() > 0.1


def test_distances_to_the_original_space_are_not_kept(spectrum: Spectrum, embeddings: np.ndarray) -> None:
    reduced = EmbedFilter(spectrum, KeptDirections.bulk(D)).reduce(embeddings)
    assert np.abs(distances(reduced) - distances(embeddings)).max() > 0.1


def test_complementary_selections_add_up_to_the_embedding(spectrum: Spectrum, embeddings: np.ndarray) -> None:
    bulk = EmbedFilter(spectrum, KeptDirections.bulk(D, keep=14)).project(embeddings)
    edges = EmbedFilter(spectrum, KeptDirections.edges(D, keep=6)).project(embeddings)
    assert np.abs(bulk + edges - embeddings).max() <= 1e-5
    assert np.abs((bulk * edges).sum(1)).max() <= 1e-5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_of_the_embeddings_is_kept(spectrum: Spectrum, dtype: type) -> None:
    fitted = EmbedFilter(spectrum, KeptDirections.bulk(D))
    embeddings = np.ones((2, D), dtype=dtype)
    assert fitted.reduce(embeddings).dtype == fitted.project(embeddings).dtype == dtype


def test_the_embeddings_are_left_as_they_were(spectrum: Spectrum, embeddings: np.ndarray) -> None:
    embeddings.setflags(write=False)
    before = embeddings.copy()
    fitted = EmbedFilter(spectrum, KeptDirections.bulk(D))
    fitted.reduce(embeddings)
    fitted.project(embeddings)
    assert np.array_equal(embeddings, before)


def test_no_embeddings_give_no_rows(spectrum: Spectrum) -> None:
    fitted = EmbedFilter(spectrum, KeptDirections.bulk(D))
    assert fitted.reduce(np.empty((0, D))).shape == (0, D // 2)


@pytest.mark.parametrize("shape", [(D,), (3, D - 1), (3, D + 1), (2, 3, D)])
@pytest.mark.parametrize("kept", [KeptDirections.bulk(D), KeptDirections.unfiltered(D)], ids=["bulk", "unfiltered"])
def test_embeddings_of_another_shape_are_refused(
    spectrum: Spectrum, kept: KeptDirections, shape: tuple[int, ...]
) -> None:
    fitted = EmbedFilter(spectrum, kept)
    for form in (fitted.reduce, fitted.project):
        with pytest.raises(InputError, match=rf"Pass \(n, {D}\)"):
            form(np.zeros(shape))


def test_a_selection_for_another_d_is_refused(spectrum: Spectrum) -> None:
    with pytest.raises(InputError, match="over 8 directions, the spectrum has 20"):
        EmbedFilter(spectrum, KeptDirections.bulk(8))


@pytest.mark.parametrize("kept", [*some_selections(D), KeptDirections.unfiltered(D)], ids=lambda kept: kept.describe())
def test_a_loaded_filter_gives_exactly_the_same_numbers(
    spectrum: Spectrum, embeddings: np.ndarray, kept: KeptDirections, tmp_path: Path
) -> None:
    fitted = EmbedFilter(spectrum, kept, prompt="prompteol")
    fitted.save(tmp_path / "a filter.safetensors")
    loaded = EmbedFilter.load(tmp_path / "a filter.safetensors")
    assert np.array_equal(loaded.reduce(embeddings), fitted.reduce(embeddings))
    assert np.array_equal(loaded.project(embeddings), fitted.project(embeddings))
    assert loaded.kept.indices.tolist() == kept.indices.tolist()
    assert (loaded.kept.name, loaded.kept.d) == (kept.name, D)
    assert (loaded.prompt, loaded.backbone) == ("prompteol", "f" * 32)


def test_the_header_tells_what_the_filter_is_for(spectrum: Spectrum, tmp_path: Path) -> None:
    EmbedFilter(spectrum, KeptDirections.bulk(D), prompt="echo").save(str(tmp_path / "filter"))
    with safe_open(tmp_path / "filter", framework="numpy") as file:
        facts = json.loads(file.metadata()["facts"])
        assert sorted(file.keys()) == ["basis", "indices"]
    assert facts == {
        "kind": "embfilter",
        "version": __version__,
        "backbone": "f" * 32,
        "prompt": "echo",
        "preset": "bulk",
        "d": D,
    }


@pytest.mark.parametrize("damage", ["absent", "empty", "truncated", "flipped", "garbage"])
def test_a_damaged_file_is_an_input_error_and_stays(spectrum: Spectrum, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "filter.safetensors"
    EmbedFilter(spectrum, KeptDirections.bulk(D)).save(path)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 0xFF
    contents = {"empty": b"", "truncated": raw[:-50], "flipped": bytes(raw), "garbage": b"x" * 999}
    if damage == "absent":
        path.unlink()
    else:
        path.write_bytes(contents[damage])
    with pytest.raises(InputError, match="Cannot read a filter") as caught:
        EmbedFilter.load(path)
    assert "\n" not in str(caught.value)
    assert path.exists() == (damage != "absent")


def test_a_folder_is_no_filter(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Cannot read a filter"):
        EmbedFilter.load(tmp_path)


def test_another_stored_file_is_no_filter(tmp_path: Path) -> None:
    save_arrays(tmp_path / "other", {"basis": np.eye(3)}, {"kind": "spectrum"})
    with pytest.raises(InputError, match="not a saved filter"):
        EmbedFilter.load(tmp_path / "other")
