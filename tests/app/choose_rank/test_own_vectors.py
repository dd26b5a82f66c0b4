"""Own vectors on the Choose rank page: judged as the library judges them, and the model is not run for them."""

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.data.built_in_tasks import topics_task
from embfilter_core.data.vectors.vector_table import read_vector_table
from embfilter_core.data.vectors.vector_task import vector_columns_of, vector_task
from embfilter_core.quality.sweep import sweep_quality
from tests.app import acting
from tests.app.choose_rank.conftest import anew, tiny
from tests.app.choose_rank.page import CARD, CHOOSE, CLUSTERS, line
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, list_of_file, prose
from tests.core.data.vectors.files import npy, parquet

pytestmark = pytest.mark.real

__all__ = ["anew", "tiny"]

FIT = "Does this W_U fit your vectors?"
LABELLED = pd.DataFrame({"text": topics_task().texts[:40], "label": topics_task().labels[:40]})
ROWS = np.random.default_rng(0).normal(size=(40, 32)).astype(np.float32) + pd.factorize(LABELLED["label"])[0][:, None]
PAIRS = pd.DataFrame({"score": np.arange(20) % 5})


def open_vectors(open_page: Open, kind: str = "labelled", **params: object) -> AppTest:
    return open_page(CHOOSE, task="vectors", label_kind=kind, **params)


def give(at: AppTest, part: str, *files: tuple[str, bytes]) -> AppTest:
    return acting.give(at, f"vectors_{part}", *files)


def test_vectors_of_a_parquet_file_are_measured_at_once_and_as_the_library_does(
    open_page: Open, tiny, forward_passes: list[str]
) -> None:
    at = open_vectors(open_page)
    assert blocks(at) == errors(at) == []
    forward_passes.clear()
    data = parquet(LABELLED, embedding=ROWS)
    give(at, "labelled", ("own.parquet", data))
    assert errors(at) == []
    assert {FIT, CARD, CLUSTERS} <= set(blocks(at))
    table = read_vector_table("own.parquet", data)
    task = vector_task(table, "labelled", vector_columns_of(table.frame, "labelled", {}))
    sweep = sweep_quality(task, (tiny.spectrum.coefficients(task.vectors[0]),))
    assert line(figures(at)["quality"], "bulk, now")[1] == pytest.approx(sweep.to_unfiltered.values.tolist(), abs=1e-9)
    assert "embed" not in forward_passes
    assert any("edge spectrum of the W_U of" in sentence for sentence in prose(at))


def test_a_table_and_a_file_of_arrays_go_together_and_texts_may_be_missing(open_page: Open) -> None:
    at = open_vectors(open_page, "pairs")
    both = np.stack([ROWS[:20], ROWS[20:]], axis=1)
    give(at, "pairs", ("p.csv", PAIRS.to_csv(index=False).encode()))
    assert errors(at) == blocks(at) == []
    give(at, "pairs", ("p.csv", PAIRS.to_csv(index=False).encode()), ("v.npy", npy(both)))
    assert errors(at) == []
    assert CARD in blocks(at)
    assert list_of_file(at, "column_vectors_text1").value == "(none)"


def test_vectors_of_another_length_are_one_line(open_page: Open) -> None:
    at = give(open_vectors(open_page), "labelled", ("own.parquet", parquet(LABELLED, embedding=ROWS[:, :20])))
    (said,) = errors(at)
    assert said.startswith("The vectors of own.parquet have 20 numbers, and the W_U of")
    assert FIT not in blocks(at)


def test_what_cannot_be_read_is_one_line(open_page: Open) -> None:
    at = give(open_vectors(open_page), "labelled", ("own.parquet", parquet(LABELLED)))
    assert errors(at) == ["own.parquet has 0 columns of vectors: none. Name the column of the vectors."]
    give(at, "labelled", ("own.csv", LABELLED.to_csv(index=False).encode()), ("v.npy", npy(ROWS[:7])))
    assert errors(at) == ["own.csv has 40 rows, and there are 7 vectors. Give one for each row, in the same order."]


def test_a_baseline_that_must_be_fitted_says_why_it_cannot_be(open_page: Open) -> None:
    at = open_vectors(open_page)
    give(at, "labelled", ("own.parquet", parquet(LABELLED, embedding=ROWS)))
    assert errors(at) == []
    assert not any(button.label.startswith("Embed") for button in at.button)
    assert any("It learns from a reference corpus, and there is none." in sentence for sentence in prose(at))


def test_vectors_of_another_model_are_a_row_of_what_could_be_done_instead_until_they_are_forgotten(
    open_page: Open, anew: None
) -> None:
    at = open_page(CHOOSE, task="topics")
    before = figures(at)["forest"]["data"]
    assert not any("Your vectors" in (trace.get("name") or "") for trace in before)
    texts = [*topics_task().texts[:100], "nobody knows this"]
    rows = np.random.default_rng(1).normal(size=(101, 9)).astype(np.float32)
    give(at, "beside", ("other.parquet", parquet(pd.DataFrame({"text": texts}), embedding=rows)))
    assert errors(at) == []
    (row,) = (t for t in figures(at)["forest"]["data"] if (t.get("name") or "").startswith("Your vectors"))
    assert row["name"] == "Your vectors: other.parquet (9), on 100 of the 120 texts"
    said = next(sentence for sentence in prose(at) if sentence.startswith("Your vectors of other.parquet"))
    assert "1 vector of other.parquet left out" in said
    strangers = parquet(pd.DataFrame({"text": texts[100:] * 12}), embedding=rows[:12])
    give(at, "beside", ("strangers.parquet", strangers))
    (wrong,) = errors(at)
    assert wrong.startswith("None of the 120 texts of")
    assert len(figures(at)["forest"]["data"]) == len(before)
    at.button(key="vectors_beside_remove_0").click().run()
    assert errors(at) == []
    assert len(figures(at)["forest"]["data"]) == len(before)
