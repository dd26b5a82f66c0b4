"""A page that stands open keeps no backbone in memory, and goes on with it once it is needed again."""

import gc
from weakref import ref

import pytest

from pages.cached import backbones
from pages.cached.loaded import Embedder
from pages.frame.jobs.queue import queue
from pages.frame.load import KIND
from tests.app.acting import clear_caches
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import drawn, errors

pytestmark = pytest.mark.real

SHOWN = (
    HOME,
    "pages/6_Layers.py",
    *(pytest.param(page, marks=pytest.mark.long) for page in (LENS, "pages/2_Spectrum.py")),
    *(pytest.param(page, marks=pytest.mark.long) for page in ("pages/3_Similarity.py", "pages/5_Map.py")),
)
ASKED = ("float32", "auto")


@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.usefixtures("embedded")
def test_an_open_page_lets_its_backbone_leave_and_loads_it_again(open_page: Open, tiny_folder: str, page: str) -> None:
    clear_caches()
    at = open_page(page)
    assert errors(at) == []
    gone = ref(backbones.find(tiny_folder, *ASKED))
    assert backbones.held().give_up("machine")
    gc.collect()
    assert gone() is None
    assert backbones.has_left(tiny_folder, *ASKED)
    at.run()
    assert errors(at) == []
    assert backbones.is_loaded(tiny_folder, *ASKED)
    again = queue().find(KIND, (tiny_folder, *ASKED))
    assert "again, which had left the memory for another backbone" in again.task.what
    if page == HOME:
        assert drawn(at, "instrument")["d"] == 32


@pytest.mark.usefixtures("own_home")
def test_a_job_loads_a_backbone_that_has_left_since_it_was_asked_for(tiny_folder: str) -> None:
    clear_caches()
    embedder = Embedder(backbones.backbone(tiny_folder, "float32", "cpu"), "prompteol")
    key = embedder.key
    assert backbones.held().give_up("machine")
    assert embedder.backbone.embed(["the cat sat"]).shape == (1, 32)
    assert embedder.key == key == (*embedder.backbone.key, "prompteol", None)


@pytest.mark.usefixtures("own_home")
def test_a_page_that_is_drawn_anew_in_part_begins_anew_where_its_backbone_has_left(
    tiny_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Anew(Exception):
        pass

    def rerun() -> None:
        raise Anew

    from pages.cached import loaded

    monkeypatch.setattr(loaded, "get_script_run_ctx", object)
    monkeypatch.setattr(loaded.st, "rerun", rerun)
    embedder = Embedder(backbones.backbone(tiny_folder, "float32", "cpu"), "prompteol")
    assert embedder.backbone.d == 32
    assert backbones.held().give_up("machine")
    with pytest.raises(Anew):
        _ = embedder.backbone
