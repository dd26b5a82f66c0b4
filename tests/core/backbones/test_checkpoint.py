"""What a backbone's name can mean, and one clear line for every name that means nothing."""

import json
from pathlib import Path

import pytest

from embfilter_core import hub
from embfilter_core.backbones.catalogue import CATALOGUE, catalogue_entry
from embfilter_core.backbones.checkpoint import find_checkpoint
from embfilter_core.errors import BackboneError
from tests.core.backbones.refused import refused


def refusal(spec: str) -> BackboneError:
    return refused(find_checkpoint, spec)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any question to the hub is a failure of the test."""
    monkeypatch.setattr(hub, "HfApi", lambda: pytest.fail("asked the hub"))


def folder_with(path: Path, *names: str) -> Path:
    path.mkdir(exist_ok=True)
    for name in names:
        (path / name).write_text(json.dumps({"model_type": "llama"}))
    return path


@pytest.mark.usefixtures("no_network")
class TestWithoutNetwork:
    def test_a_folder_is_taken_as_it_is(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path / "mine", "config.json", "model.safetensors", "tokenizer.json")
        found = find_checkpoint(f" {folder} ")
        assert (found.name, found.source, found.local, found.gguf_file) == ("mine", str(folder), True, None)

    def test_a_gguf_file_is_its_folder_and_its_name(self, tmp_path: Path) -> None:
        (tmp_path / "m.Q4.gguf").write_bytes(b"GGUF....")
        found = find_checkpoint(str(tmp_path / "m.Q4.gguf"))
        assert (found.name, found.source, found.gguf_file) == ("m.Q4", str(tmp_path), "m.Q4.gguf")

    @pytest.mark.parametrize("name", ["m.Q4.GGUF", "m.Q4.Gguf"])
    def test_a_gguf_file_may_end_in_any_case(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes(b"GGUF....")
        assert find_checkpoint(f"'{tmp_path / name}'").gguf_file == name

    def test_a_gguf_file_without_an_ending_is_known_by_its_first_bytes(self, tmp_path: Path) -> None:
        (tmp_path / "0a1b2c").write_bytes(b"GGUF....")
        (tmp_path / "link").symlink_to(tmp_path / "0a1b2c")
        assert find_checkpoint(f"file://{tmp_path}/0a1b2c").gguf_file == "0a1b2c"
        assert find_checkpoint(str(tmp_path / "link")).gguf_file == "link"

    def test_a_file_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "model.safetensors").write_bytes(b"....")
        error = refusal(str(tmp_path / "model.safetensors"))
        assert error.what == "model.safetensors is a file, and not a GGUF file."
        assert "folder" in error.advice

    def test_a_folder_that_holds_one_gguf_file_is_that_file(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path / "mine", "README.md", "m-Q8_0.gguf", "mmproj-m.gguf", "config.json")
        found = find_checkpoint(str(folder))
        assert (found.name, found.source, found.gguf_file) == ("m-Q8_0", str(folder), "m-Q8_0.gguf")

    def test_a_folder_that_holds_several_names_them(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path / "mine", "m-Q8_0.gguf", "m-Q4_0.gguf")
        error = refusal(str(folder))
        assert "has 2 GGUF files and no other weights: m-Q4_0.gguf, m-Q8_0.gguf." in error.what
        assert error.advice == f"Name one of them, such as {folder}/m-Q4_0.gguf."

    def test_safetensors_go_before_gguf_files_beside_them(self, tmp_path: Path) -> None:
        folder = folder_with(tmp_path / "mine", "config.json", "model.safetensors", "tokenizer.json", "m-Q8_0.gguf")
        assert find_checkpoint(str(folder)).gguf_file is None

    def test_a_home_folder_is_expanded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder_with(tmp_path / "mine", "config.json", "model.safetensors", "tokenizer.json")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert find_checkpoint("~/mine").source == str(tmp_path / "mine")

    @pytest.mark.parametrize("kind", ["pytorch_model.bin", "model.pt", "model.pth", "last.ckpt"])
    def test_pickled_weights_alone_are_refused(self, tmp_path: Path, kind: str) -> None:
        error = refusal(str(folder_with(tmp_path / "mine", "config.json", kind)))
        assert "only pickled weights" in error.what
        assert "safetensors" in error.advice

    def test_pickled_weights_beside_safetensors_do_no_harm(self, tmp_path: Path) -> None:
        folder = folder_with(
            tmp_path / "mine", "config.json", "pytorch_model.bin", "model.safetensors", "tokenizer.json"
        )
        assert find_checkpoint(str(folder)).source == str(folder)

    def test_a_folder_without_a_configuration_is_refused(self, tmp_path: Path) -> None:
        assert "has no config.json" in refusal(str(folder_with(tmp_path / "mine", "model.safetensors"))).what

    def test_a_folder_without_weights_is_refused(self, tmp_path: Path) -> None:
        assert "no .safetensors weights" in refusal(str(folder_with(tmp_path / "mine", "config.json"))).what

    @pytest.mark.parametrize("spec", ["/no/such/folder", "./no/such", "../no", "~/no/such", "a/b/c", "/no"])
    def test_a_folder_that_is_not_there_is_refused(self, spec: str) -> None:
        assert refusal(spec).what == f"There is no folder {spec}."

    def test_a_gguf_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        assert "There is no file" in refusal(str(tmp_path / "no.gguf")).what

    @pytest.mark.parametrize("content", [b"", b"GGU", b"<html>not found</html>", b"PK\x03\x04"])
    def test_a_gguf_file_that_is_none_is_refused(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "m.gguf").write_bytes(content)
        assert refusal(str(tmp_path / "m.gguf")).what == "m.gguf is not a GGUF file, or it is damaged."

    @pytest.mark.parametrize("spec", ["no-such-backbone", "smollm2", "", "  ", "gpt2\x00", "x" * 5000, "two\nlines"])
    def test_an_unknown_name_is_refused_with_the_known_ones(self, spec: str) -> None:
        error = refusal(spec)
        assert "Unknown backbone" in error.what
        assert any(known in error.advice for known in CATALOGUE)
        assert "preflight` lists all" in error.advice
        assert len(str(error)) < 400

    @pytest.mark.parametrize("spec", ["~nobody-of-this-name/model", "/" + "x" * 300, "/nul\x00byte"])
    def test_a_path_no_file_system_takes_is_refused(self, spec: str) -> None:
        assert "There is no folder" in refusal(spec).what

    @pytest.mark.parametrize("name", ["smollm2-135m-instruct", "HuggingFaceTB/SmolLM2-135M-Instruct"])
    def test_the_bundled_backbone_says_how_it_is_installed(self, name: str) -> None:
        error = refusal(name)
        assert "smollm2-135m-instruct is not installed" in error.what
        assert "python -m embfilter_core assets" in error.advice


@pytest.mark.parametrize("spec", ["spaces in/a name", "-x/y", "a--b/c..d", "x/" + "y" * 200])
def test_an_impossible_hub_id_is_refused(spec: str) -> None:
    assert "is not a possible hub id" in refusal(spec).what


@pytest.mark.parametrize("spec", ["owner/name", "qwen2.5-0.5b"])
def test_offline_mode_is_told_apart_at_once(spec: str) -> None:
    assert "cannot be reached" in refusal(spec).what


def test_catalogue_entries_are_found_by_id_and_hub_id_in_any_case() -> None:
    for entry in CATALOGUE.values():
        assert catalogue_entry(entry.id) is catalogue_entry(f" {entry.hub_id.upper()} ") is entry
    assert catalogue_entry("nothing") is None
