"""What there is to notice about a text follows from its lists."""

from embfilter_core.instrument.sentences import notice


def token(text: str, frequent: bool, rank: int) -> dict:
    return {"token": text, "frequent": frequent, "ranks": {"unfiltered": rank}}


LISTS = {
    "unfiltered": [token("the", True, 1), token("cat", False, 2)],
    "removed": [token("the", True, 1), token("of", True, 5)],
    "kept": [token("cat", False, 2), token("dog", False, 1500)],
}
NEAR = {"unfiltered": [{"position": 3}, {"position": 5}], "filtered": [{"position": 5}, {"position": 8}]}


def test_the_numbers_of_the_lists_are_told() -> None:
    assert notice({"lists": LISTS, "near": NEAR}) == (
        "Frequent tokens: 1 of 2 unfiltered; 2 of what is removed, 0 of what is kept; first of the kept: cat, "
        "unfiltered rank 2; 1 of the 2 nearest texts stay."
    )


def test_what_is_not_there_is_not_told() -> None:
    said = notice({"lists": {**LISTS, "removed": []}, "near": None})
    assert "removed" not in said
    assert "nearest" not in said
