"""The tasks that mteb scores: its own by name, those of the benchmark that the paper used, and built-in pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from embfilter_core.data.built_in_tasks import graded_pairs, lee_50_pairs
from embfilter_core.errors import InputError
from embfilter_core.extras import import_extra

if TYPE_CHECKING:
    from mteb import AbsTask

    from embfilter_core.data.tasks import PairTask

BENCHMARK = "MTEB(eng, v1)"
"""mteb's name for the English benchmark of arXiv 2210.07316, most of whose data sets the paper used."""
CATEGORIES = {
    "STS": "sts",
    "Classification": "classification",
    "Clustering": "clustering",
    "PairClassification": "pair_classification",
    "Reranking": "reranking",
    "Retrieval": "retrieval",
    "Summarization": "summarisation",
}
"""What mteb calls a type of tasks, and what the paper's table of results calls it."""
LOCAL: dict[str, Callable[[], PairTask]] = {"graded-pairs": graded_pairs, "lee-50": lee_50_pairs}
"""Built-in pairs that mteb scores without a network."""


@dataclass(frozen=True)
class MtebTask:
    """A task by its name.

    Attributes:
        name: Its name.
        make: Makes it anew: a task draws its random samples from where the last run of it left off.
        category: Category of the paper's table; None where the benchmark of the paper has no such task.
        data_sets: What it fetches from the Hugging Face hub.
    """

    name: str
    make: Callable[[], AbsTask]
    category: str | None = None
    data_sets: tuple[str, ...] = ()


def find_mteb_tasks(names: Sequence[str]) -> list[MtebTask]:
    """Return tasks by their names in mteb, by a category of the paper's table, or by the id of built-in pairs.

    Those of `BENCHMARK` are taken as it takes them, in English and from the test split; others whole.

    Raises:
        MissingExtra: mteb is not installed.
        InputError: There is no such task, or it has more than texts.
    """
    benchmark = {task.name: task for task in benchmark_tasks()}
    found: dict[str, MtebTask] = {}
    for name in names:
        of_category = [task for task in benchmark.values() if task.category == name]
        for task in of_category or [_find(name, benchmark)]:
            found[task.name] = task
    return list(found.values())


def benchmark_tasks() -> list[MtebTask]:
    """Return the tasks of `BENCHMARK`.

    Raises:
        MissingExtra: mteb is not installed.
    """
    mteb = import_extra("mteb", "mteb")
    return [
        MtebTask(
            task.metadata.name,
            partial(
                mteb.get_task, task.metadata.name, eval_splits=list(task.eval_splits), hf_subsets=list(task.hf_subsets)
            ),
            CATEGORIES[task.metadata.type],
            _data_sets(task),
        )
        for task in mteb.get_benchmark(BENCHMARK).tasks
    ]


def pairs_as_mteb_task(pairs: PairTask) -> MtebTask:
    """Return pairs as a task of mteb of the type STS, scored by Spearman's correlation of cosine and judgement.

    Raises:
        MissingExtra: mteb is not installed.
    """
    import_extra("mteb", "mteb")
    from embfilter_core.interfaces.mteb_pairs import make_task

    return MtebTask(pairs.id, partial(make_task, pairs))


def _find(name: str, benchmark: dict[str, MtebTask]) -> MtebTask:
    if name in benchmark:
        return benchmark[name]
    if name in LOCAL:
        return pairs_as_mteb_task(LOCAL[name]())
    mteb = import_extra("mteb", "mteb")
    try:
        task = mteb.get_task(name)
    except KeyError as error:
        known = ", ".join([*LOCAL, *CATEGORIES.values()])
        raise InputError(
            f"mteb has no task {name[:80]!r}.{_suggestion(error)}", f"Use a name of mteb, or one of {known}."
        ) from error
    if task.metadata.modalities != ["text"]:
        raise InputError(f"{name} has {' and '.join(task.metadata.modalities)}.", "Choose a task of texts alone.")
    return MtebTask(name, partial(mteb.get_task, name), data_sets=_data_sets(task))


def _data_sets(task: AbsTask) -> tuple[str, ...]:
    """Names on the hub of what a task reads; one may be made of several."""
    parts = getattr(task.metadata, "tasks", [task])
    return tuple(dict.fromkeys(part.metadata.dataset["path"] for part in parts))


def _suggestion(error: KeyError) -> str:
    """The near name that mteb's error proposes, as a sentence."""
    _, asks, near = str(error.args[0]).partition("Did you mean: ")
    near = near.strip("'?")
    return f" Did you mean {near}?" if asks else ""
