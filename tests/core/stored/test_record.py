"""Stored measurements: what is written comes back, and what comes with the app is whole and needs no torch."""

import json
import subprocess
import sys
from dataclasses import astuple, fields
from datetime import date
from importlib.resources import files

import numpy as np
import pytest

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.errors import InputError
from embfilter_core.quality.bands import describe_bands, map_bands
from embfilter_core.quality.bootstrap import Estimate
from embfilter_core.quality.clustering import cluster_quality, describe_clustering
from embfilter_core.quality.decisions.treatments import Treatment
from embfilter_core.quality.forest import Untreated, measure_forest
from embfilter_core.quality.forest_rows import describe_forest
from embfilter_core.quality.sweep import describe_sweep, sweep_quality
from embfilter_core.stored.record import (
    FOLDER,
    StoredMeasurement,
    StoredTreatment,
    from_json,
    read_record,
    stored_ids,
    to_json,
)
from tests.core.synthetic_tasks import D, labelled

LARGEST = 200_000
"""Characters of a stored file."""


@pytest.fixture(scope="module")
def record() -> StoredMeasurement:
    task, vectors = labelled()
    sweep = sweep_quality(task, vectors)
    treatment = StoredTreatment("bulk", 6, "float32", 24, Estimate(50.0, 40.0, 60.0), Estimate(1.25, -1.0, 3.0))
    return StoredMeasurement(
        id="made-up",
        name="Made up",
        kind="labelled",
        source="Nowhere",
        n=len(task),
        notes=("Nothing was left out.",),
        backbone="Tiny",
        prompt="prompteol",
        d=D,
        reference="Other texts",
        date="2026-01-02",
        version="0",
        how="Read once.",
        sweep=sweep,
        bands=map_bands(task, vectors),
        forest=measure_forest(task, vectors, sweep, 5, Untreated(vectors)),
        clusters=cluster_quality(task, vectors),
        treatments=(treatment,),
        searched=Treatment("bulk", 6, "float32", D),
        decisions={"improve": ("Yes.", "Because.")},
        chosen={"improve": Treatment("bulk", 6, "float32", D), "budget": None},
        margin=0.5,
        budget=24,
    )


def test_what_is_written_comes_back_to_the_hundredth_of_a_point(record: StoredMeasurement) -> None:
    back = from_json(to_json(record))
    plain = ("id", "name", "kind", "source", "n", "notes", "backbone", "prompt", "d", "reference", "date", "version")
    for name in (*plain, "how", "treatments", "searched", "decisions", "chosen", "margin", "budget"):
        assert getattr(back, name) == getattr(record, name), name
    for part in ("sweep", "bands", "clusters"):
        one, other = getattr(back, part), getattr(record, part)
        for intervals in ("scores", "to_unfiltered"):
            ends = astuple(getattr(other, intervals))
            assert np.allclose(astuple(getattr(one, intervals)), ends, atol=0.0051), (part, intervals)
    assert back.sweep.ks.tolist() == record.sweep.ks.tolist()
    assert back.bands.bands.tolist() == record.bands.bands.tolist()
    assert [row.name for row in back.forest.rows] == [row.name for row in record.forest.rows]
    assert back.forest.planned.name == record.forest.planned.name
    assert np.allclose(
        astuple(back.forest.planned.to_unfiltered), astuple(record.forest.planned.to_unfiltered), atol=0.01
    )
    assert to_json(back) == to_json(record)
    assert back.best.sentence == (
        "The best of the 1 treatments, searched on these data, is 6 directions of the bulk in float32: 50.0, "
        "+1.2 (-1.0 to +3.0) to unfiltered float32."
    )


def test_what_came_back_says_the_same_sentences(record: StoredMeasurement) -> None:
    back = from_json(to_json(record))
    assert describe_sweep(back.sweep) == describe_sweep(record.sweep)
    assert describe_forest(back.forest).startswith("Over 30 texts, unfiltered scores ")
    assert describe_bands(back.bands, 0.5).startswith("Unfiltered scores ")
    assert describe_clustering(back.clusters).startswith("V-measure of k-means")
    assert back.stamp.startswith("Stored, not measured now: Made up, 30 texts; Tiny, prompt prompteol; version 0, 2026")


def test_nothing_of_a_resample_is_stored(record: StoredMeasurement) -> None:
    assert '"samples"' not in to_json(record)
    assert from_json(to_json(record)).sweep.samples.shape == (D, 0)


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(InputError, match="nonsense"):
        read_record("nonsense")


def test_three_data_sets_come_with_the_app() -> None:
    assert stored_ids() == ("stsb-dev", "banking77-20-a-class", "cranfield")


@pytest.mark.parametrize("name", stored_ids())
def test_a_stored_measurement_is_whole(name: str) -> None:
    stored = read_record(name)
    assert {field.name for field in fields(stored)} == set(json.loads(_file(name)))
    assert date.fromisoformat(stored.date) <= date.today()
    assert (stored.backbone, stored.prompt, stored.d) == (BUNDLED.name, BUNDLED.default_prompt, 576)
    assert stored.n == stored.sweep.units == stored.bands.units == stored.forest.units
    for part in (stored.sweep, stored.bands):
        gain = part.to_unfiltered
        assert (gain.low <= gain.values + 0.01).all()
        assert (gain.values <= gain.high + 0.01).all()
    assert [ends[-1] for ends in astuple(stored.sweep.to_unfiltered)] == [0, 0, 0]
    assert stored.bands.unfiltered == pytest.approx(stored.sweep.scores.values[-1], abs=0.01)
    assert (stored.clusters is None) == (stored.kind != "labelled")
    assert set(stored.decisions) == {"shrink", "improve", "budget"}
    assert all(said and all(said) for said in stored.decisions.values())
    assert {"bulk", "unfiltered", "truncated", "pca"} <= {one.line for one in stored.treatments}
    assert {"TF-IDF", "Z-score"} <= {row.name for row in stored.forest.rows}
    (best,) = (row for row in stored.forest.rows if row.searched)
    assert (best.name, best.to_unfiltered) == (stored.best.name, stored.best.measured.to_unfiltered)
    assert stored.best.measured.score.value == stored.scored.scores.values.max()


@pytest.mark.parametrize("name", stored_ids())
def test_a_stored_file_is_small(name: str) -> None:
    assert len(_file(name)) < LARGEST


def test_reading_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from embfilter_core.stored.record import read_record, stored_ids\n"
        "found = [read_record(name) for name in stored_ids()]\n"
        "assert found and 'torch' not in sys.modules and 'sklearn' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def _file(name: str) -> str:
    return (files(FOLDER) / f"{name}.json").read_text("utf-8")
