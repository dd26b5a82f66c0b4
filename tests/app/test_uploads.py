"""Files belong to a visit: choices to the file, and what is removed is gone, with all that was made of it."""

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.frame.frequency_reference import OWN
from pages.frame.visit.files import CONTENTS, FILES
from tests.app.acting import give
from tests.app.choose_rank.page import CHOOSE
from tests.app.conftest import HOME, Open
from tests.app.reading import blocks, errors, given_files, list_of_file, markup, notes
from tests.app.similarity import SIMILARITY, rows

pytestmark = pytest.mark.real

MAP = "pages/5_Map.py"
TEXTS = ["the cat sat", "one dog sleeps", "word in the sentence", "a café, of course"]
TITLES = ["Cats and mats", "Dogs", "Words", "Food and drink"]
TABLE = pd.DataFrame({"title": TITLES, "body": TEXTS}).to_csv(index=False).encode("cp1252")
OTHER_TEXTS = ["Rain fell on", "Snow fell too", "Stocks fell", "Wind came up"]
OTHER = pd.DataFrame({"title": "Weather", "body": OTHER_TEXTS}).to_csv(index=False)
CHOSEN = {"corpus_column": "title", "corpus_encoding": "windows-1252", "corpus_delimiter": "comma"}
ROLES = ("corpus_column", "corpus_labels", "corpus_ids", "corpus_encoding", "corpus_delimiter")


def open_uploaded(open_page: Open, page: str = SIMILARITY) -> AppTest:
    at = give(open_page(page, corpus="upload", ranking_open="true"), "corpus", ("two.csv", TABLE))
    for key, value in CHOSEN.items():
        list_of_file(at, key).set_value(value).run()
    return at


def switch(at: AppTest, page: str, open_page: Open, **params: object) -> AppTest:
    """The same visit on another page: what widgets held is gone, as it is in a browser."""
    other = open_page(page, **{"corpus": "upload", "ranking_open": "true", **params})
    for key in ("visit_files", "visit_contents", "visit_choices", "visit_made", "visit_id", "visit_kept", OWN):
        if key in at.session_state:
            other.session_state[key] = at.session_state[key]
    return other.run()


def choices(at: AppTest) -> dict[str, str]:
    assert errors(at) == []
    return {key: list_of_file(at, key).value for key in ROLES}


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def assert_nothing_is_left(at: AppTest, name: str) -> None:
    assert errors(at) == blocks(at) == given_files(at) == []
    assert name.replace(".", "") not in markup(at)
    assert at.session_state[FILES] == at.session_state[CONTENTS] == {}
    assert OWN not in at.session_state


def test_choices_come_back_on_another_page_and_after_another_file(open_page: Open) -> None:
    at = open_uploaded(open_page)
    chosen = choices(at)
    assert CHOSEN.items() <= chosen.items()
    assert sorted(rows(at)["text"]) == sorted(TITLES)
    at = switch(switch(at, HOME, open_page), MAP, open_page)
    assert choices(at) == chosen
    at = switch(at, SIMILARITY, open_page)
    assert choices(at) == chosen
    assert sorted(rows(at)["text"]) == sorted(TITLES)
    give(at, "corpus", ("other.csv", OTHER))
    assert choices(at) == {**chosen, "corpus_column": "body", "corpus_encoding": "detect", "corpus_delimiter": "detect"}
    assert sorted(rows(at)["text"]) == OTHER_TEXTS
    give(at, "corpus", ("renamed.csv", TABLE))
    assert choices(at) == chosen


def test_a_removed_file_is_gone_on_every_page_with_its_choices(open_page: Open) -> None:
    at = open_uploaded(open_page)
    assert len(at.session_state[OWN]) == 4
    press(at, "Remove")
    assert_nothing_is_left(at, "two.csv")
    at = switch(at, MAP, open_page)
    assert_nothing_is_left(at, "two.csv")
    give(at, "corpus", ("two.csv", TABLE))
    assert choices(at)["corpus_column"] == "body"


def test_the_message_of_a_broken_file_goes_with_it_and_when_another_comes(open_page: Open) -> None:
    broken = ("broken.csv", 'text,label\n"never closed,a\nb,c\n')
    at = give(open_page(SIMILARITY, corpus="upload", ranking_open="true"), "corpus", broken)
    (said,) = errors(at)
    assert "broken.csv" in said
    at = switch(at, MAP, open_page)
    assert errors(at) == [said]
    press(at, "Remove")
    assert_nothing_is_left(at, "broken.csv")
    give(at, "corpus", broken)
    assert errors(at) == [said]
    give(at, "corpus", ("other.csv", OTHER))
    assert errors(at) == []
    assert "broken" not in markup(at)
    assert given_files(at) == [f"other.csv · {len(OTHER)} bytes · 4 rows"]


def test_a_chosen_column_that_is_not_there_is_said_and_no_other_is_taken(open_page: Open) -> None:
    at = open_page(SIMILARITY, corpus="upload", ranking_open="true")
    give(at, "corpus", ("two.csv", "a;title,b;body\n1;the cat sat,2;one dog\n3;words,4;a sentence\n"))
    list_of_file(at, "corpus_delimiter").set_value("comma").run()
    list_of_file(at, "corpus_column").set_value("b;body").run()
    assert sorted(rows(at)["text"]) == ["2;one dog", "4;a sentence"]
    list_of_file(at, "corpus_delimiter").set_value("semicolon").run()
    (said,) = errors(at)
    assert said.startswith("Column with the texts: 'b;body' was chosen, and is not there")
    assert list_of_file(at, "corpus_column").value is None
    assert blocks(at) == []
    assert OWN not in at.session_state
    list_of_file(at, "corpus_delimiter").set_value("comma").run()
    assert choices(at)["corpus_column"] == "b;body"
    assert sorted(rows(at)["text"]) == ["2;one dog", "4;a sentence"]


def test_one_file_in_two_places_is_there_once_and_stays_until_both_are_removed(open_page: Open) -> None:
    at = switch(open_uploaded(open_page), CHOOSE, open_page, task="upload", label_kind="labelled")
    give(at, "task_labelled", ("again.csv", TABLE))
    assert set(at.session_state[FILES]) == {"corpus", "task_labelled"}
    assert list(at.session_state[CONTENTS].values()) == [TABLE]
    assert list_of_file(at, "task_labelled_encoding").value == "windows-1252"  # how it is read is the file's own
    press(at, "Remove")
    assert list(at.session_state[CONTENTS].values()) == [TABLE]
    at = switch(at, SIMILARITY, open_page)
    assert choices(at)["corpus_column"] == "title"


def test_an_emptied_box_of_pasted_texts_leaves_no_corpus_behind(open_page: Open) -> None:
    at = open_page(SIMILARITY, corpus="pasted")
    at.text_area(key="corpus_text").set_value("\n".join(TEXTS)).run()
    assert at.session_state[OWN].texts == tuple(TEXTS)
    at.text_area(key="corpus_text").set_value("").run()
    assert OWN not in at.session_state
    assert notes(at) == []
