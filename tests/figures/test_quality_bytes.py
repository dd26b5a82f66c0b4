"""Quality against bytes: every point is where it belongs, and says what else takes the same bytes."""

import numpy as np
import plotly.graph_objects as go

from embfilter_core.figures.quality_bytes import SizedLine, quality_bytes

HOSTILE, ESCAPED = "<b>one</b> & co", "&lt;b&gt;one&lt;/b&gt; &amp; co"


def line(name: str, sizes: list[int], scores: list[float], first_key: int, *precisions: str) -> SizedLine:
    values = np.array(scores)
    labels = [f"{name} of {size}" for size in sizes]
    keys = range(first_key, first_key + len(sizes))
    return SizedLine(name, labels, precisions, np.array(sizes), values, values - 1, values + 2, keys)


RAW = line("raw", [256, 128], [70.0, 69.9], 0, "float32", "float16")
BULK = line(HOSTILE, [32, 64, 128], [60.0, 72.0, 73.0], 2, "float32", "float32", "float32")
CODED = line("coded", [16, 65], [66.0, 71.0], 5, "sign bits", "sign bits")
CONTROLS = line("random", [64], [50.0], 0, "float32")
FRONT = (np.array([16, 64, 128]), np.array([66.0, 72.0, 73.0]))


def drawn(**more: object) -> go.Figure:
    return quality_bytes([RAW, BULK, CODED], FRONT, 70.0, "points", **more)


def named(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def test_every_treatment_is_a_point_at_its_bytes_and_a_click_gives_its_key() -> None:
    for one, name in ((RAW, "raw"), (BULK, ESCAPED), (CODED, "coded")):
        points = named(drawn(), name)
        assert (list(points.x), list(points.y)) == (one.sizes.tolist(), one.scores.tolist())
        assert list(points.customdata) == list(one.keys)
    assert drawn().layout.xaxis.type == "log"
    assert "bytes a vector" in drawn().layout.xaxis.title.text


def test_lines_have_a_colour_each_and_precisions_a_symbol_each_in_the_legend() -> None:
    figure = drawn()
    colours = [named(figure, name).marker.color for name in ("raw", ESCAPED, "coded")]
    assert len(set(colours)) == 3
    shown = {name: named(figure, name).marker.symbol for name in ("float32", "float16", "sign bits")}
    assert len(set(shown.values())) == 3
    assert list(named(figure, "raw").marker.symbol) == [shown["float32"], shown["float16"]]


def test_a_point_says_its_interval_and_the_best_of_the_same_bytes() -> None:
    hover = named(drawn(), ESCAPED).hovertext
    assert hover[1] == f"{ESCAPED} of 64<br>64 bytes: 72.0 (71.0 to 74.0, 95 %)<br>same bytes:<br>coded of 65: 71.0"
    assert hover[2].endswith("same bytes:<br>raw of 128: 69.9")
    assert hover[0].endswith("same bytes:<br>nothing else was measured")
    assert "<b>" not in "".join(hover)


def test_the_front_the_answer_and_random_subspaces_are_drawn() -> None:
    figure = drawn(controls=CONTROLS, chosen=(64.0, 72.0))
    front = named(figure, "beaten by nothing as small")
    assert (list(front.x), list(front.y)) == ([16, 64, 128], [66, 72, 73])
    assert front.line.shape == "hv"
    ring = named(figure, "the answer")
    assert (list(ring.x), list(ring.y)) == ([64], [72])
    random = named(figure, "random")
    assert (list(random.error_y.array), list(random.error_y.arrayminus)) == ([2], [1])
    assert "the answer" not in {trace.name for trace in drawn().data}


def test_what_scores_far_less_than_the_best_does_not_flatten_the_rest() -> None:
    low, high = drawn().layout.yaxis.range
    assert 60 < low < 62
    assert high > 73
