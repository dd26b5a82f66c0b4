"""Labelled data sets of the Hugging Face hub: a small catalogue, and any other by its name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from embfilter_core.data.corpora import MAX_TEXTS
from embfilter_core.data.tables.columns import OneTableKind, TableKind, columns_of
from embfilter_core.data.tables.retrieval_tables import RetrievalColumns, retrieval_from_tables
from embfilter_core.data.tables.task_tables import task_from_table
from embfilter_core.data.tasks import RetrievalTask, Task, TaskKind

if TYPE_CHECKING:
    import pandas as pd

    from embfilter_core.data.hub_tables import HubTables


@dataclass(frozen=True)
class HubDataset:
    """A labelled data set of the hub.

    Attributes:
        id: Short name.
        name: Name for people.
        kind: What is labelled.
        repo: Its repository, owner/name.
        config: The configuration that holds the scores, labels or relevance grades.
        split: The split of it.
        columns: Column of each role (see `guess_columns`); guessed where it is empty.
        licence: Its licence, where it is known.
    """

    id: str
    name: str
    kind: TaskKind
    repo: str
    config: str = "default"
    split: str = "test"
    columns: Mapping[str, str] = field(default_factory=dict)
    licence: str | None = None


_SENTENCES = {"text1": "sentence1", "text2": "sentence2", "score": "score"}
HUB_DATASETS: dict[str, HubDataset] = {
    entry.id: entry
    for entry in (
        HubDataset("stsb", "STS-B, test", "pairs", "sentence-transformers/stsb", columns=_SENTENCES),
        HubDataset("sick", "SICK, test", "pairs", "mteb/sickr-sts", columns=_SENTENCES, licence="CC BY-NC-SA 3.0"),
        HubDataset(
            "banking77",
            "Banking77, test",
            "labelled",
            "mteb/banking77",
            columns={"text": "text", "label": "label_text"},
            licence="CC BY 4.0",
        ),
        HubDataset("scifact", "SciFact, test", "retrieval", "mteb/scifact"),
        HubDataset("nfcorpus", "NFCorpus, test", "retrieval", "mteb/nfcorpus"),
    )
}
"""The data sets that are one pick away, by id. SciFact and NFCorpus are laid out as in BEIR (arXiv 2104.08663)."""


def load_hub_dataset(dataset: HubDataset) -> Task:
    """Fetch a data set, once, and read it as a task; what is left out is said in its notes.

    Raises:
        InputError: The hub or the data set cannot be reached, has no such table, or its tables cannot be used.
    """
    from embfilter_core.data.hub_tables import find_hub_tables

    tables = find_hub_tables(dataset.repo)
    source = f"{dataset.repo} at {tables.revision[:8]}, {dataset.config}/{dataset.split}"
    source += f" ({dataset.licence})" if dataset.licence else ""
    if dataset.kind == "retrieval":
        return _retrieval(dataset, tables, source)
    kind: OneTableKind = dataset.kind
    # Every pair can bring two texts.
    read = tables.read(dataset.config, dataset.split, MAX_TEXTS // 2 if kind == "pairs" else MAX_TEXTS)
    columns = _columns(dataset, read.frame, kind)
    return task_from_table(read.frame, kind, columns, dataset.name, source, read.notes)


def _retrieval(dataset: HubDataset, tables: "HubTables", source: str) -> RetrievalTask:
    """Queries, documents and grades as BEIR names them; queries of other splits are left out."""
    queries = tables.read("queries", "queries", None).frame
    documents = tables.read("corpus", "corpus", None).frame
    relevance = tables.read(dataset.config, dataset.split, None).frame
    columns = RetrievalColumns(
        **_columns(dataset, queries, "queries"),
        **_columns(dataset, documents, "documents"),
        **_columns(dataset, relevance, "relevance"),
    )
    return retrieval_from_tables(queries, documents, relevance, columns, dataset.name, source)


def _columns(dataset: HubDataset, frame: "pd.DataFrame", kind: TableKind) -> dict[str, str]:
    return columns_of(frame, kind, dataset.columns if dataset.kind == kind else {}, dataset.repo)
