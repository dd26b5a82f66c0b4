"""What the instrument shows of the texts of a stored backbone, exact, found on the loaded one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from embfilter_core.data.folding import fold_corpus
from embfilter_core.instrument.committed import committed_data, token_lists
from embfilter_core.instrument.data import short
from embfilter_core.instrument.lengths import END_TOKENS, NEAREST
from embfilter_core.instrument.neighbour_preview import preview_neighbours
from embfilter_core.instrument.packing import TokensAbout
from embfilter_core.instrument.token_preview import preview_tokens
from embfilter_core.progress import report
from embfilter_core.spectral.direction_grid import grid_edges, prefix_sums
from embfilter_core.spectral.geometry import energy
from embfilter_core.stored_backbones.material import Material, TextMaterial
from embfilter_core.stored_backbones.source import PRESET, TAU
from embfilter_core.stored_backbones.token_coding import single_steps
from embfilter_core.vocabulary.token_frequency import log_rate

if TYPE_CHECKING:
    from embfilter_core.instrument.token_preview import TokenPreview
    from embfilter_core.progress import Progress
    from embfilter_core.stored_backbones.parts import StoredParts
    from embfilter_core.stored_backbones.source import Source
    from embfilter_core.stored_backbones.stored_backbone import StoredBackbone


def make_material(
    source: Source, parts: StoredParts, stored: StoredBackbone, positions: list[int], progress: Progress | None
) -> Material:
    """Return what a stored backbone is written from, with the texts at some positions of the corpus.

    Raises:
        Cancelled: `progress` returned False.
    """
    backbone, folded = source.backbone, fold_corpus(source.reference.corpus)
    edges = grid_edges(backbone.d, backbone.bulk_start)
    previews = []
    for done, position in enumerate(positions):
        report(progress, done, len(positions), "texts")
        previews.append(preview_tokens(backbone, source.embeddings[position], edges))
    ids = np.unique(np.concatenate([preview.token_ids for preview in previews]))
    rows = source.reference.coefficients[folded.first]
    _, places = np.unique(backbone.direction_tokens.ids[:, :, :END_TOKENS], return_inverse=True)
    return Material(
        stored=stored,
        parts=parts,
        places=places.reshape(backbone.d, 2, -1),
        edges=edges,
        about=_about(source, previews, ids),
        products=_products(source, ids, edges),
        corpus=[short(text) for text in folded.corpus.texts],
        positions=folded.first,
        copies=folded.copies,
        squares=np.diff(prefix_sums(np.square(rows), edges)).astype(np.float32),
        energy=energy(source.reference.coefficients),
        texts=tuple(
            _text(source, position, preview, ids, edges) for position, preview in zip(positions, previews, strict=True)
        ),
    )


def _text(source: Source, position: int, preview: TokenPreview, ids: np.ndarray, edges: np.ndarray) -> TextMaterial:
    backbone, reference, state = source.backbone, source.reference, source.embeddings[position]
    (coefficients,) = backbone.spectrum.coefficients(state[None])
    committed = committed_data(backbone, state, source.kept, source.rates, reference, PRESET, TAU)
    return TextMaterial(
        tokens=np.searchsorted(ids, preview.token_ids),
        ranks=preview.ranks,
        prefix=preview.prefix,
        coefficients=coefficients[edges[:-1][single_steps(edges)]],
        near=preview_neighbours(coefficients, reference.coefficients, reference.corpus.texts, edges, NEAREST),
        energy=energy(coefficients[None]),
        committed=committed,
        centred=token_lists(backbone, state - source.mean, source.kept, source.rates),
    )


def _about(source: Source, previews: list[TokenPreview], ids: np.ndarray) -> TokensAbout:
    rates, offsets = source.rates, np.zeros(len(ids), dtype=np.float32)
    for preview in previews:
        offsets[np.searchsorted(ids, preview.token_ids)] = preview.offsets
    texts = source.backbone.token_texts.readable_all(ids)
    return TokensAbout(texts, offsets, log_rate(rates.per_million[ids]), rates.frequent[ids], rates.seen[ids])


@torch.inference_mode()
def _products(source: Source, ids: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Products w_j . v_i of tokens with the directions that are steps by themselves, (S, U) float64."""
    weight, spectrum = source.backbone.architecture.head.weight, source.backbone.spectrum
    rows = weight[torch.from_numpy(ids).to(weight.device)].to("cpu", torch.float64).numpy()
    products: np.ndarray = spectrum.directions[edges[:-1][single_steps(edges)]] @ rows.T
    return products
