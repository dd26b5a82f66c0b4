"""What a stored backbone shows is what the loaded one shows, to the errors that its file states."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from embfilter_core import Backbone, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.errors import InputError
from embfilter_core.stored_backbones import source as source_module
from embfilter_core.stored_backbones.bands import committed_for, nearest_edges
from embfilter_core.stored_backbones.finding import readings_of
from embfilter_core.stored_backbones.material import Material, write_stored
from embfilter_core.stored_backbones.reading import read_parts, read_text
from embfilter_core.stored_backbones.shelf import find_stored
from embfilter_core.stored_backbones.source import Source, read_source
from embfilter_core.stored_backbones.stored_backbone import StoredBackbone
from tests.core.stored_backbones.conftest import CORPUS
from tests.core.stored_backbones.live import assert_band_as_live, assert_shown_as_live, numbers, prefix


def source_of(backbone: Backbone, monkeypatch: pytest.MonkeyPatch) -> Source:
    monkeypatch.setattr(source_module, "check_reference", lambda rates: None)
    return read_source(backbone, corpus=CORPUS)


@pytest.mark.parametrize("family", ["llama", "phi", "gemma2"])
def test_all_that_is_shown_of_a_text_is_as_live_and_so_are_the_lists_of_other_bands(
    tiny: Callable[..., Backbone],
    written: Callable[[str], StoredBackbone],
    family: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backbone, stored = tiny(family, family != "phi"), written(family)
    source = source_of(backbone, monkeypatch)
    edges = read_parts(stored).directions["edges"]
    for place in range(2):
        assert_shown_as_live(stored, source, backbone, place)
        for start, stop in list(combinations(edges, 2))[::37]:
            assert_band_as_live(stored, source, backbone, place, (start, stop))


def test_evidence_is_that_of_every_preset_and_the_findings_count_the_same_tokens(
    llama: Backbone, stored: StoredBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, parts = source_of(llama, monkeypatch), read_parts(stored)
    readings = readings_of(llama, source.embeddings, source.mean, source.kept)
    assert {"bulk/2", "bulk/4", "edges/8", "dominant/2", "secondary/2"} <= parts.evidence.keys()
    assert parts.evidence.keys() == parts.centred_evidence.keys()
    counts = {reading["label"]: reading.get("counts") for reading in parts.evidence["bulk/2"]["readings"]}
    for label, name in (("Unfiltered", "unfiltered"), ("Kept directions", "kept"), ("Centred, unfiltered", "centred")):
        assert counts[label] == source.rates.frequent[readings[name]].sum(axis=1).tolist()
        assert stored.findings.frequent[name][0] == pytest.approx(np.mean(counts[label]) / 20)


def test_scores_energies_and_singular_values_are_kept_for_every_direction(
    llama: Backbone, stored: StoredBackbone
) -> None:
    parts = read_parts(stored)
    np.testing.assert_allclose(parts.directions["values"], llama.spectrum.singular_values, rtol=1e-4)
    assert len(parts.scores) == llama.d
    assert {name: len(energy) for name, energy in parts.energies.items()} == {
        "the corpus": llama.d,
        "the mean of the corpus": llama.d,
    }
    assert sum(parts.energies["the corpus"]) == pytest.approx(1, abs=1e-5)


def test_the_bulk_as_it_was_stored_is_returned_for_its_preset_and_another_preset_is_made_of_sums(
    stored: StoredBackbone,
) -> None:
    instrument = read_text(stored, 0).instrument
    assert committed_for(instrument, "bulk", 2) == instrument["committed"]
    whole = committed_for(instrument, "unfiltered", 1)
    assert whole["k"] == stored.d and whole["lists"]["removed"] == []
    edges = committed_for(instrument, "edges", 2)
    assert not edges["draggable"] and len(edges["runs"]) == 2
    with pytest.raises(InputError, match="preset 'quiet'"):
        committed_for(instrument, "quiet", 2)


def test_a_band_off_the_grid_is_refused_and_the_nearest_one_is_on_it(stored: StoredBackbone) -> None:
    instrument = read_text(stored, 0).instrument
    edges = instrument["edges"]
    off = next(direction for direction in range(stored.d) if direction not in edges)
    with pytest.raises(InputError, match="not on the grid"):
        committed_for(instrument, "custom", 2, [[off, stored.d]])
    start, stop = nearest_edges(edges, off, off + 1)
    assert start in edges and stop in edges and start < stop
    assert nearest_edges(edges, stored.d, stored.d) == (edges[-2], edges[-1])


def test_a_file_that_is_too_large_takes_coarser_steps_and_states_a_larger_error(
    materials: Callable[[str], Material], stored: StoredBackbone, content: bytes, tmp_path, monkeypatch
) -> None:
    from embfilter_core.stored_backbones import material

    monkeypatch.setattr(material, "MAX_FILE_BYTES", int(0.97 * len(content)))
    coarse = write_stored(materials("llama"), tmp_path / "coarse.zip")
    assert coarse.path.stat().st_size < len(content)
    assert coarse.logit_error > stored.logit_error
    off = prefix(read_text(coarse, 0).instrument) - prefix(read_text(stored, 0).instrument)
    steps = numbers(read_text(stored, 0).instrument["tokens"]["steps"]).max()
    assert (off.max(axis=1) - off.min(axis=1)).max() <= coarse.logit_error + stored.logit_error + 2 * steps
    monkeypatch.setattr(material, "MAX_FILE_BYTES", 10_000)
    with pytest.raises(InputError, match=r"needs 0.1 MB; a stored backbone has at most"):
        write_stored(materials("llama"), tmp_path / "never.zip")
    assert not (tmp_path / "never.zip").exists()


@pytest.mark.real
@pytest.mark.slow
def test_the_bundled_backbone_as_it_is_shipped_shows_what_it_shows_loaded() -> None:
    backbone, stored = load_backbone(BUNDLED.id, device="cpu"), find_stored("smollm2-135m-instruct")
    assert stored.shipped and stored.fingerprint == backbone.fingerprint
    source = read_source(backbone)
    for place in (0, 11, 23):
        assert_shown_as_live(stored, source, backbone, place)
    for band in ((0, 288), (1, 575), (36, 540)):
        assert_band_as_live(stored, source, backbone, 0, band)
