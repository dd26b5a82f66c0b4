"""Spectra and measured curves of backbones with other numbers of directions lie over one axis."""

import numpy as np

from embfilter_core.figures.across import CurveOfMany, SpectrumLine, curves, spectra, widened
from embfilter_core.figures.quality_curve import Curve


def test_the_axis_widens_the_ends_and_keeps_the_order() -> None:
    assert widened(np.array([0, 1 / 16, 0.5, 15 / 16, 1])).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert (np.diff(widened(np.linspace(0, 1, 500))) > 0).all()


def test_spectra_are_divided_by_their_largest_and_spread_over_one_axis() -> None:
    lines = [SpectrumLine("<b>a", np.array([8.0, 4, 2, 1])), SpectrumLine("b", np.array([3.0, 1]))]
    figure = spectra(lines)
    assert [trace.y[0] for trace in figure.data] == [1, 1]
    assert np.allclose(figure.data[0].x, widened(np.array([1, 3, 5, 7]) / 8))
    assert figure.data[0].customdata[1].tolist() == [1, 4, 37.5]
    assert figure.data[0].name == "&lt;b&gt;a"
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 2


def test_curves_are_drawn_over_the_share_of_directions_kept() -> None:
    ks, gains = np.array([1, 8, 16]), np.array([-30.0, 2.0, 0.0])
    sides = [
        CurveOfMany(Curve(name, ks * d // 16, gains, gains - 1, gains + 1, 70.0), d)
        for name, d in (("a", 16), ("b", 32))
    ]
    figure = curves(sides, "points")
    lines = [trace for trace in figure.data if trace.showlegend is not False]
    assert [np.allclose(line.x, [1 / 16, 0.5, 1]) for line in lines] == [True, True]
    assert "8 of 16 directions: +2.0 (+1.0 to +3.0)" in lines[0].hovertext[1]
    low, high = figure.layout.yaxis.range
    assert low < -31 < 3 < high
