"""The members of a stored backbone's file that hold its texts: one that they share, and one for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from embfilter_core.instrument.neighbour_preview import NeighbourPreview
from embfilter_core.instrument.packing import TokensAbout, pack_energy, pack_near, pack_tokens
from embfilter_core.stored_backbones.arrays import pack, unpack
from embfilter_core.stored_backbones.json_shapes import COMMITTED, LISTS, LONGEST_TOKEN
from embfilter_core.stored_backbones.limits import MAX_CORPUS, MAX_TOKENS
from embfilter_core.stored_backbones.near_coding import read_dots, write_angles
from embfilter_core.stored_backbones.shapes import Malformed, fields, items, number, words
from embfilter_core.stored_backbones.token_coding import Products, read_prefix, single_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHARED = fields({"tokens": items(words(LONGEST_TOKEN), MAX_TOKENS), "corpus": items(words(200), MAX_CORPUS)})
_OF_TEXT = fields({"step": number(0), "committed": COMMITTED, "centred": LISTS})


@dataclass(frozen=True, eq=False)
class SharedByTexts:
    """What the texts of a stored backbone have in common.

    Attributes:
        about: Of U tokens.
        products: Of these with the directions that are steps of the grid by themselves.
        corpus: n texts of the reference corpus, as they are written in a row.
        positions: (n,) their places in it, ascending.
        copies: (n,) how often each is there.
        squares: (n, b) float32, squared length in each step of the grid.
        energy: (d,) share of the corpus's energy in each direction.
    """

    about: TokensAbout
    products: Products
    corpus: Sequence[str]
    positions: np.ndarray
    copies: np.ndarray
    squares: np.ndarray
    energy: np.ndarray


@dataclass(frozen=True, eq=False)
class OfText:
    """What one text of a stored backbone has by itself, rounded.

    Attributes:
        tokens: (m,) which of the shared tokens a band brings into its lists.
        ranks: (m,) their unfiltered ranks in the vocabulary.
        coefficients: (S,) float64, of the text in the directions that are steps by themselves.
        blocks: (B, m) int16, as `write_blocks` makes them.
        step: Of these.
        near: (k,) which of the shared texts a band brings near.
        angles: (b, k) int16, as `write_angles` makes them.
        squares: (b,) float32, squared length of the text in each step of the grid.
        energy: (d,) share of the text's energy in each direction.
        committed: As `committed_data` makes it.
        centred: As `token_lists` makes them of the centred text.
    """

    tokens: np.ndarray
    ranks: np.ndarray
    coefficients: np.ndarray
    blocks: np.ndarray
    step: float
    near: np.ndarray
    angles: np.ndarray
    squares: np.ndarray
    energy: np.ndarray
    committed: dict[str, Any]
    centred: dict[str, Any]


def pack_shared(shared: SharedByTexts) -> bytes:
    """Return the member that texts share."""
    about, products = shared.about, shared.products
    arrays = {
        "offsets": about.offsets.astype("<f4"),
        "rates": about.rates.astype("<f4"),
        "frequent": about.frequent.astype("u1"),
        "seen": about.seen.astype("u1"),
        "levels": products.levels.astype("<i4"),
        "product_step": products.step.astype("<f8"),
        "positions": shared.positions.astype("<i4"),
        "copies": shared.copies.astype("<i4"),
        "squares": shared.squares.T.astype("<f4"),
        "energy": shared.energy.astype("<f4"),
    }
    return pack({"tokens": list(about.texts), "corpus": list(shared.corpus)}, arrays)


def unpack_shared(packed: bytes, edges: np.ndarray) -> SharedByTexts:
    """Return what texts share, for the edges (b + 1,) of a grid.

    Raises:
        Malformed: The bytes are not such a member.
    """
    facts, arrays = unpack(packed)
    _SHARED(facts, "what texts share")
    tokens, corpus, single = len(facts["tokens"]), len(facts["corpus"]), int(single_steps(edges).sum())
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("offsets", "rates", "frequent", "seen"), (tokens,))
    shapes |= {"levels": (single, tokens), "product_step": (single,), "energy": (int(edges[-1]),)}
    shapes |= {"positions": (corpus,), "copies": (corpus,), "squares": (len(edges) - 1, corpus)}
    _check_shapes(arrays, shapes)
    about = TokensAbout(facts["tokens"], arrays["offsets"], arrays["rates"], arrays["frequent"] > 0, arrays["seen"] > 0)
    products = Products(arrays["levels"], arrays["product_step"])
    rest = (arrays["positions"], arrays["copies"], arrays["squares"].T, arrays["energy"])
    return SharedByTexts(about, products, facts["corpus"], *rest)


def pack_text(text: OfText) -> bytes:
    """Return the member of a text."""
    arrays = {
        "tokens": text.tokens.astype("<i4"),
        "ranks": text.ranks.astype("<i4"),
        "coefficients": text.coefficients.astype("<f8"),
        "blocks": text.blocks.astype("<i2"),
        "near": text.near.astype("<i4"),
        "angles": text.angles.astype("<i2"),
        "text_squares": text.squares.astype("<f4"),
        "text_energy": text.energy.astype("<f4"),
    }
    return pack({"step": text.step, "committed": text.committed, "centred": text.centred}, arrays)


def unpack_text(packed: bytes, shared: SharedByTexts, edges: np.ndarray) -> OfText:
    """Return what a text has by itself.

    Raises:
        Malformed: The bytes are not such a member.
    """
    facts, arrays = unpack(packed)
    _OF_TEXT(facts, "text")
    single, steps = int(single_steps(edges).sum()), len(edges) - 1
    tokens, near = len(arrays.get("tokens", ())), len(arrays.get("near", ()))
    shapes: dict[str, tuple[int, ...]] = {
        "tokens": (tokens,),
        "ranks": (tokens,),
        "coefficients": (single,),
        "blocks": (steps - single, tokens),
    }
    shapes |= {"near": (near,), "angles": (steps, near), "text_squares": (steps,), "text_energy": (int(edges[-1]),)}
    _check_shapes(arrays, shapes)
    for name, there in (("tokens", len(shared.about.texts)), ("near", len(shared.corpus))):
        if arrays[name].size and not 0 <= arrays[name].min() <= arrays[name].max() < there:
            raise Malformed(f"{name} of a text are not among those it shares")
    return OfText(
        tokens=arrays["tokens"],
        ranks=arrays["ranks"],
        coefficients=arrays["coefficients"],
        blocks=arrays["blocks"],
        step=facts["step"],
        near=arrays["near"],
        angles=arrays["angles"],
        squares=arrays["text_squares"],
        energy=arrays["text_energy"],
        committed=facts["committed"],
        centred=facts["centred"],
    )


def text_prefix(text: OfText, shared: SharedByTexts, edges: np.ndarray) -> np.ndarray:
    """Return the logits of a text's tokens up to each edge, (m, b + 1) float64."""
    return read_prefix(edges, text.coefficients, shared.products.of(text.tokens), text.blocks, text.step)


def shown_text(text: OfText, shared: SharedByTexts, edges: np.ndarray) -> dict[str, Any]:
    """Return what the instrument shows of a text whatever directions are kept, as `text_data` makes it."""
    of, at = shared.about, text.tokens
    about = TokensAbout([of.texts[i] for i in at], of.offsets[at], of.rates[at], of.frequent[at], of.seen[at])
    squares = shared.squares[text.near]
    near = NeighbourPreview(
        shared.positions[text.near],
        shared.copies[text.near],
        read_dots(text.angles, squares, text.squares),
        squares,
        text.squares,
    )
    return {
        "tokens": pack_tokens(about, text_prefix(text, shared, edges), text.ranks),
        "energy": pack_energy(text.energy, shared.energy),
        "near": pack_near([shared.corpus[i] for i in text.near], near),
    }


def angles_of(near: NeighbourPreview) -> np.ndarray:
    """Return the cosines of a text with those near it in every step of the grid, (b, k) int16."""
    return write_angles(near.dots, near.squares, near.query_squares)


def _check_shapes(arrays: dict[str, np.ndarray], shapes: dict[str, tuple[int, ...]]) -> None:
    if {name: array.shape for name, array in arrays.items()} != shapes:
        raise Malformed("its arrays do not fit one another")
