"""Stored measurements come out again where the data lie beside the project: they are measured anew and compared."""

import os
from dataclasses import astuple
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import embedding_cost, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.quality.measuring import corpora_of
from embfilter_core.stored.making import make_record
from embfilter_core.stored.record import FOLDER, read_record, stored_ids
from embfilter_core.stored.sources import SOURCES

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(3600)]

NAMED = "EMBFILTER_DATA"
"""Environment variable that names the folder of the data."""
BESIDE = Path(__file__).resolve().parents[4] / "shared" / "data"
CLOSE = 0.3
"""In points: another processor multiplies in another order, and a few ranks turn round."""
MOST_TOKENS = 20_000
"""To be embedded for this test: some seconds."""
MEASURED = stored_ids() if os.environ.get(NAMED) else stored_ids()[:1]
"""All takes ten minutes: done where the data are named; where they only lie beside the project, one is enough."""


def data_folder() -> Path:
    folder = Path(os.environ.get(NAMED) or BESIDE)
    if not folder.is_dir():
        pytest.skip(f"There are no data to measure: name their folder in {NAMED}.")
    return folder


@pytest.mark.parametrize("name", MEASURED)
def test_a_fresh_run_gives_what_is_stored_and_no_text_is_stored(name: str) -> None:
    folder, stored = data_folder(), read_record(name)
    task, backbone = SOURCES[name].task(folder), load_backbone(BUNDLED.id)
    texts = [text for corpus in corpora_of(task) for text in corpus.texts]
    written = (files(FOLDER) / f"{name}.json").read_text("utf-8")
    assert not [text for text in texts if len(text) > 15 and text in written]
    tokens = sum(embedding_cost(backbone, corpus, backbone.default_prompt).tokens for corpus in corpora_of(task))
    if tokens > MOST_TOKENS:
        pytest.skip(f"{tokens:,} tokens are not embedded yet: make stored-measurements DATA={folder} does that.")
    fresh = make_record(SOURCES[name], folder)
    assert fresh.n == stored.n
    for part in ("sweep", "bands"):
        ends, known = (astuple(getattr(found, part).to_unfiltered) for found in (fresh, stored))
        assert np.median(np.abs(np.array(ends) - np.array(known))) < CLOSE, part
    rows = {row.name: row.to_unfiltered for row in stored.forest.rows}
    again = {row.name: row.to_unfiltered for row in fresh.forest.rows}
    assert set(again) == set(rows)
    for row, difference in again.items():
        assert astuple(difference) == pytest.approx(astuple(rows[row]), abs=2 * CLOSE), row
    treatments = {(one.line, one.k, one.precision): one.to_unfiltered.value for one in stored.treatments}
    for one in fresh.treatments:
        assert one.to_unfiltered.value == pytest.approx(treatments[one.line, one.k, one.precision], abs=1), one
