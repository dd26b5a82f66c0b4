"""`python -m embfilter_core.stored_backbones [ID=BACKBONE ...]`: make those that come with the app again."""

import argparse
import sys
from pathlib import Path

from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.backbones.loading import load_backbone
from embfilter_core.data.corpora import Corpus, lee_background
from embfilter_core.errors import EmbFilterError
from embfilter_core.stored.sources import SOURCES
from embfilter_core.stored_backbones.making import Described, make_stored
from embfilter_core.stored_backbones.material import write_stored
from embfilter_core.stored_backbones.shelf import shipped_folder
from embfilter_core.stored_backbones.stored_backbone import ENDING

MEASURED = "stsb-dev"
"""The data set that others than the bundled one are measured on: short texts, which take the least time."""
QWEN = "qwen2.5-coder-1.5b-instruct"
SHOWN = (0, 4, 9, 14, 18, 22, 27, 32, 36, 40, 45, 50, 54, 58, 63, 68, 72, 76, 80, 81, 86, 90, 94, 99)
"""Places of the news that all of them show: those evenly spread over a hundred, and the bundled one's typical one."""
READ = {QWEN: 100}
"""How many of the news one reads that takes seconds for each: those that are shown, and the first of the others."""
DESCRIBED = {
    BUNDLED.id: Described(),
    QWEN: Described(
        name="Qwen2.5-Coder-1.5B-Instruct (4-bit weights)",
        hub_id="Qwen/Qwen2.5-Coder-1.5B-Instruct",
        licence="Apache-2.0",
        quirk="Made for code; its weights were rounded to 4 bits, W_U and the input embedding each by itself.",
        parameters=1_543_714_304,
    ),
}
"""What is said of each, by its id."""


def main() -> int:
    """Make those that are asked for, as `ID=BACKBONE` where the id is no name of a backbone; else the bundled one."""
    parser = argparse.ArgumentParser(prog="python -m embfilter_core.stored_backbones", description=__doc__)
    parser.add_argument("asked", nargs="*", metavar="ID=BACKBONE", help=f"default: {BUNDLED.id}")
    parser.add_argument("--data", type=Path, help="folder of public data, to measure others than the bundled one on")
    options = parser.parse_args()
    try:
        for asked in options.asked or [BUNDLED.id]:
            shipped_id, _, spec = asked.partition("=")
            path = _make(shipped_id, spec, options.data)
            sys.stderr.write(f"\r{path}\n")
    except EmbFilterError as problem:
        sys.stderr.write(f"\n{problem}\n")
        return 1
    return 0


def _make(shipped_id: str, spec: str, data: Path | None) -> Path | None:
    """Make one; what was measured of the bundled one comes with the app already."""
    tasks = [SOURCES[MEASURED].task(data)] if data and shipped_id != BUNDLED.id else []
    corpus, shown = _texts(READ.get(shipped_id))
    material = make_stored(
        load_backbone(spec or shipped_id, device="cpu", progress=_show),
        corpus=corpus,
        positions=shown,
        described=DESCRIBED.get(shipped_id),
        progress=_show,
        counted=lee_background(),
        tasks=tasks,
    )
    return write_stored(material, shipped_folder() / f"{shipped_id}{ENDING}").path


def _texts(count: int | None) -> tuple[Corpus, list[int]]:
    """The news, or so many of them, and where those that are shown stand among them."""
    whole = lee_background()
    if count is None:
        return whole, list(SHOWN)
    others = [place for place in range(len(whole)) if place not in SHOWN]
    read = sorted([*SHOWN, *others[: count - len(SHOWN)]])
    texts = tuple(whole.texts[place] for place in read)
    name = f"Lee news, {count} of {len(whole)} documents"
    return Corpus(f"{whole.id}-{count}", name, texts, whole.source), [read.index(place) for place in SHOWN]


def _show(stage: str, done: int, total: int) -> None:
    sys.stderr.write(f"\r{stage}: {done} of {total}\x1b[K")


if __name__ == "__main__":
    sys.exit(main())
