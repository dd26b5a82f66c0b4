"""The backbones offered by name, with the facts people ask before loading one; the table is `catalogue.tsv`."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files


@dataclass(frozen=True)
class CatalogueEntry:
    """One backbone of the catalogue.

    Attributes:
        id: Short name, accepted by `load_backbone` and in links.
        name: Name as written for people.
        hub_id: Repository on the Hugging Face hub.
        family: What it is built like.
        d: Width of an embedding.
        vocab_size: Rows of the unembedding matrix, padded rows included.
        layers: Number of layers L.
        parameters: Number of weights, a tied matrix counted once.
        tied: Whether the unembedding matrix is also the input embedding.
        licence: Licence of the weights.
        fetch_bytes: Size of its weights on the hub, to a megabyte; 0 where they come from elsewhere.
        revision: Commit of the repository that these facts are of, and that is fetched; where it is None, the latest.
        gated: Whether the hub asks for an accepted licence and a token.
        default_prompt: Prompt used for this backbone in the paper's code, else PromptEOL.
        bulk_start: First kept direction of every bulk, where the paper's code fixes it.
        quirk: One sentence on what is unlike others; may be empty.
        bundled: Whether `python -m embfilter_core assets` installs it offline.
    """

    id: str
    name: str
    hub_id: str
    family: str
    d: int
    vocab_size: int
    layers: int
    parameters: int
    tied: bool
    licence: str
    fetch_bytes: int = 0
    revision: str | None = None
    gated: bool = False
    default_prompt: str = "prompteol"
    bulk_start: int | None = None
    quirk: str = ""
    bundled: bool = False

    @property
    def table_parameters(self) -> int:
        """Weights of its tables of tokens: the input embedding, and W_U where that is another."""
        return self.vocab_size * self.d * (1 if self.tied else 2)


BUNDLED = CatalogueEntry(
    id="smollm2-135m-instruct",
    name="SmolLM2-135M-Instruct (bundled, 4-bit weights)",
    hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
    family="Llama (SmolLM2)",
    d=576,
    vocab_size=49_152,
    layers=30,
    parameters=134_515_008,
    tied=True,
    licence="Apache-2.0",
    quirk="Its weights were rounded to 4 bits.",
    bundled=True,
)


def _read_entry(row: dict[str, str]) -> CatalogueEntry:
    return CatalogueEntry(
        id=row["id"],
        name=row["name"],
        hub_id=row["hub_id"],
        family=row["family"],
        d=int(row["d"]),
        vocab_size=int(row["vocab_size"]),
        layers=int(row["layers"]),
        parameters=int(row["parameters"]),
        tied=row["tied"] == "yes",
        licence=row["licence"],
        fetch_bytes=int(row["fetch_mb"]) * 1_000_000,
        revision=row["revision"] or None,
        gated=row["gated"] == "yes",
        default_prompt=row["default_prompt"] or "prompteol",
        bulk_start=int(row["bulk_start"]) if row["bulk_start"] else None,
        quirk=row["quirk"],
    )


def _read_catalogue() -> dict[str, CatalogueEntry]:
    lines = (files("embfilter_core.backbones") / "catalogue.tsv").read_text("utf-8").splitlines()
    entries = (BUNDLED, *map(_read_entry, csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)))
    return {entry.id: entry for entry in entries}


CATALOGUE: dict[str, CatalogueEntry] = _read_catalogue()
"""The bundled one first, then the three of the paper, then others by size."""


def catalogue_entry(spec: str) -> CatalogueEntry | None:
    """The entry whose id or hub id is `spec` (case does not matter), or None."""
    wanted = spec.strip().lower()
    return next((entry for entry in CATALOGUE.values() if wanted in (entry.id, entry.hub_id.lower())), None)


def nearest_names(spec: str) -> list[str]:
    """Return up to three names of the catalogue that are written much like `spec`, or the bundled one's."""
    return get_close_matches(spec.strip().lower(), CATALOGUE, 3, cutoff=0.5) or [BUNDLED.id]
