"""A tiny backbone's folder, files of texts, and the command line run in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from embfilter_core.cli import main
from embfilter_core.data.corpora import Corpus
from embfilter_core.lens import frequent_tokens
from tests.core.cli.labelled_files import DOCUMENTS, LABELLED, PAIRS, QUERIES, RELEVANCE

TEXTS = ["the cat sat", "one word in a sentence"]
SHORT = ["the cat sat", "the dog sleeps", "one word", "in a sentence", "on the dog"]


@pytest.fixture
def reference(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small reference corpus, where the news documents are not installed."""
    corpus = Corpus("here", "texts made here", ("the cat sat on the mat", "a dog and a word"), "made here")
    monkeypatch.setattr(frequent_tokens, "lee_background", lambda: corpus)


@pytest.fixture
def folder(saved: Callable[..., Path]) -> str:
    return str(saved("llama"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture) -> Callable[..., str]:
    """Runs a verb that must succeed; returns what it printed."""

    def verb(*arguments: object) -> str:
        capsys.readouterr()  # what the fixtures printed
        assert main([str(argument) for argument in arguments]) == 0
        printed = capsys.readouterr()
        assert all(line.startswith("Note: ") for line in printed.err.splitlines())
        return printed.out

    return verb


@pytest.fixture
def choose(run: Callable[..., str], folder: str) -> Callable[..., str]:
    """Runs `choose` on the tiny backbone, where it must succeed; returns what it printed."""
    return lambda *arguments: run("choose", *arguments, "--backbone", folder)


@pytest.fixture
def texts_file(tmp_path: Path) -> Path:
    path = tmp_path / "texts.txt"
    path.write_text(f"{TEXTS[0]}\n\n  {TEXTS[1]}  \n", "utf-8")
    return path


@pytest.fixture
def corpus_file(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(SHORT))
    return path


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """A file of each kind of labelled data, by a short name."""
    tables = {"pairs.csv": PAIRS, "queries.csv": QUERIES, "documents.csv": DOCUMENTS, "relevance.csv": RELEVANCE}
    for name, table in tables.items():
        table.to_csv(tmp_path / name, index=False)
    LABELLED.to_json(tmp_path / "labelled.jsonl", orient="records", lines=True)
    return {path.stem: path for path in tmp_path.iterdir()}
