"""How much memory a backbone takes while it is loaded and used; each term as measured by `tests/bench/memory.py`."""

from __future__ import annotations

from dataclasses import dataclass

from embfilter_core.backbones.preflight.facts import ModelFacts

ITEM_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
READING = 0.1
"""Files are mapped, and their pages count as free: what is on top of the weights are copies of the largest tensors."""
TOKENIZER_BYTES_A_ROW = 1500
SQUARES = 6
"""Matrices of d x d in float64 while eigenvectors are found: the Gram matrix, the vectors, and LAPACK's workspace."""
GRAM_ROWS = 8192
BATCH_TOKENS = 1024


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes that a backbone takes.

    Attributes:
        weights: Its weights in its dtype, which stay.
        tokenizer: Its tokenizer, which stays.
        reading: On top while it is read.
        spectrum: On top while its singular directions are found.
        batch: On top while a batch of texts goes through it.
    """

    weights: int
    tokenizer: int
    reading: int
    spectrum: int
    batch: int

    @property
    def stays(self) -> int:
        """Bytes that it takes as long as it is in memory."""
        return self.weights + self.tokenizer

    @property
    def peak(self) -> int:
        """Bytes that must be free before it is loaded."""
        return self.stays + max(self.reading, self.spectrum, self.batch)


def memory_need(facts: ModelFacts, dtype: str) -> MemoryNeed:
    """Return what a model takes in a dtype (float32, bfloat16 or float16)."""
    item, d = ITEM_BYTES[dtype], facts.d
    weights = facts.parameters * item
    wide = facts.active / max(1, facts.layers * d)  # numbers a token has in a layer, over all its products
    return MemoryNeed(
        weights=weights,
        tokenizer=TOKENIZER_BYTES_A_ROW * facts.vocab_size,
        reading=round(READING * weights),
        spectrum=8 * d * (SQUARES * d + GRAM_ROWS),
        batch=round(BATCH_TOKENS * wide * 4),
    )
