"""The curves of a stored backbone are those that `sweep_quality` measures, and what says nothing of it is refused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from embfilter_core import Backbone, PairTask, graded_pairs
from embfilter_core.embeddings.task_embeddings import task_embeddings
from embfilter_core.errors import InputError
from embfilter_core.quality.sweep import sweep_quality
from embfilter_core.stored_backbones import source
from embfilter_core.stored_backbones.limits import MAX_CURVES
from embfilter_core.stored_backbones.making import make_stored
from embfilter_core.stored_backbones.material import write_stored
from embfilter_core.stored_backbones.reading import read_parts
from tests.core.stored_backbones.conftest import CORPUS, TEXTS

FIRST, SECOND = np.arange(9), np.roll(np.arange(9), 2)
PAIRS = PairTask("pairs", "Pairs", TEXTS[:9], FIRST, SECOND, np.arange(9.0) * 2 % 5, "Written for this test")


def test_labelled_data_that_is_asked_for_is_measured_and_its_curve_written(
    llama: Backbone, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(source, "check_reference", lambda rates: None)
    material = make_stored(llama, corpus=CORPUS, tasks=[PAIRS])
    (curve,) = read_parts(write_stored(material, tmp_path_factory.mktemp("stored") / "it.embfilter.zip")).measured
    (embeddings,) = task_embeddings(llama, PAIRS, llama.default_prompt)
    sweep = sweep_quality(PAIRS, (llama.spectrum.coefficients(embeddings),))
    assert (curve.name, curve.source, curve.measure, curve.units) == ("Pairs", "Written for this test", "spearman", 9)
    assert curve.ks == tuple(sweep.ks.tolist()) and curve.ks[-1] == llama.d
    assert np.allclose([score for score, _, _ in curve.scores], sweep.scores.values)
    assert np.allclose([low for _, low, _ in curve.gains], sweep.to_unfiltered.low)


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ([graded_pairs()], "was written for this app"),
        ([replace(PAIRS, vectors=(np.zeros((9, 4), dtype=np.float32),))], "brings vectors of its own"),
        ([PAIRS] * (MAX_CURVES + 1), "11 data sets are too many"),
    ],
)
def test_what_says_nothing_of_a_backbone_is_refused_before_anything_is_read(
    tiny: Callable[..., Backbone], tasks: list[PairTask], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        make_stored(tiny("llama"), tasks=tasks)
