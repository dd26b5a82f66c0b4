"""Any text can be typed into either page: it is embedded, or refused in one line, and never read as markup."""

import pytest

from embfilter_core.data.examples import EXAMPLES
from tests.app.acting import tick
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import blocks, components, drawn, errors, figures, markup, notes

pytestmark = pytest.mark.real

PAGES = pytest.mark.parametrize("page", [HOME, LENS], ids=["home", "lens"])
READ = {
    "one character": "x",
    "NUL bytes": "the\x00cat\x00",
    "right to left": "שלום עולם \u202e מה שלומך",
    "emoji": "🐈‍⬛ 👩🏽‍🚀 🇦🇺",
    "a tag": "<script>alert(1)</script>",
    "markdown": "$x$ **y** :smile: {text}",
    "line breaks": "one\ntwo\r\n\r\nthree",
    "combining marks": "z\u0351\u036b\u0343\u036a\u0302",
}
EMPTY = {"nothing": "", "white space": " \n\t ", "NUL alone": "\x00\x00"}


@PAGES
@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_a_strange_text_is_embedded_and_shown(open_page: Open, page: str, text: str) -> None:
    at = open_page(page)
    at.text_area(key="text").set_value(text).run()
    assert errors(at) == []
    assert at.text_area(key="text").value == text
    lists = drawn(at, "instrument")["committed"]["lists"]
    assert [len(tokens) for tokens in lists.values()] == [12, 12, 12]


@PAGES
@pytest.mark.parametrize("text", EMPTY.values(), ids=EMPTY)
def test_an_empty_text_is_refused_in_one_line(open_page: Open, page: str, text: str) -> None:
    at = open_page(page)
    at.text_area(key="text").set_value(text).run()
    assert errors(at) == ["There is no text yet. Type one, or choose an example."]
    assert blocks(at) == []
    assert set(components(at)) == {"close_sidebar", "address_bar"}


@PAGES
def test_after_an_empty_text_an_example_brings_the_page_back(open_page: Open, page: str) -> None:
    at = open_page(page)
    at.text_area(key="text").set_value("").run()
    at.button(key="example_negation").click().run()
    assert errors(at) == []
    assert at.text_area(key="text").value == EXAMPLES[0].text
    assert drawn(at, "instrument")["committed"]["lists"]


@PAGES
def test_a_text_of_a_hundred_thousand_characters_is_cut_and_the_page_says_so(open_page: Open, page: str) -> None:
    at = open_page(page)
    at.text_area(key="text").set_value("a " * 50_000).run()
    assert errors(at) == []
    (note,) = notes(at)
    assert "tokens were left out" in note
    assert drawn(at, "instrument")["committed"]["lists"]


@pytest.mark.parametrize("text", [READ["a tag"], READ["markdown"]], ids=["tag", "markdown"])
def test_a_hostile_text_reaches_no_markdown(open_page: Open, text: str) -> None:
    at = open_page(LENS, lines="true")
    at.text_area(key="text").set_value(f"{text}\nanother").run()
    assert errors(at) == []
    written = markup(at)
    assert "<script" not in written
    assert "**y**" not in written
    assert text in at.dataframe[0].value["text"].tolist()


def test_one_text_a_line_compares_all_lines_and_shows_one(open_page: Open) -> None:
    at = open_page(LENS, lines="true")
    at.text_area(key="text").set_value("the cat sat\n\n  \none dog sleeps\nword in the sentence").run()
    assert errors(at) == []
    summary = at.dataframe[0].value
    assert summary["number"].tolist() == [1, 2, 3]
    assert summary["text"].tolist() == ["the cat sat", "one dog sleeps", "word in the sentence"]
    assert blocks(at) == ["Text 1"]
    first = figures(at)
    tick(at, "lens_texts", 2)
    assert blocks(at) == ["Text 3"]
    assert figures(at) != first


def test_one_text_a_line_with_one_line_is_one_text(open_page: Open) -> None:
    at = open_page(LENS, lines="true")
    assert errors(at) == []
    assert blocks(at) == ["Tokens"]


def test_without_the_switch_lines_are_one_text(open_page: Open) -> None:
    at = open_page(LENS)
    at.text_area(key="text").set_value("the cat sat\none dog sleeps").run()
    assert blocks(at) == ["Tokens"]


def test_twelve_lines_are_compared_and_thirteen_refused(open_page: Open) -> None:
    at = open_page(LENS, lines="true")
    at.text_area(key="text").set_value("\n".join(f"the cat {i}" for i in range(12))).run()
    assert errors(at) == []
    assert len(at.dataframe[0].value) == 12
    at.text_area(key="text").set_value("\n".join(f"the cat {i}" for i in range(13))).run()
    assert errors(at) == ["There are 13 lines. This page compares at most 12 texts at once."]
    assert blocks(at) == []


@pytest.mark.parametrize("line", ["", "  ", "\x00", "\x00 \x00"], ids=["empty", "white space", "NUL", "NULs"])
def test_a_line_without_a_text_is_skipped(open_page: Open, line: str) -> None:
    at = open_page(LENS, lines="true")
    at.text_area(key="text").set_value(f"the cat\n{line}\nthe dog").run()
    assert errors(at) == []
    assert at.dataframe[0].value["text"].tolist() == ["the cat", "the dog"]
