"""One palette: what a colour means is named once, and every figure and page takes it from there."""

import re
from pathlib import Path

import pytest

from embfilter_core.figures import palette
from embfilter_core.number_format import (
    format_bytes,
    format_change,
    format_count,
    format_error,
    format_interval,
    format_megabytes,
    format_share,
)

ROOT = Path(__file__).resolve().parents[2]
COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")


def test_every_colour_is_written_in_the_palette() -> None:
    files = [ROOT / "app.py", *(ROOT / "embfilter_core").rglob("*.py")]
    files += [file for file in (ROOT / "pages").rglob("*") if file.suffix in (".py", ".js", ".css")]
    strays = {str(file.relative_to(ROOT)): COLOUR.findall(file.read_text("utf-8")) for file in files}
    assert {file for file, colours in strays.items() if colours} == {"embfilter_core/figures/palette.py"}


@pytest.mark.parametrize("name", ["CATEGORIES", "FOLLOWED", "COMPARED", "EARLIER", "QUANTITIES", "BACKBONES"])
def test_no_two_things_side_by_side_have_one_colour(name: str) -> None:
    colours = getattr(palette, name)
    assert len(set(colours)) == len(colours)


def test_numbers_are_written_as_people_read_them() -> None:
    assert (format_bytes(576_000_000), format_bytes(1_152_000_000)) == ("576 MB", "1.15 GB")
    assert (format_megabytes(20_240_000, 1), format_megabytes(2_000_000_000)) == ("20.2 MB", "2,000 MB")
    assert [format_count(n, "row") for n in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]
    assert format_count(2, "query", "queries") == "2 queries"
    assert format_change(0.1234, 0.5, ".3f") == "0.123 → 0.500"
    assert format_change(float("nan"), 0.5, ".0%") == "– → 50 %"
    assert [format_share(share) for share in (0.335, float("nan"))] == ["33.5 %", "–"]
    assert [format_error(error) for error in (1.14e-5, 0.0)] == ["1.1e-05", "0 (exact)"]
    assert format_interval(1.25, -1, 2, "+.1f") == "+1.2 (-1.0 to +2.0)"
