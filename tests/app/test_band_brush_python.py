"""The server's half of the band brush: what it sends to the browser, and what it believes of what comes back."""

import base64
import json
import re
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from embfilter_core import KeptDirections, load_backbone
from embfilter_core.backbones.catalogue import BUNDLED
from embfilter_core.data.corpora import lee_background
from embfilter_core.embeddings.corpus_embeddings import embed_corpus
from embfilter_core.figures import palette
from embfilter_core.lens.band_preview import NeighbourPreview, TokenPreview, preview_neighbours, preview_tokens
from embfilter_core.spectral.band_grid import BLOCKS, grid_directions, grid_per_mille
from embfilter_core.spectral.spectrum import Spectrum
from pages import band_brush as brush
from pages.band_brush import payload

D = 64
TEXTS = ("the cat sat", "a dog sleeps", "x" * 500)


def spectrum(scale: float = 1.0) -> Spectrum:
    return Spectrum(scale * np.linspace(100.0, 1.0, D), np.eye(D))


def tokens(**changed: object) -> TokenPreview:
    rng = np.random.default_rng(1)
    given = {
        "token_ids": np.arange(5),
        "texts": [" the", "cat", "<script>", "🐈", "\u202e"],
        "parts": rng.normal(size=(5, BLOCKS)).astype(np.float32),
        "offsets": rng.normal(size=5).astype(np.float32),
    }
    return TokenPreview(**given | changed)


def near(**changed: object) -> NeighbourPreview:
    rng = np.random.default_rng(2)
    given = {
        "positions": np.arange(3),
        "dots": rng.normal(size=(3, BLOCKS)).astype(np.float32),
        "squares": rng.random((3, BLOCKS)).astype(np.float32),
        "query_squares": rng.random(BLOCKS).astype(np.float32),
    }
    return NeighbourPreview(**given | changed)


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")


def test_the_same_content_has_the_same_id() -> None:
    first, second = (payload.constant_data(spectrum(), tokens(), near(), TEXTS) for _ in range(2))
    assert first == second
    strided = np.asfortranarray(tokens().parts.astype(np.float64))
    assert payload.constant_data(spectrum(), tokens(parts=strided), near(), TEXTS)["id"] == first["id"]


CHANGED = {
    "a singular value": (spectrum(2.0), tokens(), near(), TEXTS),
    "a token": (spectrum(), tokens(texts=[" the", "cat", "<script>", "🐈", "!"]), near(), TEXTS),
    "a part of a logit": (spectrum(), tokens(parts=tokens().parts + np.float32(1e-3)), near(), TEXTS),
    "a bias": (spectrum(), tokens(offsets=tokens().offsets + np.float32(1e-3)), near(), TEXTS),
    "a dot product": (spectrum(), tokens(), near(dots=near().dots + np.float32(1e-3)), TEXTS),
    "a length": (spectrum(), tokens(), near(squares=near().squares + np.float32(1e-3)), TEXTS),
    "the query": (spectrum(), tokens(), near(query_squares=near().query_squares + np.float32(1e-3)), TEXTS),
    "a text": (spectrum(), tokens(), near(), ("the cat sat!", *TEXTS[1:])),
    "no corpus": (spectrum(), tokens(), None, ()),
}


@pytest.mark.parametrize("given", CHANGED.values(), ids=CHANGED)
def test_another_content_has_another_id(given: tuple) -> None:
    assert payload.constant_data(*given)["id"] != payload.constant_data(spectrum(), tokens(), near(), TEXTS)["id"]


def test_the_numbers_decode_to_the_arrays() -> None:
    data = payload.constant_data(spectrum(), tokens(), near(), TEXTS)
    assert np.array_equal(decoded(data["tokens"]["parts"]).reshape(5, BLOCKS), tokens().parts)
    assert np.array_equal(decoded(data["tokens"]["offsets"]), tokens().offsets)
    assert np.array_equal(decoded(data["near"]["dots"]).reshape(3, BLOCKS), near().dots)
    assert np.array_equal(decoded(data["near"]["squares"]).reshape(3, BLOCKS), near().squares)
    assert np.array_equal(decoded(data["near"]["query"]), near().query_squares)
    assert np.allclose(data["values"], spectrum().singular_values, rtol=1e-4)
    assert data["tokens"]["texts"] == tokens().texts


def test_the_grid_is_sent_as_directions_and_as_thousandths() -> None:
    data = payload.constant_data(spectrum(), tokens(), None, ())
    assert (data["d"], data["blocks"], data["near"]) == (D, BLOCKS, None)
    assert data["edges"] == grid_directions(D).tolist()
    assert data["perMille"] == grid_per_mille().tolist()


def test_all_of_it_is_json() -> None:
    data = payload.constant_data(spectrum(), tokens(), near(), TEXTS)
    assert json.loads(json.dumps(data, allow_nan=False)) == data


def test_texts_are_sent_as_far_as_they_are_shown() -> None:
    data = payload.constant_data(spectrum(), tokens(), near(), TEXTS)
    assert data["near"]["texts"] == [*TEXTS[:2], "x" * 160]


@pytest.mark.parametrize(
    ("indices", "bands"),
    [
        ([0, 1, 2, 5, 6, 9], [[0, 3], [5, 7], [9, 10]]),
        ([7], [[7, 8]]),
        (range(10), [[0, 10]]),
        ([0, 9], [[0, 1], [9, 10]]),
        (range(3, 8), [[3, 8]]),
    ],
)
def test_bands_join_neighbouring_directions(indices: list[int], bands: list[list[int]]) -> None:
    assert payload.bands_of(np.array(indices)) == bands


@pytest.mark.parametrize("seed", range(5))
def test_bands_hold_the_kept_directions_and_no_others(seed: int) -> None:
    kept = KeptDirections.random(D, 2, seed=seed)
    bands = payload.bands_of(kept.indices)
    assert [i for start, stop in bands for i in range(start, stop)] == kept.indices.tolist()
    assert all(stop < start for (_, stop), (start, _) in pairwise(bands))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A session without a browser; what the brush sent stands under its key, `brush`."""
    state: dict[str, object] = {"preset": "edges", "band": (250, 750)}
    monkeypatch.setattr(brush.st, "session_state", state)
    return state


@pytest.mark.parametrize("band", [[0, 1000], [0, 1], [999, 1000], [125, 500]])
def test_a_dragged_band_becomes_the_band_of_the_sidebar(session: dict[str, object], band: list[int]) -> None:
    session["brush"] = SimpleNamespace(band=band)
    brush.commit("brush")
    assert (session["preset"], session["band"]) == ("custom", tuple(band))


WRONG = {
    "nothing": None,
    "a number": 5,
    "a string": "12",
    "strings": ["1", "2"],
    "fractions": [1.0, 2.0],
    "not a number": [float("nan"), 2],
    "turned round": [500, 100],
    "empty": [100, 100],
    "below zero": [-1, 500],
    "too far": [0, 1001],
    "endless": [0, 10**400],
    "one value": [5],
    "three values": [1, 2, 3],
    "no values": [],
    "an object": {"0": 1, "1": 2},
    "a hole": [None, 5],
    "lists": [[1], [2]],
    "truth values": [False, True],
}


@pytest.mark.parametrize("band", WRONG.values(), ids=WRONG)
def test_anything_else_from_the_browser_changes_nothing(session: dict[str, object], band: object) -> None:
    session["brush"] = SimpleNamespace(band=band)
    before = dict(session)
    brush.commit("brush")
    assert session == before
    assert session["band"] == (250, 750)


@pytest.fixture
def mounted(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the component is drawn with."""
    given: dict[str, object] = {}
    monkeypatch.setattr(brush, "component", lambda **options: given.update(options))
    return given


def test_the_brush_is_drawn_with_the_committed_band(mounted: dict[str, object]) -> None:
    constant = payload.constant_data(spectrum(), tokens(), near(), TEXTS)
    near_texts = [("y" * 500, 0.5)]
    brush.band_brush(constant, KeptDirections.band(D, 8, 24), [("cat", 1.5)], near_texts, "brush")
    data = mounted["data"]
    assert {name: data[name] for name in constant} == constant
    assert (data["bounds"], data["bands"], data["k"], data["draggable"]) == ([8, 24], [[8, 24]], 16, True)
    assert data["current"] == {"tokens": [("cat", 1.5)], "near": [("y" * 160, 0.5)]}
    assert mounted["key"] == "brush"
    json.dumps(data, allow_nan=False)


def test_what_is_no_single_band_has_bands_and_no_handles(mounted: dict[str, object]) -> None:
    constant = payload.constant_data(spectrum(), tokens(), None, ())
    brush.band_brush(constant, KeptDirections.edges(D, 4), [], [], "brush")
    data = mounted["data"]
    assert (data["draggable"], data["bands"], data["k"]) == (False, [[0, 8], [56, 64]], 16)


def test_letting_go_commits_what_this_brush_sent(mounted: dict[str, object], session: dict[str, object]) -> None:
    constant = payload.constant_data(spectrum(), tokens(), None, ())
    brush.band_brush(constant, KeptDirections.band(D, 8, 24), [], [], "mine")
    session |= {"mine": SimpleNamespace(band=[10, 20]), "brush": SimpleNamespace(band=[30, 40])}
    mounted["on_band_change"]()
    assert session["band"] == (10, 20)


def test_the_script_joins_all_modules_without_an_import() -> None:
    script = brush.joined_script()
    *modules, drawing = ((brush.HERE / f"{name}.js").read_text("utf-8") for name in (*brush.MODULES, "band_brush"))
    *imports, rest = drawing.split("\n", len(brush.MODULES))
    assert script == "".join(modules) + rest
    assert not any(line.startswith("import ") for line in script.splitlines())
    assert script.count("export default ") == 1
    for line in imports:
        for name in line.partition("{")[2].partition("}")[0].split(","):
            assert f"\nexport function {name.strip()}(" in script


IMPORTS = "".join(f'import {{ {name} }} from "./{name}.js"\n' for name in brush.MODULES)


@pytest.mark.parametrize(
    "drawing",
    ["draw()\n\n\n", "// the brush\n" + IMPORTS, IMPORTS.splitlines()[0] + "\ndraw()\n", '"./arithmetic"\n\n\n'],
)
def test_a_drawing_that_does_not_begin_with_the_imports_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path, drawing: str
) -> None:
    monkeypatch.setattr(brush, "HERE", tmp_path)
    for name in brush.MODULES:
        (tmp_path / f"{name}.js").write_text(f"export function {name}() {{}}\n")
    (tmp_path / "band_brush.js").write_text(drawing)
    with pytest.raises(ValueError, match="must begin by importing"):
        brush.joined_script()
    (tmp_path / "band_brush.js").write_text(IMPORTS + "rows()\n")
    assert brush.joined_script() == "".join(f"export function {name}() {{}}\n" for name in brush.MODULES) + "rows()\n"


FACTS = [payload.TextFacts(7, 3, 0.25, "40, 12"), payload.TextFacts(8, 1, 0.5, ""), payload.TextFacts(9, 2, 0.4, "")]


def test_a_ranking_is_sent_with_what_no_band_changes() -> None:
    data = payload.constant_data(spectrum(), None, near(positions=np.array([2, 0, 1])), TEXTS, FACTS)
    assert (data["ranked"], data["tokens"]) == (True, None)
    assert data["near"]["texts"] == ["x" * 160, "the cat sat", "a dog sleeps"]
    assert data["near"]["facts"][0] == {"position": 7, "rankUnfiltered": 3, "cosineUnfiltered": 0.25, "flips": "40, 12"}
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert not payload.constant_data(spectrum(), tokens(), near(), TEXTS)["ranked"]


def test_a_ranking_is_drawn_with_the_committed_order(mounted: dict[str, object]) -> None:
    constant = payload.constant_data(spectrum(), None, near(), TEXTS, FACTS)
    ranked = [payload.RankedText("z" * 500, 0.75, FACTS[0])]
    brush.ranking_brush(constant, KeptDirections.band(D, 8, 24), ranked, lambda position: None, "brush")
    (row,) = mounted["data"]["current"]["ranked"]
    assert (row["text"], row["cosine"], row["rankUnfiltered"]) == ("z" * 160, 0.75, 3)
    json.dumps(mounted["data"], allow_nan=False)


@pytest.mark.parametrize(("sent", "chosen"), [(2, [2]), ("2", []), (None, []), (2.0, []), (True, []), ([2], [])])
def test_a_clicked_text_is_chosen_by_its_position_and_nothing_else(
    mounted: dict[str, object], session: dict[str, object], sent: object, chosen: list[int]
) -> None:
    called: list[int] = []
    constant = payload.constant_data(spectrum(), None, near(), TEXTS, FACTS)
    brush.ranking_brush(constant, KeptDirections.band(D, 8, 24), [], called.append, "brush")
    session["brush"] = SimpleNamespace(query=sent, band=None)
    mounted["on_query_change"]()
    assert called == chosen


@pytest.mark.real
def test_what_is_sent_for_the_bundled_backbone_and_the_corpus_stays_small() -> None:
    backbone, corpus = load_backbone(BUNDLED.id), lee_background()
    embedding = backbone.embed(["The central bank raised interest rates to slow inflation."])[0]
    embedded = embed_corpus(backbone, corpus, backbone.default_prompt)
    coefficients = backbone.spectrum.coefficients(np.vstack([embedding, embedded]))
    neighbours = preview_neighbours(coefficients[0], coefficients[1:])
    data = payload.constant_data(backbone.spectrum, preview_tokens(backbone, embedding), neighbours, corpus.texts)
    assert 150 < len(data["near"]["texts"]) <= 300
    assert len(json.dumps(data)) < 700_000


def test_colours_and_list_lengths_reach_the_browser_as_data_alone() -> None:
    data = payload.constant_data(spectrum(), tokens(), None, ())
    assert data["colours"] == {"kept": palette.KEPT, "leftOut": palette.LEFT_OUT}
    assert data["listed"] == {"tokens": payload.TOKENS, "texts": payload.TEXTS, "ranked": payload.RANKED}
    for file in brush.HERE.glob("*.[cj]s*"):
        assert not re.search(r"#[0-9a-f]{3,8}\b|TOKENS|TEXTS|RANK", file.read_text("utf-8")), file
