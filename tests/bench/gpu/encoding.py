"""Tokens a second: packed rows against padded batches and against sentence-transformers, and how exact they are."""

import copy
from pathlib import Path

import numpy as np
import torch

from embfilter_core.backbones.backbone import Backbone
from embfilter_core.backbones.forward_pass import Faster, embed_encoded
from embfilter_core.backbones.passes.budget import measure_budget, speeds
from embfilter_core.backbones.passes.choosing import find_passes
from embfilter_core.backbones.passes.packed import PackedPass
from embfilter_core.backbones.passes.padded import PaddedPass
from embfilter_core.backbones.passes.policy import DevicePolicy
from embfilter_core.backbones.prompt_encoder import EncodedText
from tests.bench.gpu.random_models import PROMPT, Shape, backbone_of, texts_for
from tests.bench.gpu.table import Table, seconds

COMPARED = 2000


class Encoding:
    """Measures one backbone.

    Args:
        table: Where the lines go.
        shape: The shape of the backbone.
        backbone: The backbone.
        policy: How its device is used.
    """

    def __init__(self, table: Table, shape: Shape, backbone: Backbone, policy: DevicePolicy) -> None:
        self.table, self.shape, self.backbone, self.policy = table, shape, backbone, policy
        self.texts = texts_for(shape)
        took, self.encoded = seconds(lambda: backbone.encode(self.texts, PROMPT))
        self.tokens = sum(map(len, self.encoded))
        padding = self.tokens / len(self.texts)
        table.add(
            f"{shape.name}: tokenising {len(self.texts)} texts of {padding:.0f} tokens", self.tokens / took, "tokens/s"
        )

    def batch_sizes(self) -> None:
        """Tokens a second by the size of a batch, and the size that is taken."""
        run = find_passes(self.backbone.architecture, self.policy, "bench").faster(self.encoded[:9]).run
        for tokens, speed in speeds(run, self.policy.budgets, self.backbone.architecture):
            self.table.add(f"{self.shape.name}: one batch of {tokens} tokens ({type(run).__name__})", speed, "tokens/s")
        took, budget = seconds(lambda: measure_budget(run, self.policy, self.backbone.architecture, self._key()))
        self.table.add(f"{self.shape.name}: measuring, which takes {budget.tokens} tokens a batch", took, "s")

    def ours(self) -> float:
        """Tokens a second of `Backbone.embed`, from text to numpy."""
        self.backbone.embed(self.texts[:200], PROMPT)
        took, _ = seconds(lambda: self.backbone.embed(self.texts, PROMPT))
        name = f"{self.shape.name}: Backbone.embed, {len(self.texts)} texts, {self.tokens} tokens"
        self.table.add(name, self.tokens / took, "tokens/s", aim=self.shape.aim)
        return self.tokens / took

    def in_float32(self) -> None:
        """Tokens a second of `Backbone.embed` in float32 on the same weights."""
        single = backbone_of(copy.deepcopy(self.backbone.architecture.model).float(), self.shape)
        texts = self.texts[:COMPARED]
        single.embed(texts[:200], PROMPT)
        took, _ = seconds(lambda: single.embed(texts, PROMPT))
        speed = sum(map(len, self.encoded[: len(texts)])) / took
        self.table.add(f"{self.shape.name}: Backbone.embed in float32, {len(texts)} texts", speed, "tokens/s")

    def ways(self) -> None:
        """Tokens a second of the parts: without tokenising, with all of the last layer, padded, in order of arrival."""
        architecture = self.backbone.architecture
        budget = self.backbone.faster(self.encoded).tokens_per_batch
        ways = {
            "packed, ids at hand": (PackedPass(architecture, True), budget),
            "packed, the last layer whole": (PackedPass(architecture, False), budget),
            "padded, sorted by length": (PaddedPass(architecture, None), min(budget, 16_384)),
        }
        for name, (run, tokens) in ways.items():
            faster = Faster(run, tokens, self.policy.ahead)
            self._embed(self.encoded[:300], faster)
            took, _ = seconds(lambda faster=faster: self._embed(self.encoded, faster))
            self.table.add(f"{self.shape.name}: {name}, {tokens} tokens a batch", self.tokens / took, "tokens/s")
        run, some = PaddedPass(architecture, None), self.encoded[:1024]
        took, _ = seconds(lambda: [run(some[start : start + 32]) for start in range(0, len(some), 32)])
        self.table.add(f"{self.shape.name}: padded, 32 in order of arrival", sum(map(len, some)) / took, "tokens/s")

    def sentence_transformers(self, folder: Path, ours: float, sizes: tuple[int, ...]) -> None:
        """Tokens a second of sentence-transformers on the same weights, texts and tokenizer, from text to numpy."""
        from sentence_transformers import SentenceTransformer

        self.backbone.architecture.model.save_pretrained(folder)
        self.backbone.tokenizer.save_pretrained(folder)
        given = {"dtype": self.backbone.architecture.head.weight.dtype}
        peer = SentenceTransformer(str(folder), model_kwargs=given, device=str(self.backbone.architecture.device))
        peer[0].processor = self.backbone.tokenizer  # read from the folder, it would become a Qwen2Tokenizer
        peer.max_seq_length = 512
        print(f"  {peer}")
        best = 0.0
        for size in sizes:
            texts = self.texts[: min(6400, 50 * size)]
            peer.encode(texts[:size], batch_size=size)
            took, _ = seconds(lambda texts=texts, size=size: peer.encode(texts, batch_size=size))
            speed = sum(map(len, self.encoded[: len(texts)])) / took
            self.table.add(f"{self.shape.name}: sentence-transformers, batches of {size}", speed, "tokens/s")
            best = max(best, speed)
        self.table.add(f"{self.shape.name}: Backbone.embed over sentence-transformers", ours / best, "times", aim=2)
        theirs, own = peer.encode(self.texts[:200], batch_size=32), self.backbone.embed(self.texts[:200], PROMPT)
        self.table.add(
            f"{self.shape.name}: smallest cosine with sentence-transformers", smallest_cosine(theirs, own), ""
        )

    def exactness(self) -> None:
        """How far bfloat16 in one row and in padded batches is from float32 on the same weights."""
        architecture, some = self.backbone.architecture, self.encoded[:COMPARED]
        packed = self._embed(some, Faster(PackedPass(architecture, True), 16_384, 1))
        padded = embed_encoded(architecture, some, self.backbone.lock, tokens_per_batch=16_384)
        single = backbone_of(copy.deepcopy(architecture.model).float(), self.shape)
        exact = embed_encoded(single.architecture, some, single.lock, tokens_per_batch=16_384)
        for name, one, other in (("packed", packed, exact), ("padded", padded, exact), ("packed", packed, padded)):
            against = "float32" if other is exact else "padded"
            of = f"{self.shape.name}: {name} in {self.backbone.dtype} against {against}"
            self.table.add(f"{of}, smallest cosine of {len(some)}", smallest_cosine(one, other), "", aim=0.995)
            self.table.add(f"{of}, relative difference", np.linalg.norm(one - other) / np.linalg.norm(other), "")

    def _embed(self, encoded: list[EncodedText], faster: Faster) -> np.ndarray:
        return embed_encoded(self.backbone.architecture, encoded, self.backbone.lock, faster=faster)

    def _key(self) -> str:
        return f"{self.backbone.fingerprint}-{self.backbone.dtype}"


def profile(backbone: Backbone, encoded: list[EncodedText]) -> str:
    """The kernels that take most of the time of one batch."""
    run = PackedPass(backbone.architecture, True)
    run(encoded)
    with torch.profiler.profile() as watched:
        run(encoded).cpu()
    return watched.key_averages().table(sort_by="self_cuda_time_total", row_limit=22, max_name_column_width=70)


def smallest_cosine(one: np.ndarray, other: np.ndarray) -> float:
    norms = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return float(((one * other).sum(1) / norms).min())
