"""Tasks of mteb that need no network: built-in pairs, and the demo topics to be clustered and classified."""

from typing import Any

from datasets import ClassLabel, Dataset, DatasetDict
from mteb.abstasks import AbsTaskClassification, AbsTaskClustering
from mteb.abstasks.task_metadata import TaskMetadata

from embfilter_core import graded_pairs, pairs_as_mteb_task
from embfilter_core.data.corpora import topics
from embfilter_core.interfaces.mteb_tasks import MtebTask

PAIRS = pairs_as_mteb_task(graded_pairs())


def described(name: str, type_: str, main_score: str) -> TaskMetadata:
    return TaskMetadata(
        name=name,
        description="The twelve demo topics.",
        type=type_,
        main_score=main_score,
        dataset={"path": "here", "revision": "1"},
        eval_langs=["eng-Latn"],
        prompt="An instruction of mteb that must not be used.",
    )


def rows(chosen: slice) -> Dataset:
    corpus = topics()
    names = sorted(set(corpus.labels))
    dataset = Dataset.from_dict({"text": corpus.texts[chosen], "label": corpus.labels[chosen]})
    return dataset.cast_column("label", ClassLabel(names=names))


class TopicClusters(AbsTaskClustering):
    """Clusters random samples of half of the texts, so that a task that ran before draws others."""

    metadata = described("LocalTopicClusters", "Clustering", "v_measure")
    input_column_name, label_column_name = "text", "label"
    max_fraction_of_documents_to_embed = 0.5
    max_document_to_embed, max_documents_per_cluster = None, 40

    def load_data(self, **_: Any) -> None:
        self.dataset = DatasetDict({"test": Dataset.from_dict(rows(slice(None)).to_dict())})
        self.data_loaded = True


class TopicClasses(AbsTaskClassification):
    """Learns the topic of a text from other texts of the topics."""

    metadata = described("LocalTopicClasses", "Classification", "accuracy")
    samples_per_label, n_experiments = 3, 2

    def load_data(self, **_: Any) -> None:
        self.dataset = DatasetDict({"train": rows(slice(0, None, 2)), "test": rows(slice(1, None, 2))})
        self.data_loaded = True


CLUSTERS = MtebTask("clusters", TopicClusters)
CLASSES = MtebTask("classes", TopicClasses)
