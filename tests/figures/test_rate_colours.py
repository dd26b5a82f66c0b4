"""The colours of tokens: the stops of the palette at even steps of the logarithm of a rate, mixed in Oklab."""

import numpy as np
import pytest

from embfilter_core.figures.palette import RATE_ENDS, RATE_SCALE
from embfilter_core.figures.rate_colours import rate_colour_scale, rate_colours
from embfilter_core.vocabulary.token_frequency import RATE_FLOOR


def test_the_stops_of_the_palette_lie_at_even_steps_of_the_logarithm() -> None:
    rates = 10 ** np.linspace(*RATE_ENDS, len(RATE_SCALE)) - RATE_FLOOR
    assert rate_colours(rates) == list(RATE_SCALE)


@pytest.mark.parametrize(("rate", "end"), [(0.0, 0), (1e-4, 0), (1e6, -1)])
def test_what_lies_beyond_an_end_has_its_colour(rate: float, end: int) -> None:
    assert rate_colours([rate]) == [RATE_SCALE[end]]


def test_between_two_stops_colours_are_mixed_as_browsers_mix_them_in_oklab() -> None:
    low, high = RATE_ENDS
    halfway = 10 ** (low + (high - low) * np.array([1, 3, 5, 7]) / 8) - RATE_FLOOR
    # What Chromium draws for color-mix(in oklab, ... 50%, ...) of neighbouring stops.
    assert rate_colours(halfway) == ["#425D95", "#7A92B1", "#BAB18C", "#E0AB3E"]


def test_lightness_rises_all_along_so_that_the_scale_needs_no_hue() -> None:
    def lightness(colour: str) -> float:
        rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return float(np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])

    rising = [lightness(colour) for colour in RATE_SCALE[:4]]
    assert rising == sorted(rising)


def test_plotly_takes_the_same_scale() -> None:
    scale = rate_colour_scale()
    assert (scale[0], scale[-1]) == ((0.0, RATE_SCALE[0]), (1.0, RATE_SCALE[-1]))
    assert [colour for place, colour in scale if place in (0.25, 0.5, 0.75)] == list(RATE_SCALE[1:4])
