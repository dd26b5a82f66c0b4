"""Numbers are written in one way."""

from math import nan

import pytest

from embfilter_core.number_format import ABSENT, format_rate, format_share


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.2534, "25.3 %"), (1.0, "100.0 %"), (0.0, "0.0 %"), (0.0004, "< 0.1 %"), (0.0005, "0.1 %"), (nan, ABSENT)],
)
def test_a_share_is_a_percentage_with_one_decimal(share: float, written: str) -> None:
    assert format_share(share) == written


@pytest.mark.parametrize(
    ("rate", "seen", "written"), [(46_749.2, True, "46,749"), (0.71, True, "0.7"), (1.04, False, "≈ 1.0")]
)
def test_an_estimated_rate_is_marked(rate: float, seen: bool, written: str) -> None:
    assert format_rate(rate, seen) == written
