"""Equal texts are folded into one that knows all its places; what differs stays as it is."""

from embfilter_core.data.corpora import Corpus, corpus_of
from embfilter_core.data.folding import describe_folding, equal_texts, fold_corpus

TEXTS = ("a cat", "a dog", " a cat\n", "A cat", "a cat")
CORPUS = Corpus("c", "C", TEXTS, "here", ("x", "y", "z", "x", "y"), ids=("1", "2", "3", "4", "5"), rows=(2, 4, 5, 6, 9))


def test_equal_texts_are_told_by_their_letters_but_not_by_outer_spaces() -> None:
    assert equal_texts(TEXTS) == ((0, 2, 4), (1,), (3,))
    assert equal_texts(()) == ()


def test_a_folded_corpus_keeps_label_id_and_row_of_the_first_place() -> None:
    folded = fold_corpus(CORPUS)
    different = folded.corpus
    assert (different.texts, different.labels) == (("a cat", "a dog", "A cat"), ("x", "y", "x"))
    assert (different.ids, different.rows) == (("1", "2", "4"), (2, 4, 6))
    assert (folded.first.tolist(), folded.copies.tolist()) == ([0, 1, 3], [3, 1, 1])
    assert folded.whole is CORPUS
    assert different.id != CORPUS.id
    assert describe_folding(folded).startswith("1 text occurs more than once: the 5 texts are 3 different ones")


def test_a_corpus_without_equal_texts_stays_the_same_object() -> None:
    corpus = Corpus("c", "C", ("a", "b"), "here")
    folded = fold_corpus(corpus)
    assert folded.corpus is corpus
    assert describe_folding(folded) == ""


def test_where_a_text_stood_is_told_as_far_as_it_is_known() -> None:
    assert CORPUS.origin(4) == "id 5, row 9"
    assert Corpus("c", "C", ("a",), "here", rows=(1200,)).origin(0) == "row 1,200"
    assert Corpus("c", "C", ("a",), "here", ids=("",)).origin(0) == ""


def test_corpora_of_equal_texts_that_stood_elsewhere_are_told_apart() -> None:
    plain, listed, moved = (corpus_of(("a", "b"), "n", "s", rows=rows) for rows in (None, (1, 2), (1, 3)))
    assert len({plain.id, listed.id, moved.id}) == 3
    assert corpus_of(("a", "b"), "other", "s").id == plain.id
