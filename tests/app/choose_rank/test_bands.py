"""Quality of every band: the cells are those of the library, and a click keeps one."""

import numpy as np
import pytest

from embfilter_core import Backbone, KeptDirections
from embfilter_core.data.built_in_tasks import graded_pairs
from embfilter_core.quality import bands as bands_module
from tests.app.acting import click
from tests.app.choose_rank.page import kept, open_choose, vectors_of
from tests.app.conftest import Open
from tests.app.reading import errors, figures, numbers

pytestmark = pytest.mark.real


def test_a_finer_look_maps_the_bands_around_the_band(open_page: Open, tiny: Backbone) -> None:
    at = open_choose(open_page, preset="dominant")
    at.toggle(key="finer").set_value(True).run()
    expected = bands_module.map_bands(graded_pairs(), vectors_of(tiny, graded_pairs()), around=(0, 16))
    cells = figures(at)["bands"]["data"][0]
    assert np.reshape(numbers(cells["customdata"]), (-1, 2)).tolist() == expected.bands.tolist()
    at.pills(key="preset").set_value("edges").run()
    assert errors(at) == []
    assert at.toggle(key="finer").disabled


def test_a_clicked_band_is_kept(open_page: Open) -> None:
    at = open_choose(open_page)
    for start, stop in ((0, 1), (3, 30), (31, 32), (0, 32)):
        click(at, "bands", {"customdata": [start, stop]})
        assert errors(at) == []
        assert kept(at) == ("custom", KeptDirections.band(32, start, stop).bounds)
        (ring,) = (trace for trace in figures(at)["bands"]["data"] if trace["name"] == "kept now")
        assert (ring["x"], ring["y"]) == ([start], [32 - stop])
