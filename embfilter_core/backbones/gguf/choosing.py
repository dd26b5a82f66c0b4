"""Which of several GGUF files is meant: of a folder or a repository, by its name or its quantisation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from embfilter_core.errors import BackboneError
from embfilter_core.number_format import format_count

ENDING = ".gguf"
MOST_NAMED = 8
_PART = re.compile(r"-\d{5}-of-\d{5}$")
_QUANTISATION = re.compile(
    r"(?:^|[-._])((?:UD-)?(?:I?Q\d\w*|TQ\d\w*|MXFP4\w*|NVFP4\w*|BF16|F16|F32|FP16|FP32))(?=$|[-.])", re.I
)


def gguf_names(names: Iterable[str]) -> list[str]:
    """Return the GGUF files among some names, one of each model; encoders of images that lie beside are left out."""
    found: dict[str, str] = {}
    for name in sorted(name for name in names if name.lower().endswith(ENDING)):
        found.setdefault(_PART.sub("", _stem(name)), name)
    language = [name for name in found.values() if not name.rsplit("/", 1)[-1].lower().startswith("mmproj")]
    return language or [*found.values()]


def choose_gguf(names: Iterable[str], where: str, example: str, quantisation: str = "") -> str:
    """Return the GGUF file that is meant.

    Args:
        names: Of all files.
        where: The folder or repository, for people.
        example: How one of them is named, with `{file}` and `{quantisation}` in the place of its own.
        quantisation: Such as `Q4_K_M`, in any case; empty where none was named.

    Raises:
        BackboneError: There is none of that quantisation, or more than one.
    """
    found = gguf_names(names)
    asked = [name for name in found if quantisation.upper() in ("", quantisation_of(name).upper())]
    if len(asked) == 1:
        return asked[0]
    listed = asked or found
    shown = ", ".join(listed[:MOST_NAMED]) + (
        f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    )
    count = format_count(len(asked), "GGUF file") if asked else "no GGUF file"
    what = f"{count} of the quantisation {quantisation[:20]}" if quantisation else f"{count} and no other weights"
    raise BackboneError(
        f"{where} has {what}: {shown}.",
        f"Name one of them, such as {example.format(file=listed[0], quantisation=quantisation_of(listed[0]))}.",
    )


def quantisation_of(name: str) -> str:
    """Return the quantisation that a file is called by, such as `Q4_K_M`, or nothing."""
    found = _QUANTISATION.findall(_PART.sub("", _stem(name).rsplit("/", 1)[-1]))
    return str(found[-1]) if found else ""


def _stem(name: str) -> str:
    return name[: -len(ENDING)]
