"""What a stored backbone is made of, exact, and the file that is made of it: the finest steps that fit are taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.errors import InputError
from embfilter_core.number_format import format_megabytes
from embfilter_core.storage.arrays import write_atomic
from embfilter_core.stored_backbones.archive import MANIFEST, PARTS, SHARED, text_member, write_archive
from embfilter_core.stored_backbones.limits import MAX_FILE_BYTES
from embfilter_core.stored_backbones.manifest import manifest_json, read_stored
from embfilter_core.stored_backbones.near_coding import COSINE_ERROR
from embfilter_core.stored_backbones.parts_member import pack_parts
from embfilter_core.stored_backbones.text_members import (
    OfText,
    SharedByTexts,
    angles_of,
    pack_shared,
    pack_text,
    text_prefix,
)
from embfilter_core.stored_backbones.token_coding import Products, largest_error, write_blocks

if TYPE_CHECKING:
    from pathlib import Path

    from embfilter_core.instrument.neighbour_preview import NeighbourPreview
    from embfilter_core.instrument.packing import TokensAbout
    from embfilter_core.stored_backbones.parts import StoredParts
    from embfilter_core.stored_backbones.stored_backbone import StoredBackbone

FINENESS = (16, 15, 14, 13, 12, 11, 10)
"""Bits of the middle range of a text's logits, the finest first; the live instrument has 16."""
FINER = 0.25
"""A product's step, of a logit's: those of twenty directions at an end add up."""


@dataclass(frozen=True, eq=False)
class TextMaterial:
    """What the instrument shows of one text, exact.

    Attributes:
        tokens: (m,) places among the tokens that all texts share.
        ranks: (m,) their unfiltered ranks.
        prefix: (m, b + 1) float32, their logits up to each edge.
        coefficients: (S,) of the text in the directions that are steps by themselves.
        near: The texts that come near; `positions` are places in the corpus.
        energy: (d,) share of its energy in each direction.
        committed: As `committed_data` makes it.
        centred: As `token_lists` makes them of the centred text.
    """

    tokens: np.ndarray
    ranks: np.ndarray
    prefix: np.ndarray
    coefficients: np.ndarray
    near: NeighbourPreview
    energy: np.ndarray
    committed: dict[str, Any]
    centred: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Material:
    """What a stored backbone is made of.

    Attributes:
        stored: What it says of itself; its errors are found when it is written.
        parts: What holds for all texts.
        places: (d, 2, count) places of the tokens at the ends of directions.
        edges: (b + 1,) of the grid.
        about: Of the U tokens that texts share.
        products: (S, U) of these with the directions that are steps by themselves.
        corpus: n texts of the corpus as they are written in a row.
        positions: (n,) their places, ascending.
        copies: (n,) how often each is there.
        squares: (n, b) float32, their squared lengths in each step.
        energy: (d,) share of the corpus's energy in each direction.
        texts: The texts.
    """

    stored: StoredBackbone
    parts: StoredParts
    places: np.ndarray
    edges: np.ndarray
    about: TokensAbout
    products: np.ndarray
    corpus: list[str]
    positions: np.ndarray
    copies: np.ndarray
    squares: np.ndarray
    energy: np.ndarray
    texts: tuple[TextMaterial, ...]


def write_stored(material: Material, path: Path) -> StoredBackbone:
    """Write a stored backbone to a file, with the finest steps that fit, and return what it says of itself.

    Raises:
        InputError: Even with the coarsest steps it is larger than a stored backbone may be, or cannot be written.
    """
    content = _file(material)
    try:
        write_atomic(path, lambda temporary: temporary.write_bytes(content))
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror or error}.", "Choose another place.") from error
    return read_stored(path)


def _file(material: Material) -> bytes:
    parts = {PARTS: pack_parts(material.parts, material.places)}
    for bits in FINENESS:
        shared = _shared(material, bits)
        texts, error = _texts(material, shared, bits)
        stored = replace(material.stored, logit_error=error, cosine_error=COSINE_ERROR)
        manifest = {MANIFEST: manifest_json(stored)}
        content = write_archive(manifest | parts | {SHARED: pack_shared(shared)} | texts)
        if len(content) <= MAX_FILE_BYTES:
            return content
    raise InputError(
        f"{material.stored.name} needs {format_megabytes(len(content), 1)}; a stored backbone has at most "
        f"{format_megabytes(MAX_FILE_BYTES)}.",
        "Store fewer texts.",
    )


def _shared(material: Material, bits: int) -> SharedByTexts:
    step = min(_step(text, bits) for text in material.texts) * FINER
    coefficients = np.stack([text.coefficients for text in material.texts])
    return SharedByTexts(
        about=material.about,
        products=Products.rounded(material.products, coefficients, step),
        corpus=material.corpus,
        positions=material.positions,
        copies=material.copies,
        squares=material.squares,
        energy=material.energy,
    )


def _texts(material: Material, shared: SharedByTexts, bits: int) -> tuple[dict[str, bytes], float]:
    """The members of the texts, and the largest error that rounding makes to a logit in them."""
    members, error = {}, 0.0
    for place, exact in enumerate(material.texts):
        text = _rounded(exact, shared, material.edges, bits)
        error = max(error, largest_error(text_prefix(text, shared, material.edges), exact.prefix))
        members[text_member(place)] = pack_text(text)
    return members, error


def _rounded(exact: TextMaterial, shared: SharedByTexts, edges: np.ndarray, bits: int) -> OfText:
    products = shared.products.of(exact.tokens)
    blocks, step = write_blocks(exact.prefix, edges, exact.coefficients, products, _step(exact, bits))
    return OfText(
        tokens=exact.tokens,
        ranks=exact.ranks,
        coefficients=exact.coefficients,
        blocks=blocks,
        step=step,
        near=np.searchsorted(shared.positions, exact.near.positions),
        angles=angles_of(exact.near),
        squares=exact.near.query_squares,
        energy=exact.energy,
        committed=exact.committed,
        centred=exact.centred,
    )


def _step(exact: TextMaterial, bits: int) -> float:
    """The step of a text's logits: the middle one of its tokens' ranges over all bands, in so many bits."""
    ranges = exact.prefix.max(axis=1) - exact.prefix.min(axis=1)
    return float(np.median(ranges)) / 2**bits if ranges.any() else 1.0
