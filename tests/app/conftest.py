"""Pages opened without a browser, on a tiny backbone beside the real Lee corpus.

The pages need the Lee news documents, so these tests need `make assets`; the real
backbone is loaded only where a test asks for it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.element_tree import Selectbox

from embfilter_core import Backbone, load_backbone
from embfilter_core.assets.places import assets_folder
from embfilter_core.backbones import backbone, forward_pass
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.lens.layers import reading, states
from embfilter_core.storage.arrays import embfilter_home
from pages.cached import corpora
from pages.frame.controls import TEXT
from pages.frame.jobs import given_back
from pages.frame.jobs.queue import WATCHED, queue
from tests.app.stored import make_content
from tests.tiny import save_tiny

ROOT = Path(__file__).resolve().parents[2]
SHORT_TEXT = "The central bank raised interest rates again to fight inflation."
HOME, LENS = "app.py", "pages/1_Logit_lens.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a tiny backbone; not to be changed by a test."""
    return str(save_tiny(tmp_path_factory.mktemp("tiny") / "tiny-llama"))


@pytest.fixture(scope="session")
def stored_content(tiny_folder: str, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What the file of the stored tiny backbone holds."""
    return make_content(tiny_folder, tmp_path_factory.mktemp("stored"))


@pytest.fixture
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache folder of its own, with the real assets and their spectrum in it; nothing is embedded yet."""
    for kept_by_an_earlier_test in (corpora.corpus_embeddings, corpora.corpus_coefficients):
        kept_by_an_earlier_test.clear()
    (tmp_path / "assets").symlink_to(assets_folder())
    (tmp_path / "spectra").mkdir()
    for spectrum in (embfilter_home() / "spectra").glob("*.safetensors"):
        (tmp_path / "spectra" / spectrum.name).symlink_to(spectrum)
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session", autouse=True)
def packages_are_searched_once() -> Iterator[None]:
    """AppTest looks through every installed package for components at every run, which took most of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def a_run_is_waited_for_at_rest() -> Iterator[None]:
    """AppTest looks a thousand times a second whether a run has ended, which the run has to wait for."""
    look = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        runner._script_thread.join(timeout)
        look(runner, timeout)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture(scope="session", autouse=True)
def memory_is_not_given_back_between_tests() -> Iterator[None]:
    """A server gives it back once its pages have been calm; here the next test is at work by then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(given_back, "CALM_S", 3600.0)
        yield


@pytest.fixture(autouse=True)
def pages_fill_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest knows no timers: where a browser would ask again until a page's jobs are done, wait and run it again."""
    run = AppTest._run

    def until_nothing_is_awaited(at: AppTest, *given: object, **more: object) -> AppTest:
        run(at, *given, **more)
        while awaited := list(at.session_state[WATCHED].values()) if WATCHED in at.session_state else []:
            for job, _ in awaited:
                assert queue().wait(job, 120)
            run(at)
        return at

    monkeypatch.setattr(AppTest, "_run", until_nothing_is_awaited)


@pytest.fixture(autouse=True)
def selectboxes_send_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest cannot send a value that is not among a selectbox's options; a browser can, where new ones are taken."""

    def state(box: Selectbox) -> WidgetState:
        sent = WidgetState(id=box.id)
        if box.value is not None:
            sent.string_value = str(box.format_func(box.value))
        return sent

    monkeypatch.setattr(Selectbox, "_widget_state", property(state))


@pytest.fixture
def open_page(own_home: Path, tiny_folder: str) -> Open:
    """Opens a page as from a link whose address holds `params`, on the tiny backbone unless another is named."""

    def page(name: str = HOME, /, **params: object) -> AppTest:
        at = AppTest.from_file(ROOT / "app.py", default_timeout=60)
        at.switch_page(name)
        at.session_state[TEXT] = SHORT_TEXT  # a tiny tokenizer makes many tokens of the text of a first visit
        for key, value in {"backbone": tiny_folder, **params}.items():
            at.query_params[key] = value
        return at.run()

    return page


@pytest.fixture
def embedded(tiny: Backbone, own_home: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The reference corpus is embedded with the tiny backbone, by the first test that needs it; its embeddings."""
    kept_in = tmp_path_factory.getbasetemp() / "tiny-embeddings"
    kept_in.mkdir(exist_ok=True)
    (own_home / "embeddings").symlink_to(kept_in)
    return embed_corpus(tiny, lee_background(), tiny.default_prompt)


@pytest.fixture
def forward_passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by a name whenever a model is run: `embed`, or `head` for the check of the model's own logits."""
    runs: list[str] = []
    forward, head_error = forward_pass.forward_batch, backbone.head_error
    monkeypatch.setattr(forward_pass, "forward_batch", lambda *given: runs.append("embed") or forward(*given))
    monkeypatch.setattr(backbone, "head_error", lambda *given: runs.append("head") or head_error(*given))
    return runs


@pytest.fixture
def tiny(own_home: Path, tiny_folder: str) -> Backbone:
    """The tiny backbone that the pages load too."""
    return load_backbone(tiny_folder)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch, forward_passes: list[str]) -> list[str]:
    """Grows whenever the model is run (`states`, or as in `forward_passes`) or states are read (`read`)."""
    for module, name, called in ((states, "_states", "states"), (reading, "read_layers", "read")):
        real = getattr(module, name)

        def count(*given: object, real: Callable = real, called: str = called, **more: object) -> object:
            forward_passes.append(called)
            return real(*given, **more)

        monkeypatch.setattr(module, name, count)
    return forward_passes


class Offered(Mapping[str, bytes]):
    """What download buttons offer, by their labels."""

    def __init__(self) -> None:
        self.latest: dict[str, bytes | str | Callable[[], bytes | str]] = {}

    def __getitem__(self, label: str) -> bytes:
        offered = self.latest[label]
        written = offered() if callable(offered) else offered
        return written if isinstance(written, bytes) else written.encode()

    def __iter__(self) -> Iterator[str]:
        return iter(self.latest)

    def __len__(self) -> int:
        return len(self.latest)


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, bytes]:
    """What each download button offers in the latest run, by its label; made when it is asked for, as by a click."""
    offered = Offered()
    button = st.download_button

    def record(label: str, data: bytes | str | Callable[[], bytes | str], *more: object, **options: object) -> bool:
        offered.latest[label] = data
        return button(label, data, *more, **options)

    monkeypatch.setattr(st, "download_button", record)
    return offered
