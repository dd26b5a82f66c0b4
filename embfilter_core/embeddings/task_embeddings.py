"""The embeddings of labelled data: made by a backbone, or the vectors that the data brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.errors import InputError
from embfilter_core.progress import Progress
from embfilter_core.quality.measuring import corpora_of

if TYPE_CHECKING:
    from embfilter_core.backbones.backbone import Backbone
    from embfilter_core.backbones.prompts import Prompt
    from embfilter_core.data.tasks import Task
    from embfilter_core.quality.measuring import Vectors


def task_embeddings(
    backbone: Backbone,
    task: Task,
    prompt: str | Prompt,
    progress: Progress | None = None,
    layer: int | None = None,
) -> Vectors:
    """Return the embeddings of the corpora of a task, (n, d) float32 each, in the order of `corpora_of`.

    Where the task brings vectors, these are they, and the model is not run: prompt and layer say nothing then.

    Raises:
        InputError: The vectors are not as long as the backbone's, or there is no such prompt or layer.
        Cancelled: `progress` returned False.
    """
    if task.vectors is not None:
        return own_embeddings(backbone, task)
    return tuple(embed_corpus(backbone, corpus, prompt, progress, layer) for corpus in corpora_of(task))


def own_embeddings(backbone: Backbone, task: Task) -> Vectors:
    """Return the vectors that a task brings, once they are as long as the backbone's.

    Raises:
        InputError: They are not, or there are none.
    """
    if task.vectors is None:
        raise InputError(f"{task.name} brings no vectors.", "Embed its texts.")
    width = task.vectors[0].shape[1]
    if width != backbone.d:
        raise InputError(
            f"The vectors of {task.name} have {width:,} numbers, and the W_U of {backbone.name} has {backbone.d:,} "
            "directions.",
            "Choose the backbone that they were made with.",
        )
    return task.vectors
