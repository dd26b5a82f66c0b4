"""What a form cannot hold exactly is left out by its reason, and what it can is exact."""

import json
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from transformers import AutoTokenizer, PreTrainedConfig

from embfilter_core import Backbone, EmbedFilter, InputError, KeptDirections, load_backbone
from embfilter_core.backbones.prompts import as_prompt
from embfilter_core.export import fits
from embfilter_core.export.bundle import Exported, export_filter
from embfilter_core.export.chosen import Centre, ChosenFilter
from embfilter_core.export.shortened import shortened_config
from embfilter_core.export.taken.causes import Expected, told
from embfilter_core.export.taken.check import of_folder, read_folder
from embfilter_core.export.taken.embed import Encoder
from embfilter_core.export.write_forms import IndexedCorpus
from embfilter_core.quality.precisions import find_precision
from tests.core.export.conftest import CORPUS
from tests.tiny import byte_level_tokenizer, save_tiny, sentencepiece_tokenizer

ODD = "{text} is what $1 'says' \\ \"in\" {other} {{ words }}:"
ODD_TEXTS = (
    *(
        "\x1c\u2003the cat\x85\u3000",
        "\xa0the\u1680",
        "one\x00word",
        "the\n",
        "\nthe",
        "the dog$",
        "a\r\nb",
        "the\u2028cat",
    ),
    *(r"\z \A \1 $0", "the \\n cat", "{{ the }}{% cat %}", "the 'cat' \"sat\"", "\u200bthe", "e\u0301"),
)
MEAN = Centre(np.linspace(-1, 1, 32, dtype=np.float32), "texts made here")


def texts_of(place: Path) -> list[str]:
    return [one["text"] for one in json.loads((place / "conformance.json").read_text())["texts"]]


def agrees(place: Path, vectors: np.ndarray, form: str) -> bool:
    may_differ = json.loads((place / "manifest.json").read_text())["forms"][form]["may_differ"]
    verdicts = Expected(place).judge(vectors, may_differ)
    assert all(one.agrees or one.allowed for one in verdicts), told(verdicts)
    return any(one.agrees for one in verdicts)


@pytest.mark.parametrize(
    "change",
    [
        {"kept": KeptDirections.random(32), "centre": MEAN, "prompt": as_prompt(ODD)},
        {"kept": KeptDirections.unfiltered(32), "centre": MEAN},
        {"kept": KeptDirections.unfiltered(32), "prompt": as_prompt("plain-last")},
    ],
    ids=["random-centred-odd", "centred-alone", "neither"],
)
def test_prompts_kept_directions_and_centring_are_exact_in_every_form(
    half: ChosenFilter, tmp_path: Path, change: dict
) -> None:
    chosen = replace(half, **change)
    written = export_filter(chosen, tmp_path / "out")
    assert written.forms == ("script", "plain", "chat"), written.left_out
    texts = texts_of(written.place)
    assert (
        np.abs(Encoder(written.place).encode(texts) - chosen.vectors(half.backbone.embed(texts, chosen.prompt))).max()
        < 1e-5
    )
    for form in ("plain", "chat"):
        assert agrees(written.place, read_folder(written.place / form, texts), form)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"prompt": as_prompt("echo")}, "Echo averages over the second copy"),
        ({"prompt": as_prompt("plain-mean")}, "leaves out the token that begins a text"),
    ],
    ids=["echo", "mean"],
)
def test_what_no_folder_of_sentence_transformers_holds_is_left_out_and_the_script_is_exact(
    half: ChosenFilter, tmp_path: Path, change: dict, reason: str
) -> None:
    chosen = replace(half, **change)
    written = export_filter(chosen, tmp_path / "out")
    assert written.forms == ("script",)
    assert reason in written.left_out["plain"] and reason in written.left_out["chat"]
    assert not (written.place / "plain").exists() and not (written.place / "chat").exists()
    assert agrees(written.place, Encoder(written.place).encode(texts_of(written.place)), "script")
    assert reason in (written.place / "README.md").read_text()


@pytest.mark.parametrize("family", ["llama", "gpt2", "gemma3_text", "opt_projected"])
def test_an_inner_layer_is_a_shorter_model_where_that_gives_its_states_and_left_out_where_not(
    half: ChosenFilter, tmp_path: Path, family: str
) -> None:
    backbone = load_backbone(str(save_tiny(tmp_path / family, family)))
    chosen = replace(half, backbone=backbone, kept=KeptDirections.bulk(backbone.d), layer=1)
    written = export_filter(chosen, tmp_path / "out")
    texts = texts_of(written.place)
    assert agrees(written.place, Encoder(written.place).encode(texts), "script")
    assert {"plain", "chat"} <= {*written.forms, *written.left_out}
    for form in set(written.forms) - {"script"}:
        assert agrees(written.place, read_folder(written.place / form, texts), form)
        config = json.loads((written.place / form / "config.json").read_text())
        assert config.get("num_hidden_layers", config.get("n_layer")) == 1
    if family == "llama":
        assert written.left_out == {}


def test_a_shorter_model_that_gives_other_states_is_left_out_by_that_reason(
    half: ChosenFilter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_another_norm(chosen: ChosenFilter) -> PreTrainedConfig:
        config = shortened_config(chosen)
        config.rms_norm_eps = 0.5
        return config

    monkeypatch.setattr(fits, "shortened_config", with_another_norm)
    written = export_filter(replace(half, layer=1), tmp_path / "out")
    assert "gives other states than the layer in the whole model" in written.left_out["plain"]
    assert written.forms == ("script",)


def test_a_tokenizer_that_transformers_builds_anew_is_written_for_servers_alone(
    half: ChosenFilter, tmp_path: Path
) -> None:
    backbone = load_backbone(str(save_tiny(tmp_path / "qwen", "qwen2")))
    written = export_filter(replace(half, backbone=backbone), tmp_path / "out")
    assert "builds the tokenizer of this family anew" in written.limits["plain"][0]
    text = (written.place / "README.md").read_text()
    assert written.limits["plain"][0] in text
    assert 'SentenceTransformer("chat")' in text and 'SentenceTransformer("plain")' not in text
    texts = texts_of(written.place)
    assert agrees(written.place, of_folder(written.place / "plain", texts, read_as_written=False)[1], "plain")
    assert agrees(written.place, of_folder(written.place / "chat", texts)[1], "chat")


def test_a_mean_is_exact_where_the_tokenizer_begins_no_text_with_a_token(half: ChosenFilter, tmp_path: Path) -> None:
    backbone = load_backbone(str(save_tiny(tmp_path / "no-bos", tokenizer=byte_level_tokenizer(bos=False))))
    written = export_filter(replace(half, backbone=backbone, prompt=as_prompt("plain-mean")), tmp_path / "out")
    assert {"script", "plain"} <= set(written.forms), written.left_out
    texts = texts_of(written.place)
    assert agrees(written.place, read_folder(written.place / "plain", texts), "plain")


@pytest.mark.parametrize("eos", [False, True], ids=["", "closing"])
def test_tokenizers_of_sentencepiece_and_those_that_close_a_text_are_exact_or_left_out(
    half: ChosenFilter, tmp_path: Path, eos: bool
) -> None:
    backbone = load_backbone(str(save_tiny(tmp_path / "pieces", tokenizer=sentencepiece_tokenizer(eos=eos))))
    written = export_filter(replace(half, backbone=backbone), tmp_path / "out")
    assert "script" in written.forms
    texts = texts_of(written.place)
    assert agrees(written.place, Encoder(written.place).encode(texts), "script")
    for form in set(written.forms) - {"script"}:
        assert agrees(written.place, read_folder(written.place / form, texts), form)
    for form, reason in written.left_out.items():
        assert form in ("plain", "chat") and "other tokens" in reason


@pytest.mark.parametrize("precision", ["float32", "float16", "4bit", "sign"])
def test_an_index_takes_raw_states_and_ranks_as_the_measured_precision_does(
    half: ChosenFilter, tmp_path: Path, precision: str
) -> None:
    chosen = replace(half, precision=precision, centre=MEAN)
    states = half.backbone.embed(CORPUS.texts, half.prompt)
    written = export_filter(chosen, tmp_path / "out", IndexedCorpus(CORPUS, states))
    index = faiss.read_index(str(written.place / "index/index.faiss"))
    assert index.ntotal == len(CORPUS)
    _, found = index.search(states[:5], 3)
    units = chosen.vectors(states)
    stored = find_precision(precision).decoded(units)
    asked = find_precision(precision).decoded(units) if precision == "sign" else units
    best = np.sort(asked[:5] @ stored.T, axis=1)[:, ::-1][:, :3]
    assert np.abs(np.take_along_axis(asked[:5] @ stored.T, found, axis=1) - best).max() < 1e-3


def test_an_index_gives_states_back_as_they_are_in_the_kept_directions(written: Exported, half: ChosenFilter) -> None:
    index = faiss.read_index(str(written.place / "index/index.faiss"))
    states = half.backbone.embed(CORPUS.texts[:1], half.prompt)
    projected = half.filter.project(states)[0]
    given = index.reconstruct(0)
    assert np.abs(given - projected / np.linalg.norm(projected)).max() < 1e-5


@pytest.mark.parametrize("form", ["plain", "chat"])
def test_white_space_nul_and_signs_of_other_languages_become_the_same_tokens(
    written: Exported, half: ChosenFilter, form: str
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(written.place / form)
    for text, encoded in zip(ODD_TEXTS, half.backbone.encode(ODD_TEXTS, half.prompt), strict=True):
        message = [{"role": "user", "content": text}]
        ids = (
            tokenizer([text])["input_ids"][0]
            if form == "plain"
            else tokenizer.apply_chat_template(message, tokenize=True, return_dict=True)["input_ids"]
        )
        assert list(ids) == encoded.token_ids, repr(text)


def test_int8_is_left_out_of_faiss_by_its_reason_and_the_rest_is_written(half: ChosenFilter, tmp_path: Path) -> None:
    states = half.backbone.embed(CORPUS.texts, half.prompt)
    written = export_filter(replace(half, precision="int8"), tmp_path / "out", IndexedCorpus(CORPUS, states))
    assert "scale each dimension by its own range" in written.left_out["index"]
    assert written.forms == ("script", "plain", "chat")


def test_the_saved_filter_is_the_librarys_and_is_refused_by_it_where_a_mean_goes_first(
    written: Exported, half: ChosenFilter, tmp_path: Path
) -> None:
    states = half.backbone.embed(["the cat sat"], half.prompt)
    loaded = EmbedFilter.load(written.place / "filter.safetensors")
    assert np.array_equal(loaded.reduce(states), half.filter.reduce(states))
    centred = export_filter(replace(half, centre=MEAN), tmp_path / "out")
    with pytest.raises(InputError, match="subtracts a mean before it filters"):
        EmbedFilter.load(centred.place / "filter.safetensors")


def test_families_that_are_only_a_part_of_a_model_keep_their_script(half: ChosenFilter, tmp_path: Path) -> None:
    backbone = load_backbone(str(save_tiny(tmp_path / "seeing", "llava")))
    written = export_filter(replace(half, backbone=backbone), tmp_path / "out")
    assert written.forms == ("script",)
    assert "a part of a larger model" in written.left_out["plain"]
    assert agrees(written.place, Encoder(written.place).encode(texts_of(written.place)), "script")


@pytest.mark.parametrize("family", ["gpt2", "opt_projected", "rwkv"])
def test_families_are_exact_in_what_is_written_of_them(half: ChosenFilter, tmp_path: Path, family: str) -> None:
    backbone: Backbone = load_backbone(str(save_tiny(tmp_path / family, family)))
    chosen = replace(half, backbone=backbone, kept=KeptDirections.bulk(backbone.d))
    written = export_filter(chosen, tmp_path / "out")
    texts = texts_of(written.place)
    assert agrees(written.place, Encoder(written.place).encode(texts), "script")
    for form in set(written.forms) - {"script"}:
        assert agrees(written.place, read_folder(written.place / form, texts), form)
