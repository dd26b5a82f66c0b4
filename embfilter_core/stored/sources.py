"""The data sets whose measurements are stored, and how each is read from a folder that holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embfilter_core.errors import InputError

if TYPE_CHECKING:
    from embfilter_core.data.tasks import Task


@dataclass(frozen=True)
class StoredSource:
    """A data set of which measurements are stored; its texts are not.

    Attributes:
        id: Short name, and the name of the stored file.
        name: Name for people.
        source: Where it comes from.
        terms: On what terms it is given.
        place: Its file or folder, below the folder of the data.
        read: Reads the task at that place.
        budget: Bytes a vector that the stored answer to *budget* is for.
    """

    id: str
    name: str
    source: str
    terms: str
    place: str
    read: Callable[[StoredSource, Path], Task]
    budget: int = 72

    def task(self, folder: Path) -> Task:
        """Return the task in a folder of data.

        Raises:
            InputError: It is not there, or cannot be read.
        """
        place = folder / self.place
        if not place.exists():
            raise InputError(f"{folder} has no {self.place}.", f"Name the folder that holds {self.name}.")
        return self.read(self, place)


def _pairs(source: StoredSource, place: Path) -> Task:
    from embfilter_core.data.tables.read_table import read_table
    from embfilter_core.data.tables.task_tables import pairs_from_table

    table = read_table(place.name, place.read_bytes()).frame
    return pairs_from_table(table, "text1", "text2", "score", source.name, source.source)


def _labelled(source: StoredSource, place: Path) -> Task:
    from embfilter_core.data.tables.read_table import read_table
    from embfilter_core.data.tables.task_tables import labelled_from_table

    table = read_table(place.name, place.read_bytes()).frame
    return labelled_from_table(table, "text", "category", source.name, source.source)


def _collection(source: StoredSource, place: Path) -> Task:
    from embfilter_core.data.beir import folder_files, read_beir

    return read_beir(source.name, folder_files(place), source=source.source)


SOURCES: dict[str, StoredSource] = {
    source.id: source
    for source in (
        StoredSource(
            "stsb-dev",
            "STS Benchmark, development part",
            "Cer and others 2017, arXiv 1708.00055",
            "mixed terms of its sources",
            "stsb-dev.csv",
            _pairs,
        ),
        StoredSource(
            "banking77-20-a-class",
            "Banking77, 20 texts of each intent",
            "Casanueva and others 2020, arXiv 2003.04807; 20 a class of the training part, drawn at random",
            "CC BY 4.0",
            "banking77-20-a-class.csv",
            _labelled,
        ),
        StoredSource(
            "cranfield",
            "Cranfield, abstracts of aerodynamics",
            "Cranfield test collection, Cleverdon 1967, with graded judgements",
            "circulated freely for research",
            "cranfield",
            _collection,
        ),
    )
}
"""The data sets by id, in the order in which they are shown."""
