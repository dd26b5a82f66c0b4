"""The menu to hand a view on: what it gives computes the numbers on the page, whatever the text."""

import contextlib
import io
import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from embfilter_core import Backbone
from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.cli import main
from embfilter_core.data.corpora import Corpus, lee_background, topics
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.handout import page as handout
from pages.frame.share.menu import WAYS
from tests.app.conftest import HOME, LENS, Open
from tests.app.reading import drawn, errors, plain

pytestmark = pytest.mark.real

SPECTRUM, SIMILARITY, CHOOSE, MAP, LAYERS = (
    f"pages/{name}.py" for name in ("2_Spectrum", "3_Similarity", "4_Choose_rank", "5_Map", "6_Layers")
)
HOSTILE = """-x 'one' "two" $(touch bad) `touch bad` \\ !! {text} </script><b>three</b> \u00e9 cat"""
VIEW = {"preset": "edges", "ratio": "4", "centre": "true", "layer": "1", "prompt": "custom"}
VIEW |= {"template": "-- say '{text}' $HOME", "pooling": "mean"}


def tab(at: AppTest, way: str) -> AppTest:
    """A way to hand a page on: the menu of every page has the same ones."""
    assert [one.label for one in at.sidebar.tabs] == list(WAYS)
    (found,) = (one for one in at.sidebar.tabs if one.label == way)
    return found


def copied(at: AppTest, way: str) -> str:
    (code,) = tab(at, way).code
    return code.value


def run_command(at: AppTest, capsys: pytest.CaptureFixture) -> list[dict]:
    """What the command line of a page prints as JSON, the line read as a shell does."""
    program, _, module, *arguments = shlex.split(copied(at, "Command"))
    assert (program, module) == ("python", "embfilter_core")
    capsys.readouterr()
    assert main([arguments[0], "--json", *arguments[1:]]) == 0
    return json.loads(capsys.readouterr().out)


def run_lines(at: AppTest) -> dict[str, object]:
    """The names that the Python lines of a page define, and what they print as `printed`."""
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(copied(at, "Python"), "lines.py", "exec"), names)
    return names | {"printed": out.getvalue()}


def listed(at: AppTest, name: str) -> list[tuple[str, float]]:
    tokens = drawn(at, "instrument")["committed"]["lists"][name]
    return [(token["token"], token["logit"]) for token in tokens]


def of_list(table: pd.DataFrame, name: str) -> list[tuple[str, float]]:
    rows = table[table["list"] == name]
    return [(token, pytest.approx(logit, abs=1e-4)) for token, logit in zip(rows["token"], rows["logit"], strict=True)]


def read(tiny: Backbone, corpus: Corpus, view: dict[str, str]) -> None:
    """Embed a corpus as a view asks for it."""
    if view:
        embed_corpus(tiny, corpus, as_prompt(view["template"], "mean"), layer=int(view["layer"]))
    else:
        embed_corpus(tiny, corpus, tiny.default_prompt)


@pytest.mark.parametrize("view", [{}, VIEW], ids=["usual", "hostile"])
def test_home_is_reproduced_by_its_command_and_its_lines(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, capsys: pytest.CaptureFixture, view: dict[str, str]
) -> None:
    read(tiny, lee_background(), view)
    at = open_page(HOME, text=HOSTILE, **view)
    assert errors(at) == []
    table = pd.DataFrame(run_command(at, capsys))
    assert listed(at, "unfiltered") == of_list(table, "unfiltered")
    assert listed(at, "kept") == of_list(table, "filtered")
    assert drawn(at, "evidence")["sentence"] in run_lines(at)["printed"]


@pytest.mark.parametrize("compare", ["difference", "filter", "centring"])
def test_logit_lens_is_reproduced_by_its_command_and_its_lines(
    open_page: Open,
    embedded: np.ndarray,
    capsys: pytest.CaptureFixture,
    downloads: Mapping[str, bytes],
    compare: str,
) -> None:
    at = open_page(LENS, text=f"{HOSTILE}\nthe cat sat\n", lines="true", compare=compare, top="6")
    assert errors(at) == []
    shown = pd.read_csv(io.BytesIO(downloads["Download as CSV"]))
    commanded, lines = pd.DataFrame(run_command(at, capsys)), run_lines(at)
    number = "difference" if compare == "difference" else "logit"
    assert len(shown) == 2 * 2 * 6
    for table in (commanded, lines["table"]):
        assert table["token_id"].tolist() == shown["token_id"].tolist()
        assert table[number].to_numpy(dtype=float) == pytest.approx(shown[number].to_numpy(), abs=1e-4)
        assert table["per_million"].to_numpy(dtype=float) == pytest.approx(shown["per_million"].to_numpy(), rel=1e-6)


@pytest.mark.parametrize("view", [{}, VIEW | {"preset": "random", "seed": "3"}], ids=["usual", "hostile"])
def test_similarity_is_reproduced_by_its_command_and_its_lines(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, capsys: pytest.CaptureFixture, view: dict[str, str]
) -> None:
    read(tiny, lee_background(), view)
    read(tiny, topics(), view)
    at = open_page(SIMILARITY, text=HOSTILE, corpus="topics", **view)
    assert errors(at) == []
    ranked = drawn(at, "instrument")["committed"]["ranked"][:20]
    expected = [(entry["text"], pytest.approx(entry["cosine"], abs=1e-6)) for entry in ranked]
    table = pd.DataFrame(run_command(at, capsys)).sort_values("rank_filtered")
    table["text"] = [" ".join(text.split())[:160] for text in table["text"]]
    assert list(table[["text", "cosine_filtered"]].head(20).itertuples(index=False, name=None)) == expected
    names = run_lines(at)
    cosines = names["ranking"].cosines_filtered[names["ranking"].order[:20]]
    assert cosines == pytest.approx([entry["cosine"] for entry in ranked], abs=1e-6)
    assert [entry["rankUnfiltered"] for entry in ranked] == names["ranking"].ranks_unfiltered[
        names["ranking"].order[:20]
    ].tolist()


def test_spectrum_is_reproduced_by_its_command_and_its_lines(
    open_page: Open, embedded: np.ndarray, capsys: pytest.CaptureFixture, downloads: Mapping[str, bytes]
) -> None:
    at = open_page(SPECTRUM, text=HOSTILE, tokens="rare", dpi_top="50", bias="mean", centre="true")
    assert errors(at) == []
    shown = pd.read_csv(io.BytesIO(downloads["Download the curves as CSV"]))
    names = run_lines(at)
    lines = names["directions_table"](names["spectrum"].singular_values, names["scores"].scores(50), names["energies"])
    for table in (pd.DataFrame(run_command(at, capsys)), lines):
        assert list(table.columns) == list(shown.columns)
        assert np.allclose(table.to_numpy(), shown.to_numpy(), atol=1e-9)


def test_a_measured_choice_is_reproduced_by_its_command_and_its_lines(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, capsys: pytest.CaptureFixture
) -> None:
    from embfilter_core.data.built_in_tasks import graded_pairs

    embed_corpus(tiny, graded_pairs().corpus, tiny.default_prompt)
    at = open_page(CHOOSE, task="graded-pairs", margin="1", goal="budget", bytes="40")
    assert errors(at) == []
    (answer,) = [*at.success] or [box for box in at.info if box.icon == ":material/help:"]
    assert run_command(at, capsys)["sentences"][0] == plain(answer.value)
    assert run_lines(at)["answer"].sentences()[0] == plain(answer.value)


def test_stored_measurements_are_read_by_lines_and_have_no_command(open_page: Open) -> None:
    at = open_page(CHOOSE)
    assert not tab(at, "Command").code
    assert "measured before and is stored" in tab(at, "Command").caption[0].value
    (answer,) = [*at.success]
    assert plain(answer.value) in run_lines(at)["printed"]


@pytest.mark.parametrize("page", [MAP, LAYERS], ids=["map", "layers"])
def test_a_page_without_a_verb_says_so_and_its_lines_compute_its_numbers(
    open_page: Open, tiny: Backbone, embedded: np.ndarray, downloads: Mapping[str, bytes], page: str
) -> None:
    embed_corpus(tiny, topics(), tiny.default_prompt)
    at = open_page(page, text=HOSTILE, corpus="topics", filtered="true")
    assert errors(at) == []
    assert not tab(at, "Command").code
    assert "No verb prints the numbers of this page" in tab(at, "Command").caption[0].value
    names = run_lines(at)
    if page == MAP:
        shown = pd.read_csv(io.BytesIO(next(data for label, data in downloads.items() if label.startswith("Download"))))
        assert names["change"].surviving == pytest.approx(shown["surviving"].to_numpy(), abs=1e-6)
    else:
        shown = pd.read_csv(io.BytesIO(downloads["Download the cells as CSV"]))
        computed = names["layers_table"](names["reading"], names["backbone"].token_texts)
        assert computed["final_rank"].tolist() == shown["final_rank"].tolist()
        assert computed["kl"].to_numpy() == pytest.approx(shown["kl"].to_numpy(), abs=1e-5)


def test_a_hosted_app_names_no_path(open_page: Open, monkeypatch: pytest.MonkeyPatch, tiny_folder: str) -> None:
    monkeypatch.setenv("EMBFILTER_HOSTED", "1")
    at = open_page(LENS)  # asks for a folder, which is refused
    assert errors(at)
    for way in WAYS:
        for code in tab(at, way).code:
            assert tiny_folder not in code.value


def test_a_text_that_is_too_long_is_said_to_be(open_page: Open) -> None:
    at = open_page(LENS)
    at.text_area(key="text").set_value("a " * 3000).run()
    for way in ("Command", "Python"):
        assert not tab(at, way).code
        assert plain(tab(at, way).caption[0].value).startswith("At most 5,000 characters")


def test_a_page_that_is_too_large_says_so_in_its_place(
    open_page: Open, embedded: np.ndarray, downloads: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handout, "MOST_BYTES", 1000)
    assert errors(open_page(HOME, text="the cat sat")) == []
    assert "The page would take" in downloads["Save the page"].decode()


def test_the_page_alone_is_the_same_as_the_command_makes(
    open_page: Open, embedded: np.ndarray, downloads: Mapping[str, bytes], tiny_folder: str, tmp_path: Path
) -> None:
    at = open_page(HOME, text="the cat sat", preset="edges", centre="true")
    assert errors(at) == []
    file = tmp_path / "page.html"
    options = ["--backbone", tiny_folder, "--preset", "edges", "--centre", "--text", "the cat sat"]
    assert main(["export", "--html", str(file), *options]) == 0
    assert downloads["Save the page"].decode() == file.read_text("utf-8")
