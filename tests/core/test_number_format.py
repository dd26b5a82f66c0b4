"""Numbers are written in one way."""

from math import nan

import pytest

from embfilter_core.number_format import ABSENT, format_file_size, format_rate, format_share


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


@pytest.mark.parametrize(
    ("size", "written"),
    [
        *(
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (99_940, "99.9 kB"),
            (99_960, "100 kB"),
        ),
        *((999_499, "999 kB"), (999_500, "1.0 MB"), (20_000_000, "20.0 MB"), (120_400_000, "120 MB")),
    ],
)
def test_the_size_of_a_file_has_three_digits_at_most(size: int, written: str) -> None:
    assert format_file_size(size) == written
