"""Every term that a page's prose uses is explained on that page, once and in words alone."""

import ast
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.glossary import GLOSSARY, terms_in
from pages.frame.page import PAGES
from tests.app.conftest import ROOT, Open
from tests.app.reading import plain
from tests.app.reading import prose as prose_of

TAG = re.compile(r"<[^>]+>")
MEANING = re.compile(r'<div popover id="([^"]+)" class="meaning">(.*?)</div>', re.DOTALL)
BUTTON = re.compile(r'<button type="button" popovertarget="([^"]+)"[^>]*>(.*?)</button>')
NAMES = [page for page, _, _ in PAGES]


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.main.get("html"))


def prose(at: AppTest) -> str:
    """What stands on a page for people to read, the meanings of terms left out."""
    kinds = ("markdown", "caption", "header", "subheader")
    said = [plain(element.value) for kind in kinds for element in at.main.get(kind)]
    return "\n".join([unescape(TAG.sub("", MEANING.sub("", html(at)))), *said])


def explained(at: AppTest) -> list[str]:
    found = (re.match(r"<strong>(.*?)</strong>: ", meaning) for _, meaning in MEANING.findall(html(at)))
    return [unescape(name[1]) for name in found if name]


@pytest.fixture
def pages(open_page: Open, embedded: object) -> dict[str, AppTest]:
    """Every page as on a first visit, and Choose rank on labelled texts, which it says more about."""
    opened = {name: open_page(name) for name in NAMES}
    return opened | {"labelled texts": open_page("pages/4_Choose_rank.py", task="topics")}


def strings(source: Path) -> Iterator[str]:
    """What a file holds between quotes, without what documents its code."""
    tree = ast.parse(source.read_text("utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.value


def test_every_term_on_a_page_is_explained_there_once(pages: dict[str, AppTest]) -> None:
    missing = {}
    for name, at in pages.items():
        assert not at.exception, name
        there = explained(at)
        assert len(set(there)) == len(there), name
        used = {term.name for _, _, term in terms_in(prose(at))}
        if used - set(there):
            missing[name] = used - set(there)
    assert not missing


def test_every_entry_of_the_glossary_is_a_word_that_the_app_or_the_library_says() -> None:
    files = [file for room in ("embfilter_core", "pages") for file in (ROOT / room).rglob("*.py")]
    said = (text for file in files if file.stem != "glossary" for text in strings(file))
    assert {term.name for text in said for _, _, term in terms_in(text)} == set(GLOSSARY)


def test_every_button_opens_a_meaning_of_its_own(pages: dict[str, AppTest]) -> None:
    for name, at in pages.items():
        buttons, meanings = BUTTON.findall(html(at)), MEANING.findall(html(at))
        assert len(buttons) == len(meanings) > 0, name
        ids = [one for one, _ in meanings]
        assert sorted(target for target, _ in buttons) == sorted(ids)
        assert len(set(ids)) == len(ids), name


HOSTILE = '<script>alert(1)</script> & **x** "quoted" </div>'


def test_a_hostile_text_among_prose_is_shown_to_the_letter() -> None:
    def script(text: str) -> None:
        from pages.frame.explained import begin, explained

        begin()
        explained(f"{text} is kept in the bulk.", "here", about=text)

    at = AppTest.from_function(script, args=(HOSTILE,)).run()
    assert prose_of(at) == [f"{HOSTILE} is kept in the bulk."]
    assert "<script" not in html(at)
    assert html(at).count("</div>") == html(at).count("<div ")


def test_a_term_is_explained_where_it_is_used_first_also_when_a_block_is_drawn_anew() -> None:
    def script() -> None:
        import streamlit as st

        from pages.frame.explained import begin, explained, words

        if "drawn" not in st.session_state:
            begin()
            explained("The bulk.", "first")
        explained("The bulk and the logit.", "second")
        words("third", "logit", "energy")
        st.session_state["drawn"] = True

    at = AppTest.from_function(script).run()
    assert explained(at) == ["bulk", "logit", "energy"]
    at.run()  # as a block that is drawn anew: the first sentence stands above it still
    assert explained(at) == ["logit", "energy"]
    assert prose_of(at)[-1] == "Words: energy"
