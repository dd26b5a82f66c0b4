"""Similarity: ranks, flips, pairs and downloads are the library's numbers; only a new query runs the model."""

import json
import re
from collections.abc import Callable, Mapping

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.corpora import lee_background, topics
from embfilter_core.embeddings.corpus_embeddings import embed_corpus, stored_embeddings
from embfilter_core.instrument.data import short
from embfilter_core.ranking.corpus_energies import CorpusEnergies
from embfilter_core.ranking.search import rank_corpus
from pages.cached import corpora
from tests.app.acting import set_band
from tests.app.conftest import Open
from tests.app.reading import blocks, drawn, errors, figures, markup, notes, numbers
from tests.app.similarity import TEXT, assert_is, computed, open_similarity, paste, rows

pytestmark = pytest.mark.real


BLOCKS = [
    "How do the first places change over k?",
    "What does an index cost?",
]


HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "<b>bold</b> **strong** _em_ `code`",
    "$x^2$ :smile: :red[red] {text}",
    "[link](javascript:alert(1)) www.example.com",
    "🐈‍⬛ \u202e שלום",
    'two  words, "quoted"',
]


CHOICES = {
    "bulk": ({}, KeptDirections.bulk(32), "bulk"),
    "dominant": ({"preset": "dominant", "ratio": "4"}, KeptDirections.dominant(32, 4), "dominant"),
    "edges": ({"preset": "edges"}, KeptDirections.edges(32), "edges"),
    "random": ({"preset": "random", "seed": "3"}, KeptDirections.random(32, seed=3), "bulk"),
    "custom": ({"preset": "custom", "start": "0", "stop": "4"}, KeptDirections.band(32, 0, 4), "bulk"),
    "unfiltered": ({"preset": "unfiltered"}, KeptDirections.unfiltered(32), "bulk"),
}


@pytest.mark.parametrize(("params", "kept", "family"), CHOICES.values(), ids=CHOICES)
def test_every_number_of_the_table_is_the_librarys(
    open_page: Open, tiny: Backbone, params: dict, kept: KeptDirections, family: str
) -> None:
    at = open_similarity(open_page, **params)
    assert blocks(at) == BLOCKS
    assert notes(at) == []
    assert_is(rows(at), *computed(tiny, kept, family=family))


def test_the_instrument_ranks_the_first_places_of_the_table(open_page: Open) -> None:
    at = open_similarity(open_page)
    table, data = rows(at), drawn(at, "instrument")
    shown = data["committed"]["ranked"]
    assert len(shown) == 21  # one more than is listed, to tell a near-tie of the last
    first = table.head(21)
    assert [row["text"] for row in shown] == first["text"].tolist()
    assert [row["position"] for row in shown] == (first["position"] - 1).tolist()
    assert [row["rankUnfiltered"] for row in shown] == first["rank_unfiltered"].tolist()
    assert [row["cosine"] for row in shown] == first["cosine_filtered"].tolist()
    sent = dict(zip((fact["position"] for fact in data["near"]["facts"]), data["near"]["texts"], strict=True))
    assert {row["position"]: row["text"] for row in shown}.items() <= sent.items()


def test_the_chart_follows_the_leaders_and_marks_the_kept_number_of_its_family(open_page: Open, tiny: Backbone) -> None:
    at = open_similarity(open_page)
    _, sweep = computed(tiny, KeptDirections.bulk(32))
    chart = figures(at)["bump"]
    lines = list(reversed(chart["data"]))
    assert len(lines) == len(sweep.leaders) == 15
    for i, line in enumerate(lines):
        assert numbers(line["customdata"]) == sweep.ranks[:, i].tolist()
        assert numbers(line["x"]) == sweep.ks.tolist()
    assert [shape["x0"] for shape in chart["layout"]["shapes"]] == [16]
    for preset, marks in (("secondary", [16]), ("random", []), ("unfiltered", [32])):
        at.pills(key="preset").set_value(preset).run()
        assert [shape["x0"] for shape in figures(at)["bump"]["layout"].get("shapes", [])] == marks, preset


NO_MODEL: dict[str, Callable[[AppTest], object]] = {
    "band": lambda at: set_band(at, 0, 6),
    "preset": lambda at: at.pills(key="preset").set_value("secondary"),
    "ratio": lambda at: at.pills(key="ratio").set_value("8"),
}


@pytest.mark.parametrize("change", NO_MODEL.values(), ids=NO_MODEL)
def test_another_band_ranks_again_without_the_model(
    open_page: Open, forward_passes: list[str], change: Callable[[AppTest], object]
) -> None:
    at = open_similarity(open_page)
    before, pictures = rows(at), figures(at)
    forward_passes.clear()
    change(at)
    at.run()
    assert forward_passes == []
    after = rows(at)
    assert after["text"].tolist() != before["text"].tolist()
    by_text = [table.sort_values("position")["rank_unfiltered"].tolist() for table in (before, after)]
    assert by_text[0] == by_text[1]
    assert figures(at)["matrix_filtered"] != pictures["matrix_filtered"]


def test_another_query_takes_one_pass_and_a_second_visit_none(
    open_page: Open, forward_passes: list[str], tiny: Backbone
) -> None:
    at = open_similarity(open_page)
    forward_passes.clear()
    at.text_area(key="text").set_value("a dog in the word").run()
    assert forward_passes == ["embed"]
    assert_is(rows(at), *computed(tiny, KeptDirections.bulk(32), text="a dog in the word"))
    corpora.corpus_embeddings.clear()  # as after a restart: what is left is on disk
    forward_passes.clear()
    assert rows(open_similarity(open_page, text="a dog in the word"))["text"].tolist() == rows(at)["text"].tolist()
    assert forward_passes == []


def test_the_reference_corpus_can_be_ranked_and_centred_on(open_page: Open, tiny: Backbone) -> None:
    mean = embed_corpus(tiny, lee_background(), tiny.default_prompt).mean(axis=0)
    at = open_similarity(open_page, "lee-background", centre="true")
    assert rows(at)["copies"].sum() == 300
    assert len(rows(at)) == len(set(lee_background().texts)) < 300
    assert_is(rows(at), *computed(tiny, KeptDirections.bulk(32), lee_background(), mean=mean))


def test_centring_without_a_reference_offers_to_embed_it_and_ranks_uncentred(open_page: Open, tiny: Backbone) -> None:
    at = open_similarity(open_page, centre="true")
    assert [button.key for button in at.button if button.label.startswith("Embed the")] == ["similarity_reference"]
    assert any(text.value.startswith("To centre, the 300 reference documents") for text in at.markdown)
    plain = rows(at)
    at.button(key="similarity_reference").click().run()
    mean = stored_embeddings(tiny, lee_background(), tiny.default_prompt).mean(axis=0)
    assert_is(plain, *computed(tiny, KeptDirections.bulk(32)))
    assert_is(rows(at), *computed(tiny, KeptDirections.bulk(32), mean=mean))
    assert [button.key for button in at.button if button.label.startswith("Embed the")] == []


def test_strange_and_hostile_texts_are_ranked_and_shown_to_the_letter(
    open_page: Open, downloads: Mapping[str, bytes]
) -> None:
    at = paste(open_similarity(open_page, "pasted", pairs="10"), *HOSTILE)
    table = rows(at)
    assert sorted(table["text"]) == sorted(HOSTILE)
    assert {row["text"] for row in drawn(at, "instrument")["committed"]["ranked"]} == set(map(short, HOSTILE))
    written = markup(at)
    for forbidden in ("<script", "**strong**", "$x", "javascript", "www.example"):
        assert forbidden not in written
    for figure in figures(at).values():
        assert not re.search(r"<(script|b)\b", json.dumps(figure))
    csv = downloads["Download all 10 rows as CSV"].decode("utf-8-sig")
    assert "'=1+1" in csv
    assert not re.search(r'(?m)(^|,)"?[=+@]', csv)


@pytest.mark.parametrize(
    "texts",
    [["the only cat"], ["one cat", "two dogs"], ["the same cat"] * 4, [TEXT, TEXT, "a dog"]],
    ids=["one", "two", "identical", "the query itself twice"],
)
def test_the_smallest_corpora_are_ranked(open_page: Open, texts: list[str]) -> None:
    at = paste(open_similarity(open_page, "pasted"), *texts)
    table = rows(at)
    assert blocks(at) == BLOCKS
    different = list(dict.fromkeys(texts))
    assert sorted(table["rank_filtered"]) == sorted(table["rank_unfiltered"]) == list(range(1, len(different) + 1))
    assert table.set_index("text")["copies"].to_dict() == {text: texts.count(text) for text in different}
    assert table.set_index("text")["position"].to_dict() == {text: texts.index(text) + 1 for text in different}
    assert ("A corpus of one text has no pair." in [caption.value for caption in at.caption]) == (len(different) == 1)


@pytest.mark.parametrize(
    ("params", "said"),
    [({"corpus": "nonsense"}, "corpus"), ({"pairs": "99"}, "pairs"), ({"baselines": "foo"}, "baselines")]
    + [({"layer": value}, "layer") for value in ("-1", "1000", "x")],
    ids=lambda it: str(it),
)
def test_impossible_values_in_a_link_are_named_and_the_page_is_drawn(
    open_page: Open, params: dict[str, str], said: str
) -> None:
    at = open_similarity(open_page, **params)
    assert errors(at) == []
    (note,) = notes(at)
    assert note.startswith(f"The link asks for {said} = ")
    assert blocks(at) == BLOCKS


def test_a_layer_that_the_backbone_does_not_have_is_one_error(open_page: Open) -> None:
    at = open_similarity(open_page, layer="99")
    (error,) = errors(at)
    assert "no layer 99" in error
    assert blocks(at) == []
    at.number_input(key="layer").set_value(1).run()
    assert errors(at) == []
    assert blocks(at) == BLOCKS


def test_an_inner_layer_ranks_by_its_own_states(open_page: Open, tiny: Backbone) -> None:
    last, inner = (rows(open_similarity(open_page, **given)) for given in ({}, {"layer": "1"}))
    assert last["text"].tolist() != inner["text"].tolist()
    embedded = stored_embeddings(tiny, topics(), tiny.default_prompt, layer=1)
    energies = CorpusEnergies(tiny.spectrum.coefficients(embedded))
    query = tiny.spectrum.coefficients(tiny.embed([TEXT], layer=1))[0]
    ranking = rank_corpus(energies, query, KeptDirections.bulk(32))
    assert inner["rank_unfiltered"].tolist() == ranking.ranks_unfiltered[ranking.order].tolist()


def test_an_empty_query_is_refused_in_one_line(open_page: Open) -> None:
    at = open_similarity(open_page)
    at.text_area(key="text").set_value(" ").run()
    assert errors(at) == ["There is no text yet. Type one, or choose an example."]
    assert blocks(at) == []
