"""Pairs of this library as a task of mteb; imports mteb, and is imported where it is known to be there."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from datasets import Dataset, DatasetDict
from mteb.abstasks import AbsTaskSTS
from mteb.abstasks.task_metadata import TaskMetadata

from embfilter_core.data.tasks import PairTask


class _Pairs(AbsTaskSTS):  # type: ignore[misc]  # nothing of mteb is read by the type checker
    """Pairs that are at hand: nothing is fetched. A subclass has them, since mteb takes what an instance has away."""

    pairs: PairTask

    def load_data(self, **_: Any) -> None:  # noqa: ANN401 - processes and timer of mteb are not needed
        """Take the pairs."""
        pairs = self.pairs
        columns = {
            "sentence1": [pairs.texts[i] for i in pairs.left],
            "sentence2": [pairs.texts[i] for i in pairs.right],
            "score": pairs.scores.tolist(),
        }
        self.dataset = DatasetDict({"test": Dataset.from_dict(columns)})
        self.data_loaded = True


def make_task(pairs: PairTask) -> AbsTaskSTS:
    """Pairs as a task of mteb; a digest of their content is in its name, by which mteb keeps results."""
    bounds = {"min_score": float(pairs.scores.min()), "max_score": float(pairs.scores.max())}
    return type("Pairs", (_Pairs,), {"pairs": pairs, "metadata": _describe(pairs), **bounds})()


def _describe(pairs: PairTask) -> TaskMetadata:
    content = json.dumps([pairs.texts, pairs.left.tolist(), pairs.right.tolist(), pairs.scores.tolist()])
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    return TaskMetadata(
        name=f"{pairs.id}-{digest}",
        description=f"{pairs.name}. {pairs.source}.",
        type="STS",
        main_score="cosine_spearman",
        dataset={"path": f"embfilter/{pairs.id}", "revision": digest},
        eval_langs=["eng-Latn"],
    )
