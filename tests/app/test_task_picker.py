"""Labelled data of one's own: three shapes are measured, what is unfit is one clear line, and the page stays."""

import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.data.built_in_tasks import graded_pairs, topics_task
from embfilter_core.data.tables.task_tables import labelled_from_table, pairs_from_table
from embfilter_core.quality.decisions.shrink import shrink
from embfilter_core.quality.measuring import measures_of
from pages.frame import hosting
from pages.frame.page_controls import LABEL_KIND, TASK
from tests.app.acting import give
from tests.app.choose_rank.conftest import anew, tiny
from tests.app.choose_rank.page import (
    CARD,
    CHOOSE,
    CLUSTERS,
    NUMBERS,
    captions,
    line,
    remarks,
    sentences,
    table_of,
    treatments_of,
)
from tests.app.conftest import Open
from tests.app.reading import blocks, errors, figures, given_files, list_of_file, markup

pytestmark = pytest.mark.real

__all__ = ["anew", "tiny"]

PAIRS = pd.DataFrame(
    {
        "sentence1": [graded_pairs().texts[i] for i in graded_pairs().left[::5]],
        "sentence2": [graded_pairs().texts[i] for i in graded_pairs().right[::5]],
        "score": graded_pairs().scores[::5],
    }
)
LABELLED = pd.DataFrame({"text": topics_task().texts[:30], "label": topics_task().labels[:30]})
QUERIES = pd.DataFrame(
    {"_id": [f"q{i}" for i in range(9)], "text": [f"which {text}" for text in PAIRS["sentence1"][:9]]}
)
DOCUMENTS = pd.DataFrame({"_id": [f"d{i}" for i in range(30)], "text": topics_task().texts[:30]})
RELEVANCE = pd.DataFrame(
    {"query-id": [f"q{i}" for i in range(9)], "corpus-id": [f"d{2 * i}" for i in range(9)], "score": [1, 2, 1] * 3}
)
PARTS = {"queries": QUERIES, "documents": DOCUMENTS, "relevance": RELEVANCE}
HOSTILE = "<script>alert(1)</script> **b** $x$ :smile: [l](javascript:alert(1))"


def csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def upload(at: AppTest, part: str, table: pd.DataFrame | bytes, name: str = "own.csv") -> AppTest:
    return give(at, f"task_{part}", (name, table if isinstance(table, bytes) else csv(table)))


def open_upload(open_page: Open, kind: str = "pairs", **params: object) -> AppTest:
    return open_page(CHOOSE, task="upload", label_kind=kind, **params)


def open_retrieval(open_page: Open, **changed: pd.DataFrame) -> AppTest:
    at = open_upload(open_page, "retrieval")
    for part, table in {**PARTS, **changed}.items():
        upload(at, part, table)
    return at


def only_error(at: AppTest) -> str:
    """The one line of a page on which nothing is measured."""
    (error,) = errors(at)
    assert "\n" not in error
    assert len(error) < 300
    assert blocks(at) == []
    return error


def choices(at: AppTest, kind: str) -> dict[str, str]:
    start = f"column_{kind}_"
    boxes = [box for box in at.selectbox if (box.key or "").startswith(start)]
    return {box.key.removeprefix(start).partition("_of_")[0]: box.value for box in boxes}


def test_every_task_that_is_built_in_says_what_it_is(open_page: Open) -> None:
    at = open_page(CHOOSE, task="graded-pairs")
    for task, demo in ((graded_pairs(), True), (topics_task(), True)):
        at.selectbox(key="task").set_value(task.id).run()
        assert errors(at) == []
        assert f"{task.name}. {task.source}." in captions(at)
        assert ("A demo: no score on it is a benchmark." in captions(at)) == demo
    assert at.selectbox(key="task").options == list(TASK.choices)


def test_uploaded_pairs_are_measured_as_the_library_does(open_page: Open, tiny) -> None:
    at = open_upload(open_page)
    assert (errors(at), blocks(at)) == ([], [])
    upload(at, "pairs", PAIRS)
    assert remarks(at) == errors(at) == []
    task = pairs_from_table(PAIRS, "sentence1", "sentence2", "score")
    assert sentences(at) == shrink(treatments_of(tiny, task)).sentences()
    assert "own.csv. Uploaded." in captions(at)
    assert "over 12 pairs" in captions(at)


def test_uploaded_labelled_texts_are_measured_as_the_library_does(open_page: Open, tiny) -> None:
    at = upload(open_upload(open_page, "labelled"), "labelled", LABELLED)
    assert errors(at) == []
    task = labelled_from_table(LABELLED, "text", "label")
    assert sentences(at) == shrink(treatments_of(tiny, task)).sentences()
    assert CLUSTERS in blocks(at)
    assert at.selectbox(key="measure").options == ["usual", "accuracy"]


def test_retrieval_waits_for_three_files_and_is_then_measured(open_page: Open) -> None:
    at = open_upload(open_page, "retrieval")
    for part, table in PARTS.items():
        assert blocks(at) == errors(at) == []
        assert "Three files are needed" in captions(at)
        upload(at, part, table)
    assert errors(at) == []
    assert CARD in blocks(at)
    for measure in ("ndcg@10", "map"):
        at.selectbox(key="measure").set_value(measure).run()
        assert errors(at) == []
        assert "over 9 queries" in captions(at)
        ks, differences = line(figures(at)["quality"], "bulk, now")
        assert (ks[-1], differences[-1]) == (32, 0)
        assert -100 <= min(differences) < 0
        scored = table_of(at, *NUMBERS)["score"]
        assert 0 <= min(scored) < max(scored) <= 100
    assert "recall@100" not in at.selectbox(key="measure").options  # fewer than a hundred documents


def test_a_query_without_a_relevant_document_is_left_out_and_said(open_page: Open) -> None:
    at = open_retrieval(open_page, relevance=RELEVANCE.assign(score=[0] + [1] * 8))
    assert remarks(at) == ["1 query without a relevant document left out."]
    assert "over 8 queries" in captions(at)


def test_columns_of_other_names_can_be_chosen(open_page: Open) -> None:
    other = PAIRS.rename(columns={"sentence1": "left", "sentence2": "right", "score": "how alike"})
    at = upload(open_upload(open_page), "pairs", other[["how alike", "right", "left"]])
    only_error(at)  # nothing says which is which, so the first three are taken
    for role, column in (("text1", "left"), ("text2", "right"), ("score", "how alike")):
        list_of_file(at, f"column_pairs_{role}").set_value(column).run()
    assert choices(at, "pairs") == {"text1": "left", "text2": "right", "score": "how alike"}
    assert errors(at) == []
    usual = upload(open_upload(open_page), "pairs", PAIRS)
    assert choices(usual, "pairs") == {"text1": "sentence1", "text2": "sentence2", "score": "score"}
    assert sentences(usual) == sentences(at)


@pytest.mark.parametrize("kind", ["labelled", "pairs"])
def test_one_column_for_two_roles_is_one_line(open_page: Open, kind: str) -> None:
    at = upload(open_upload(open_page, kind), kind, PAIRS if kind == "pairs" else LABELLED)
    first, second = choices(at, kind).values() if kind == "labelled" else list(choices(at, kind).values())[:2]
    role = "text2" if kind == "pairs" else "label"
    list_of_file(at, f"column_{kind}_{role}").set_value(first).run()
    assert "two roles" in only_error(at)
    list_of_file(at, f"column_{kind}_{role}").set_value(second).run()
    assert errors(at) == []


WRONG_PAIRS = {
    "no numbers": (PAIRS.assign(score="very"), "no number"),
    "equal scores": (PAIRS.assign(score=2), "All 12 scores are 2."),
    "three pairs": (PAIRS[::4], "only 3 pairs"),
    "seven pairs": (PAIRS[:7].assign(score=range(7)), "7 pairs are too few"),
    "no texts": (PAIRS.assign(sentence2=""), "12 rows without text in column 'sentence2' left out"),
    "commas of two meanings": (PAIRS.assign(score=["1,234", *range(11)]), "decimal comma or group thousands"),
    "two columns": (PAIRS[["sentence1", "score"]], "2 columns; 3 are needed"),
    "no rows": (PAIRS[:0], ""),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, "own.csv"),
}


def test_pairs_that_are_unfit_are_one_line_and_others_bring_the_page_back(open_page: Open) -> None:
    at = open_upload(open_page)
    for name, (table, said) in WRONG_PAIRS.items():
        upload(at, "pairs", table)
        assert said in only_error(at), name
        upload(at, "pairs", PAIRS)
        assert errors(at) == []
        assert CARD in blocks(at)


WRONG_LABELLED = {
    "one class": (LABELLED.assign(label="a"), "only one class, 'a'"),
    "no labels": (LABELLED.assign(label=None), "30 rows without label"),
    "one column": (LABELLED[["text"]], "1 column; 2 are needed"),
    "seven texts": (LABELLED[6:13], "7 texts are too few"),
}


@pytest.mark.parametrize(("table", "said"), WRONG_LABELLED.values(), ids=WRONG_LABELLED)
def test_labelled_texts_that_are_unfit_are_one_line(open_page: Open, table: pd.DataFrame, said: str) -> None:
    at = upload(open_upload(open_page, "labelled"), "labelled", table)
    assert said in only_error(at)
    at.selectbox(key="task").set_value("topics").run()
    assert errors(at) == []
    assert CARD in blocks(at)


WRONG_RETRIEVAL = {
    "unknown documents": ("relevance", RELEVANCE.assign(**{"corpus-id": "d99"}), "unknown documents left out ('d99'"),
    "unknown queries": ("relevance", RELEVANCE.assign(**{"query-id": "<b>"}), "unknown queries left out ('<b>'"),
    "no grade": ("relevance", RELEVANCE.assign(score="high"), "no number"),
    "nothing relevant": ("relevance", RELEVANCE.assign(score=0), "No query has a relevant document"),
    "no documents": ("documents", DOCUMENTS.assign(text=None), "30 rows without text"),
    "two columns of relevance": ("relevance", RELEVANCE[["query-id", "corpus-id"]], "2 columns; 3 are needed"),
    "seven queries": ("relevance", RELEVANCE[:7], "7 queries are too few"),
}


def test_files_of_retrieval_that_do_not_fit_are_one_line_and_others_bring_the_page_back(open_page: Open) -> None:
    at = open_retrieval(open_page)
    for name, (part, table, said) in WRONG_RETRIEVAL.items():
        upload(at, part, table)
        assert said in only_error(at), name
        assert "<b>" not in markup(at)
        upload(at, part, PARTS[part])
        assert errors(at) == []
        assert CARD in blocks(at)


def test_what_is_left_out_merged_or_read_in_its_own_way_is_one_calm_note(open_page: Open) -> None:
    table = PAIRS.assign(score=PAIRS["score"].map(lambda score: f"{score:.1f}".replace(".", ",")))
    table = pd.concat([table, table[:2], pd.DataFrame({"sentence1": [None, "x"], "sentence2": [None, "y"]})])
    at = upload(open_upload(open_page), "pairs", table)
    assert errors(at) == []
    assert remarks(at) == [
        "Decimal commas in column 'score' read as points.",
        "1 empty row left out.",
        "1 row without score in column 'score' left out.",
        "2 repeated pairs with equal scores: kept once.",
    ]
    assert len([info for info in at.info if "repeated" in info.value]) == 1
    assert "over 12 pairs" in captions(at)


def test_all_that_is_wrong_with_three_files_is_one_line(open_page: Open) -> None:
    at = open_upload(open_page, "retrieval")
    upload(at, "queries", b"_id,text\nq1\n")
    upload(at, "documents", DOCUMENTS[["_id"]])
    upload(at, "relevance", RELEVANCE[["score"]])
    error = only_error(at)
    for said in ("line 2: 1 cell, but the header has 2", "1 column; 2 are needed", "1 column; 3 are needed"):
        assert said in error


def assert_is_inert(at: AppTest) -> None:
    written = markup(at)
    for forbidden in ("<script", "**b**", "$x$", ":smile:", "](javascript"):
        assert not re.search(re.escape(forbidden), written), forbidden


def test_hostile_texts_columns_and_file_names_are_shown_to_the_letter(open_page: Open) -> None:
    texts = [f"{HOSTILE} {i}" for i in range(12)]
    table = PAIRS.assign(sentence1=texts).rename(columns={"sentence1": HOSTILE, "score": "**score**"})
    at = upload(open_upload(open_page), "pairs", table, f"{HOSTILE.replace('/', '')}.csv")
    for role, column in (("text1", HOSTILE), ("text2", "sentence2"), ("score", "**score**")):
        list_of_file(at, f"column_pairs_{role}").set_value(column).run()
    assert errors(at) == []
    assert CARD in blocks(at)
    assert HOSTILE.replace("/", "") in captions(at)
    assert_is_inert(at)
    at.selectbox(key="prompt").set_value("echo").run()
    (name,) = at.multiselect(key="earlier").options
    at.multiselect(key="earlier").set_value([name]).run()
    legend = [trace.get("name", "") for trace in figures(at)["quality"]["data"]]
    assert not any("<script" in one for one in legend)


def test_hostile_labels_are_shown_to_the_letter(open_page: Open) -> None:
    at = upload(open_upload(open_page, "labelled"), "labelled", LABELLED.assign(label=HOSTILE))
    assert HOSTILE[:20] in only_error(at)
    assert_is_inert(at)
    upload(at, "labelled", LABELLED.assign(label=[HOSTILE, "=1+1", "\u202e"] * 10))
    at.button(key="cluster").click().run()
    assert errors(at) == []
    assert_is_inert(at)


def test_an_upload_stays_when_other_data_were_looked_at_between(open_page: Open) -> None:
    at = upload(open_upload(open_page), "pairs", PAIRS)
    before = sentences(at)
    at.selectbox(key="task").set_value("graded-pairs").run()
    assert sentences(at) != before
    at.selectbox(key="task").set_value("upload").run()
    assert sentences(at) == before
    assert given_files(at) == ["own.csv · 1.2 kB · 12 rows"]


def test_every_shape_can_be_chosen_and_keeps_its_own_file(open_page: Open) -> None:
    at = upload(open_upload(open_page), "pairs", PAIRS)
    before = sentences(at)
    for kind in LABEL_KIND.choices:
        at.button_group(key="label_kind").set_value(kind).run()
        assert errors(at) == []
        assert (blocks(at) == []) == (kind != "pairs")
    at.button_group(key="label_kind").set_value("pairs").run()
    assert sentences(at) == before


@pytest.mark.parametrize("name", ["stsb", "banking77", "scifact", "somebody/something", "<b>**x**</b>"])
def test_without_a_network_a_data_set_of_the_hub_is_one_line(open_page: Open, name: str) -> None:
    at = open_page(CHOOSE, task="hub", hub=name)
    assert errors(at) == blocks(at) == []
    assert "Not fetched yet: it takes a network." in captions(at)
    at.button(key="task_fetch").click().run()
    only_error(at)
    assert "<b>" not in markup(at)
    assert "**x**" not in markup(at)
    at.selectbox(key="task").set_value("graded-pairs").run()
    assert errors(at) == []
    assert CARD in blocks(at)


def test_a_hosted_app_refuses_data_that_would_keep_it_busy(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosting, "MOST_TEXTS", 20)
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    at = upload(open_upload(open_page), "pairs", PAIRS)
    assert "takes at most 20" in only_error(at)


def test_the_measures_offered_are_those_of_the_data(open_page: Open) -> None:
    at = open_page(CHOOSE, task="graded-pairs")
    for task in (graded_pairs(), topics_task()):
        at.selectbox(key="task").set_value(task.id).run()
        assert at.selectbox(key="measure").options == ["usual", *measures_of(task)]
    assert CARD in blocks(at)


def test_a_score_that_cannot_be_is_one_line_and_nothing_is_embedded(open_page: Open, forward_passes: list[str]) -> None:
    at = open_upload(open_page, "labelled")
    forward_passes.clear()
    upload(at, "labelled", LABELLED.assign(label=[f"class {i}" for i in range(30)]))
    (line,) = errors(at)
    assert line.startswith("Each of the 30 classes of own.csv has one text")
    assert forward_passes == []


def test_pairs_of_yes_and_no_are_measured_by_average_precision(open_page: Open) -> None:
    at = upload(open_upload(open_page), "pairs", PAIRS.assign(score=[0, 1] * 6))
    assert errors(at) == []
    assert at.selectbox(key="measure").options == ["usual", "ap", "auc", "spearman", "pearson"]
    assert "average precision of cosine for the higher of two judgements" in captions(at)
