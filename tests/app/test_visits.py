"""A visit is kept: on one's own machine on disk, by an id in the address; hosted, nothing of it stays on the server."""

import json
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from embfilter_core.data.built_in_tasks import topics_task
from embfilter_core.lens import token_rates as rates_module
from embfilter_core.storage.visit import Visit
from pages.frame import load
from pages.frame.address_bar import VISIT_ID
from pages.frame.frequency_reference import OWN
from pages.frame.visit.files import file_of
from pages.frame.visit.in_browser import MOST_CHARACTERS, _read, _write
from tests.app.acting import give
from tests.app.choose_rank.page import CHOOSE
from tests.app.conftest import HOME, ROOT, SHORT_TEXT, Open
from tests.app.reading import address, blocks, drawn, errors, given_files, list_of_file, notes, visit_in_address
from tests.app.similarity import SIMILARITY, rows
from tests.app.test_uploads import CHOSEN, OTHER, TABLE, TEXTS, TITLES, choices, open_uploaded, press
from tests.core.data.vectors.files import npy

pytestmark = pytest.mark.real

TEXT = "a text of <b>mine</b> \u2028 that nobody else has"
SPECTRUM = "pages/2_Spectrum.py"


def reload(at: AppTest, page: str, open_page: Open, **params: object) -> AppTest:
    """A new session at the address of another: all that it has of it is the id."""
    st.cache_resource.clear()
    return open_page(page, visit=at.session_state[VISIT_ID], **params)


def visits(home: Path) -> list[Path]:
    return list((home / "visits").glob("*.json"))


def type_text(at: AppTest, key: str, text: str) -> AppTest:
    return at.text_area(key=key).set_value(text).run()


def test_texts_come_back_after_a_reload_on_the_page_that_shows_them(open_page: Open, own_home: Path) -> None:
    at = type_text(open_page(SIMILARITY, corpus="pasted"), "text", TEXT)
    type_text(at, "corpus_text", "\n".join(TEXTS))
    assert visit_in_address(at) == at.session_state[VISIT_ID]
    assert "mine" not in str(address(at))
    again = reload(at, SIMILARITY, open_page, corpus="pasted", ranking_open="true")
    assert again.text_area(key="text").value == TEXT
    assert again.text_area(key="corpus_text").value == "\n".join(TEXTS)
    assert sorted(rows(again)["text"]) == sorted(TEXTS)
    assert len(visits(own_home)) == 1
    assert notes(again) == []


def test_pasted_counts_and_the_second_text_of_spectrum_come_back(open_page: Open) -> None:
    at = type_text(open_page(SPECTRUM, counts="pasted"), "counts_text", "one two two")
    at.text_input(key="second_text").set_value("another text").run()
    again = reload(at, SPECTRUM, open_page, counts="pasted")
    assert again.text_area(key="counts_text").value == "one two two"
    assert again.text_input(key="second_text").value == "another text"


def test_a_file_comes_back_after_a_reload_with_its_choices(open_page: Open, own_home: Path) -> None:
    at = open_uploaded(open_page)
    chosen = choices(at)
    again = reload(at, SIMILARITY, open_page, corpus="upload", ranking_open="true")
    assert choices(again) == chosen
    assert CHOSEN.items() <= chosen.items()
    assert sorted(rows(again)["text"]) == sorted(TITLES)
    (content,) = (own_home / "visits" / "contents").iterdir()
    assert content.read_bytes() == TABLE
    press(again, "Remove")
    assert list((own_home / "visits" / "contents").iterdir()) == []
    gone = reload(again, SIMILARITY, open_page, corpus="upload")
    assert errors(gone) == blocks(gone) == []
    assert given_files(gone) == []


def test_a_corpus_of_ones_own_counts_tokens_after_a_reload_of_another_page(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates_module, "FREQUENT_TOKENS", 5)
    at = open_uploaded(open_page)
    again = reload(at, HOME, open_page, counted="own")
    assert again.session_state[OWN].texts == tuple(TITLES)
    assert notes(again) == []
    st.cache_resource.clear()  # of five frequent tokens


def test_a_table_and_its_vectors_come_back_together_and_one_of_them_is_asked_for_alone(
    open_page: Open, own_home: Path
) -> None:
    task = topics_task()
    labelled = "text,label\n" + "\n".join(
        f'"{text}",{label}' for text, label in zip(task.texts, task.labels, strict=True)
    )
    vectors = np.random.default_rng(0).normal(size=(len(task.texts), 32)).astype(np.float32)
    at = open_page(CHOOSE, task="vectors", label_kind="labelled")
    give(at, "vectors_labelled", ("own.csv", labelled))
    give(at, "vectors_labelled", ("v.npy", npy(vectors)))
    shown = blocks(at)
    assert shown
    again = reload(at, CHOOSE, open_page, task="vectors", label_kind="labelled")
    assert errors(again) == []
    assert blocks(again) == shown
    assert [line.partition(" · ")[0] for line in given_files(again)] == ["own.csv", "v.npy"]
    (own_home / "visits" / "contents" / file_of("own.csv", labelled.encode()).sha256).unlink()
    half = reload(again, CHOOSE, open_page, task="vectors", label_kind="labelled")
    assert errors(half) == blocks(half) == []
    assert any("own\\.csv was here" in caption.value for caption in half.caption)
    assert [line.partition(" · ")[0] for line in given_files(half)] == ["v.npy"]
    give(half, "vectors_labelled", ("own.csv", labelled))
    assert blocks(half) == shown


def test_a_content_that_left_the_disk_is_asked_for_and_the_same_file_has_its_choices(
    open_page: Open, own_home: Path
) -> None:
    at = open_uploaded(open_page)
    chosen = choices(at)
    (content,) = (own_home / "visits" / "contents").iterdir()
    content.write_bytes(b"damaged")
    again = reload(at, SIMILARITY, open_page, corpus="upload", ranking_open="true")
    assert errors(again) == blocks(again) == []
    assert any("two\\.csv was here; choose it again" in caption.value for caption in again.caption)
    give(again, "corpus", ("other.csv", OTHER))
    assert notes(again) == ["other.csv is another file than the two.csv that was here: its columns are chosen anew."]
    give(again, "corpus", ("two.csv", TABLE))
    assert choices(again) == chosen
    assert notes(again) == []


@pytest.mark.parametrize("visit", ["AAAAAAAAAAAA", "../../x", "<b>"])
def test_an_id_of_nothing_is_said_and_leaves_the_address(open_page: Open, visit: str) -> None:
    at = open_page(HOME, visit=visit)
    assert [note for note in notes(at) if "not kept on this machine" in note]
    assert visit_in_address(at) != visit
    at.button(key="dismiss_notes").click().run()
    assert notes(at) == []
    assert at.text_area(key="text").value == SHORT_TEXT


def test_a_first_visit_keeps_nothing(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "load", lambda *_: st.stop())
    at = AppTest.from_file(ROOT / "app.py", default_timeout=60).run()
    assert not at.exception
    assert visit_in_address(at) is None
    assert not (own_home / "visits").exists()


def test_two_visits_do_not_mix(open_page: Open, own_home: Path) -> None:
    one, two = (type_text(open_page(), "text", f"{TEXT} {number}") for number in range(2))
    assert len(visits(own_home)) == 2
    for number, at in enumerate((one, two)):
        assert reload(at, HOME, open_page).text_area(key="text").value == f"{TEXT} {number}"


def test_hosted_nothing_is_on_disk_and_the_browser_is_given_texts_and_names(
    open_page: Open, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = type_text(open_page(), "text", TEXT).session_state[VISIT_ID]
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    for path in visits(own_home):
        path.unlink()
    monkeypatch.setattr("pages.frame.hosting.check_backbone", lambda spec: None)  # the tiny one
    at = open_page(SIMILARITY, corpus="upload", visit=kept)
    give(type_text(at, "text", TEXT), "corpus", ("two.csv", TABLE))
    list_of_file(at, "corpus_column").set_value("title").run()
    assert errors(at) == []
    assert visits(own_home) == []
    assert visit_in_address(at) is None
    assert at.text_area(key="text").value == TEXT
    held = Visit.from_json(json.loads(drawn(at, "visit_in_browser")["visit"]))
    assert held.texts == {"text": TEXT}
    assert [file.name for file in held.files["corpus"]] == ["two.csv"]
    assert "title" in str(held.choices)
    assert "sleeps" not in drawn(at, "visit_in_browser")["visit"]


def test_what_a_link_says_goes_before_what_the_browser_held() -> None:
    def session() -> None:
        import streamlit as st

        from embfilter_core.storage.visit import Visit
        from pages.frame.visit import keeping

        st.session_state["text"] = "of the link"
        keeping.add(Visit({"text": "of before", "corpus_text": "a\nb"}, {}, {"two": {"column": "title"}}))

    at = AppTest.from_function(session).run()
    assert not at.exception
    assert at.session_state["text"] == "of the link"
    assert at.session_state["corpus_text"] == "a\nb"
    assert at.session_state["visit_choices"] == {"two": {"column": "title"}}


def test_what_a_browser_says_is_checked_and_a_text_too_long_for_it_is_left_out() -> None:
    visit = Visit({"text": "a", "corpus_text": "x" * MOST_CHARACTERS}, {}, {"two": {"role": "b"}})
    assert _read(_write(visit)) == Visit({"text": "a"}, {}, {"two": {"role": "b"}})
    for said in (None, 1, "", "[]", "[" * 100_000, '{"texts": 1}', "x" * (MOST_CHARACTERS + 1)):
        assert _read(said) == Visit()
