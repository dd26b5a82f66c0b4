"""A record that comes from elsewhere is read where it is one, and refused as a whole where it is not."""

import json
from collections.abc import Callable
from importlib.resources import files

import pytest

from embfilter_core.stored.foreign import LONGEST, read_foreign
from embfilter_core.stored.record import FOLDER, from_json, stored_ids, to_json
from tests.each import for_each

Json = dict[str, object]


def written(name: str = "banking77-20-a-class") -> Json:
    return json.loads((files(FOLDER) / f"{name}.json").read_text("utf-8"))


@for_each(name=stored_ids())
def test_every_record_that_comes_with_the_app_is_read(name: str) -> None:
    assert to_json(read_foreign(written(name))) == to_json(from_json(json.dumps(written(name))))


def put(*path: object, value: object) -> Callable[[Json], None]:
    def change(record: Json) -> None:
        place: object = record
        for step in path[:-1]:
            place = place[step]  # type: ignore[index]
        place[path[-1]] = value  # type: ignore[index]

    return change


CHANGES = {
    "a foreign part": put("evil", value=1),
    "a foreign part inside": put("sweep", "evil", value=1),
    "no number": put("sweep", "scores", 0, 0, value="<b>"),
    "a number that is none": put("sweep", "scores", 0, 0, value=float("nan")),
    "an endless number": put("sweep", "scores", 0, 0, value=1e300),
    "a shorter row": put("sweep", "scores", 1, value=[1.0]),
    "no directions": put("sweep", "ks", value=[]),
    "directions that do not rise": put("sweep", "ks", 1, value=1),
    "more directions than there are": put("d", value=4),
    "a width that is none": put("d", value="576"),
    "a band beyond the last direction": put("bands", "bands", 0, value=[0, 10_000]),
    "a band of three": put("bands", "bands", 0, value=[0, 1, 2]),
    "bands without scores": put("bands", "scores", value=[[], [], []]),
    "a treatment that is not known": put("treatments", 0, 0, value="evil"),
    "a precision that is not known": put("treatments", 0, 2, value="<img>"),
    "a goal that is not known": put("decisions", "evil", value=["x"]),
    "an answer without a sentence": put("decisions", "shrink", value=[]),
    "an answer that is no text": put("decisions", "shrink", value=[1]),
    "a text that is too long": put("name", value="x" * (LONGEST + 1)),
    "a name that is none": put("name", value=7),
    "a row of the forest without numbers": put("forest", "rows", 0, "score", value=[1.0]),
    "a planned row that is not there": put("forest", "planned", value=999),
    "what was searched for is not there": put("searched", value=["bulk", 3, "float32"]),
    "clusters without numbers": put("clusters", "gains", value=[[1.0], [1.0], [1.0]]),
}


@for_each(case=CHANGES)
def test_what_is_no_record_is_refused(case: str) -> None:
    record = written()
    CHANGES[case](record)
    with pytest.raises(ValueError, match=r"record|text|number|list"):
        read_foreign(record)


@for_each(whole=[None, [], "record", 7, {}, {"id": "x"}, [[[[]]]]])
def test_what_is_of_another_kind_is_refused(whole: object) -> None:
    with pytest.raises(ValueError, match=r"record"):
        read_foreign(whole)
