"""How much memory a backbone takes while it is loaded and used, term by term; `tests/bench/memory.py` measures them.

What was measured is the memory of a process that no file stands behind. Pages of a mapped file count as free: the
system drops them where it needs the room. With them, a process seems to take 1.5 times the weights while it reads
bfloat16 files as float32, and 3 times while it reads float32 files as bfloat16.
"""

from __future__ import annotations

from dataclasses import dataclass

from embfilter_core.backbones.preflight.facts import ModelFacts

ITEM_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
OVERHEAD = 1.02
"""Weights as they lie in memory, over their bytes."""
TOKENIZER_BYTES_A_ROW = 1500
"""1,070 were measured for 49,152 tokens; those of larger vocabularies are longer."""
ROWS_AT_ONCE, COPIES = 8192, 3
"""W_U is gone through by so many rows in float64; a QR decomposition holds its matrix, a copy and the factor."""
BESIDE = {"cpu": 64_000_000, "mps": 64_000_000, "cuda": 600_000_000}
"""Threads, the allocator and libraries take some of it once work begins, whatever the model. On one H100 kernels took
180 MB; the rest is for batches, which are larger there and go in halves where there is no memory for them."""
BATCH_TOKENS, STATES = 1024, 3
"""A batch holds the results of a layer's products, and beside them what they are made of and become."""


@dataclass(frozen=True)
class MemoryNeed:
    """Bytes that a backbone takes.

    Attributes:
        weights: Its weights in its dtype, which stay.
        tokenizer: Its tokenizer, which stays.
        check: On top while it is loaded: in half precision, W_U is laid out anew for its product.
        spectrum: On top while its singular directions are found.
        batch: On top while a batch of texts goes through it.
        beside: What is taken besides, whatever the model.
    """

    weights: int
    tokenizer: int
    check: int
    spectrum: int
    batch: int
    beside: int

    @property
    def stays(self) -> int:
        """Bytes that it takes as long as it is in memory."""
        return self.weights + self.tokenizer

    @property
    def peak(self) -> int:
        """Bytes that must be free before it is loaded."""
        return self.stays + self.work

    @property
    def work(self) -> int:
        """Of these, the bytes on top of what stays."""
        return max(self.check, self.spectrum, self.batch) + self.beside


def memory_need(facts: ModelFacts, dtype: str, device: str = "cpu") -> MemoryNeed:
    """Return what a model takes in a dtype (float32, bfloat16 or float16) on a kind of device (cpu, cuda or mps)."""
    item, d = ITEM_BYTES[dtype], facts.d
    width = facts.active / max(1, facts.layers * d)  # of all products of a layer together, of one token
    return MemoryNeed(
        weights=round(OVERHEAD * facts.parameters * item),
        tokenizer=TOKENIZER_BYTES_A_ROW * facts.vocab_size,
        check=0 if dtype == "float32" else facts.vocab_size * d * item,
        spectrum=8 * d * COPIES * (ROWS_AT_ONCE + d),
        batch=round(STATES * BATCH_TOKENS * width * item),
        beside=BESIDE[device],
    )
