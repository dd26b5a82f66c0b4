"""Every term that a page's prose uses is explained on that page, once and in words alone."""

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core.glossary import GLOSSARY, TERMS, terms_in
from pages.frame.page import PAGES
from tests.app.conftest import Open
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
    return {name: open_page(name) for name in NAMES}


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


def test_every_entry_of_the_glossary_is_used_on_some_page(pages: dict[str, AppTest]) -> None:
    used = {name for at in pages.values() for name in explained(at)}
    helps = "\n".join(
        element.help or "" for at in pages.values() for kind in ("selectbox", "metric") for element in at.get(kind)
    )
    assert {term.name for term in TERMS if term.meaning not in helps} <= used
    assert used <= set(GLOSSARY)


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
