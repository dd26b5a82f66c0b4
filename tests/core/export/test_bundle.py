"""What lies in an export beside its forms: weights that are named and refused where they are others, lines that run."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embfilter_core import InputError, load_backbone
from embfilter_core.errors import Cancelled
from embfilter_core.export.bundle import Exported, export_filter
from embfilter_core.export.chosen import ChosenFilter
from embfilter_core.export.evidence import Evidence
from embfilter_core.export.taken.embed import Encoder
from embfilter_core.export.texts import TEXTS
from tests.core.export.conftest import without_project
from tests.tiny import save_tiny, tiny_model


def unpacked(chosen: ChosenFilter, folder: Path) -> Path:
    """An export as somebody else has it: out of a .zip file, without weights."""
    export_filter(chosen, folder / "taken.zip")
    with zipfile.ZipFile(folder / "taken.zip") as archive:
        archive.extractall(folder)
    return folder / "taken"


def test_weights_come_from_a_folder_and_others_are_refused(
    half: ChosenFilter, chat_folder: Path, tmp_path: Path
) -> None:
    taken = unpacked(half, tmp_path)
    refused = without_project(taken, "weights.py")
    assert refused.returncode == 1
    assert "are not on the hub: use --from FOLDER." in refused.stderr
    other = tmp_path / "other"
    other.mkdir()
    changed = bytearray((chat_folder / "model.safetensors").read_bytes())
    changed[-1] ^= 1
    (other / "model.safetensors").write_bytes(changed)
    refused = without_project(taken, "weights.py", "--from", str(other))
    assert refused.returncode == 1
    assert "is another file than the filter was made with" in refused.stderr
    placed = without_project(taken, "weights.py", "--from", str(chat_folder), "--copy")
    assert placed.stdout == "In place: model.safetensors\n", placed.stderr
    for form in ("backbone", "plain", "chat"):
        path = taken / form / "model.safetensors"
        assert not path.is_symlink()
        assert path.read_bytes() == (chat_folder / "model.safetensors").read_bytes()


def test_weights_are_linked_once_and_inside_the_folder_relatively(
    half: ChosenFilter, chat_folder: Path, tmp_path: Path
) -> None:
    taken = unpacked(half, tmp_path)
    for _ in range(2):  # a second time changes nothing
        placed = without_project(taken, "weights.py", "--from", str(chat_folder))
        assert placed.returncode == 0, placed.stderr
    assert os.readlink(taken / "plain/model.safetensors") == "../backbone/model.safetensors"
    assert (taken / "chat/model.safetensors").read_bytes() == (chat_folder / "model.safetensors").read_bytes()
    assert (chat_folder / "model.safetensors").exists()


def test_weights_of_the_hub_are_fetched_by_their_commit(half: ChosenFilter, chat_folder: Path, tmp_path: Path) -> None:
    taken = unpacked(half, tmp_path)
    manifest = json.loads((taken / "manifest.json").read_text())
    manifest["backbone"] |= {"hub_id": "owner/name", "revision": "abc"}
    (taken / "manifest.json").write_text(json.dumps(manifest))
    fetch = (
        "import sys, types, runpy\n"
        "hub = sys.modules['huggingface_hub'] = types.ModuleType('huggingface_hub')\n"
        "def fetch(*given, **named):\n"
        "    assert (given, named['revision']) == (('owner/name',), 'abc')\n"
        "    assert named['allow_patterns'] == ['model.safetensors']\n"
        f"    return {str(chat_folder)!r}\n"
        "hub.snapshot_download = fetch\n"
        "sys.argv = ['weights.py']\n"
        "runpy.run_path('weights.py', run_name='__main__')\n"
    )
    ran = without_project(taken, "-c", fetch)
    assert ran.stdout == "In place: model.safetensors\n", ran.stderr
    assert (taken / "plain/model.safetensors").read_bytes() == (chat_folder / "model.safetensors").read_bytes()


def test_weights_in_several_files_go_along_with_their_index_and_no_others(half: ChosenFilter, tmp_path: Path) -> None:
    folder = save_tiny(tmp_path / "parts")
    tiny_model("llama").save_pretrained(folder, max_shard_size="40KB")
    (folder / "model.safetensors").unlink()
    (folder / "consolidated.safetensors").write_bytes(b"of another program")
    (folder / "adapter_config.json").write_text("{}")
    backbone = load_backbone(str(folder))
    written = export_filter(replace(half, backbone=backbone), tmp_path / "out")
    files = {path.name for path in (written.place / "plain").iterdir() if ".safetensors" in path.name}
    assert files == {path.name for path in folder.iterdir() if path.name.startswith("model")}
    assert len(files) > 2
    assert not (written.place / "backbone/adapter_config.json").exists()
    vectors = Encoder(written.place).encode(["the cat sat"])
    assert np.abs(vectors - half.vectors(backbone.embed(["the cat sat"], half.prompt))).max() < 1e-5


def test_without_weights_each_form_says_what_to_do(half: ChosenFilter, tmp_path: Path) -> None:
    taken = unpacked(half, tmp_path)
    ran = without_project(taken, "check.py", "plain", "chat")
    assert ran.returncode == 2, ran.stdout
    assert ran.stdout.count("run `python weights.py`") == 2
    assert "Nothing was compared." in ran.stdout


LINES_OF_A_FILE = """
import runpy
sys.argv = ["embed.py", "texts.txt", "vectors.npy"]
runpy.run_path("embed.py", run_name="__main__")
"""


def test_the_notebook_runs_from_its_first_cell_to_its_last_and_the_script_on_a_file(
    written: Exported, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(written.place, folder, symlinks=True)
    cells = json.loads((folder / "notebook.ipynb").read_text())["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)
    lines = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    assert any("check.py" in line for line in lines)
    code = "\n".join(line for line in lines if "check.py" not in line)  # which another test runs
    assert "SentenceTransformer('plain')" in code.replace('"', "'") and "faiss" in code
    (folder / "texts.txt").write_text("the cat sat\n\nthe dog sleeps\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-c", code + LINES_OF_A_FILE],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )  # a notebook has its own folder on the path
    assert ran.returncode == 0, ran.stderr
    assert "the cat sat on" in ran.stdout  # the nearest texts of the index
    assert ran.stdout.endswith("2 vectors of 16 numbers in vectors.npy\n")


def test_the_manifest_names_all_that_the_vectors_depend_on(written: Exported, half: ChosenFilter) -> None:
    manifest = json.loads((written.place / "manifest.json").read_text())
    backbone = half.backbone
    assert manifest["backbone"]["fingerprint"] == backbone.fingerprint
    assert manifest["prompt"]["template"] == half.prompt.template
    assert manifest["filter"]["indices"] == list(range(8, 24))
    assert len(manifest["filter"]["singular_values"]) == backbone.d
    assert manifest["layer"] == {"number": 2, "of": 2, "block": None, "after": []}
    assert manifest["decision"] is None
    assert manifest["longest_safe"]["tokens"] == 512


def test_evidence_goes_along_word_for_word_and_as_data(half: ChosenFilter, tmp_path: Path) -> None:
    said = ("Keep 16 directions, `<script>`.", "It rests on 60 pairs.")
    evidence = Evidence("shrink", "pairs, 60", said, "4bit", stored=True, page="<!doctype html><title>Figures</title>")
    out = export_filter(half, tmp_path / "out", evidence=evidence).place
    text = (out / "README.md").read_text()
    assert all(sentence in text for sentence in said)
    assert "Measured before and stored with the app" in text
    assert "That counts on an index which stores 4 bits." in text
    assert {path.stat().st_mode & 0o444 for path in out.rglob("*") if path.is_file() and not path.is_symlink()} == {
        0o444
    }
    assert (out / "evidence.html").read_text() == evidence.page
    assert json.loads((out / "manifest.json").read_text())["decision"]["sentences"] == list(said)


def test_nothing_is_left_of_an_export_that_was_stopped_and_nothing_is_overwritten(
    half: ChosenFilter, tmp_path: Path
) -> None:
    with pytest.raises(Cancelled):
        export_filter(half, tmp_path / "out", progress=lambda stage, done, total: False)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="is there already"):
        export_filter(half, tmp_path / "out")


def test_the_texts_of_the_check_are_ten_and_hold_what_other_programs_stumble_over(half: ChosenFilter) -> None:
    texts = {one.name: one.text for one in TEXTS}
    assert len(texts) == len(TEXTS) == 10
    assert "\n" in texts["newline"] and '"' in texts["quotes"] and "{text}" in texts["braces"]
    assert texts["spaces"] != texts["spaces"].strip()
    assert not texts["script"].isascii()
    encode: Callable = half.backbone.encode
    assert [name for name, text in texts.items() if encode([text], half.prompt)[0].truncated_tokens] == ["long"]
