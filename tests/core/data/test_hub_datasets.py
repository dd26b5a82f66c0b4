"""Data sets of a hub: fetched once, read as tasks, refused in one clear line; the hub is one on this machine."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path, PurePosixPath

import datasets
import pandas as pd
import pytest

from embfilter_core import hub as hub_module
from embfilter_core.data import hub_tables
from embfilter_core.data.hub_datasets import HUB_DATASETS, HubDataset, load_hub_dataset
from embfilter_core.data.hub_tables import HubTables, find_hub_tables
from embfilter_core.data.tasks import LabelledTask, PairTask, RetrievalTask
from embfilter_core.errors import InputError
from embfilter_core.hub import Repository
from tests.core.fake_hub import COMMIT, FakeHub, _send

PAIRS = pd.DataFrame(
    {
        "sentence1": ["a cat", "a dog", "a cat", "", "the sun", "the moon"],
        "sentence2": ["a kitten", "a puppy", "a kitten", "x", "a star", "a tide"],
        "score": [0.9, 0.8, 0.9, 0.1, 0.5, 0.2],
        "vector": [[1.0]] * 6,
    }
)
LABELLED = {"text": ["one", "two", "three"], "label": [0, 1, 0]}
CLASSES = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["card", "cash"])})
RETRIEVAL = {
    "queries/queries": pd.DataFrame({"_id": ["1", "2", "3"], "text": ["first", "second", "other split"]}),
    "corpus/corpus": pd.DataFrame({"_id": ["7", "8"], "title": ["Seven", ""], "text": ["is odd", "is even"]}),
    "default/test": pd.DataFrame({"query-id": ["1", "2"], "corpus-id": ["7", "8"], "score": [1.0, 2.0]}),
}


def written(table: pd.DataFrame) -> bytes:
    return table.to_parquet(index=False)


def with_classes() -> bytes:
    out = io.BytesIO()
    datasets.Dataset.from_dict(LABELLED, features=CLASSES).to_parquet(out)
    return out.getvalue()


FILES = {
    "pairs": {"default/test/0000.parquet": written(PAIRS[:3]), "default/test/0001.parquet": written(PAIRS[3:])},
    "labelled": {"default/test/0000.parquet": with_classes()},
    "retrieval": {f"{place}/0000.parquet": written(table) for place, table in RETRIEVAL.items()},
    "damaged": {"default/test/0000.parquet": b"PAR1 and then nothing"},
    "script": {"script.py": b"raise SystemExit", "data.csv": b"a,b"},
}


@pytest.fixture
def local(tmp_path: Path) -> Callable[[str], HubTables]:
    """The tables of one of `FILES`, in a folder as if they had been fetched."""

    def tables(name: str) -> HubTables:
        for file, content in FILES[name].items():
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_bytes(content)
        sizes = {file: len(content) for file, content in FILES[name].items()}
        return hub_tables.parquet_tables(Repository(f"owner/{name}", COMMIT, sizes))

    return tables


@pytest.fixture
def load(
    local: Callable[[str], HubTables], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[HubDataset], PairTask | LabelledTask | RetrievalTask]:
    """`load_hub_dataset` where the hub's files lie in a folder."""
    monkeypatch.setattr(hub_tables, "find_hub_tables", lambda repo: local(repo.partition("/")[2]))
    monkeypatch.setattr(hub_tables, "fetch_file", lambda shelf, repository, file: tmp_path / file)
    return load_hub_dataset


def test_pairs_are_read_from_all_files_without_the_empty_and_repeated_ones(load: Callable) -> None:
    task = load(replace(HUB_DATASETS["stsb"], repo="owner/pairs"))
    assert isinstance(task, PairTask)
    assert [task.texts[i] for i in task.left] == ["a cat", "a dog", "the sun", "the moon"]
    assert task.scores.tolist() == [0.9, 0.8, 0.5, 0.2]
    assert task.notes == (
        "1 row without text in column 'sentence1' left out.",
        "1 repeated pair with equal scores: kept once.",
    )
    assert COMMIT[:8] in task.source


def test_columns_are_guessed_for_any_other_data_set(load: Callable) -> None:
    assert len(load(HubDataset("typed", "typed", "pairs", "owner/pairs"))) == 4


def test_classes_are_read_by_their_names(load: Callable) -> None:
    task = load(HubDataset("typed", "typed", "labelled", "owner/labelled"))
    assert isinstance(task, LabelledTask)
    assert (task.texts, task.labels) == (("one", "two", "three"), ("card", "cash", "card"))


def test_retrieval_data_are_the_judged_queries_and_titled_documents(load: Callable) -> None:
    task = load(replace(HUB_DATASETS["scifact"], repo="owner/retrieval"))
    assert isinstance(task, RetrievalTask)
    assert task.queries == ("first", "second")
    assert task.documents == ("Seven is odd", "is even")
    assert [judged.positions.tolist() for judged in task.relevance] == [[0], [1]]
    assert task.notes == ("1 query without a judgement left out.",)


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (HubDataset("t", "t", "pairs", "owner/pairs", split="train"), "no table default/train. It has default/test"),
        (HubDataset("t", "t", "pairs", "owner/labelled"), "has no column for text1, text2 among 'text', 'label'"),
        (
            HubDataset("t", "t", "labelled", "owner/labelled", columns={"text": "text", "label": "nope"}),
            "no column 'nope'",
        ),
        (HubDataset("t", "t", "pairs", "owner/damaged"), "default/test of owner/damaged cannot be read"),
        (HubDataset("t", "t", "pairs", "owner/script"), "owner/script is not kept as Parquet"),
    ],
    ids=["no split", "other columns", "missing column", "damaged", "script"],
)
def test_a_data_set_that_cannot_be_used_is_one_clear_line(load: Callable, dataset: HubDataset, said: str) -> None:
    with pytest.raises(InputError) as refused:
        load(dataset)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_rows_beyond_the_limit_are_left_out_and_counted(load: Callable, local: Callable) -> None:
    table = local("pairs").read("default", "test", max_rows=4)
    assert table.frame["sentence1"].tolist() == PAIRS["sentence1"].tolist()[:4]
    assert list(table.frame.columns) == ["sentence1", "sentence2", "score"]
    assert table.notes == ("The first 4 of 6 rows.",)


def test_a_table_too_large_to_fetch_is_refused_before_it_is() -> None:
    tables = hub_tables.parquet_tables(Repository("owner/large", COMMIT, {"default/train/0000.parquet": 3 * 10**9}))
    with pytest.raises(InputError, match="default/train of owner/large has 3,000 MB; the limit is 100 MB"):
        tables.read("default", "train", None)


def test_a_file_that_unpacks_to_too_much_is_refused(
    load: Callable, local: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_tables, "MAX_UNPACKED_BYTES", 10)
    with pytest.raises(InputError, match="unpacks to"):
        local("pairs").read("default", "test", None)


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("default/test/0000.parquet", ("default", "test")),
        ("data/test-00000-of-00001.parquet", ("default", "test")),
        ("data/test-00000-of-00001-0a1b2c.parquet", ("default", "test")),
        ("validation.parquet", ("default", "validation")),
        ("pair-score/train-00001-of-00002.parquet", ("pair-score", "train")),
        ("corpus/corpus/0003.parquet", ("corpus", "corpus")),
    ],
)
def test_configuration_and_split_are_told_by_the_path(file: str, place: tuple[str, str]) -> None:
    assert hub_tables._config_and_split(PurePosixPath(file)) == place


def test_the_catalogue_names_its_data_sets_and_their_kind() -> None:
    assert set(HUB_DATASETS) == {"stsb", "sick", "banking77", "scifact", "nfcorpus"}
    assert HUB_DATASETS["stsb"].repo == "sentence-transformers/stsb"
    assert {entry.kind for entry in HUB_DATASETS.values()} == {"pairs", "labelled", "retrieval"}


def test_reading_the_catalogue_loads_neither_torch_nor_the_library_of_data_sets() -> None:
    code = (
        "import sys, embfilter_core.data.hub_datasets\nprint({'torch', 'datasets', 'transformers'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


class FakeDatasetHub(FakeHub):
    """Serves `FILES`: owner `open` in the Parquet branch, `plain` in the main branch; others as `FakeHub` does."""

    def answer(self, request: BaseHTTPRequestHandler, with_body: bool) -> None:
        path = request.path.partition("?")[0]
        self.requests.append(f"{request.command} {path}")
        is_api = path.startswith("/api/datasets/")
        owner, name, *rest = path.removeprefix("/api").removeprefix("/datasets/").split("/")
        if owner == "silent":
            self.stopped.wait(60)
        elif owner in ("broken", "absent", "gated"):
            status, code = {"broken": (500, ""), "absent": (401, "RepoNotFound"), "gated": (403, "GatedRepo")}[owner]
            _send(request, status, b"", with_body, {"X-Error-Code": code})
        elif not is_api:
            content = FILES[name]["/".join(rest[2:])]
            _send(request, 200, content, with_body, {"X-Repo-Commit": COMMIT, "ETag": f'"{hash(content):x}"'})
        elif owner == "plain" and rest:
            _send(request, 404, b"", with_body, {"X-Error-Code": "RevisionNotFound"})
        else:
            siblings = [{"rfilename": file, "size": len(content)} for file, content in FILES[name].items()]
            facts = {"_id": "0", "id": f"{owner}/{name}", "sha": COMMIT, "private": False, "siblings": siblings}
            facts |= {"disabled": False, "downloads": 0, "likes": 0, "tags": []}
            _send(request, 200, json.dumps(facts).encode(), with_body)


# The hub's address is read when its library is imported, so a process of its own loads data sets, one a line.
LOADER = """
import json, sys, time
from embfilter_core import hub
from embfilter_core.data.hub_datasets import HubDataset, load_hub_dataset
from embfilter_core.errors import InputError
from embfilter_core.hub import Repository
hub.TIMEOUT_S = 1.0
print("ready", flush=True)
for line in sys.stdin:
    began, answer = time.monotonic(), {}
    try:
        task = load_hub_dataset(HubDataset("t", "t", "pairs", line.strip("\\n")))
        answer = {"id": task.id, "pairs": len(task)}
    except InputError as error:
        answer = {"what": error.what, "advice": error.advice, "line": str(error)}
    print(json.dumps(answer | {"seconds": time.monotonic() - began}), flush=True)
"""


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeDatasetHub]:
    fake = FakeDatasetHub(tmp_path_factory.mktemp("empty"))
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def ask(hub: FakeDatasetHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], dict]]:
    changed = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path_factory.mktemp("hub")), "HF_HUB_DISABLE_XET": "1"}
    inherited = {k: v for k, v in os.environ.items() if k != "HF_HUB_OFFLINE" and "proxy" not in k.lower()}
    process = subprocess.Popen(
        [sys.executable, "-c", LOADER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
        env=inherited | changed,
    )

    def loaded(repo: str) -> dict:
        process.stdin.write(f"{repo}\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    with process:
        assert process.stdout.readline() == "ready\n"
        yield loaded
        process.kill()


@pytest.mark.parametrize(
    ("repo", "what", "advice"),
    [
        ("absent/pairs", "The hub has no data set absent/pairs", "spelling"),
        ("gated/pairs", "gated/pairs is gated", "HF_TOKEN"),
        ("broken/pairs", "answered 500, and broken/pairs is not on this machine", "network"),
        ("silent/pairs", "cannot be reached, and silent/pairs", "built-in"),
        ("open/script", "open/script is not kept as Parquet", "upload"),
        ("not a/hub id", "'not a/hub id' is not a possible hub id", "owner/name"),
        ("", "'' is not a possible hub id", "owner/name"),
    ],
)
def test_what_a_hub_refuses_is_one_clear_line(ask: Callable[[str], dict], repo: str, what: str, advice: str) -> None:
    answer = ask(repo)
    assert what in answer["what"]
    assert advice in answer["advice"]
    assert "\n" not in answer["line"]
    assert answer["seconds"] < 20


def test_a_data_set_is_fetched_once_and_read_from_the_cache_when_the_hub_is_down(
    ask: Callable[[str], dict], hub: FakeDatasetHub
) -> None:
    fetched = ask("open/pairs")
    assert fetched["pairs"] == 4
    assert "GET /api/datasets/open/pairs/revision/refs%2Fconvert%2Fparquet" in hub.requests
    assert ask("plain/pairs")["id"] == fetched["id"]
    hub.requests.clear()
    assert ask("open/pairs")["id"] == fetched["id"]
    assert not [request for request in hub.requests if request.startswith("GET /datasets")]
    hub.stop()
    assert ask("open/pairs")["id"] == fetched["id"]
    refused = ask("open/labelled")
    assert "cannot be reached, and open/labelled is not on this machine" in refused["what"]
    assert refused["seconds"] < 10


def test_without_a_network_the_error_comes_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def offline(*_: object, **__: object) -> None:
        raise ConnectionError("no network")

    monkeypatch.setattr(hub_module.HfApi, "dataset_info", offline)
    monkeypatch.setattr(hub_module, "hf_hub_download", lambda *_, **__: pytest.fail("fetched"))
    monkeypatch.setattr(hub_module, "HF_HUB_CACHE", "/nowhere")
    with pytest.raises(InputError, match="cannot be reached, and owner/name is not on this machine"):
        find_hub_tables("owner/name")
