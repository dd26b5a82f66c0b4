"""A term stands in the glossary once, in one sentence with its source, and is found in prose however it is written."""

from embfilter_core.glossary import GLOSSARY, TERMS, terms_in


def found(prose: str) -> list[tuple[str, str]]:
    return [(prose[start:stop], term.name) for start, stop, term in terms_in(prose)]


def test_every_term_is_one_sentence_with_a_source() -> None:
    assert len(GLOSSARY) == len(TERMS)
    for term in TERMS:
        assert term.meaning.endswith("."), term.name
        assert term.meaning.count(". ") == 0, term.name
        assert len(term.meaning) <= 140, term.name
        assert term.source, term.name


def test_no_two_terms_are_written_alike() -> None:
    written = [form.lower() for term in TERMS for form in (*term.names, *term.forms)]
    assert len(set(written)) == len(written)


def test_the_longest_way_to_write_a_term_is_the_one_that_is_found() -> None:
    assert found("The kept directions of a bulk; Directions, Δπ.") == [
        ("kept directions", "kept directions"),
        ("bulk", "bulk"),
        ("Directions", "direction"),
        ("Δπ", "Δπ"),
    ]


def test_a_word_inside_another_is_no_term() -> None:
    assert found("An indirection, unembeddings, a backbone-like echoing") == []


def test_a_word_that_also_means_something_else_is_found_only_where_it_is_the_term() -> None:
    assert found("Draw around points") == []
    assert found("A score in points") == [("in points", "points")]


def test_the_marks_are_found() -> None:
    assert found("␣the and ⏎") != []
