"""Open the Map page, and read what it shows."""

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from embfilter_core import KeptDirections
from embfilter_core.maps.projection import joint_frame, map_points
from tests.app.conftest import Open
from tests.app.reading import errors, figures, numbers

MAP = "pages/5_Map.py"
RATIOS = {"unfiltered": 1, "2": 2, "4": 4, "8": 8}
BLOCKS = ["Where do the texts lie?", "Selected texts"]
HOSTILE = [
    "<script>alert(1)</script>",
    "**b** $x$ :smile: {text}",
    "<b>=1+1</b> שלום \u202e",
    "[l](javascript:alert(1))",
]
SENTENCES = ["the cat sat", "one dog sleeps", "the word in one sentence", "in on the", "cat dog cat", "sleeps sat"]


def opened(open_page: Open, **params: object) -> AppTest:
    at = open_page(MAP, corpus="topics", **params)
    at.run()  # the first run may have embedded the corpus
    assert errors(at) == []
    return at


def opened_on(open_page: Open, texts: list[str], **params: object) -> AppTest:
    at = open_page(MAP, corpus="pasted", **params)
    at.text_area(key="corpus_text").set_value("\n".join(texts)).run()
    return at.run()


def figure(at: AppTest) -> dict:
    (found,) = (spec for key, spec in figures(at).items() if key.startswith("map_plot"))
    return found


def drawn(at: AppTest) -> np.ndarray:
    """Where each text of the corpus is drawn, (n, 2)."""
    places = {}
    for trace in figure(at)["data"]:
        if trace["name"] not in ("found", "your text"):
            rows = zip(*(numbers(trace[name]) for name in ("customdata", "x", "y")), strict=True)
            places |= {int(i): (x, y) for i, x, y in rows}
    return np.array([places[i] for i in range(len(places))])


def star(at: AppTest) -> list[float] | None:
    (found,) = [trace for trace in figure(at)["data"] if trace["name"] == "your text"] or (None,)
    return found and [*numbers(found["x"]), *numbers(found["y"])]


def metrics(at: AppTest) -> dict[str, str]:
    assert errors(at) == []
    return {metric.label: metric.value for metric in at.metric}


def kept_of(d: int, step: str) -> KeptDirections:
    return KeptDirections.bulk(d, RATIOS.get(step, 2))


def framed(coefficients: np.ndarray, *more: KeptDirections) -> tuple:
    """The frame over all four ratios and whatever else is kept, and the picture of each."""
    d = coefficients.shape[1]
    kept = [*(KeptDirections.bulk(d, ratio) for ratio in RATIOS.values()), *more]
    steps = [map_points(coefficients, each).filtered for each in kept]
    frame = joint_frame(steps)
    return frame, [frame.place(step, number) for number, step in enumerate(steps)]


def tables(at: AppTest) -> list[pd.DataFrame]:
    """The selected texts, and the neighbours of one unfiltered and filtered; not the preview of a corpus."""
    return [element.value for element in at.dataframe if "position" in element.value]
