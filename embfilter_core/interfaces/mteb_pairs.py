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
    """Pairs that are at hand: nothing is fetched."""

    def __init__(self, pairs: PairTask) -> None:
        self.metadata = _describe(pairs)
        self.min_score, self.max_score = float(pairs.scores.min()), float(pairs.scores.max())
        self._pairs = pairs
        super().__init__()

    def load_data(self, num_proc: int | None = None, **_: Any) -> None:  # noqa: ANN401 - as mteb calls it
        """Take the pairs."""
        pairs = self._pairs
        columns = {
            "sentence1": [pairs.texts[i] for i in pairs.left],
            "sentence2": [pairs.texts[i] for i in pairs.right],
            "score": pairs.scores.tolist(),
        }
        self.dataset = DatasetDict({"test": Dataset.from_dict(columns)})
        self.data_loaded = True


def make_task(pairs: PairTask) -> AbsTaskSTS:
    """Pairs as a task of mteb; a digest of their content is in its name, by which mteb keeps results."""
    return _Pairs(pairs)


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
