"""Numbers as people read them, written in one way on screen, in messages and in tables."""

from math import isnan

ABSENT = "–"
"""Stands where there is no number."""
COSINE = ".3f"
"""The digits of a cosine, everywhere."""


def format_bytes(count: float) -> str:
    """Return bytes in powers of 1000: `576 MB`, `1.15 GB`."""
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def format_megabytes(count: float, decimals: int = 0) -> str:
    """Return bytes in millions: `20 MB`, `20.2 MB`."""
    return f"{count / 1e6:,.{decimals}f} MB"


def format_file_size(count: int) -> str:
    """Return the size of a file with three digits at most: `312 bytes`, `4.2 kB`, `1.3 MB`, `120 MB`."""
    if count < 1000:
        return format_count(count, "byte")
    size, unit = (count / 1e3, "kB") if count < 999_500 else (count / 1e6, "MB")
    return f"{size:.1f} {unit}" if size < 99.95 else f"{size:.0f} {unit}"


def format_weights(count: int) -> str:
    """Return a number of weights as models are called by it: `27,040`, `135 M`, `1.2 B`, `14.8 B`."""
    if count < 1_000_000:
        return f"{count:,}"
    return f"{count / 1e9:.1f} B" if count >= 999_500_000 else f"{count / 1e6:.0f} M"


def format_count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 row`, `2,000 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def format_share(share: float) -> str:
    """Return a share as a percentage with one decimal: `25.3 %`, `< 0.1 %`; NaN is an absent number."""
    if isnan(share):
        return ABSENT
    return "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def format_rate(per_million: float, seen: bool) -> str:
    """Return how often a token occurs in a million: `1,234`, `0.7`; `≈ 0.7` where it is estimated."""
    written = f"{per_million:,.0f}" if per_million >= 10 else f"{per_million:.1f}"
    return written if seen else f"≈ {written}"


def format_error(error: float) -> str:
    """Return a numerical error with two digits, `1.1e-05`, or `0 (exact)` where there is none."""
    return f"{error:.1e}" if error else "0 (exact)"


def format_change(first: float, second: float, form: str) -> str:
    """Return a number and what it changes to, such as `0.123 → 0.456` with the form `.3f`; NaN is an absent number.

    Of a share in percent (`.0%`), a space stands before the sign, as everywhere.
    """
    return " → ".join(ABSENT if isnan(number) else f"{number:{form}}".replace("%", " %") for number in (first, second))


def format_interval(value: float, low: float, high: float, form: str = ".1f") -> str:
    """Return an estimate with its interval: `61.2 (60.1 to 62.3)`; the form `+.1f` writes differences."""
    return f"{value:{form}} ({low:{form}} to {high:{form}})"
